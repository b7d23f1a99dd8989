// A fleet behind a server on loopback, and pwsh processes that disable it: the same command as often as a test wants.

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using EsimTools.Sandbox;
using EsimTools.Sandbox.Server;
using Microsoft.AspNetCore.Builder;

namespace EsimTools.Module.Tests;

/// <summary>The fleet, the service, a journal folder, and the command.</summary>
internal sealed class FleetRun : IAsyncDisposable
{
    // Settled before the rest is sent: what a killed one had on its way. The sandbox acts at once, so nothing is still to come.
    private const string Connecting = """
        "$PID"
        $ErrorActionPreference = 'Continue'
        Import-Module $env:ESIMTOOLS_MODULE
        $api, $user = @('sandbox-key', 'sandbox-secret'), @('sandbox-user', 'sandbox-password') |
            ForEach-Object { [pscredential]::new($_[0], (ConvertTo-SecureString $_[1] -AsPlainText -Force)) }
        Connect-EsimService -InformationAction Ignore -ApiCredential $api -UserCredential $user -AccountName 0000123456-00001 -BaseUri $env:TEST_SERVICE -Journal $env:TEST_JOURNAL
        if ($env:TEST_SETTLES -ne 'no') { $null = Resolve-EsimRequest -NotDoneAfter 0 }

        """;

    private const string Disable = """
        $part = @{ Skip = [int] $env:TEST_SKIP; First = [int] $env:TEST_FIRST }
        $requests = Import-Csv $env:TEST_FLEET | Select-Object @part | Disable-EsimProfile -BatchSize $env:TEST_BATCH -Force -WarningVariable said
        "skipped: $said"
        "profiles: $(($requests | Measure-Object Count -Sum).Sum); in doubt: $(@(Get-EsimRequest -Status InDoubt).Count); errors: $($Error.Count)"
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    // After a kill nothing is left to wait for but the system.
    private static readonly TimeSpan s_systemLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("esimtools-fleet");
    private readonly string _script;
    private readonly string _fleet;
    private readonly int _size;

    private FleetRun(int size, string command)
    {
        _size = size;
        _script = Path.Combine(_folder.FullName, "run.ps1");
        _fleet = Path.Combine(_folder.FullName, "fleet.csv");
        File.WriteAllText(_script, Connecting + command);
        File.WriteAllLines(_fleet, Enumerable.Range(0, size).Select(i => $"{MadeUp.IccidOf(i)},{MadeUp.EidOf(i)}").Prepend("Iccid,Eid"));
        Sandbox = new ThingSpaceSandbox(new SandboxOptions(), clock: null, SandboxFleet.Load(_fleet));
        Service = SandboxHost.Build("http://127.0.0.1:0", Sandbox);
    }

    /// <summary>The service's machine.</summary>
    public ThingSpaceSandbox Sandbox { get; }

    /// <summary>The server in front of it.</summary>
    public WebApplication Service { get; }

    /// <summary>How many requests have reached the service.</summary>
    public int Sent => Sandbox.Log.Count(entry => entry.Path.Contains("/profile/actions/", StringComparison.Ordinal));

    /// <summary>Makes a fleet and starts its service.</summary>
    /// <param name="size">How many profiles there are.</param>
    /// <param name="command">What is done once the service is connected; without it, all are disabled.</param>
    public static async Task<FleetRun> BeginAsync(int size, string command = Disable)
    {
        var run = new FleetRun(size, command);
        await run.Service.StartAsync();
        return run;
    }

    /// <summary>Gives the command in a pwsh of its own, whose first line is the number of its process.</summary>
    /// <param name="skip">How many profiles of the fleet are left out at its beginning.</param>
    /// <param name="first">How many are served; null for all.</param>
    /// <param name="batchSize">The most profiles in one request.</param>
    /// <param name="machine">The machine of those that share a database; null for one with a folder.</param>
    /// <param name="settles">Whether what is in doubt is settled first; not while another one's request may still be on its way.</param>
    public ChildProcess Start(int skip = 0, int? first = null, int batchSize = 500, FleetMachine? machine = null, bool settles = true)
    {
        var environment = new Dictionary<string, string>
        {
            ["TEST_SERVICE"] = SandboxHost.BaseAddress(Service).ToString(),
            ["TEST_JOURNAL"] = machine?.Database ?? Path.Combine(_folder.FullName, "journal"),
            ["TEST_SETTLES"] = settles ? "yes" : "no",
            ["TEST_FLEET"] = _fleet,
            ["TEST_PLAN"] = Path.Combine(_folder.FullName, "fleet.plan"),
            ["TEST_SKIP"] = skip.ToString(CultureInfo.InvariantCulture),
            ["TEST_FIRST"] = (first ?? _size).ToString(CultureInfo.InvariantCulture),
            ["TEST_BATCH"] = batchSize.ToString(CultureInfo.InvariantCulture),
        };
        if (machine is not null)
        {
            environment["XDG_DATA_HOME"] = Path.Combine(_folder.FullName, machine.Name);
        }

        return PwshHost.Start(s_limit, environment, "-File", _script);
    }

    /// <summary>How often the service was asked for each profile.</summary>
    public int[] TimesAsked() => [.. Enumerable.Range(0, _size).Select(i => Sandbox.TimesAccepted("deactivate", MadeUp.IccidOf(i)))];

    /// <summary>Puts a policy beside the journal.</summary>
    public void SetPolicy(string json)
    {
        // Its owner's alone, as the journal's folder has to be.
        var folder = Path.Combine(_folder.FullName, "journal");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(Path.Combine(folder, "policy.json"), json);
    }

    /// <summary>Fails unless the service was asked once for every profile.</summary>
    /// <param name="text">What the last processes said.</param>
    public void AssertAskedOnceForEach(string text)
    {
        var times = TimesAsked();
        Assert.True(times.All(asked => asked == 1), $"{times.Count(asked => asked == 0)} profiles were never asked for, {times.Count(asked => asked > 1)} more than once.\n{text}");
    }

    /// <summary>Kills a process, and waits until nothing of it is under way at the service.</summary>
    /// <param name="pwsh">What was started.</param>
    /// <param name="real">The PowerShell that runs the script, which is a child of it where it is the small program of a .NET tool.</param>
    public async Task KillAsync(ChildProcess pwsh, Process real)
    {
        await pwsh.KillAsync();
        Assert.True(real.WaitForExit(s_systemLimit), "The PowerShell that ran the script outlived the kill.");
        await UntilNothingIsServedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Sandbox.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Waits until nothing of processes that have ended is under way at the service.</summary>
    /// <remarks>
    /// Connections are taken in the order in which they come, so when a new one has been served none of the dead one's is still outside.
    /// And what the dead one has asked for is done, or the next would find it undone and ask again.
    /// </remarks>
    public async Task UntilNothingIsServedAsync()
    {
        var address = SandboxHost.BaseAddress(Service);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(address.Host, address.Port);
            await client.GetStream().WriteAsync("GET /sandbox/profiles/0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(client.GetStream());
            await reader.ReadToEndAsync();
        }

        var waited = Stopwatch.StartNew();
        while (SandboxHost.CountConnections(Service) > 0 || !Sandbox.IsIdle)
        {
            Assert.True(waited.Elapsed < s_systemLimit, "The service is still busy with a dead process.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
