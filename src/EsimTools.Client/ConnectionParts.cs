// What a connection is made of, put together in one place.

using EsimTools.Callbacks;
using EsimTools.Reports;
using EsimTools.Runs;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools;

/// <summary>The parts of a connection, each with those that it stands on.</summary>
internal sealed class ConnectionParts : IDisposable
{
    private readonly Action<EsimMessage> _report;

    /// <param name="options">Where and as whom.</param>
    /// <param name="report">Told of what a person should know.</param>
    public ConnectionParts(EsimConnectionOptions options, Action<EsimMessage> report)
    {
        var address = options.BaseUri.ToString().TrimEnd('/');
        var (account, user) = (options.AccountName, options.UserCredential.Name);
        _report = report;
        Store = StoreOpener.Open(options, address, options.Clock ?? Clock.System, report);
        var clock = Store.Clock;
        Tracker = new(Store, clock, problem => report(new(EsimMessageLevel.Warning, problem)), options.WhenRequestIsMade);
        var wire = new HttpWire(new Uri(address + "/"), options.Timeout, options.Handler, options.Proxy, options.UseProxy, report);
        Session = new(wire, new TokenProvider(wire, clock, options.ApiCredential, options.UserCredential), new ThrottleGate(clock, report), clock);
        Inbox = new(Life, Tracker, Store, clock, report);
        Callbacks = new(Inbox, Session, Tracker.Policy, account, user, isServiceHere: options.IsSandbox || options.BaseUri.IsLoopback);
        Submitter = new(Life, Session, Tracker, clock, user, account, report);
        LookUp = new(Life, Session, Tracker, clock, account, () => Inbox.IsFed);
        Verifier = new(Tracker, LookUp);
        Follower = new(Life, Session, Tracker, Store, LookUp, clock, report);
        History = new(Tracker);
        Reports = new(History, address, clock);
        Runs = new(address, account, options.ThrottleLimit, clock, Tracker, Submitter, LookUp, Follower);
    }

    public ConnectionLife Life { get; } = new();

    public IEsimStore Store { get; }

    public RequestTracker Tracker { get; }

    public ThingSpaceSession Session { get; }

    public CallbackInbox Inbox { get; }

    public CallbackRegistry Callbacks { get; }

    public Submitter Submitter { get; }

    public LookUp LookUp { get; }

    public RequestFollower Follower { get; }

    public RunVerifier Verifier { get; }

    public RunHistory History { get; }

    public ReportWriter Reports { get; }

    public RunServices Runs { get; }

    /// <summary>Takes in what earlier sessions and other processes have left: the journal, and messages that a listener had recorded before its process ended.</summary>
    public void Recall()
    {
        if (Store.Mended is { } mended)
        {
            _report(mended);
        }

        Tracker.Refresher.Refresh();
        if (Tracker.Archive.Run() is > 0 and var files)
        {
            _report(new(EsimMessageLevel.Verbose, $"The journal had become large: {files} of its parts, whose requests have all ended, were put into its archive."));
        }

        if (Inbox.Recover() is > 0 and var messages)
        {
            _report(new(EsimMessageLevel.Verbose, $"{messages} callback messages were taken in that an earlier listener had recorded before its process ended."));
        }
    }

    /// <summary>Brings what has gathered to the store. A message may speak against what others have noted and nobody has read here, so that is read first.</summary>
    public void Flush()
    {
        if (Life.IsOpen)
        {
            Tracker.Refresher.TryRefresh();
        }

        Store.Flush();
    }

    /// <summary>Closes the connection, once.</summary>
    public void Dispose()
    {
        if (Life.Close())
        {
            // What others have noted and was never read here may be what was heard here speaks against.
            var wasBehind = Tracker.Refresher.IsBehind;
            if (Tracker.Refresher.TryRefresh() is { } fault && wasBehind)
            {
                _report(new(EsimMessageLevel.Warning, $"{fault.Message} What the service has answered meanwhile is not told to others who share it."));
            }

            Tracker.Dispose();
            Store.Dispose();
            Session.Dispose();
        }
    }
}
