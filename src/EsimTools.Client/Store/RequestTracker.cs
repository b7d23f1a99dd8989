// The memory of a connection: which requests there are, which profiles they hold, and what the service has said of each profile. This is its front, with the lock and the order of things.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Keeps requests and profiles; every member may be called from any thread.</summary>
/// <remarks>
/// Lock order, outermost first: the right to reserve (<see cref="IEsimStore.ReserveAsync"/>), the refreshing (<see cref="StoreRefresher"/>), what the store needs to read, this
/// memory, the store's gathered outcomes, the outcomes of a request, the queue of a subscription. The store is read and written when the memory is
/// not locked, and observers and messages are called when nothing is: see <see cref="Tell"/>.
/// </remarks>
internal sealed class RequestTracker : IDisposable
{
    private const int MostEarlyCallbacks = 100_000;
    private const long MostEarlyBytes = 64L * 1024 * 1024;

    // A thousand outcomes are a line of some size; many fewer are not worth a way to the disk.
    private const int MostGathered = 1000;

    private readonly object _lock = new();
    private readonly IEsimStore _store;
    private readonly RequestTable _table;
    private readonly ProfileLedger _ledger;
    private readonly EventOrder _order;
    private readonly IdentifierKeys _identifiers;
    private readonly Reservations _reservations;
    private readonly OutcomeRecorder _recorder;
    private readonly OutcomeIntake _callbacks;
    private readonly CallbackReception _reception;
    private readonly PollIntake _polls;
    private readonly ListIntake _lists;
    private readonly RunBook _runs = new();
    private readonly EarlyCallbacks _earlyCallbacks = new(MostEarlyCallbacks, MostEarlyBytes);
    private readonly Announcements _announcements;
    private volatile int _flushAt = MostGathered;
    private volatile bool _isClosed;

