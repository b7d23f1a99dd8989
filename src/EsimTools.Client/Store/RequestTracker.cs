// The memory of a connection: which requests there are, which profiles they hold, and what the service has said of each profile. This is its
// front, with the lock and the order of things; the work is done in the classes that it owns.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;
using EsimTools.Store.Folder;

namespace EsimTools.Store;

/// <summary>Keeps requests and profiles; every member may be called from any thread.</summary>
/// <remarks>
/// Lock order, outermost first: the folder's lock (<see cref="FolderLock"/>), this memory, the journal's writer, the outcomes of a request, the
/// queue of a subscription. Observers and messages are called when none of them is held: see <see cref="Tell"/>.
/// </remarks>
internal sealed class RequestTracker : IDisposable
{
    private const int MostEarlyCallbacks = 100_000;
    private const long MostEarlyBytes = 64L * 1024 * 1024;

    private readonly object _lock = new();
    private readonly RequestJournal _journal;
    private readonly RequestTable _table = new();
    private readonly ProfileLedger _ledger = new();
    private readonly EventOrder _order;
    private readonly IdentifierKeys _identifiers;
    private readonly Reservations _reservations;
    private readonly OutcomeRecorder _recorder;
    private readonly OutcomeIntake _callbacks;
    private readonly PollIntake _polls;
    private readonly ListIntake _lists;
    private readonly JournalReplay _replay;
    private readonly RequestFinder _finder;
    private readonly ProfileRecall _recall;
    private readonly EarlyCallbacks _earlyCallbacks = new(MostEarlyCallbacks, MostEarlyBytes);
    private readonly Announcements _announcements;

    /// <param name="journal">What is on the disk.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="report">Told, outside every lock, of what a person should know.</param>
    public RequestTracker(RequestJournal journal, Clock clock, Action<string> report)
    {
        _journal = journal;
        _order = new(clock);
        _identifiers = new(journal.Hasher);
        _announcements = new(report);
        var openActions = new OpenActions(_table, _ledger);
        var newerLines = new NewerLines(_table, _ledger, journal.Service);
        var book = new ProofBook(_table, _ledger, _order, openActions);
        var proofHearing = new ProofHearing(_table, _ledger, _order, openActions, book, journal);
        _recorder = new(_table, _ledger, _order, _identifiers, proofHearing, journal, _announcements);
        _reservations = new(this, _table, _ledger, _order, _identifiers, openActions, book, newerLines);
        var rebuilder = new RequestRebuilder(this, _identifiers, journal);
        _lists = new(_table, _ledger, _identifiers, proofHearing, _earlyCallbacks);
        _polls = new(_table, _order, _identifiers, _recorder);
        _callbacks = new(_table, _ledger, _order, _identifiers, proofHearing, _recorder, rebuilder, _lists, _earlyCallbacks, journal);
        Answers = new(_lock, _table, _lists, _callbacks, _earlyCallbacks, journal, _announcements);
        _finder = new(_lock, _table, rebuilder);
        _recall = new(_lock, _ledger, _order, _identifiers, book);
        _replay = new(_table, _ledger, _order, book, proofHearing, _recorder, rebuilder, newerLines, journal, _announcements);
    }

    /// <summary>Judges one action for one profile by all that is known here; see <see cref="Reservations"/>.</summary>
    public GuardVerdict Judge(EsimAction action, EsimProfile profile, string accountName, bool serviceWasAsked, bool ignoreOpen)
    {
        var keys = _identifiers.KeysOf(profile);
        lock (_lock)
        {
            return _reservations.Judge(action, profile, keys, accountName, serviceWasAsked, ignoreOpen);
        }
    }

    /// <summary>All that a command wants to know of a profile before it takes it up, in one go.</summary>
    public FirstLook Look(EsimAction action, EsimProfile profile, string accountName, EsimActionOptions options)
    {
        var keys = _identifiers.KeysOf(profile);
        lock (_lock)
        {
            return _reservations.Look(action, profile, keys, accountName, options);
        }
    }

    /// <summary>
    /// Reserves the profiles that the guard allows, writes the journal line, and returns the request that may now leave. The judging and the
    /// reserving are one step, so no two requests can hold a profile at once.
    /// </summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: nothing may leave.</exception>
    public Opening Open(EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, bool serviceWasAsked)
    {
        Opening opening;
        lock (_lock)
        {
            opening = _reservations.Reserve(action, accountName, options, profiles, serviceWasAsked);
        }

        if (opening.Request is not { } request)
        {
            return opening;
        }

        try
        {
            _journal.Sending(request);
            return opening;
        }
        catch
        {
            // Nothing has left.
            Answers.Enter(request, EsimRequest.Phase.Refused);
            throw;
        }
    }

    /// <summary>The number of the request that makes another one for the profile needless: the same action, open or confirmed lately; 0 when there is none.</summary>
    public int FindRepeat(EsimAction action, EsimProfile profile, string accountName, EsimActionOptions options)
    {
        var keys = _identifiers.KeysOf(profile);
        lock (_lock)
        {
            return _reservations.FindRepeat(action, profile, keys, accountName, options);
        }
    }

    /// <inheritdoc cref="Reservations.FindUnproven"/>
    public (EsimProfile Profile, string Reason)? FindUnproven(EsimRequest request)
    {
        Refresh();
        lock (_lock)
        {
            return _reservations.FindUnproven(request);
        }
    }

