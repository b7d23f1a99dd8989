// The front door of the client: open a connection, submit actions, look things up, wait for outcomes.

using EsimTools.Callbacks;
using EsimTools.Identity;
using EsimTools.Journal;
using EsimTools.Proof;
using EsimTools.Requests;
using EsimTools.Session;
using EsimTools.Storage;
using EsimTools.Wire;

namespace EsimTools;

/// <summary>A connection to ThingSpace for one user. Every member may be used from any thread; no member shows a secret.</summary>
public sealed class EsimConnection : IDisposable
{
    /// <summary>The most profiles that one request may carry. Source: both documents.</summary>
    public const int MostProfilesPerRequest = 10_000;

    /// <summary>How long a look-up waits for the callback of the asynchronous list; what has not come by then counts as unknown.</summary>
    private static readonly TimeSpan LongestWaitForList = TimeSpan.FromSeconds(30);

    private readonly ThingSpaceSession _session;
    private readonly RequestJournal _journal;
    private readonly Clock _clock;
    private readonly CallbackRegistry _callbacks;
    private readonly List<EsimCallbackListener> _listeners = [];
    private int _callbackSources;
    private int _disposed;

    private EsimConnection(EsimConnectionOptions options)
    {
        CheckAddress(options.BaseUri);
        EsimActionOptions.CheckText("account name", options.AccountName);
        AccountName = options.AccountName;
        BaseUri = options.BaseUri;
        IsSandbox = options.IsSandbox;
        UserName = options.UserCredential.Name;
        ThrottleLimit = options.ThrottleLimit;
        JournalPath = Path.GetFullPath(options.JournalPath ?? EsimConnectionOptions.DefaultJournalPath);
        _clock = options.Clock ?? Clock.System;
        ConnectedAt = _clock.UtcNow;

        _journal = new RequestJournal(JournalPath, ServiceName, _clock, options.HashIdentifiers);
        CallbackCredentials = new CallbackCredentials(_clock);
        Tracker = new RequestTracker(_journal, _clock, options.SpillSpace ?? new SpillSpace(JournalPath), problem => Report(new(EsimMessageLevel.Warning, problem)));
        var wire = new HttpWire(new Uri(BaseUri.ToString().TrimEnd('/') + "/"), options.Timeout, options.Handler, options.Proxy, options.UseProxy, Report);
        _session = new ThingSpaceSession(wire, new TokenKeeper(wire, _clock, options.ApiCredential, options.UserCredential), new ThrottleGate(_clock, Report), _clock);
        _callbacks = new CallbackRegistry(this, _session);
    }

    /// <summary>Raised on any thread for what a person should be told: calls made, pauses, journal lines that cannot be read.</summary>
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

    /// <summary>The folder of the journal.</summary>
    public string JournalPath { get; }

    /// <summary>How many requests may be on their way at once.</summary>
    public int ThrottleLimit { get; }

    /// <summary>Whether the connection can be used.</summary>
    public bool IsOpen => Volatile.Read(ref _disposed) == 0;

    /// <summary>The callback listeners that feed this connection.</summary>
    public IReadOnlyList<EsimCallbackListener> Listeners
    {
        get
        {
            lock (_listeners)
            {
                return [.. _listeners];
            }
        }
    }

    /// <summary>The service's address as journal and spool name it.</summary>
    internal string ServiceName => BaseUri.ToString().TrimEnd('/');

    /// <summary>Whether callbacks of the service arrive here, by a listener of this connection or from a sandbox in this process.</summary>
    public bool ReceivesCallbacks => Volatile.Read(ref _callbackSources) > 0;

    /// <summary>Requests and profiles that this connection knows of.</summary>
    internal RequestTracker Tracker { get; }

    /// <summary>The user names and passwords of messages that count beside those that listeners were started with.</summary>
    internal CallbackCredentials CallbackCredentials { get; }

    /// <summary>The clock.</summary>
    internal Clock Clock => _clock;

