// Identifiers turned into what the memory knows them by: as they are, or as keyed hashes where the journal hides them.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Reads identifiers of requests, rows and messages.</summary>
/// <param name="hasher">What the journal hides identifiers behind; null where it shows them.</param>
internal sealed class IdentifierKeys(IdentifierHasher? hasher)
{
    /// <summary>What an identifier is known by here; null when it is none.</summary>
    public IdentifierKey? KeyOf(string? text) => IdentifierHasher.KeyOf(hasher, text);

    /// <summary>All that a profile is known by.</summary>
    public ProfileKeys KeysOf(EsimProfile profile)
    {
        var (iccid, eid) = (KeyOf(profile.Iccid) ?? default, KeyOf(profile.Eid) ?? default);
        return new(iccid, eid, iccid.IsNone && eid.IsNone ? KeyOf(profile.Imei) ?? default : default) { Twentieth = IdentifierKey.Of(profile.Iccid)?.Twentieth ?? 0 };
    }

    /// <summary>
    /// The eUICC that a message names. What stands in the place of an EID and is none (too short, another identifier, nothing but zeros) places
    /// nobody: what happens on the true eUICC would not be seen any more.
    /// </summary>
    public IdentifierKey EuiccOf(string? eid) =>
        IdentifierKey.IsHash(eid) || IdentifierKind.IsEid(eid) ? KeyOf(eid) ?? default : default;

    /// <summary>Whether a message names a profile by its ICCID. What stands in its place and is damaged, or too short, names nobody.</summary>
    public static bool IsIccid(string? iccid) => IdentifierKey.IsHash(iccid) ? IdentifierHasher.KeyOf(null, iccid) is not null : IdentifierKind.Iccid.Read(iccid).Value is not null;

    /// <summary>What an action reserves: for a device its EID, for a profile its ICCID.</summary>
    public static IdentifierKey KeyOf(EsimAction action, in ProfileKeys profile) => action.IsForDevice ? profile.Eid : profile.First;

    /// <summary>The twentieth digit of an ICCID as somebody wrote it; <see cref="Spoken.NoCheckDigit"/> where it was left out.</summary>
    public static byte CheckDigitOf(string? iccid) => (byte?)IdentifierKey.Of(iccid)?.DigitLeftOff ?? Spoken.NoCheckDigit;

    /// <summary>The twentieth digit of an ICCID that a message, or the journal, may show by its hash: that does not tell it.</summary>
    public static byte CheckDigitTold(string? iccid) => IdentifierKey.IsHash(iccid) ? Spoken.HiddenCheckDigit : CheckDigitOf(iccid);

    /// <summary>The twentieth digit of a profile's ICCID as its row writes it.</summary>
    public static byte CheckDigitOf(EsimProfile profile) => CheckDigitOf(profile.Iccid);

    /// <summary>An identifier as the journal writes it.</summary>
    public static string Shown(IdentifierKey eid) => eid.IsHidden ? IdentifierKey.HashMark + eid.ToHex() : eid.ToDigits();
}
