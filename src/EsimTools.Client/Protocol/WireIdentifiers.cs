// The lists of {id, kind} that answers and callbacks carry, read into named identifiers.

using System.Text.Json;
using EsimTools.Model;

namespace EsimTools.Protocol;

/// <summary>
/// The identifiers of one device or profile as a message gave them: in digits alone where they are sound, otherwise as they came, so that a
/// damaged one matches nothing and does not count as left out.
/// </summary>
internal readonly record struct WireIdentifiers(string? Iccid, string? Eid, string? Imei, string? Mdn)
{
    /// <summary>Whether it names two of a kind: then it cannot be told whom it is about.</summary>
    public bool IsAmbiguous { get; private init; }

    /// <summary>Whether it names somebody, and by nothing but kinds that are not known here.</summary>
    public bool HasOthers { get; private init; }

    // All ICCIDs that it names, where it is ambiguous.
    private IReadOnlyList<string>? Iccids { get; init; }

    // A second EID that it names. More tell no more: one of two is another one than where the profile is known to be.
    private string? OtherEid { get; init; }

    /// <summary>Each profile that it may be about, by its ICCID, on each eUICC that it may be on, where it is ambiguous; otherwise itself.</summary>
    public IEnumerable<WireIdentifiers> Each()
    {
        if (!IsAmbiguous)
        {
            return [this];
        }

        var (eid, other) = (Eid, OtherEid);
        return Iccid is null ? [default]
            : (Iccids ?? [Iccid]).SelectMany(iccid => (IEnumerable<WireIdentifiers>)(other is null ? [new(iccid, eid, null, null)] : [new(iccid, eid, null, null), new(iccid, other, null, null)]));
    }

    /// <summary>Whether both may be about one profile: they have an identifier in common, and none that differs.</summary>
    public bool Agrees(in WireIdentifiers other)
    {
        var (iccid, eid, imei) = (Same(Iccid, other.Iccid), Same(Eid, other.Eid), Same(Imei, other.Imei));
        return iccid != false && eid != false && imei != false && (iccid ?? eid ?? imei) == true;
    }

    private static bool? Same(string? one, string? other) =>
        one is null || other is null ? null
        : one == other || (IdentifierKey.Of(one)?.ForAnySpelling() is { } key && key == IdentifierKey.Of(other)?.ForAnySpelling() && one.Length != other.Length);

    /// <summary>Whether there is no identifier a profile could be told by.</summary>
    public bool IsEmpty => Iccid is null && Eid is null && Imei is null;

    /// <summary>Reads one {id, kind} object or an array of them; kinds are compared without case (<c>Iccid</c>, <c>iccId</c>, <c>ICCID</c>).</summary>
    /// <param name="list">The identifiers.</param>
    /// <param name="other">Those of a second member that may hold them; where both do, they must agree.</param>
    public static WireIdentifiers Read(JsonElement? list, JsonElement? other = null) =>
        Read((list?.AsObjects() ?? []).Concat(other?.AsObjects() ?? []), static entry => entry.Text("id"));

    /// <summary>Reads those of a message whose form is documented for SOAP alone: there an identifier is <c>{Identifier, Kind}</c>.</summary>
    /// <param name="objects">Objects, whether they are identifiers or not.</param>
    public static WireIdentifiers ReadAll(IEnumerable<JsonElement> objects) => Read(objects, static entry => entry.Text("id") ?? entry.Text("identifier"));

    private static WireIdentifiers Read(IEnumerable<JsonElement> entries, Func<JsonElement, string?> idOf)
    {
        string? iccid = null, eid = null, imei = null, mdn = null;
        var (isAmbiguous, hasOthers) = (false, false);
        List<string>? iccids = null;
        string? otherEid = null;
        foreach (var entry in entries)
        {
            var id = idOf(entry);
            var kind = entry.Text("kind");
            if (id is null || kind is null)
            {
                continue;
            }

            if (kind.Equals("iccid", StringComparison.OrdinalIgnoreCase))
            {
                if (iccid is not null)
                {
                    (iccids ??= [iccid]).Add(IdentifierKind.Iccid.Read(id).Value ?? id);
                }

                isAmbiguous |= Differs(ref iccid, id, IdentifierKind.Iccid);
            }
            else if (kind.Equals("eid", StringComparison.OrdinalIgnoreCase))
            {
                if (Differs(ref eid, id, IdentifierKind.Eid))
                {
                    isAmbiguous = true;
                    otherEid ??= IdentifierKind.Eid.Read(id).Value ?? id;
                }
            }
            else if (kind.Equals("imei", StringComparison.OrdinalIgnoreCase))
            {
                isAmbiguous |= Differs(ref imei, id, IdentifierKind.Imei);
            }
            else if (kind.Equals("mdn", StringComparison.OrdinalIgnoreCase))
            {
                mdn ??= id;
            }
            else
            {
                hasOthers = true;
            }
        }

        return new(iccid, eid, imei, mdn) { IsAmbiguous = isAmbiguous, HasOthers = hasOthers && (iccid ?? eid ?? imei) is null, Iccids = isAmbiguous ? iccids : null, OtherEid = otherEid };
    }

    // Two spellings of one ICCID are one identifier; the longer one tells more.
    private static bool Differs(ref string? known, string said, IdentifierKind kind)
    {
        var digits = kind.Read(said).Value ?? said;
        if (known is null)
        {
            known = digits;
            return false;
        }

        if (known == digits)
        {
            return false;
        }

        var isSame = IdentifierKey.Of(known)?.ForAnySpelling() is { } key && key == IdentifierKey.Of(digits)?.ForAnySpelling() && known.Length != digits.Length;
        known = isSame && digits.Length > known.Length ? digits : known;
        return !isSame;
    }
}
