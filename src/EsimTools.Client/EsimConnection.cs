// The facade of the client: open a connection, submit actions, look things up, wait for outcomes.

using EsimTools.Protocol;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools;

/// <summary>A connection to ThingSpace for one user. Every member may be used from any thread; no member shows a secret.</summary>
public sealed class EsimConnection : IDisposable
{
    /// <summary>The most profiles that one request may carry. Source: both documents.</summary>
    public const int MostProfilesPerRequest = EsimRun.MostProfilesPerRequest;

    private EsimConnection(EsimConnectionOptions options, Action<EsimMessage>? onMessage)
    {
        Message += onMessage;
        ServiceAddress.Check(options.BaseUri);
        EsimActionOptions.CheckText("account name", options.AccountName);
        AccountName = options.AccountName;
        BaseUri = options.BaseUri;
        IsSandbox = options.IsSandbox;
        UserName = options.UserCredential.Name;
        ThrottleLimit = options.ThrottleLimit;
        Parts = new(options, Report);
        Clock = Parts.Store.Clock;
        ConnectedAt = Clock.UtcNow;
    }

    /// <summary>Raised on any thread for what a person should be told: calls made, pauses, journal lines that cannot be read. What a subscriber throws is lost.</summary>
    public event Action<EsimMessage>? Message;

    /// <summary>The account that profiles without one of their own belong to.</summary>
    public string AccountName { get; }

    /// <summary>The service's address.</summary>
    public Uri BaseUri { get; }

    /// <summary>The UWS user.</summary>
    public string UserName { get; }

    /// <summary>Whether the service is a sandbox in this process.</summary>
    public bool IsSandbox { get; }

    /// <summary>When the connection was opened, in UTC.</summary>
    public DateTimeOffset ConnectedAt { get; }

    /// <summary>Where the journal is kept: its folder, or the database and its host.</summary>
    public string Journal => Parts.Store.Title;

    /// <summary>The folder of the journal; with a database, the folder for what stays on this machine.</summary>
    public string JournalPath => Parts.Store.Folder;

    /// <summary>How many requests may be on their way at once.</summary>
    public int ThrottleLimit { get; }

    /// <summary>Whether the connection can be used.</summary>
    public bool IsOpen => Parts.Life.IsOpen;

    /// <summary>The callback listeners that feed this connection.</summary>
    public IReadOnlyList<EsimCallbackListener> Listeners => Parts.Inbox.Listeners;

    /// <summary>Whether callbacks of the service arrive here, by a listener of this connection or from a sandbox in this process.</summary>
    public bool ReceivesCallbacks => Parts.Inbox.IsFed;

    /// <summary>When the bearer token was fetched, in UTC; it lasts an hour as a rule, and is renewed before. Null where there is none.</summary>
    public DateTimeOffset? BearerTokenAt => Parts.Session.BearerTokenAt;

    /// <summary>When the session token was fetched, in UTC; it ends after 20 minutes without use. Null where there is none.</summary>
    public DateTimeOffset? SessionTokenAt => Parts.Session.SessionTokenAt;

    /// <summary>Requests and profiles that this connection knows of.</summary>
    internal RequestTracker Tracker => Parts.Tracker;

    /// <summary>The clock that it goes by.</summary>
    public Clock Clock { get; }

    /// <summary>What it is made of.</summary>
    internal ConnectionParts Parts { get; }

