// What is known of each eUICC, in structs of a fixed size: the last action on one of its profiles that changed the others, what is open for them, and
// whether its device is connected.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>What the profiles of an eUICC have in common. Not thread-safe: the tracker locks around it.</summary>
internal sealed class EuiccLedger
{
    /// <summary>Lines that were read within this time belong to one reading of the list.</summary>
    private static readonly TimeSpan OneListing = TimeSpan.FromMinutes(10);

    private readonly LedgerTable<EuiccEvent> _events;
    private readonly LedgerTable<Listing> _listings;
    private readonly LedgerTable<EuiccState> _euiccs;

    private readonly Func<IdentifierKey, int, bool> _isOpen;

    // Both are for the few: eUICCs of which several profiles are being deleted or enabled.
    private readonly Dictionary<IdentifierKey, List<(IdentifierKey Profile, int Request)>> _fallbacks = [];
    private readonly Dictionary<IdentifierKey, List<(IdentifierKey Profile, int Request)>> _switches = [];

    /// <param name="isOpen">Whether a request is open for a profile.</param>
    public EuiccLedger(Func<IdentifierKey, int, bool> isOpen)
    {
        _isOpen = isOpen;
        var keys = new Dictionary<IdentifierKey, int>();
        _events = new(keys);
        _listings = new(keys);
        _euiccs = new(keys);
    }

    /// <summary>What is known of an eUICC for the question whether its profiles are proven disabled; nothing of none.</summary>
    public EuiccState Of(IdentifierKey eid) => eid.IsNone ? default : _euiccs[eid];

    /// <summary>Replaces that.</summary>
    public void Put(IdentifierKey eid, in EuiccState euicc) => _euiccs[eid] = euicc;

    /// <summary>Notes a request for a profile after which its eUICC may fall back to another one.</summary>
    public void NoteFallback(IdentifierKey eid, IdentifierKey profile, int request, in Moment when)
    {
        var euicc = _euiccs[eid];
        if (euicc.Fallback.Any && (euicc.FallenFrom, euicc.Fallback.Request) != (profile, request))
        {
            KeepOpen(_fallbacks, eid, euicc.FallenFrom, euicc.Fallback.Request);
        }

        _euiccs[eid] = euicc.Falling(profile, request, when);
    }

    /// <summary>Notes a request that enables a profile, and with it disables the others of its eUICC.</summary>
    /// <param name="eid">The eUICC.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="request">The request.</param>
    /// <param name="isNewest">Whether it is the newest there: files are read one after the other, so one from before may be read last.</param>
    public void NoteSwitch(IdentifierKey eid, IdentifierKey profile, int request, bool isNewest)
    {
        var euicc = _euiccs[eid];
        if (euicc.Switching > 0 && (euicc.SwitchingTo, euicc.Switching) != (profile, request))
        {
            var (older, olderRequest) = isNewest ? (euicc.SwitchingTo, euicc.Switching) : (profile, request);
            KeepOpen(_switches, eid, older, olderRequest);
        }

        if (isNewest)
        {
            _euiccs[eid] = euicc with { Switching = request, SwitchingTo = profile };
        }
    }

    /// <summary>Every request that is open and enables another profile of an eUICC.</summary>
    public IEnumerable<int> OpenSwitches(IdentifierKey eid, IdentifierKey profile)
    {
        var euicc = Of(eid);
        return OpenOthers(_switches, eid, profile, euicc.SwitchingTo, euicc.Switching);
    }

    /// <summary>Every request for another profile of an eUICC that is open and after which that may fall back to this one.</summary>
    public IEnumerable<int> OpenFallbacks(IdentifierKey eid, IdentifierKey profile)
    {
        var euicc = Of(eid);
        return OpenOthers(_fallbacks, eid, profile, euicc.FallenFrom, euicc.Fallback.Request);
    }

    /// <summary>Notes that an action on one profile of an eUICC has changed, or may have changed, the eUICC's other profiles.</summary>
    /// <param name="eid">The eUICC.</param>
    /// <param name="profile">The profile that was acted on.</param>
    /// <param name="effect">What it means for the others.</param>
    /// <param name="at">When it was confirmed.</param>
    public void NoteEvent(IdentifierKey eid, IdentifierKey profile, EffectOnOthers effect, DateTimeOffset at)
    {
        // A confirmation that is repeated, or comes late, must not undo what a newer one has done to the eUICC.
        if (_events[eid].Ticks <= at.UtcTicks)
        {
            _events[eid] = new(profile, at.UtcTicks, effect);
        }
    }

    /// <summary>The last such action; none where there was none.</summary>
    public EuiccEvent EventOn(IdentifierKey eid) => _events[eid];

    /// <summary>
    /// Notes what a line of the device list says of the device's connection. An eUICC has a line for each profile and at most one of them is
    /// connected, so a line that is not says nothing against one that was a moment ago.
    /// </summary>
    public void NoteConnected(IdentifierKey eid, bool connected, DateTimeOffset at)
    {
        if (connected || _listings[eid] is not { Connected: true } known || at.UtcTicks - known.Ticks > OneListing.Ticks)
        {
            _listings[eid] = new(at.UtcTicks, connected);
        }
    }

    /// <summary>Whether the device with this eUICC was connected when it was last listed; null when it has not been listed.</summary>
    public bool? IsConnected(IdentifierKey eid) => _listings[eid] is { Ticks: > 0 } known ? known.Connected : null;

    // Before a newer one takes its place, for as long as it is open.
    private void KeepOpen(Dictionary<IdentifierKey, List<(IdentifierKey Profile, int Request)>> kept, IdentifierKey eid, IdentifierKey profile, int request)
    {
        if (_isOpen(profile, request))
        {
            if (!kept.TryGetValue(eid, out var others))
            {
                kept[eid] = others = [];
            }

            others.RemoveAll(other => other == (profile, request) || !_isOpen(other.Profile, other.Request));
            others.Add((profile, request));
        }
    }

    private IEnumerable<int> OpenOthers(
        Dictionary<IdentifierKey, List<(IdentifierKey Profile, int Request)>> kept, IdentifierKey eid, IdentifierKey profile, IdentifierKey last, int request)
    {
        if (request > 0 && last != profile && _isOpen(last, request))
        {
            yield return request;
        }

        foreach (var other in kept.TryGetValue(eid, out var others) ? others : [])
        {
            if (other.Profile != profile && _isOpen(other.Profile, other.Request))
            {
                yield return other.Request;
            }
        }
    }

    // What the device list said of its connection.
    private readonly record struct Listing(long Ticks, bool Connected);
}
