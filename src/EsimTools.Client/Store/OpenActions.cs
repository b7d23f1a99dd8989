// What is under way and may still be carried out, by what it may do to a profile: requests that are open or in doubt. And those, also ended ones, of which
// messages may still come.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Finds the requests that keep a profile busy, stand against a proof of "disabled", or may still be told of. Not thread-safe: the tracker locks around it.</summary>
internal sealed class OpenActions(RequestTable table, ProfileLedger ledger)
{
    /// <summary>The open actions on whole devices that can end "disabled".</summary>
    public List<int> OnDevices { get; } = [];

    /// <summary>Those after which the eUICC may fall back to another profile, where nobody says on which eUICC theirs is.</summary>
    public List<int> Unplaced { get; } = [];

    /// <summary>Those that enable a profile, where nobody says on which eUICC theirs is, also those that have ended.</summary>
    public List<int> UnplacedSwitches { get; } = [];

    /// <summary>All that enable a profile, also those that have ended.</summary>
    public List<int> Switches { get; } = [];

    /// <summary>All suspensions of whole devices, whose messages tell of the profiles there, also behind the end of the request.</summary>
    public List<int> Suspensions { get; } = [];

    /// <summary>All after which an eUICC may fall back to another profile.</summary>
    public List<int> Fallbacks { get; } = [];

    /// <summary>The request that keeps a profile busy: the last one for it, one behind which others were sent, or one for the whole device.</summary>
    public TrackedRequest? FindHolder(EsimAction action, in ProfileKeys keys) =>
        FirstOpen(IdentifierKeys.KeyOf(action, keys)) ?? (action.IsForDevice || keys.Eid.IsNone ? null : FirstOpen(keys.Eid));

    /// <summary>Every request that is open for a profile, the last one first.</summary>
    public IEnumerable<TrackedRequest> OpenFor(IdentifierKey profile) => Requests(ledger.OpenFor(profile));

    /// <summary>
    /// The requests whose messages may still call a profile deactivated and prove it: its own and those for whole devices. One that has ended may be told
    /// of once more, by a message that tells more than the first one.
    /// </summary>
    public IEnumerable<TrackedRequest> ThatTellStateOf(IdentifierKey profile, long now) =>
        Own(profile, now).Concat(MayProve(Suspensions, now)).Where(static entry => !entry.Action.CanEndDisabled);

    /// <summary>The requests whose messages may still prove that a profile is disabled: those, and the ones that enable another profile of its eUICC, which may be any.</summary>
    public IEnumerable<TrackedRequest> ThatTellStatusOf(IdentifierKey profile, ProofState proof, IdentifierKey formerEuicc, long now) => ThatTellStateOf(profile, now)
        .Where(static entry => entry.Action.ProvesState is null)
        .Concat((proof is { IsPlaced: true, IsContested: false }
            ? Requests(EuiccsOf(formerEuicc, proof.Euicc).SelectMany(eid => ledger.Euiccs.OpenSwitches(eid, profile)))
                .Concat(MayProve(EuiccsOf(formerEuicc, proof.Euicc).Select(eid => ledger.Euiccs.Of(eid)).Where(euicc => euicc.SwitchingTo != profile).Select(static euicc => euicc.Switching), now))
                .Concat(MayProve(UnplacedSwitches, now))
            : MayProve(Switches, now)).Except(Own(profile, now)));

    /// <summary>The requests whose messages may still tell that a profile is the enabled one of its eUICC, and with it prove something of the others there.</summary>
    public IEnumerable<TrackedRequest> ThatSwitchTo(IdentifierKey profile, ProofState proof, long now) =>
        Own(profile, now).Concat(MayProve([proof.Voids.Request], now)).Any(static entry => entry.Action.CanEndDisabled) ? MayProve(Switches, now) : [];

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
            || ((proof.IsContested || (!isPlaced && (keys.Eid.IsNone || !GoesToEuicc(action)))) && FindElsewhere(profile, ownNumber) > 0)
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

    /// <summary>Whether an action goes to the eUICC that a request names, and so fails where the profile is on another one: others the service may do all the same.</summary>
    public static bool GoesToEuicc(EsimAction action) => action.ProvesProfileStatus is not null;

    /// <summary>Keeps a request among some for good.</summary>
    public static void Remember(List<int> requests, int number)
    {
        if (requests.Count == 0 || requests[requests.Count - 1] != number)
        {
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

    // The open ones and the last one, whatever became of that: it stands for those that had ended before.
    private IEnumerable<TrackedRequest> Own(IdentifierKey profile, long now) =>
        OpenFor(profile).Concat(MayProve([ledger.FindReservation(profile).Request], now)).Distinct();

    // What is confirmed so long after it was sent proves nothing, wherever the clocks of the machines are.
    private IEnumerable<TrackedRequest> MayProve(IEnumerable<int> numbers, long now) => numbers
        .Where(number => number > 0 && number <= table.Count && (ledger.IsOpen(number) || now - table[number].Sent.Ticks <= 2 * Guard.ProofLifetime.Ticks)).Select(number => table[number]);

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
