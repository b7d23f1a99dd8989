// The service's device list: lines of its pages, and the callbacks that answer a list that was asked for asynchronously.

using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools.Store;

/// <summary>Takes in what lists say of profiles. Not thread-safe: the tracker locks around it.</summary>
internal sealed class ListIntake(
    RequestTable table, ProfileLedger ledger, EventOrder order, IdentifierKeys identifiers, ProofHearing proofHearing, EarlyCallbacks earlyCallbacks)
{
    // Fifty profiles to a list: what a batch of ten thousand asks for, five times over.
    private const int MostEnded = 1_000;

    private readonly Dictionary<string, Question> _questions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _ended = new();

    /// <summary>Whether a list that was asked for here has that id.</summary>
    public bool Has(string requestId) => _questions.ContainsKey(requestId);

    /// <summary>Takes in a callback, where it answers a list that was asked for here.</summary>
    /// <returns>Whether it does.</returns>
    public bool TryObserve(EsimCallback callback)
    {
        if (!_questions.TryGetValue(callback.RequestId, out var question))
        {
            return false;
        }

        ObserveAnswer(callback, question);
        question.Answered.TrySetResult(true);
        return true;
    }

    /// <summary>Takes in a line of the service's device list.</summary>
    /// <param name="device">The line.</param>
    /// <param name="asked">When the list was asked for, which is how old the line may be.</param>
    /// <param name="accountName">The account that it was asked for.</param>
    public void Observe(ListedDevice device, Moment asked, string accountName)
    {
        // A line that names two of a kind may be about either, and proves for none.
        if (device.Identifiers.IsAmbiguous)
        {
            var said = new ProfileState(EvidenceSource.ServiceList, null, device.State, device.ProfileStatus);
            foreach (var one in device.Identifiers.Each())
            {
                if (identifiers.KeyOf(one.Iccid) is { } either)
                {
                    var (state, status) = (device.HasTwoStates ? ServiceWords.Unknown : said.State, device.HasTwoStatuses ? ServiceWords.Unknown : said.ProfileStatus);
                    proofHearing.HearForeign(either, state, status, identifiers.EuiccOf(one.Eid));
                    proofHearing.Against.NoteFinal(either, said, order.Now());
                }
            }
        }
        else if (identifiers.KeyOf(device.Identifiers.Iccid) is { } key)
        {
            proofHearing.Against.Note(key, new(EvidenceSource.ServiceList, asked.At, device.State, device.ProfileStatus), order.Now().UtcTicks);
            proofHearing.HearAnswer(
                key,
                identifiers.EuiccOf(device.Identifiers.Eid),
                new(asked, 0, table.AccountOf(accountName), IdentifierKeys.CheckDigitTold(device.Identifiers.Iccid)),
                device.State,
                device.ProfileStatus,
                device.HasTwoStates,
                device.HasTwoStatuses,
                vouches: device.AccountName is null || device.AccountName == accountName);
        }

        if (device.Connected is { } connected && identifiers.KeyOf(device.Identifiers.Eid) is { } eid)
        {
            ledger.Euiccs.NoteConnected(eid, connected, asked.At);
        }
    }

    /// <summary>Awaits the callback that answers an asynchronous device list; it may have come already.</summary>
    /// <param name="requestId">The list's request, which <see cref="End"/> is told of when nobody waits for it any more.</param>
    /// <param name="asked">When it was asked for, at first: a service that has taken that attempt may know it again, and answer it.</param>
    /// <param name="accountName">The account that it was asked for.</param>
    /// <param name="last">When it was asked for last; null where that was once.</param>
    public Task Await(string requestId, Moment asked, string accountName, Moment? last = null)
    {
        var question = new Question(asked, last ?? asked, accountName);
        if (table.HasId(requestId))
        {
            // The id is a request's, so its messages are no answer to this question, and none will come.
            return question.Answered.Task;
        }

        if (_questions.TryGetValue(requestId, out var earlier))
        {
            // Its answer is as old as the first question that had the id.
            return earlier.Answered.Task;
        }

        _questions[requestId] = question;
        foreach (var callback in earlyCallbacks.Take(requestId, asked.Order))
        {
            ObserveAnswer(callback, question);
            question.Answered.TrySetResult(true);
        }

        return question.Answered.Task;
    }

    /// <summary>
    /// Ends the waiting for lists, answered or not. An answer that comes late is still taken in, unless a thousand waits have ended since; then
    /// it is like one to another program's question.
    /// </summary>
    /// <param name="requestIds">The lists' requests.</param>
    public void End(IEnumerable<string> requestIds)
    {
        foreach (var requestId in requestIds)
        {
            _ended.Enqueue(requestId);
            if (_ended.Count > MostEnded)
            {
                _questions.Remove(_ended.Dequeue());
            }
        }
    }

    private void ObserveAnswer(EsimCallback callback, Question question)
    {
        foreach (var profile in callback.ListedProfiles)
        {
            if (profile.Identifiers.IsAmbiguous || identifiers.KeyOf(profile.Identifiers.Iccid ?? callback.IccidBeside) is not { } key)
            {
                continue;
            }

            // One that names nobody may be about the profile that the message names.
            if (profile.IsOneOfSeveral || profile.Identifiers.Iccid is null)
            {
                proofHearing.HearForeign(key, profile.Said.State, profile.Said.ProfileStatus, identifiers.EuiccOf(profile.Identifiers.Eid));
                proofHearing.Against.NoteFinal(key, profile.Said, order.Now());
            }
            else
            {
                // One that does not vouch for what it says does not take LEAD back either.
                var vouches = callback.IsAnswer && !profile.HasFault && (profile.AccountName is null || profile.AccountName == question.AccountName);
                var role = vouches || ServiceWords.IsLead(profile.Said.ProfileRole) ? profile.Said.ProfileRole : null;
                proofHearing.Against.Note(key, profile.Said with { At = question.Asked.At, ProfileRole = role }, order.Now().UtcTicks);
                proofHearing.HearAnswer(
                    key,
                    identifiers.EuiccOf(profile.Identifiers.Eid),
                    new(question.Asked, 0, table.AccountOf(question.AccountName), IdentifierKeys.CheckDigitTold(profile.Identifiers.Iccid)),
                    profile.Said.State,
                    profile.Said.ProfileStatus,
                    hasTwoStates: false,
                    hasTwoStatuses: false,
                    vouches: vouches,
                    last: question.Last);
            }
        }
    }

    // A question whose answer comes by callback.
    private sealed class Question(Moment asked, Moment last, string accountName)
    {
        public Moment Asked => asked;

        public Moment Last => last;

        public string AccountName => accountName;

        public TaskCompletionSource<bool> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
