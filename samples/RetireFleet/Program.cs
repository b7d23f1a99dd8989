// Retires a fleet through the client library, without PowerShell: deactivate, wait, delete what is proven disabled, wait.
// Usage: dotnet run --project samples/RetireFleet [fleet.csv]

using System.Diagnostics;
using EsimTools;
using EsimTools.Identity;
using EsimTools.Proof;
using EsimTools.Requests;
using EsimTools.Sandbox;
using EsimTools.Session;

var inventory = args is [{ } path, ..] ? path : Path.Combine(AppContext.BaseDirectory, "fleet.csv");
if (!File.Exists(inventory))
{
    Console.Error.WriteLine($"There is no inventory '{inventory}'.");
    return 2;
}

var watch = Stopwatch.StartNew();
var fleet = SandboxFleet.Load(inventory);
using var sandbox = new ThingSpaceSandbox(fleet: fleet);
var journal = Directory.CreateTempSubdirectory("RetireFleet-");
try
{
    using var connection = await EsimConnection.OpenAsync(
        new EsimConnectionOptions
        {
            ApiCredential = new EsimCredential(sandbox.Options.ApiKey, sandbox.Options.ApiSecret),
            UserCredential = new EsimCredential(sandbox.Options.UserName, sandbox.Options.Password),
            AccountName = sandbox.Options.AccountName,
            BaseUri = new Uri("https://sandbox.invalid/api"),
            Handler = sandbox.CreateHandler(),
            JournalPath = journal.FullName,
            IsSandbox = true,
        },
        message =>
        {
            if (message.Level == EsimMessageLevel.Warning)
            {
                Console.Error.WriteLine(message.Text);
            }
        });
    sandbox.CallbackSent += connection.ReceiveCallback;
    Console.WriteLine($"Connected: {connection}");

    // The profiles to retire: every Global (LOCAL) one. The sandbox keeps a Verizon US profile beside each, as real cards do.
    var profiles = fleet.ToList()
        .Where(row => row.ProfileRole == "LOCAL")
        .Select(row => new EsimProfile { Iccid = row.Iccid, Eid = row.Eid, Imei = row.Imei })
        .ToList();

    // The guard at work: nothing proves that these are disabled, so nothing is deleted.
    var tooEarly = profiles.Take(3).ToList();
    await connection.LookUpAsync(tooEarly);
    var refused = await connection.SubmitAsync(EsimAction.Delete, tooEarly, new EsimActionOptions(), serviceWasAsked: true);
    foreach (var refusal in refused.Refused)
    {
        Console.WriteLine($"Refused: {refusal.ToException(EsimAction.Delete).Message}");
    }

    var deactivated = await RunAsync(connection, EsimAction.Deactivate, profiles, new EsimActionOptions { ServicePlan = SandboxFleet.GlobalServicePlan, ReasonCode = "FF" });
    var deleted = await RunAsync(connection, EsimAction.Delete, deactivated, new EsimActionOptions { ServicePlan = SandboxFleet.GlobalServicePlan });
    Console.WriteLine($"{deleted.Count} of {profiles.Count} profiles deleted in {watch.Elapsed.TotalSeconds:0.0} s.");
    await connection.CloseAsync();
    return deleted.Count == profiles.Count ? 0 : 1;
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

// Sends one action for all profiles, 10,000 to a request, and returns those that the service confirmed.
static async Task<List<EsimProfile>> RunAsync(EsimConnection connection, EsimAction action, List<EsimProfile> profiles, EsimActionOptions options)
{
    var confirmed = new List<EsimProfile>(profiles.Count);
    foreach (var batch in profiles.Chunk(EsimConnection.MostProfilesPerRequest))
    {
        var needAsking = batch.Where(profile => connection.Judge(action, profile).Decision == GuardDecision.AskService).ToList();
        if (needAsking.Count > 0)
        {
            await connection.LookUpAsync(needAsking);
        }

        var submission = await connection.SubmitAsync(action, batch, options, serviceWasAsked: true);
        if (submission.Failure is { } failure)
        {
            throw failure;
        }

        foreach (var refusal in submission.Refused)
        {
            Console.WriteLine($"Refused: {refusal.ToException(action).Message}");
        }

        if (submission.Request is { } request)
        {
            Console.WriteLine($"Accepted: {request}");
            await connection.WaitAsync(request);
            Console.WriteLine($"Done:     {request}");
            var places = batch.ToDictionary(profile => profile.Iccid!);
            confirmed.AddRange(request.GetResults().Where(result => result.Status == OutcomeStatus.Succeeded).Select(result => places[result.Iccid!]));
        }
    }

    return confirmed;
}
