// What is under way and may still be carried out: requests that are open or in doubt, by what they may do to a profile.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Finds the open requests that keep a profile busy, or stand against a proof of "disabled". Not thread-safe: the tracker locks around it.</summary>
internal sealed class OpenActions(RequestTable table, ProfileLedger ledger)
{
    /// <summary>The open actions on whole devices that can end "disabled".</summary>
    public List<int> OnDevices { get; } = [];

    /// <summary>Those after which the eUICC may fall back to another profile, where nobody says on which eUICC theirs is.</summary>
    public List<int> Unplaced { get; } = [];

    /// <summary>Those that enable a profile, where nobody says on which eUICC theirs is.</summary>
    public List<int> UnplacedSwitches { get; } = [];

    /// <summary>All that enable a profile.</summary>
    public List<int> Switches { get; } = [];

    /// <summary>The open suspensions of whole devices, whose messages tell of the profiles there.</summary>
    public List<int> Suspensions { get; } = [];

    /// <summary>All after which an eUICC may fall back to another profile.</summary>
    public List<int> Fallbacks { get; } = [];

    /// <summary>The request that keeps a profile busy: the last one for it, one behind which others were sent, or one for the whole device.</summary>
    public TrackedRequest? FindHolder(EsimAction action, in ProfileKeys keys) =>
        FirstOpen(IdentifierKeys.KeyOf(action, keys)) ?? (action.IsForDevice || keys.Eid.IsNone ? null : FirstOpen(keys.Eid));

    /// <summary>Every request that is open for a profile, the last one first.</summary>
    public IEnumerable<TrackedRequest> OpenFor(IdentifierKey profile) => Requests(ledger.OpenFor(profile));

    /// <summary>The open requests whose messages may call a profile deactivated and prove it: its own and those for whole devices.</summary>
    public IEnumerable<TrackedRequest> ThatTellStateOf(IdentifierKey profile) => OpenFor(profile).Concat(Requests(Suspensions.Where(ledger.IsOpen))).Where(entry => !entry.Action.CanEndDisabled);

    /// <summary>The open requests whose messages may prove that a profile is disabled: those, and the ones that enable another profile of its eUICC, which may be any.</summary>
    public IEnumerable<TrackedRequest> ThatTellStatusOf(IdentifierKey profile, ProofState proof) => ThatTellStateOf(profile)
        .Where(entry => entry.Action.ProvesState is null)
        .Concat(Requests((proof is { IsPlaced: true, IsContested: false } ? ledger.Euiccs.OpenSwitches(proof.Euicc, profile).Concat(UnplacedSwitches.Where(ledger.IsOpen)) : Switches.Where(ledger.IsOpen))
            .Except(ledger.OpenFor(profile))));

    /// <summary>An action that can end "disabled" and is open or in doubt, for the profile itself or for the whole of its device.</summary>
    public int FindEnder(in ProfileKeys keys, int ownNumber)
    {
        var found = OpenEnder(keys.First, ownNumber);
        if (found == 0 && !keys.Eid.IsNone && keys.Eid != keys.First)
        {
            found = OpenEnder(keys.Eid, ownNumber);
        }

        return found == 0 && ledger.ProofOf(keys.First).Euicc is { IsNone: false } euicc && euicc != keys.Eid ? OpenEnder(euicc, ownNumber) : found;
    }