    /// <param name="store">What is kept for all who share it.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="report">Told, outside every lock, of what a person should know.</param>
    /// <param name="whenMade">Told of each request object that is made.</param>
    public RequestTracker(IEsimStore store, Clock clock, Action<string> report, Action<TrackedRequest, EsimRequest>? whenMade = null)
    {
        _table = new(whenMade);
        _store = store;
        _order = new(clock);
        _ledger = new(_order);
        _identifiers = new(store.Hasher);
        _announcements = new(report);
        var openActions = new OpenActions(_table, _ledger);
        var plans = new PlanBook(_table, _order);
        Plans = new(_lock, plans, store, this);
        var newerLines = new NewerLines(_table, _ledger, store.Service);
        var book = new ProofBook(_table, _ledger, _order, openActions);
        var proofHearing = new ProofHearing(_table, _ledger, _order, _identifiers, openActions, book, store);
        _recorder = new(_table, _ledger, _order, _identifiers, proofHearing, store, _announcements);
        var policyGate = new PolicyGate(_table, newerLines);
        Policy = new(_lock, policyGate, _order, store, this);
        Archive = new(_lock, _table, _ledger, _order, plans, policyGate, Policy, store);
        _reservations = new(this, _table, _ledger, _order, _identifiers, openActions, book, newerLines, policyGate);
        var rebuilder = new RequestRebuilder(this, _table, _identifiers, store);
        _lists = new(_table, _ledger, _order, _identifiers, proofHearing, _earlyCallbacks);
        _polls = new(_table, _order, _identifiers, proofHearing, _recorder);
        _callbacks = new(_table, _ledger, _order, _identifiers, proofHearing, _recorder, _lists, _earlyCallbacks, store);
        Requests = new(_lock, _table, rebuilder);
        Runs = new(_lock, _table, _runs, plans, store);
        _reception = new(_lock, Requests, _callbacks);
        Answers = new(_lock, _table, _lists, _callbacks, _reception, _earlyCallbacks, store, clock, _announcements);
        Profiles = new(_lock, _ledger, _order, _identifiers, book);
        var replay = new JournalReplay(_lock, _table, _ledger, _order, book, proofHearing, _recorder, rebuilder, newerLines, plans, _runs, store, _announcements);
        Refresher = new(_lock, _order, replay, _reception, _callbacks, TellAll, clock);
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
    /// <param name="action">The action.</param>
    /// <param name="accountName">The account.</param>
    /// <param name="options">The fields that are sent with it, and what is to be skipped.</param>
    /// <param name="profiles">The profiles.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked about them.</param>
    /// <param name="over">Says that nothing may leave any more.</param>
    /// <param name="cancellationToken">Ends the waiting for others who are choosing what to send.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimPolicyUnusable"/>: nothing may leave.</exception>
    public async Task<Opening> ReserveAsync(
        EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, bool serviceWasAsked, CancellationToken over, CancellationToken cancellationToken)
    {
        Opening opening = default;
        try
        {
            await _store.ReserveAsync(
                () =>
                {
                    over.ThrowIfCancellationRequested();

                    var policy = Policy.Read();

                    // Another process may have sent for the same profiles a moment ago. What there is to be told waits until the right is given back.
                    opening = Refresher.Judge(() => _reservations.Reserve(action, accountName, options, profiles, serviceWasAsked, policy));
                    return opening.Request is { } request ? JournalLines.Sending(request, _store.Service) : null;
                },
                cancellationToken).ConfigureAwait(false);
            return opening;
        }
        catch when (opening.Request is not null)
        {
            // Nothing has left.
            Answers.Enter(opening.Request, EsimRequest.Phase.Refused);
            throw;
        }
        finally
        {
            TellAll();
        }
    }

    /// <summary>Notes how a run has ended; durable when this returns.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void NoteRun(JournalLine line)
    {
        // Also where it cannot be written: here it has ended.
        lock (_lock)
        {
            _runs.Take(line);
        }

        _store.Record(line);
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

    /// <summary>The last request for a profile, or for an action on devices for its device; null where there is none.</summary>
    public TrackedRequest? FindLast(EsimAction action, EsimProfile profile)
    {
        var key = IdentifierKeys.KeyOf(action, _identifiers.KeysOf(profile));
        lock (_lock)
        {
            return _ledger.FindReservation(key).Request is > 0 and var number ? _table[number] : null;
        }
    }

    /// <inheritdoc cref="Reservations.FindUnproven"/>
    /// <remarks>What there is to be told waits for <see cref="Tell"/>: nothing may lie between the judging and the first byte.</remarks>
    public (EsimProfile Profile, string Reason)? FindUnproven(EsimRequest request) => Refresher.Judge(() => _reservations.FindUnproven(request));

    /// <summary>The requests that are known.</summary>
    public RequestFinder Requests { get; }

    /// <summary>What is known of profiles.</summary>
    public ProfileRecall Profiles { get; }

    /// <summary>Reads what other connections have written.</summary>
    public StoreRefresher Refresher { get; }

    /// <summary>How many requests wait for the outcome of a profile.</summary>
    /// <param name="isTaken">Those that the service has taken, or those of which nobody knows.</param>
    public int CountOpen(bool isTaken)
    {
        lock (_lock)
        {
            return _ledger.OpenRequests().Count(number => _table[number].Phase == EsimRequest.Phase.Accepted == isTaken);
        }
    }

    /// <summary>The journal's ids of the requests that have ended for each of their profiles.</summary>
    public HashSet<string> EndedRequests()
    {
        lock (_lock)
        {
            return new(
                _table.All.Where(entry => entry.ClosedBy is null && (entry.Phase == EsimRequest.Phase.Refused || !_ledger.IsOpen(entry.Number))).Select(entry => entry.LocalId),
                StringComparer.Ordinal);
        }
    }

    /// <summary>Which plans have been carried out.</summary>
    public PlanJournal Plans { get; }

    /// <summary>Puts away what no longer matters.</summary>
    public StoreArchive Archive { get; }

    /// <summary>What may be sent at all.</summary>
    public PolicyKeeper Policy { get; }

    /// <summary>What the service has answered to requests.</summary>
    public RequestAnswers Answers { get; }

    /// <summary>The runs whose requests and ends are known.</summary>
    public RunFinder Runs { get; }

    /// <summary>The moment at which the service is asked something; taken before the question leaves, because what it answers may be as old.</summary>
    /// <remarks>Behind all that others have noted until then: where the answer speaks against that, they will want to know.</remarks>
    public Moment Ask()
    {
        Refresher.TryRefresh();
        lock (_lock)
        {
            return new(_order.Now().UtcTicks, _order.NextAsked());
        }
    }

    /// <summary>Takes in a callback, wherever it came from; who waits for it is told by <see cref="Tell"/>. Repeated ones and ones for other programs' requests are harmless.</summary>
    public void Hear(EsimCallback callback) => _reception.TakeIn(callback);

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
    public Task AwaitList(string requestId, Moment asked, string accountName, Moment? last = null)
    {
        lock (_lock)
        {
            return _lists.Await(requestId, asked, accountName, last);
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

    /// <inheritdoc cref="OutcomeRecorder.Settle(EsimRequest, int, in DoubtVerdict, in ProfileState)"/>
    public void Settle(EsimRequest request, int place, in DoubtVerdict verdict, in ProfileState statement)
    {
        lock (_lock)
        {
            _recorder.Settle(request, place, verdict, statement);
        }

        Tell();
    }

    /// <summary>Writes what has gathered where that has become much, calls observers and tells of problems, outside every lock: either may call whatever it likes.</summary>
    public void Tell()
    {
        var gathered = _store.Gathered;
        if (gathered < MostGathered)
        {
            _flushAt = MostGathered;
        }
        else if (gathered >= _flushAt)
        {
            // A store that is away is not asked again for each outcome.
            _flushAt = _store.Flush() ? MostGathered : gathered + MostGathered;
        }

        _announcements.Tell();
    }

    /// <summary>
    /// Writes what has gathered, where something has. Others who share the store may be about to believe a confirmation that the service has just spoken
    /// against, while this process lives on and has nothing else to write.
    /// </summary>
    public void Flush()
    {
        if (!_isClosed && _store.Gathered > 0)
        {
            _store.Flush();
        }
    }

    // What has been heard here may speak against what was read only now.
    private void TellAll()
    {
        Tell();
        Flush();
    }

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        _isClosed = true;
        Refresher.Dispose();
        lock (_lock)
        {
            _callbacks.Close();
        }
    }

    /// <summary>What an identifier is known by here; null when it is none.</summary>
    public IdentifierKey? KeyOf(string? text) => _identifiers.KeyOf(text);

    /// <summary>What an action knows a profile by here, be it named by its identifiers or by a journal's hashes.</summary>
    public IdentifierKey KeyOf(EsimAction action, EsimProfile profile) => IdentifierKeys.KeyOf(action, _identifiers.KeysOf(profile));
}
