// The server's command line, its announcement and its own two pages.

using System.Diagnostics;
using System.Net;
using System.Text.Json;
using EsimTools.Sandbox.Server;
using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class ServerTests
{
    [Fact]
    public void Every_knob_is_an_option()
    {
        var options = ServerOptions.Parse(
        [
            "--urls", "http://127.0.0.1:5000", "--inventory", "fleet.csv", "--api-key", "k", "--max-failed-logins", "3", "--lost-callbacks", "0.5",
            "--retry-after-as-date", "true", "--latency", "0.25", "--late-by=00:01:00", "--PageSize", "7", "--seed", "-4",
            "--failed-iccids", "89314400000000000014, 89314400000000000022",
        ]);

        Assert.Equal(("http://127.0.0.1:5000", "fleet.csv"), (options.Urls, options.Inventory));
        var sandbox = options.Sandbox;
        Assert.Equal(("k", 3, 0.5, true), (sandbox.ApiKey, sandbox.MaxFailedLogins, sandbox.LostCallbacks, sandbox.RetryAfterAsDate));
        Assert.Equal(
            (TimeSpan.FromMilliseconds(250), TimeSpan.FromMinutes(1), 7, -4), (sandbox.Latency, sandbox.LateBy, sandbox.PageSize, sandbox.Seed));
        Assert.Equal(["89314400000000000014", "89314400000000000022"], sandbox.FailedIccids);
        Assert.DoesNotContain("String", ServerOptions.Help, StringComparison.Ordinal);
        Assert.All(typeof(SandboxOptions).GetProperties(), knob =>
            Assert.Contains(knob.Name, ServerOptions.Help.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("There is no option --colour. See --help.", "--colour", "red")]
    [InlineData("'stray' is not an option; options begin with --. See --help.", "stray")]
    [InlineData("The option --page-size needs a value.", "--page-size")]
    [InlineData("The value 'x' of --page-size is not a whole number.", "--page-size", "x")]
    [InlineData("The value 'x' of --throttled is not a number.", "--throttled", "x")]
    [InlineData("The value 'x' of --nested-faults is not true or false.", "--nested-faults=x")]
    [InlineData("The value 'soon' of --latency is not a time (hh:mm:ss or seconds).", "--latency", "soon")]
    [InlineData("The value '1E300' of --latency is not a time (hh:mm:ss or seconds).", "--latency", "1E300")]
    [InlineData("The sandbox option Throttled is 2; a share goes from 0 to 1.", "--throttled", "2")]
    [InlineData("'nowhere' is no http address to listen at, such as http://127.0.0.1:0.", "--urls", "nowhere")]
    public void A_wrong_command_line_is_one_clear_sentence(string message, params string[] args) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => SandboxHost.Build(args)).Message);

    [Fact]
    public async Task The_server_says_where_it_is_and_shows_its_log_and_profiles()
    {
        var path = Path.GetTempFileName();
        var profile = Fleets.Local(1);
        await File.WriteAllTextAsync(path, $"Iccid,Eid\n{profile.Iccid},{profile.Eid}\nbad,bad\n");
        await using var app = SandboxHost.Build(["--inventory", path, "--account-name", "0000777777-00001"]);
        File.Delete(path);
        await app.StartAsync();
        using var output = new StringWriter();
        using var warnings = new StringWriter();

        SandboxHost.Announce(app, output, warnings);

        var address = SandboxHost.BaseAddress(app);
        Assert.Equal("127.0.0.1", address.Host);
        var lines = output.ToString().Split(Environment.NewLine);
        Assert.Equal($"Sandbox ThingSpace at {address} (account 0000777777-00001, 2 profiles)", lines[0]);
        Assert.Equal("Credentials: API key sandbox-key, secret sandbox-secret; user sandbox-user, password sandbox-password", lines[1]);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("Left out 1 rows of the inventory; the first is row 3: ", warnings.ToString(), StringComparison.Ordinal);

        using var http = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/api/x", UriKind.Relative))).StatusCode);
        var log = JsonDocument.Parse(await http.GetStringAsync(new Uri("/sandbox/log", UriKind.Relative))).RootElement;
        Assert.Equal("/api/x", Assert.Single(log.EnumerateArray()).GetProperty("path").GetString());
        var snapshot = JsonDocument.Parse(await http.GetStringAsync(new Uri("/sandbox/profiles/" + profile.Iccid, UriKind.Relative))).RootElement;
        Assert.Equal(("ENABLE", profile.Eid), (snapshot.GetProperty("profileStatus").GetString(), snapshot.GetProperty("eid").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/sandbox/profiles/1", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task The_server_can_be_taken_for_a_proxy()
    {
        using var sandbox = new ThingSpaceSandbox();
        await using var app = SandboxHost.Build("http://127.0.0.1:0", sandbox);
        await app.StartAsync();
        using var handler = new HttpClientHandler { Proxy = new WebProxy(SandboxHost.BaseAddress(app).GetLeftPart(UriPartial.Authority)) };
        using var http = new HttpClient(handler);

        await http.GetAsync(new Uri("http://thingspace.example/api/m2m/v1//x?y=1"));

        Assert.Equal("/api/m2m/v1//x", Assert.Single(sandbox.Log).Path);
    }

    [Theory]
    [InlineData(0, "--help")]
    [InlineData(2, "--colour", "red")]
    [InlineData(2, "--inventory", "/no/such/file.csv")]
    public async Task The_exit_code_tells_a_good_command_line_from_a_bad_one(int code, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(SandboxHost).Assembly.Location);
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(SandboxFixture.HangLimit);

        Assert.Equal(code, process.ExitCode);
        Assert.Equal(code == 0, (await output).Contains("--inventory", StringComparison.Ordinal));
        Assert.Equal(code == 0 ? 0 : 1, (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
