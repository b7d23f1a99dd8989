// The service's status of a request: one word for the whole, and one for each of its parts.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools.Store;

/// <summary>Takes in what polling tells. Not thread-safe: the tracker locks around it.</summary>
internal sealed class PollIntake(RequestTable table, EventOrder order, IdentifierKeys identifiers, ProofHearing proofHearing, OutcomeRecorder recorder)
{
    /// <summary>Takes in the service's status of a request.</summary>
    /// <remarks>
    /// A part counts for the profile that it names. The whole counts for the profiles that no part names, and only where every part is understood
    /// and none says otherwise: Verizon's own sample has a whole of "Success" with a part that is "Pending".
    /// </remarks>
    public void Observe(EsimRequest request, RequestStatusAnswer answer)
    {
        var entry = table[request.Number];
        var whole = StatusOf(answer.Status, answer.HasFault);
        var said = new Dictionary<int, (OutcomeStatus Status, bool IsNamed, WireIdentifiers Identifiers)>();
        var disputed = new HashSet<int>();
        var allSucceed = true;
        var anyFails = false;
        foreach (var part in answer.SubRequests)
        {
            var status = StatusOf(part.Status, part.HasFault);
            allSucceed &= status == OutcomeStatus.Succeeded;
            anyFails |= status == OutcomeStatus.Failed;

            var tellsFailure = status == OutcomeStatus.Failed || part.HasFault;
            if (tellsFailure && part.Identifiers.IsAmbiguous)
            {
                foreach (var either in part.Identifiers.Each())
                {
                    proofHearing.Failures.Hear(identifiers.KeyOf(either.Iccid));
                }
            }

            // A part that names a profile of a device is about that profile alone.
            var isMember = request.Kind.IsForDevice && part.Identifiers.Iccid is not null;
            var (place, isNamed) = isMember || part.Identifiers.IsAmbiguous ? (-1, false) : request.Find(part.Identifiers.Iccid, part.Identifiers.Eid, part.Identifiers.Imei);
            var isTaken = place >= 0 && (isNamed || recorder.MayBeTakenFor(entry, request.Profiles[place], part.Identifiers.Eid));
            if (!isTaken)
            {
                allSucceed = false;
                if (place < 0 && tellsFailure && part.Identifiers is { IsAmbiguous: false } device && !IdentifierKeys.IsIccid(device.Iccid) && !request.Kind.IsForDevice)
                {
                    proofHearing.Failures.Hear(request, identifiers.EuiccOf(device.Eid), identifiers.KeyOf(device.Imei));
                }
            }
            else if (said.TryGetValue(place, out var before) && before.Status != status)
            {
                disputed.Add(place);
                allSucceed = false;
                if (!request.Kind.IsForDevice && (tellsFailure || before.Status == OutcomeStatus.Failed))
                {
                    proofHearing.Failures.Hear(identifiers.KeysOf(request.Profiles[place]).First);
                }
            }
            else if (!before.IsNamed || part.Identifiers.Iccid?.Length > before.Identifiers.Iccid?.Length)
            {
                // The longer spelling tells more.
                said[place] = (status, isNamed, part.Identifiers);
            }
            else if (isNamed && IdentifierKeys.CheckDigitOf(part.Identifiers.Iccid) is not Spoken.NoCheckDigit and var digit && digit != IdentifierKeys.CheckDigitOf(before.Identifiers.Iccid))
            {
                disputed.Add(place);
                allSucceed = false;
            }

            if (isTaken && !isNamed && status == OutcomeStatus.Failed && !request.Kind.IsForDevice)
            {
                // It may be another one's that is there, too.
                proofHearing.Failures.Hear(request, identifiers.EuiccOf(part.Identifiers.Eid), identifiers.KeyOf(part.Identifiers.Imei), place);
            }

            if (place >= 0 && part.HasFault && status != OutcomeStatus.Failed && !request.Kind.IsForDevice)
            {
                // It carries a failure and does not call itself one.
                proofHearing.Failures.Hear(identifiers.KeysOf(request.Profiles[place]).First);
            }
        }

        // One of them has failed, and no part says so.
        var hasOneFailed = !anyFails && (whole == OutcomeStatus.Failed ? answer.SubRequests.Count > 0 : answer.HasFault);
        if (hasOneFailed && !request.Kind.IsForDevice)
        {
            proofHearing.Failures.Hear(request, default, null);
        }

        foreach (var item in said)
        {
            var part = item.Value;
            if (part.Status != OutcomeStatus.Pending && !disputed.Contains(item.Key))
            {
                // Where it may be this one that has failed, its part is contradicted.
                SettleByPoll(request, item.Key, part.Status, part.IsNamed && !hasOneFailed, !part.IsNamed, part.Identifiers);
            }
        }

        // A request whose parts differ is called failed as a whole, so that word is used only where there are no parts.
        if ((whole == OutcomeStatus.Succeeded && allSucceed) || (whole == OutcomeStatus.Failed && answer.SubRequests.Count == 0))
        {
            // One that is said to have failed as a whole and of which nothing has failed is disputed; so is what has failed of one that succeeded.
            var disputes = whole == OutcomeStatus.Succeeded ? request.FailedCount > 0 : request.FailedCount == 0 && request.IsComplete;
            for (var place = 0; place < request.Count; place++)
            {
                if (request.ResultAt(place) is var known && (known is null || (disputes && known.Status != whole && !said.ContainsKey(place))))
                {
                    // A whole that failed may have succeeded for some: then an action that can end "disabled" may still have done so.
                    SettleByPoll(request, place, whole, vouches: true, isInferred: whole == OutcomeStatus.Failed && request.Count > 1);
                }
            }
        }
    }

    // What calls itself a success and carries a failure tells neither.
    private static OutcomeStatus StatusOf(string? word, bool hasFault) =>
        OutcomeWords.Read(word) is var status && hasFault && status == OutcomeStatus.Succeeded ? OutcomeStatus.Pending : status;

    // Polling tells whether it ended, not how; a confirmation proves what its action does.
    private void SettleByPoll(EsimRequest request, int place, OutcomeStatus status, bool vouches, bool isInferred = false, in WireIdentifiers named = default)
    {
        var proves = status == OutcomeStatus.Succeeded;
        recorder.Settle(
            request,
            place,
            new(status, new(EvidenceSource.Poll, order.Now(), proves ? request.Kind.ProvesState : null, proves ? request.Kind.ProvesProfileStatus : null))
            {
                Vouches = proves && vouches,
                IsInferred = isInferred,
                Euicc = named.Iccid is null ? default : identifiers.EuiccOf(named.Eid),
            },
            named);
    }
}
