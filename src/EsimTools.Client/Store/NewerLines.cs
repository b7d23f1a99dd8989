// Lines of the journal that a newer module has written. What it has noted may be anything: that a profile was enabled, for example. So nothing is
// sent for the profiles of such a line, and where it cannot be told which they are, nothing at all.

using EsimTools.Model;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>The profiles and requests that such lines close. Not thread-safe: the tracker locks around it.</summary>
internal sealed class NewerLines(RequestTable table, ProfileLedger ledger, string service)
{
    // However it is written.
    private const int IccidDigits = 19;

    private const int EidDigits = 32;

    private readonly Dictionary<IdentifierKey, string> _profiles = [];
    private readonly Dictionary<string, string> _requests = new(StringComparer.Ordinal);
    private string? _all;
    private string? _devices;

    /// <summary>Whether there are any that may be about requests: for how many profiles they are, nobody here can count.</summary>
    public bool MayBeRequests { get; private set; }

    /// <summary>Whether a line is about our service. One may have been given as .../api and as .../API; what is open there is open here.</summary>
    public bool IsOurs(string? other) => string.Equals(other, service, StringComparison.OrdinalIgnoreCase);

    /// <summary>Closes what a line is about.</summary>
    public void Close(JournalLine line, JournalKeys keys, string path)
    {
        if (line.Service is { } other && !IsOurs(other))
        {
            return;
        }

        table.KeptFiles.Add(path);
        MayBeRequests = MayBeRequests || line.Code is null;
        var newer = $"a line of the journal file '{path}' {line.Message}";
        if (line.Code is not null && line.LocalId is { } localId)
        {
            _requests[localId] = newer;
            if (table.FindByLocalId(localId) is { } entry)
            {
                entry.ClosedBy = newer;
            }
        }

        foreach (var profile in keys.Profiles)
        {
            foreach (var key in (IdentifierKey[])[profile.Iccid, profile.Eid, profile.Imei])
            {
                _profiles[key] = newer;
            }
        }

        keys.Ids.ForEach(id => _profiles[id.Key] = newer);
        _profiles.Remove(default);
        if (keys.Profiles.Exists(profile => profile.Iccid.IsNone && !profile.Eid.IsNone) || keys.Ids.Exists(id => id.Key.IsHidden || id.Key.DigitCount == EidDigits))
        {
            _devices = newer;
        }

        if (line.Code is null && (keys.Profiles.Exists(profile => profile.Iccid.IsNone && profile.Eid.IsNone) || keys.Ids.Exists(id => !IsTold(id.Key)) || (!keys.HasProfiles && keys.Ids.Count == 0)))
        {
            _all = newer;
        }
    }

    /// <summary>The line that tells what became of a request, where it was read before the request's own; null where there is none.</summary>
    public string? FindAnswer(string localId) => _requests.TryGetValue(localId, out var line) ? line : null;

    /// <summary>The line that closes a profile; null where it is open.</summary>
    public string? ClosedBy(in ProfileKeys keys) =>
        _all is { } all ? all
        : _profiles.Count == 0 && _requests.Count == 0 ? null
        : _profiles.TryGetValue(keys.First, out var newer) || (!keys.Eid.IsNone && _profiles.TryGetValue(keys.Eid, out newer)) ? newer
        : ClosedOnDevice(keys) ?? ClosedByRequest(keys.First) ?? (keys.Eid.IsNone ? null : ClosedByRequest(keys.Eid));

    // What is noted of a device is noted of the profiles that are on it, and of those of which nobody says on which they are.
    private string? ClosedOnDevice(in ProfileKeys keys)
    {
        var proof = ledger.ProofOf(keys.First);
        return !proof.Euicc.IsNone && _profiles.TryGetValue(proof.Euicc, out var newer) ? newer
            : keys.Eid.IsNone && proof is not { IsPlaced: true, IsContested: false } ? _devices
            : null;
    }

    // Nobody is judged by an IMEI, and what has any other length may be anything.
    private static bool IsTold(IdentifierKey key) => key.IsHidden || key.DigitCount is IccidDigits or EidDigits;

    private string? ClosedByRequest(IdentifierKey key)
    {
        var last = ledger.FindReservation(key).Request;
        return ledger.OpenFor(key).Append(last).Where(number => number > 0 && number <= table.Count).Select(number => table[number].ClosedBy).FirstOrDefault(newer => newer is not null);
    }
}