    /// <summary>Whether something is under way that may be carried out behind what is about to be sent, and then ends what that proves.</summary>
    public bool IsOverOpen(EsimAction action, in ProfileKeys keys, int ownNumber)
    {
        // As when it is weighed: a profile of which the service has not told where it is may be on any device.
        var proof = ledger.ProofOf(keys.First);
        var isPlaced = proof is { IsPlaced: true, IsContested: false };
        if (FindEnder(keys, ownNumber) > 0 || (!action.IsForDevice && !isPlaced && FindAmong(OnDevices, ownNumber) > 0))
        {
            return true;
        }

        if (action.IsForDevice)
        {
            // What is told of its profiles may be over any that is open for one of them.
            return ledger.OpenRequests().Any(number => number != ownNumber && number <= table.Count
                && table[number] is { Phase: not EsimRequest.Phase.Refused } entry && ProofHearing.MayEndProofs(entry.Action));
        }

        if (action.ProvesState is not null)
        {
            // What becomes of the others of its eUICC does not change a service state.
            return false;
        }

        // A switch is ended by what makes the eUICC fall back from its own profile, too.
        var (profile, switches) = (keys.First, action.EffectOnOthers == EffectOnOthers.Disables);
        return FindAmong(Unplaced, ownNumber) > 0
            || ((proof.IsContested || (!isPlaced && keys.Eid.IsNone)) && FindElsewhere(profile, ownNumber) > 0)
            || (switches && FindAmong(UnplacedSwitches, ownNumber) > 0)
            || (switches && ledger.OpenFor(profile).Any(number => number != ownNumber && number <= table.Count
                && table[number] is { Action.EffectOnOthers: EffectOnOthers.MayEnable, Phase: not EsimRequest.Phase.Refused }))
            || EuiccsOf(keys.Eid, proof.Euicc).Any(eid => FindFallback(eid, profile, ownNumber) > 0
                || (switches && ledger.Euiccs.OpenSwitches(eid, profile).Any(number => number != ownNumber && number <= table.Count && table[number].Phase != EsimRequest.Phase.Refused)));
    }

    /// <summary>The first of some requests that is open; 0 where none is.</summary>
    public int FindAmong(List<int> requests, int ownNumber)
    {
        foreach (var number in requests)
        {
            if (number != ownNumber && ledger.IsOpen(number) && table[number].Phase != EsimRequest.Phase.Refused)
            {
                return number;
            }
        }

        return 0;
    }

    /// <summary>An action after which some eUICC may fall back to a profile; 0 where none is open. A request for the profile itself is not one; one that has others too may be.</summary>
    public int FindElsewhere(IdentifierKey profile, int ownNumber)
    {
        foreach (var number in Fallbacks)
        {
            if (number != ownNumber && ledger.IsOpenForOthers(number, profile) && table[number].Phase != EsimRequest.Phase.Refused)
            {
                return number;
            }
        }

        return 0;
    }

    /// <summary>An action on another profile of an eUICC after which that may fall back to this one; 0 where none is open.</summary>
    public int FindFallback(IdentifierKey eid, IdentifierKey profile, int ownNumber)
    {
        foreach (var number in ledger.Euiccs.OpenFallbacks(eid, profile))
        {
            if (number != ownNumber && number <= table.Count && table[number].Phase != EsimRequest.Phase.Refused)
            {
                return number;
            }
        }

        return 0;
    }

    /// <summary>Keeps a request among some. It has thousands of profiles, which come one after the other.</summary>
    public void Keep(List<int> requests, int number)
    {
        if (requests.Count == 0 || requests[requests.Count - 1] != number)
        {
            requests.RemoveAll(other => !ledger.IsOpen(other));
            requests.Add(number);
        }
    }

    /// <summary>The eUICCs that a profile may be on: the one that is named for it and the one where the service has placed it.</summary>
    public static IEnumerable<IdentifierKey> EuiccsOf(IdentifierKey named, IdentifierKey placed)
    {
        if (!named.IsNone)
        {
            yield return named;
        }

        if (!placed.IsNone && placed != named)
        {
            yield return placed;
        }
    }

    private TrackedRequest? FirstOpen(IdentifierKey key) => OpenFor(key).FirstOrDefault();

    private IEnumerable<TrackedRequest> Requests(IEnumerable<int> numbers) =>
        numbers.Where(number => number <= table.Count && table[number].Phase != EsimRequest.Phase.Refused).Select(number => table[number]);

    private int OpenEnder(IdentifierKey key, int ownNumber)
    {
        foreach (var number in ledger.OpenFor(key))
        {
            if (number != ownNumber && number <= table.Count && table[number] is { Action.CanEndDisabled: true, Phase: not EsimRequest.Phase.Refused })
            {
                return number;
            }
        }

        return 0;
    }
}
