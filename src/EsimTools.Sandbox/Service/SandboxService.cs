// The service itself, free of any transport: finds out what a request is, passes it through the gateway's checks and the
// mishaps, and has it answered.

using EsimTools.Sandbox.Actions;
using EsimTools.Sandbox.Callbacks;
using EsimTools.Sandbox.Lookups;

namespace EsimTools.Sandbox.Service;

/// <summary>Answers requests. Thread-safe.</summary>
internal sealed class SandboxService : IDisposable
{
    private readonly SandboxOptions _options;
    private readonly SandboxFleet _fleet;
    private readonly Clock _clock;
    private readonly BearerTokens _bearers;
    private readonly Sessions _sessions;
    private readonly CallbackRegistrations _registrations;
    private readonly WorkQueue _queue = new();
    private readonly Timetable _timetable;
    private readonly RequestStore _requests = new();
    private readonly ActionRunner _actions;
    private readonly DeviceList _devices;
    private readonly AsyncLookups _lookups;

    public SandboxService(SandboxOptions options, SandboxFleet fleet, Clock clock)
    {
        _options = options;
        _fleet = fleet;
        _clock = clock;
        _bearers = new BearerTokens(options, clock);
        _sessions = new Sessions(options, clock);
        _registrations = new CallbackRegistrations(options);
        _timetable = new Timetable(clock, _queue);
        Faults = new FaultPlan(options);
        Callbacks = new CallbackSender(_registrations, clock);
        _actions = new ActionRunner(options, fleet, clock, _requests, _timetable, Callbacks);
        _devices = new DeviceList(options, fleet, clock);
        _lookups = new AsyncLookups(options, fleet, _requests, _timetable, Callbacks);
    }

    public FaultPlan Faults { get; }

    public CallbackSender Callbacks { get; }

    public ActionRunner Actions => _actions;

    public RequestLog Log { get; } = new();

    public bool IsIdle => _queue.IsIdle;

