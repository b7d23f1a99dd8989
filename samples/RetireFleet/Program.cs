// Retires a fleet through the client library, without PowerShell: what is enabled is deactivated, and deleted when the service has confirmed that.
// Usage: dotnet run --project samples/RetireFleet [fleet.csv]

using EsimTools;
using EsimTools.Sandbox;

var inventory = args is [{ } path, ..] ? path : Path.Combine(AppContext.BaseDirectory, "fleet.csv");
if (!File.Exists(inventory))
{
    Console.Error.WriteLine($"There is no inventory '{inventory}'.");
    return 2;
}

var fleet = SandboxFleet.Load(inventory);
using var sandbox = new ThingSpaceSandbox(fleet: fleet);
var journal = Directory.CreateTempSubdirectory("RetireFleet-");
try
{
    using var connection = await EsimConnection.OpenAsync(new EsimConnectionOptions
    {
        ApiCredential = new EsimCredential(sandbox.Options.ApiKey, sandbox.Options.ApiSecret),
        UserCredential = new EsimCredential(sandbox.Options.UserName, sandbox.Options.Password),
        AccountName = sandbox.Options.AccountName,
        BaseUri = new Uri("https://sandbox.invalid/api"),
        Handler = sandbox.CreateHandler(),
        JournalPath = journal.FullName,
        IsSandbox = true,
    });
    sandbox.CallbackSent += connection.ReceiveCallback;

    // The profiles to retire: every Global (LOCAL) one. The sandbox keeps a Verizon US profile beside each, as real devices do.
    var profiles = fleet.ToList().Where(row => row.ProfileRole == "LOCAL").Select(row => new EsimProfile { Iccid = row.Iccid, Eid = row.Eid, Imei = row.Imei });
    var options = new EsimRunOptions { ServicePlan = SandboxFleet.GlobalServicePlan, ReasonCode = "FF", DisableFirst = true, Reason = "end of contract" };

    var run = await connection.RunAsync(EsimAction.Delete, profiles, options, new ConsoleHost());
    await run.WaitAsync();
    var deleted = run.GetRequests().Where(request => request.Action == run.Action.Name).Sum(request => request.SucceededCount);
    Console.WriteLine($"{run}. {deleted} of {run.Counts.Given} profiles deleted.");
    return deleted == run.Counts.Given ? 0 : 1;
}
catch (EsimException e)
{
    Console.Error.WriteLine($"{e.Error}: {e.Message} {e.RecommendedAction}");
    return 1;
}
finally
{
    journal.Delete(recursive: true);
}

/// <summary>Writes what the run tells. It could ask a person, too: see <see cref="EsimRunHost.Confirm"/>.</summary>
internal sealed class ConsoleHost : EsimRunHost
{
    public override void OnAccepted(EsimRequest request) => Console.WriteLine($"Accepted: {request}");

    public override void OnProblem(EsimException problem, object? target) => Console.Error.WriteLine($"{problem.Error}: {problem.Message}");

    public override void OnWarning(string text) => Console.Error.WriteLine(text);
}