    /// <summary>Logs in and reads the journal.</summary>
    /// <param name="options">Where and as whom.</param>
    /// <param name="onMessage">A first subscriber of <see cref="Message"/>, so that nothing said while opening is missed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The address, the journal or the credentials cannot be used.</exception>
    public static async Task<EsimConnection> OpenAsync(EsimConnectionOptions options, Action<EsimMessage>? onMessage = null, CancellationToken cancellationToken = default)
    {
        _ = options ?? throw new ArgumentNullException(nameof(options));

        // A database may be far away, and whoever waits for it can do without this thread.
        var connection = options.Database is null ? new EsimConnection(options, onMessage) : await Task.Run(() => new EsimConnection(options, onMessage), cancellationToken).ConfigureAwait(false);
        try
        {
            connection.Parts.Recall();
            await connection.Parts.Session.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Judges an action for a profile by what is known, without asking the service.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="serviceWasAsked">Whether <see cref="LookUpAsync"/> has just been called for it.</param>
    /// <param name="resubmit">Whether an earlier open request is to be ignored.</param>
    /// <param name="accountName">The account that the request would name; null means the profile's own, or the connection's.</param>
    public GuardVerdict Judge(EsimAction action, EsimProfile profile, bool serviceWasAsked = false, bool resubmit = false, string? accountName = null) =>
        Tracker.Judge(action, profile, AccountOf(profile, accountName), serviceWasAsked, resubmit);

    /// <summary>Why a profile is proven disabled, or why it is not, by what is known here; the service is not asked.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="accountName">The account that a delete would name; null means the profile's own, or the connection's.</param>
    public ProofFinding Explain(EsimProfile profile, string? accountName = null) => Tracker.Profiles.Explain(profile, AccountOf(profile, accountName));

    /// <summary>Begins a run, which whoever calls drives.</summary>
    /// <param name="action">The action.</param>
    /// <param name="options">What its requests say and how it goes about sending them.</param>
    /// <param name="host">Who is asked and told; null agrees to everything and listens to nothing.</param>
    /// <param name="cancellationToken">Stops it. A request on its way is given a moment to be answered.</param>
    /// <exception cref="EsimException">A field is wrong, the policy does not allow it, or the connection is closed.</exception>
    public EsimRun StartRun(EsimAction action, EsimRunOptions options, EsimRunHost? host = null, CancellationToken cancellationToken = default)
    {
        Parts.Life.ThrowIfClosed();
        return new(Parts.Runs, action ?? throw new ArgumentNullException(nameof(action)), options ?? throw new ArgumentNullException(nameof(options)), host, cancellationToken);
    }

    /// <summary>Carries out a run: every profile is judged, sent for where the guard allows it, and answered for.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profiles">The profiles, as many as there are.</param>
    /// <param name="options">What its requests say and how it goes about sending them.</param>
    /// <param name="host">Who is asked and told, on a thread of its own; null agrees to everything and listens to nothing.</param>
    /// <param name="cancellationToken">Stops it. A request on its way is given a moment to be answered.</param>
    /// <returns>The run, whose requests have been answered; <see cref="EsimRun.WaitAsync"/> waits for the outcomes.</returns>
    /// <exception cref="EsimException">A field is wrong, or the run has ended early; see <see cref="EsimRun.Add"/>.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Task<EsimRun> RunAsync(
        EsimAction action, IEnumerable<EsimProfile> profiles, EsimRunOptions options, EsimRunHost? host = null, CancellationToken cancellationToken = default) =>
        StartRun(action, options, host, cancellationToken).DriveAsync(profiles, cancellationToken);

    /// <summary>
    /// Sends one request for the profiles that the guard allows. The guard judges each profile at the moment of sending; a profile whose state
    /// has to be asked for first (see <see cref="LookUpAsync"/>) is refused.
    /// </summary>
    /// <param name="action">The action.</param>
    /// <param name="profiles">At most 10,000 profiles of one account.</param>
    /// <param name="options">The fields beside the devices.</param>
    /// <param name="serviceWasAsked">Whether <see cref="LookUpAsync"/> has just been called for those that needed it.</param>
    /// <param name="cancellationToken">Stops it. A request on its way is given a moment to be answered.</param>
    /// <returns>What left and what did not; a refusal by the service is in <see cref="EsimSubmission.Failure"/>.</returns>
    /// <exception cref="EsimException">A field or a profile is wrong, or the journal cannot be written. Nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before anything was sent.</exception>
    public Task<EsimSubmission> SubmitAsync(
        EsimAction action, IReadOnlyList<EsimProfile> profiles, EsimActionOptions options, bool serviceWasAsked = false, CancellationToken cancellationToken = default) =>
        Parts.Submitter.SubmitAsync(action, profiles, options, serviceWasAsked, null, cancellationToken);

    /// <summary>
    /// Asks the service for the state of profiles: one question each for a few, pages of the account's list for many.
    /// </summary>
    /// <param name="profiles">The profiles, all of one account.</param>
    /// <param name="accountName">That account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What the service knows, in the order of <paramref name="profiles"/>; null for a profile that it does not list.</returns>
    /// <exception cref="EsimException">The service could not be asked.</exception>
    public Task<IReadOnlyList<EsimProfile?>> LookUpAsync(
        IReadOnlyList<EsimProfile> profiles, string? accountName = null, CancellationToken cancellationToken = default) =>
        Parts.LookUp.AskAsync(null, profiles, accountName ?? AccountName, cancellationToken);

    /// <summary>Reads one page of an account's device list.</summary>
    /// <param name="query">What to ask for; null for the whole list of the connection's own account.</param>
    /// <param name="after">What the page before gave as <see cref="EsimDevicePage.Next"/>; null for the first page.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service could not be asked.</exception>
    public Task<EsimDevicePage> ReadPageAsync(EsimDeviceQuery? query = null, string? after = null, CancellationToken cancellationToken = default) =>
        Parts.LookUp.ReadPageAsync(new DeviceListing(query ?? new(), after), cancellationToken);

    /// <summary>Begins to read an account's device list.</summary>
    /// <param name="query">What to ask for; null for the whole list of the connection's own account.</param>
    public EsimDeviceListing ListDevices(EsimDeviceQuery? query = null) => new(Parts.LookUp, query ?? new());

    /// <summary>What the service has said of a profile so far, by whatever way; null when it has said nothing.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="accountName">The account to name in what is returned.</param>
    public EsimProfile? Recall(EsimProfile profile, string? accountName = null) => Tracker.Profiles.Recall(profile, AccountOf(profile, accountName));

    /// <summary>Adds to what the list says of a profile what was confirmed here and the list leaves out.</summary>
    /// <param name="listed">The profile as the service has listed it.</param>
    public EsimProfile Complete(EsimProfile listed) => Tracker.Profiles.Complete(listed);

    /// <summary>A request by the service's id or the journal's; null when this connection and its journal do not know it.</summary>
    /// <param name="requestId">The id.</param>
    public EsimRequest? FindRequest(string requestId)
    {
        Tracker.Refresher.Refresh();
        return Tracker.Requests.Find(requestId);
    }

    /// <summary>A request, for the same profiles, as this connection and its journal know it; null when they do not.</summary>
    /// <param name="request">The request, of this connection, another one, or an earlier session.</param>
    public EsimRequest? FindRequest(EsimRequest request) =>
        (request ?? throw new ArgumentNullException(nameof(request))).Tracker == Tracker ? request : FindRequest(request.DisplayId)?.Part(request.Profiles);

    /// <summary>A request, for some of its profiles alone; null when this connection and its journal do not know it, or not with any of these.</summary>
    /// <param name="requestId">The service's id or the journal's.</param>
    /// <param name="profiles">The profiles by their identifiers. Those that are not in the request are left out.</param>
    public EsimRequest? FindRequest(string requestId, IReadOnlyList<EsimProfile> profiles) => FindRequest(requestId)?.Only(profiles);

    /// <summary>Every request in the journal that was taken or is in doubt, or the latter alone, oldest first.</summary>
    /// <param name="inDoubt">Whether only those in doubt are wanted.</param>
    public IEnumerable<EsimRequest> GetRequests(bool inDoubt = false)
    {
        Tracker.Refresher.Refresh();
        var requests = Tracker.Requests.All(onlyUnanswered: inDoubt);
        return inDoubt ? requests.Where(request => request.Status == EsimRequestStatus.InDoubt) : requests;
    }

    /// <summary>The runs in the journal, newest first; each is summed up when its turn comes.</summary>
    /// <param name="where">Which runs are wanted; null for all.</param>
    public IEnumerable<EsimRunSummary> GetRuns(Func<EsimRunInfo, bool>? where = null) => Parts.History.Summaries(where ?? (static _ => true));

    /// <summary>Asks the service how the profiles of a request are now, and compares that with what was confirmed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>A verdict for each profile, in the order of the request.</returns>
    /// <exception cref="EsimException">The service could not be asked.</exception>
    public Task<IReadOnlyList<EsimRunCheck>> VerifyAsync(EsimRequest request, CancellationToken cancellationToken = default) =>
        Parts.Verifier.CheckAsync(request ?? throw new ArgumentNullException(nameof(request)), cancellationToken);

    /// <summary>Writes a report of runs: of one, or of those of one plan.</summary>
    /// <param name="runs">The runs, as <see cref="GetRuns"/> gives them.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="options">As what; null for a page.</param>
    /// <exception cref="EsimException">There are no runs.</exception>
    public void WriteReport(IEnumerable<EsimRunSummary> runs, TextWriter writer, EsimReportOptions? options = null) =>
        Parts.Reports.Write(runs ?? throw new ArgumentNullException(nameof(runs)), writer ?? throw new ArgumentNullException(nameof(writer)), options ?? new());

    /// <summary>The requests of runs that were taken or may have been, oldest first; each is made again from the journal when its turn comes.</summary>
    /// <param name="where">Which runs are wanted; null for all.</param>
    public IEnumerable<EsimRequest> GetRequestsOfRuns(Func<EsimRunInfo, bool>? where = null) => Parts.History.Requests(where ?? (static _ => true));

    /// <summary>How many requests that the service has taken wait for the outcome of a profile, as far as the journal has been read.</summary>
    public int OpenRequestCount => Tracker.CountOpen(isTaken: true);

    /// <summary>Of how many requests nobody knows whether the service has taken them, as far as the journal has been read.</summary>
    public int InDoubtRequestCount => Tracker.CountOpen(isTaken: false);

    /// <summary>The service plans of the requests that this connection and its journal know.</summary>
    public IEnumerable<string> KnownServicePlans => Tracker.Requests.KnownServicePlans();

    /// <summary>Asks the service for the status of a request and takes in what it says.</summary>
    /// <param name="request">The request; one in doubt has no id to ask for and is left as it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service could not be asked, or does not know the request.</exception>
    public Task PollAsync(EsimRequest request, CancellationToken cancellationToken = default) => Parts.Follower.PollAsync(request, cancellationToken);

    /// <summary>
    /// Waits until the outcome of every profile of a request is known, by callback or by poll, whichever comes first.
    /// </summary>
    /// <param name="request">The request, of this connection.</param>
    /// <param name="onResult">Called for every outcome, those already known first, on any thread.</param>
    /// <param name="options">How often to ask and when to give up.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True when every outcome is known; false when the time ran out first, which says nothing about the rest.</returns>
    /// <exception cref="EsimException">The request is in doubt, or the login was refused.</exception>
    public Task<bool> WaitAsync(EsimRequest request, Action<EsimResult>? onResult = null, EsimWaitOptions? options = null, CancellationToken cancellationToken = default) =>
        Parts.Follower.WaitAsync(request, onResult, options, cancellationToken);

    /// <summary>Begins to wait for requests, which whoever calls drives.</summary>
    /// <param name="host">Who is told of outcomes.</param>
    /// <param name="options">How often to ask and when to give up.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public EsimWait StartWait(EsimWaitHost host, EsimWaitOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Parts.Follower, host ?? throw new ArgumentNullException(nameof(host)), options ?? new(), cancellationToken);

    /// <summary>
    /// Finds out what became of the profiles of a request, above all of one in doubt: asks for its status where it has an id, and for the
    /// profiles' state, and counts callbacks seen. What is settled is in the journal and in the request afterwards.
    /// </summary>
    /// <param name="request">The request, of this connection.</param>
    /// <param name="notDoneAfter">
    /// How long after the request was made a profile that is still as it was counts as not acted on; null means 25 hours. The effect of the action
    /// proves at any time that it was carried out.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Every profile of the request, with what shows its outcome or what is missing.</returns>
    /// <exception cref="EsimException">The service could not be asked. Nothing was settled by it.</exception>
    public Task<IReadOnlyList<EsimResolution>> ResolveAsync(EsimRequest request, TimeSpan? notDoneAfter = null, CancellationToken cancellationToken = default) =>
        Parts.Follower.ResolveAsync(request ?? throw new ArgumentNullException(nameof(request)), notDoneAfter, cancellationToken);

    /// <summary>Takes in one callback message of the service, wherever it arrived. Repeated and foreign messages are harmless, and a closed connection listens no more.</summary>
    /// <param name="json">The message.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimCallbackInvalid"/>.</exception>
    public void ReceiveCallback(string json) => Parts.Inbox.Receive(json);

    /// <summary>Takes in one callback message of the service. What it says of a profile's state is as old as the message; without a time of its own, as old as its request.</summary>
    /// <param name="callback">The message.</param>
    public void ReceiveCallback(EsimCallback callback) => Parts.Inbox.Receive(callback ?? throw new ArgumentNullException(nameof(callback)));

    /// <summary>Notes that callbacks arrive from now on, until the returned object is disposed.</summary>
    public IDisposable ExpectCallbacks() => Parts.Inbox.Expect();

    /// <summary>Logs out and closes the connection.</summary>
    /// <param name="cancellationToken">Stops the logging out; the connection is closed all the same.</param>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (IsOpen)
        {
            try
            {
                await Parts.Session.CloseAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // First, while it is open: what listeners have acknowledged is still taken in.
        foreach (var listener in Listeners)
        {
            listener.Stop();
        }

        Parts.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{UserName} on {AccountName} at {BaseUri.Host}" + (IsSandbox ? " (sandbox)" : string.Empty);

    /// <summary>Brings outcomes that have gathered to the disk, also what speaks against that which others have noted since.</summary>
    public void FlushJournal() => Parts.Flush();

    /// <summary>Says something to whoever listens.</summary>
    internal void Report(EsimMessage message) => message.TellTo(Message);

    private string AccountOf(EsimProfile profile, string? accountName) => (accountName ?? profile.AccountName) is { Length: > 0 } account ? account : AccountName;
}