    /// <summary>Answers a request.</summary>
    public async Task<SandboxAnswer> AnswerAsync(SandboxCall call, CancellationToken cancellationToken)
    {
        var path = Path(call.Target);
        var route = Route.Find(path);
        var fault = Faults.Next(path, route?.Action is not null && call.Method == "POST", out var number);
        var outcome = fault switch
        {
            SandboxFault.TooManyRequests => new Outcome(Answers.TooManyRequests(_options, _clock.UtcNow)),
            SandboxFault.CutBeforeAcceptance => new Outcome(Answers.Cut),
            SandboxFault.HtmlAnswer => new Outcome(Answers.Html()),
            SandboxFault.ServerError => new Outcome(number > 0 ? Answers.AnyServerError(number) : Answers.ServerError()),
            _ => Serve(call, route, fault),
        };
        Log.Add(new SandboxLogEntry(
            _clock.UtcNow, call.Method, path, outcome.Answer.Status, outcome.IsAccepted, route?.Action?.Name, outcome.RequestId, outcome.Count));
        try
        {
            await _clock.Delay(_options.Latency, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // What was accepted goes on, whether or not its sender still waits.
            outcome.Start?.Invoke();
        }

        if (fault == SandboxFault.SlowAnswer)
        {
            await _clock.Delay(_options.SlowAnswerDelay, cancellationToken).ConfigureAwait(false);
        }

        return outcome.Answer;
    }

    public void Dispose()
    {
        _timetable.Dispose();
        _queue.Close();
        Callbacks.Dispose();
    }

    private Outcome Serve(SandboxCall call, Route? route, SandboxFault? fault)
    {
        if (fault == SandboxFault.BearerExpired)
        {
            _bearers.Expire();
        }
        else if (fault == SandboxFault.SessionExpired)
        {
            _sessions.Expire();
        }

        try
        {
            var outcome = Dispatch(call, route);
            outcome.Answer = fault switch
            {
                SandboxFault.CutAfterAcceptance => Answers.Cut,
                SandboxFault.ServerErrorAfterAcceptance => Answers.ServerError(),
                SandboxFault.EmptyAnswer => new SandboxAnswer(outcome.Answer.Status, null, default),
                SandboxFault.TruncatedJson => Mangle.Truncate(outcome.Answer),
                SandboxFault.MissingRequestId => Answers.Strings(outcome.Answer.Status),
                SandboxFault.WrongTypes => Mangle.ChangeTypes(outcome.Answer),
                _ => outcome.Answer,
            };
            return outcome;
        }
        catch (Refusal refusal)
        {
            return new Outcome(refusal.Answer);
        }
    }

    private Outcome Dispatch(SandboxCall call, Route? route)
    {
        if (route is null)
        {
            throw Refusal.UnknownApi();
        }

        if (route.Kind == RouteKind.Unknown)
        {
            throw Refusal.Gateway(404, "900906", "No matching resource found in the API for the given request", "Check the API documentation and add a proper REST resource path to the invocation URL");
        }

        if (route.Kind is RouteKind.Token or RouteKind.Revoke)
        {
            CheckMethod(call, route);
            return new Outcome(route.Kind == RouteKind.Token ? _bearers.Issue(call) : _bearers.Revoke(call)) { IsAccepted = true };
        }

        _bearers.Check(call.Authorization);
        CheckMethod(call, route);
        var session = route.Kind == RouteKind.Login ? default : _sessions.Check(call.SessionToken);
        CheckContentType(call, route);
        return route.Action is null ? Look(call, route, session) : Act(call, route.Action);
    }

    private Outcome Act(SandboxCall call, ProfileAction action)
    {
        var request = ActionRequest.Read(call.Body, action, _options.MaxDevicesPerRequest);
        var job = _actions.Accept(action, request);
        return new Outcome(Answers.Strings(200, ("requestId", job.Id)))
        {
            IsAccepted = true,
            RequestId = job.Id,
            Count = request.Targets.Count,
            Start = () => _actions.Start(job),
        };
    }

    private Outcome Look(SandboxCall call, Route route, Guid session)
    {
        Action? start = null;
        var answer = route.Kind switch
        {
            RouteKind.Login => _sessions.Login(call.Body),
            RouteKind.Logout => _sessions.Logout(session),
            RouteKind.ResetPassword => _sessions.ResetPassword(call.Body),
            RouteKind.DeviceList => _devices.Answer(call.Body),
            RouteKind.History => _lookups.HistoryV1(call.Body),
            RouteKind.ProfileList => _lookups.List(call.Body, out start),
            RouteKind.ProfileHistory => _lookups.History(call.Body, out start),
            RouteKind.StatusV1 => Locked(() => _requests.StatusV1(route.Account, route.Name)),
            RouteKind.StatusV2 => Locked(() => _requests.StatusV2(route.Account, route.Name)),
            RouteKind.Callbacks => Locked(() => Registrations(call, route)),
            RouteKind.CallbackName => Locked(() => _registrations.Remove(route.Account, route.Name)),
            _ => throw new InvalidOperationException($"The route {route.Kind} has no answer."),
        };
        return new Outcome(answer) { IsAccepted = true, Start = start };

        SandboxAnswer Locked(Func<SandboxAnswer> answering)
        {
            lock (_fleet.Gate)
            {
                return _fleet.HasAccount(route.Account)
                    ? answering()
                    : throw Refusal.BadRequest("REQUEST_FAILED.AccountNotFound", $"The account '{route.Account}' was not found.");
            }
        }
    }

    private SandboxAnswer Registrations(SandboxCall call, Route route) =>
        call.Method == "GET" ? _registrations.List(route.Account) : _registrations.Register(route.Account, call.Body);

    private static void CheckMethod(SandboxCall call, Route route)
    {
        if (Array.IndexOf(route.Methods, call.Method) < 0)
        {
            throw Refusal.Gateway(405, "405", "Method Not Allowed", $"The method {call.Method} is not allowed for this resource.");
        }
    }

    private static void CheckContentType(SandboxCall call, Route route)
    {
        var isNeeded = call.Method is "POST" or "PUT" && route.Kind != RouteKind.Logout;
        if (isNeeded && call.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw Refusal.BadRequest("INPUT_INVALID.DeserializationFailed", "The header Content-Type must be application/json.");
        }
    }

    private static string Path(string target)
    {
        var end = target.IndexOf('?');
        return end < 0 ? target : target.Substring(0, end);
    }

    private sealed class Outcome(SandboxAnswer answer)
    {
        public SandboxAnswer Answer { get; set; } = answer;

        public bool IsAccepted { get; init; }

        public string? RequestId { get; init; }

        public int Count { get; init; }

        public Action? Start { get; init; }
    }
}