    /// <inheritdoc cref="RequestFinder.PartsOf"/>
    public IReadOnlyList<EsimRequest> PartsOf(IReadOnlyDictionary<int, List<EsimProfile>> profiles) => _finder.PartsOf(profiles);

    /// <summary>What the service has answered to requests.</summary>
    public RequestAnswers Answers { get; }

    /// <inheritdoc cref="RequestFinder.Find"/>
    public EsimRequest? Find(string id) => _finder.Find(id);

    /// <inheritdoc cref="RequestFinder.All"/>
    public IReadOnlyList<EsimRequest> All(bool onlyUnanswered = false) => _finder.All(onlyUnanswered);

    /// <inheritdoc cref="RequestFinder.KnownServicePlans"/>
    public IReadOnlyList<string> KnownServicePlans() => _finder.KnownServicePlans();

    /// <summary>The moment at which the service is asked something; taken before the question leaves, because what it answers may be as old.</summary>
    /// <remarks>Behind all that others have noted until then: where the answer speaks against that, they will want to know.</remarks>
    public Moment Ask()
    {
        TryRefresh();
        lock (_lock)
        {
            return new(_order.Now().UtcTicks, _order.Next());
        }
    }

    /// <inheritdoc cref="ProfileRecall.Explain"/>
    public ProofFinding Explain(EsimProfile profile, string accountName) => _recall.Explain(profile, accountName);

    /// <summary>Takes in a callback, wherever it came from. Repeated ones and ones for other programs' requests are harmless.</summary>
    public void Observe(EsimCallback callback)
    {
        lock (_lock)
        {
            _callbacks.Observe(callback);
        }

        Tell();
    }

    /// <inheritdoc cref="PollIntake.Observe"/>
    public void Observe(EsimRequest request, RequestStatusAnswer answer)
    {
        lock (_lock)
        {
            _polls.Observe(request, answer);
        }

        Tell();
    }

    /// <inheritdoc cref="ListIntake.Observe"/>
    public void Observe(ListedDevice device, Moment asked, string accountName)
    {
        lock (_lock)
        {
            _lists.Observe(device, asked, accountName);
        }
    }

    /// <summary>Whether a message with this id is about a request or a list that was asked for here.</summary>
    public bool Knows(string requestId) => Answers.IsTaken(requestId);

    /// <inheritdoc cref="ListIntake.Await"/>
    public Task AwaitList(string requestId, Moment asked, string accountName)
    {
        lock (_lock)
        {
            return _lists.Await(requestId, asked, accountName);
        }
    }

    /// <inheritdoc cref="ListIntake.End"/>
    public void EndLists(IEnumerable<string> requestIds)
    {
        lock (_lock)
        {
            _lists.End(requestIds);
        }
    }

    /// <inheritdoc cref="OutcomeRecorder.Settle(EsimRequest, int, in DoubtVerdict, in ProfileStatement)"/>
    public void Settle(EsimRequest request, int place, in DoubtVerdict verdict, in ProfileStatement statement)
    {
        lock (_lock)
        {
            _recorder.Settle(request, place, verdict, statement);
        }

        Tell();
    }

    /// <inheritdoc cref="ProfileRecall.StatementOf"/>
    public ProfileStatement StatementOf(EsimProfile profile) => _recall.StatementOf(profile);

    /// <inheritdoc cref="ProfileRecall.StatementSince"/>
    public ProfileStatement StatementSince(DateTimeOffset moment, EsimAction action, EsimProfile profile) => _recall.StatementSince(moment, action, profile);

    /// <inheritdoc cref="ProfileRecall.Recall"/>
    public EsimProfile? Recall(EsimProfile profile, string accountName) => _recall.Recall(profile, accountName);

    /// <inheritdoc cref="ProfileRecall.Complete"/>
    public EsimProfile Complete(EsimProfile listed) => _recall.Complete(listed);

    /// <summary>Takes in what other connections have written to the journal since the last time.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Refresh()
    {
        try
        {
            RefreshQuietly();
        }
        finally
        {
            Tell();
        }
    }

    /// <summary>The same for who holds the folder's lock: what there is to be told waits for <see cref="Tell"/>.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void RefreshQuietly()
    {
        lock (_lock)
        {
            var start = _order.Next();
            _replay.ReadNew();
            _callbacks.ObserveEarly();
            _order.ReadUpTo = start;
        }
    }

    /// <summary>The same for who sends nothing, and goes on where it cannot be read.</summary>
    public void TryRefresh()
    {
        try
        {
            RefreshQuietly();
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            // Whoever sends something is told.
        }
    }

    /// <summary>Puts away journal files that no longer matter.</summary>
    /// <returns>How many.</returns>
    public int Archive()
    {
        lock (_lock)
        {
            var needed = new HashSet<string?>(_ledger.OpenRequests().Select(number => _table[number].Path), StringComparer.Ordinal);
            return _journal.Archive(path => needed.Contains(path) || _table.KeptFiles.Contains(path));
        }
    }

    /// <summary>Calls observers and tells of problems, outside every lock: either may call whatever it likes.</summary>
    public void Tell() => _announcements.Tell();

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _callbacks.Close();
        }
    }

    /// <summary>What an identifier is known by here; null when it is none.</summary>
    public IdentifierKey? KeyOf(string? text) => _identifiers.KeyOf(text);
}