    /// <summary>Logs in and reads the journal.</summary>
    /// <param name="options">Where and as whom.</param>
    /// <param name="onMessage">A first subscriber of <see cref="Message"/>, so that nothing said while opening is missed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The address, the journal or the credentials cannot be used.</exception>
    public static async Task<EsimConnection> OpenAsync(EsimConnectionOptions options, Action<EsimMessage>? onMessage = null, CancellationToken cancellationToken = default)
    {
        var connection = new EsimConnection(options ?? throw new ArgumentNullException(nameof(options)));
        try
        {
            connection.Message += onMessage;
            connection.ReadJournal();
            connection.RecoverCallbacks();
            await connection._session.OpenAsync(cancellationToken).ConfigureAwait(false);
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
    public ProofFinding Explain(EsimProfile profile, string? accountName = null) => Tracker.Explain(profile, AccountOf(profile, accountName));

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
    public async Task<EsimSubmission> SubmitAsync(
        EsimAction action, IReadOnlyList<EsimProfile> profiles, EsimActionOptions options, bool serviceWasAsked = false, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        options.Check(action);

        // The list is the caller's, who may change it; what is noted and what is sent must be the same.
        profiles = profiles.ToArray();
        if (profiles.Count > MostProfilesPerRequest)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A request carries at most {MostProfilesPerRequest} profiles, not {profiles.Count}.");
        }

        if (profiles.FirstOrDefault(IdentifierSeal.IsHidden) is { } hidden)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"{hidden} is known by the hashes of a journal alone, which mean nothing to the service.", "Name it by its identifiers, as the inventory has them.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var account = options.AccountName ?? AccountName;

        // As a rule all of them may leave. What the journal shows is then ready when they are claimed, and the body when it is on disk.
        var draft = Task.Run(() => _journal.Draft(profiles), CancellationToken.None);
        var draftedBody = draft.ContinueWith(_ => BodyOf(action, profiles, account, options), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        Opening opening;
        using (await _journal.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            // Another process may have sent for the same profiles a moment ago.
            Tracker.RefreshQuietly();
            opening = await Tracker.OpenAsync(action, account, options, profiles, draft, serviceWasAsked).ConfigureAwait(false);
        }

        Tracker.Tell();
        var done = new EsimSubmission(opening.Request, opening.Refused, null) { Skipped = Tracker.PartsOf(opening.Skipped) };
        if (opening.Request is not { } request)
        {
            return done;
        }

        var body = request.Count == profiles.Count ? await draftedBody.ConfigureAwait(false) : BodyOf(action, request.Profiles, account, options);
        return await SendAsync(request, body, done, cancellationToken).ConfigureAwait(false);
    }

    private static ArraySegment<byte> BodyOf(EsimAction action, IReadOnlyList<EsimProfile> profiles, string account, EsimActionOptions options) => ProfileActionBody.Write(
        profiles,
        new(account, options.ServicePlan, options.EtfWaiver, options.ReasonCode, options.SmsrOid, options.MdnZipCode),
        (action.Sends & IdentifierKinds.Eid) != 0,
        (action.Sends & IdentifierKinds.Iccid) != 0,
        (action.Sends & IdentifierKinds.Imei) != 0);

    private async Task<EsimSubmission> SendAsync(EsimRequest request, ArraySegment<byte> body, EsimSubmission done, CancellationToken cancellationToken)
    {
        var action = request.Kind;
        try
        {
            var answer = await _session.SendAsync(new(HttpMethod.Post, action.Path, body, CallKind.Action) { BeforeLateSending = () => JudgeAgain(request) }, cancellationToken).ConfigureAwait(false);
            var requestId = ServiceAnswers.RequestId(answer.Body);
            if (requestId is not null && !Tracker.IsTaken(requestId))
            {
                NoteAnswer(request, () => Tracker.Accepted(request, requestId));
                return done;
            }

            var strange = new EsimException(
                EsimError.EsimOutcomeUnknown,
                $"The service answered {answer.StatusCode} {(requestId is null ? "without a request id" : "with the id of another request")}, so it is not known whether it took the request.",
                "It is not sent again by itself. Find out with Resolve-EsimRequest what became of the profiles.")
            { StatusCode = answer.StatusCode };
            NoteAnswer(request, () => Tracker.InDoubt(request, strange));
            return done with { Failure = strange };
        }
        catch (EsimException e) when (e.Error == EsimError.EsimOutcomeUnknown)
        {
            NoteAnswer(request, () => Tracker.InDoubt(request, e));
            return done with { Failure = e };
        }
        catch (EsimException e)
        {
            NoteAnswer(request, () => Tracker.Refused(request, e));
            return done with { Failure = e };
        }
        catch (OperationCanceledException)
        {
            NoteAnswer(request, () => Tracker.Refused(request, new EsimException(EsimError.EsimRequestRefused, "The command was stopped before the request left.")));
            throw;
        }
    }

    // While a delete waits to leave, somebody else may have sent something that it must not follow.
    private void JudgeAgain(EsimRequest request)
    {
        if (request.Kind == EsimAction.Delete && Tracker.FindUnproven(request) is var (profile, finding))
        {
            throw new EsimException(
                EsimError.EsimProfileStateUnknown,
                $"It had to wait before it could leave, and meanwhile it is not proven any more that {profile} is disabled: {finding}. Nothing was sent.",
                "Run the command again.");
        }
    }

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
        LookUpForAsync(null, profiles, accountName, cancellationToken);

    /// <summary>Asks the service for the state of profiles; where a request is in doubt, also for what is known only from before it left.</summary>
    internal async Task<IReadOnlyList<EsimProfile?>> LookUpForAsync(
        EsimRequest? doubt, IReadOnlyList<EsimProfile> profiles, string? accountName, CancellationToken cancellationToken)
    {
        const int FewEnoughToAskSingly = 20;
        ThrowIfClosed();
        var account = accountName ?? AccountName;
        var found = new EsimProfile?[profiles.Count];
        var places = new Dictionary<IdentifierKey, int>();
        for (var i = 0; i < profiles.Count; i++)
        {
            if (profiles[i].Keys.Iccid is { IsNone: false } iccid && profiles.Count > FewEnoughToAskSingly)
            {
                places[iccid] = i;
            }
            else
            {
                found[i] = await AskOneAsync(profiles[i], account, cancellationToken).ConfigureAwait(false);
            }
        }

        var listing = new DeviceListing(new() { AccountName = account });
        while (places.Count > 0)
        {
            var page = await ReadPageAsync(listing, cancellationToken).ConfigureAwait(false);
            foreach (var listed in page.Devices)
            {
                if (KeyOf(listed.Iccid) is { } iccid && places.TryGetValue(iccid, out var place))
                {
                    found[place] = listed.ToProfile();
                    places.Remove(iccid);
                }
            }

            if (page.Next is null)
            {
                break;
            }
        }

        await AskByCallbackAsync(profiles, account, doubt, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Reads one page of an account's device list.</summary>
    /// <param name="query">What to ask for; null for the whole list of the connection's own account.</param>
    /// <param name="after">What the page before gave as <see cref="EsimDevicePage.Next"/>; null for the first page.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service could not be asked.</exception>
    public Task<EsimDevicePage> ReadPageAsync(EsimDeviceQuery? query = null, string? after = null, CancellationToken cancellationToken = default) =>
        ReadPageAsync(new DeviceListing(query ?? new(), after), cancellationToken);

    /// <summary>Reads the next page of a listing.</summary>
    internal async Task<EsimDevicePage> ReadPageAsync(DeviceListing listing, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var query = listing.Query;
        var account = query.AccountName ?? AccountName;
        var asked = Tracker.Ask();
        var page = await AskListAsync(DeviceList.AskPage(account, query, listing.Place), cancellationToken).ConfigureAwait(false);
        listing.Follow(page);
        var devices = new List<EsimDevice>(page.Devices.Count);
        foreach (var listed in page.Devices)
        {
            Tracker.Observe(listed, asked, account);
            if (ToDevice(listed, asked) is var device && query.Fits(device))
            {
                devices.Add(device);
            }
        }

        return new(devices, listing.Place);
    }

    /// <summary>A request by the service's id or the journal's; null when this connection and its journal do not know it.</summary>
    /// <param name="requestId">The id.</param>
    public EsimRequest? FindRequest(string requestId)
    {
        Refresh();
        return Tracker.Find(requestId);
    }

    /// <summary>Every request in the journal that was taken or is in doubt, oldest first.</summary>
    public IEnumerable<EsimRequest> GetRequests() => GetRequests(inDoubt: false);

    /// <summary>Every request in the journal that was taken or is in doubt, or the latter alone, oldest first.</summary>
    /// <param name="inDoubt">Whether only those in doubt are wanted.</param>
    public IEnumerable<EsimRequest> GetRequests(bool inDoubt)
    {
        Refresh();
        var requests = Tracker.All(onlyUnanswered: inDoubt);
        return inDoubt ? requests.Where(request => request.Status == EsimRequestStatus.InDoubt) : requests;
    }

    /// <summary>The service plans of the requests that this connection and its journal know.</summary>
    public IEnumerable<string> KnownServicePlans => Tracker.KnownServicePlans();

    /// <summary>Asks the service for the status of a request and takes in what it says.</summary>
    /// <param name="request">The request; one in doubt has no id to ask for and is left as it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service could not be asked, or does not know the request.</exception>
    public async Task PollAsync(EsimRequest request, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (request.RequestId is not { } id)
        {
            return;
        }

        var path = $"m2m/v2/accounts/{Uri.EscapeDataString(request.AccountName)}/requests/{Uri.EscapeDataString(id)}/status";
        var answer = await _session.SendAsync(new(HttpMethod.Get, path, null, CallKind.Question), cancellationToken).ConfigureAwait(false);
        var status = ServiceAnswers.RequestStatus(answer.Body) ?? throw Unreadable($"status of request {id}");
        if (!string.Equals(status.RequestId, id, StringComparison.OrdinalIgnoreCase))
        {
            throw new EsimException(
                EsimError.EsimAnswerInvalid, $"The service was asked for the status of request {id} and answered with that of another one.", "Try again; if it goes on, look at what stands between here and the service.");
        }

        Tracker.Observe(request.Whole, status);
    }

    /// <summary>
    /// Waits until the outcome of every profile of a request is known, by callback or by poll, whichever comes first.
    /// </summary>
    /// <param name="request">The request, of this connection.</param>
    /// <param name="onResult">Called for every outcome, those already known first, on any thread.</param>
    /// <param name="options">How often to ask and when to give up.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True when every outcome is known; false when the time ran out first, which says nothing about the rest.</returns>
    /// <exception cref="EsimException">The request is in doubt, or the login was refused.</exception>
    public async Task<bool> WaitAsync(EsimRequest request, Action<EsimResult>? onResult = null, EsimWaitOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (request.RequestId is null && !request.IsComplete)
        {
            throw new EsimException(
                EsimError.EsimOutcomeUnknown,
                $"It is not known whether the service took the '{request.Action}' request {request.DisplayId}, so there is nothing to wait for.",
                "Find out with Resolve-EsimRequest what became of its profiles.");
        }

        try
        {
            return await new RequestWait(this, request, options ?? new()).RunAsync(onResult, Report, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _journal.Flush();
        }
    }

    /// <summary>
    /// Finds out what became of the profiles of a request, above all of one in doubt: asks for its status where it has an id, and for the
    /// profiles' state, and counts callbacks seen. What is settled is in the journal and in the request afterwards.
    /// </summary>
    /// <param name="request">The request, of this connection.</param>
    /// <param name="notDoneAfter">
    /// How long after the request left a profile that is still as it was counts as not acted on; null means 24 hours. The effect of the action
    /// proves at any time that it was carried out.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Every profile of the request, with what shows its outcome or what is missing.</returns>
    /// <exception cref="EsimException">The service could not be asked. Nothing was settled by it.</exception>
    public Task<IReadOnlyList<EsimResolution>> ResolveAsync(EsimRequest request, TimeSpan? notDoneAfter = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        Refresh();
        return new DoubtResolver(this, request ?? throw new ArgumentNullException(nameof(request)), notDoneAfter ?? DoubtRule.DefaultNotDoneAfter).RunAsync(cancellationToken);
    }

    /// <summary>Takes in one callback message of the service, wherever it arrived. Repeated and foreign messages are harmless, and a closed connection listens no more.</summary>
    /// <param name="json">The message.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimCallbackInvalid"/>.</exception>
    public void ReceiveCallback(string json)
    {
        if (IsOpen)
        {
            var callback = EsimCallback.Parse(json);
            callback.ReceivedAt = _clock.UtcNow;
            ReceiveCallback(callback);
        }
    }

    /// <summary>Takes in one callback message of the service. What it says of a profile's state is as old as the message; without a time of its own, as old as its request.</summary>
    /// <param name="callback">The message.</param>
    public void ReceiveCallback(EsimCallback callback)
    {
        if (IsOpen)
        {
            Tracker.Observe(callback ?? throw new ArgumentNullException(nameof(callback)));
        }
    }

    /// <summary>Notes that callbacks arrive from now on, until the returned object is disposed.</summary>
    public IDisposable ExpectCallbacks()
    {
        Interlocked.Increment(ref _callbackSources);
        return new CallbackSource(this);
    }

    /// <summary>
    /// Has the service post its callbacks to an address. One listener serves each callback service of an account; registering again replaces it.
    /// </summary>
    /// <param name="address">
    /// An http or https address that the service can reach: port 80, 443, 9001 to 9006, 28200 to 28220 or 50551 to 50559 (any port for a
    /// service on this machine). A certificate must chain to a public authority; a self-signed one fails. TLS 1.2 or later.
    /// </param>
    /// <param name="serviceNames">The callback services; null or none means <see cref="EsimCallbackRegistration.DefaultServices"/>.</param>
    /// <param name="credential">What the service puts into each message, in plain: at most 40 characters each, and not the UWS user. Null for none.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What has been registered, one for each callback service.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>: nothing was sent; or the service refused.</exception>
    public Task<IReadOnlyList<EsimCallbackRegistration>> RegisterCallbackAsync(
        Uri address, IReadOnlyList<string>? serviceNames = null, EsimCredential? credential = null, string? accountName = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _callbacks.RegisterAsync(address, serviceNames, credential, accountName, cancellationToken);
    }

    /// <summary>Asks which listeners are registered. The passwords that the service tells too are not kept.</summary>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service could not be asked.</exception>
    public Task<IReadOnlyList<EsimCallbackRegistration>> GetCallbacksAsync(string? accountName = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _callbacks.ListAsync(accountName, cancellationToken);
    }

    /// <summary>Has the service post no more callbacks of one callback service. What it would have posted is lost; outcomes can still be polled for.</summary>
    /// <param name="serviceName">The callback service.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service refused, for example because none was registered.</exception>
    public Task UnregisterCallbackAsync(string serviceName, string? accountName = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _callbacks.UnregisterAsync(serviceName, accountName, cancellationToken);
    }

    /// <summary>Logs out and closes the connection.</summary>
    /// <param name="cancellationToken">Stops the logging out; the connection is closed all the same.</param>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (IsOpen)
        {
            try
            {
                await _session.CloseAsync(cancellationToken).ConfigureAwait(false);
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

        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _journal.Dispose();
            _session.Dispose();
            Tracker.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{UserName} on {AccountName} at {BaseUri.Host}" + (IsSandbox ? " (sandbox)" : string.Empty);

    /// <summary>Checks what is to be registered, without a word to the service.</summary>
    internal void CheckCallback(Uri address, IReadOnlyList<string> serviceNames, EsimCredential? credential, string? accountName) =>
        _callbacks.Check(address, serviceNames, credential, accountName);

    /// <summary>What identifiers are hidden behind in the journal's folder; null where they may be shown.</summary>
    internal IdentifierSeal? HiddenBy => _journal.WrittenSeal;

    /// <summary>Earlier requests, each for some of its profiles only, as far as they have come by now.</summary>
    internal IReadOnlyList<EsimRequest> PartsOf(IReadOnlyDictionary<int, List<EsimProfile>> profiles)
    {
        Refresh();
        return Tracker.PartsOf(profiles);
    }

    /// <summary>Brings outcomes that have gathered to the disk.</summary>
    internal void FlushJournal() => _journal.Flush();

    /// <summary>Ties a listener's life to the connection's.</summary>
    internal void Attach(EsimCallbackListener listener)
    {
        lock (_listeners)
        {
            ThrowIfClosed();
            _listeners.Add(listener);
        }
    }

    /// <summary>Forgets a listener that has been stopped.</summary>
    internal void Detach(EsimCallbackListener listener)
    {
        lock (_listeners)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>Says something to whoever listens.</summary>
    internal void Report(EsimMessage message) => Message?.Invoke(message);

    private static void CheckAddress(Uri address)
    {
        // First: a password in it must not get into the texts below.
        if (address.IsAbsoluteUri ? address.UserInfo.Length + address.Query.Length + address.Fragment.Length > 0 : address.OriginalString.Contains('@'))
        {
            throw new EsimException(EsimError.EsimAddressInvalid, "The service's address holds a user, a query or a fragment.", "Give the address alone, up to and including /api.");
        }

        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            throw new EsimException(EsimError.EsimAddressInvalid, $"'{address}' is not an https address.", $"Leave -BaseUri out for {EsimConnectionOptions.DefaultBaseUri}.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            throw new EsimException(
                EsimError.EsimAddressInvalid, $"'{address}' is not encrypted, and credentials are sent to it.", "Use https; plain http is accepted for this machine only.");
        }
    }

    /// <summary>The error for an answer that makes no sense.</summary>
    internal static EsimException Unreadable(string what) => new(
        EsimError.EsimAnswerInvalid, $"The service's answer for the {what} cannot be understood.", "Try again; if it goes on, look at what stands between here and the service.");

    // The synchronous list may leave the profile status out. Where callbacks arrive, the asynchronous list is asked for what is missing.
    private async Task AskByCallbackAsync(IReadOnlyList<EsimProfile> profiles, string account, EsimRequest? doubt, CancellationToken cancellationToken)
    {
        if (!ReceivesCallbacks)
        {
            return;
        }

        var missing = new List<string>();
        foreach (var profile in profiles)
        {
            if (profile.Iccid is { } iccid && LacksStatus(profile, doubt))
            {
                missing.Add(iccid);
            }
        }

        var answers = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            for (var i = 0; i < missing.Count; i += DeviceList.MostFiltered)
            {
                var question = DeviceList.AskAsync(account, missing.Skip(i).Take(DeviceList.MostFiltered));
                var asked = Tracker.Ask();
                var answer = await _session.SendAsync(new(HttpMethod.Post, DeviceList.AsyncPath, new(question), CallKind.Question), cancellationToken).ConfigureAwait(false);
                var requestId = ServiceAnswers.RequestId(answer.Body) ?? throw Unreadable("asynchronous device list");
                answers[requestId] = Tracker.AwaitList(requestId, asked, account);
            }

            if (answers.Count > 0)
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(Task.WhenAll(answers.Values), _clock.Delay(LongestWaitForList, stop.Token)).ConfigureAwait(false);
                stop.Cancel();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Tracker.EndLists(answers.Keys);
        }
    }

    // A status from before a request tells nothing of what became of it, and one that is older than a day nothing of today; but deleted is final.
    private bool LacksStatus(EsimProfile profile, EsimRequest? doubt) =>
        doubt is { Kind: { ProvesProfileStatus: not null } action }
            ? Tracker.StatementSince(doubt.SubmittedAt, action, profile).ProfileStatus is null
            : Tracker.StatementOf(profile) is { Source: not EvidenceSource.None } known && !ServiceWords.IsDeactive(known.State) && !ServiceWords.IsDeleted(known.ProfileStatus)
                && Tracker.StatementSince(_clock.UtcNow - Guard.ProofLifetime, EsimAction.Delete, profile).ProfileStatus is null;

    private async Task<EsimProfile?> AskOneAsync(EsimProfile profile, string account, CancellationToken cancellationToken)
    {
        var (kind, digits) = profile switch
        {
            { Iccid: { } iccid } => (IdentifierKind.Iccid, iccid),
            { Eid: { } eid } => (IdentifierKind.Eid, eid),
            _ => (IdentifierKind.Imei, profile.Imei ?? string.Empty),
        };

        DeviceListPage page;
        var asked = Tracker.Ask();
        try
        {
            page = await AskListAsync(DeviceList.AskOne(account, kind, digits), cancellationToken).ConfigureAwait(false);
        }
        catch (EsimException e) when (e.ErrorCode?.EndsWith("DeviceNotFound", StringComparison.OrdinalIgnoreCase) == true)
        {
            return null;
        }

        EsimProfile? found = null;
        foreach (var device in page.Devices)
        {
            Tracker.Observe(device, asked, account);
            if (profile.Keys.Iccid.IsNone || KeyOf(device.Identifiers.Iccid) == profile.Keys.Iccid)
            {
                found ??= ToDevice(device, asked).ToProfile();
            }
        }

        return found;
    }

    private async Task<DeviceListPage> AskListAsync(byte[] question, CancellationToken cancellationToken)
    {
        var answer = await _session.SendAsync(new(HttpMethod.Post, "m2m/v1/devices/actions/list", new(question), CallKind.Question), cancellationToken).ConfigureAwait(false);
        return DeviceList.Read(answer.Body) ?? throw Unreadable("device list");
    }

    // However it is written, and not by its hash.
    private static IdentifierKey? KeyOf(string? iccid) => IdentifierKey.Of(iccid)?.ForAnySpelling();

    private string AccountOf(EsimProfile profile, string? accountName) => (accountName ?? profile.AccountName) is { Length: > 0 } account ? account : AccountName;

    private static EsimDevice ToDevice(ListedDevice listed, Moment asked) => new()
    {
        Iccid = listed.Identifiers.Iccid,
        Eid = listed.Identifiers.Eid,
        Imei = listed.Identifiers.Imei,
        Mdn = listed.Identifiers.Mdn,
        AccountName = listed.AccountName,
        ServicePlan = listed.ServicePlan,
        State = listed.State,
        ProfileStatus = listed.ProfileStatus,
        Connected = listed.Connected,
        IPAddress = listed.IPAddress,
        CreatedAt = listed.CreatedAt,
        LastConnectionDate = listed.LastConnectionDate,
        AsOf = asked.At,
    };

    // The request has left already: a disk that fails now must not hide from the caller what the service answered.
    private void NoteAnswer(EsimRequest request, Action note)
    {
        try
        {
            note();
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            Report(new(
                EsimMessageLevel.Warning,
                $"The answer to the '{request.Action}' request {request.DisplayId} could not be noted: {e.Message} A later session will take it for one in doubt."));
        }
    }

    private void ReadJournal()
    {
        if (_journal.Mended is { } mended)
        {
            Report(mended);
        }

        Refresh();
        if (Tracker.PutAway() is > 0 and var count)
        {
            Report(new(EsimMessageLevel.Verbose, $"The journal had become large: {count} of its files, whose requests have all ended, were moved to its folder '{JournalFolder.ArchiveName}'."));
        }
    }

    private void Refresh() => Tracker.Refresh();

    private void RecoverCallbacks()
    {
        var count = CallbackSpool.Recover(
            JournalPath, ServiceName, Tracker.Observe, _journal.Flush, problem => Report(new(EsimMessageLevel.Warning, problem)), _clock);
        if (count > 0)
        {
            Report(new(EsimMessageLevel.Verbose, $"{count} callback messages were taken in that an earlier listener had recorded before its process ended."));
        }
    }

    private void ThrowIfClosed()
    {
        if (!IsOpen)
        {
            throw new EsimException(EsimError.EsimNotConnected, "The connection has been closed.", "Connect again with Connect-EsimService.");
        }
    }

    private sealed class CallbackSource(EsimConnection connection) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref connection._callbackSources);
            }
        }
    }
}
