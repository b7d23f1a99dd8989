// A PostgreSQL server of the tests' own: in a temporary folder, on loopback, on a port that was free, as a user that is not root.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Npgsql;

namespace EsimTools.Postgres.Tests.Support;

/// <summary>Starts the server, stops or kills it, and gives out databases.</summary>
public sealed class PostgresServer : IDisposable
{
    public const string User = "esim";

    // No server takes this long.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private static readonly string? s_programs = FindPrograms();

    private readonly string _folder = Directory.CreateTempSubdirectory("esimtools-pg-").FullName;
    private readonly string _data;
    private Process? _process;
    private int _databases;

    public PostgresServer()
    {
        _data = Path.Combine(_folder, "data");
        if (WhyNot is not null)
        {
            return;
        }

        if (IsRoot)
        {
            Run("chown", AccountName(), _folder);
        }

        RunAsServer("initdb", "--pgdata", _data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync");

        // Those who come with a password are asked for it.
        File.WriteAllText(Path.Combine(_data, "pg_hba.conf"), $"host all {User} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        Port = FreePort();
        Start();
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? WhyNot { get; } = OperatingSystem.IsWindows() ? "The tests start PostgreSQL on Linux and macOS."
        : s_programs is null ? "PostgreSQL is not installed (Debian: apt-get install postgresql)." : null;

    public int Port { get; }

    /// <summary>A database of a test's own.</summary>
    /// <returns>Its connection string.</returns>
    public string NewDatabase()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        Execute(Address("postgres"), $"create database {name}");
        return Address(name);
    }

    public string Address(string database) => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Timeout=5");

    /// <summary>Runs a statement and gives its first value.</summary>
    public static object? Execute(string address, string text)
    {
        using var connection = new NpgsqlConnection(address + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    /// <summary>Ends the server as a failure of the machine would.</summary>
    public void Kill()
    {
        _process!.Kill(entireProcessTree: true);
        Assert.True(_process.WaitForExit(s_limit));
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it again as a standby that hears of nothing.</summary>
    public void StartAsStandby()
    {
        File.WriteAllText(Path.Combine(_data, "standby.signal"), string.Empty);
        Start();
    }

    /// <summary>Ends the server as who looks after it does ("fast"): sessions are ended, what is committed is written.</summary>
    public void Stop()
    {
        Run("kill", "-INT", _process!.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(_process.WaitForExit(s_limit));
        _process.Dispose();
        _process = null;
    }

    public void Start()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();

        // What was killed may leave its shared memory for a moment.
        for (var tries = 0; _process is null; tries++)
        {
            var process = Process.Start(Described(
                "postgres", "-D", _data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=300"))!;
            process.ErrorDataReceived += (_, line) =>
            {
                lock (said)
                {
                    said.Add(line.Data ?? string.Empty);
                }

                if (line.Data is { } text && text.Contains("ready to accept ", StringComparison.Ordinal) && text.EndsWith("connections", StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            };
            process.BeginErrorReadLine();
            if (Task.WaitAny([ready.Task, process.WaitForExitAsync()], s_limit) == 0)
            {
                _process = process;
            }
            else
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
                lock (said)
                {
                    Assert.True(tries < 20, string.Join('\n', said));
                }
            }
        }
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [SupportedOSPlatformGuard("linux")]
    private static bool IsRoot => OperatingSystem.IsLinux() && Environment.UserName == "root";

    // Debian keeps them out of PATH.
    private static string? FindPrograms()
    {
        var ofDebian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0).Select(path => Path.Combine(path, "bin")) : [];
        return ofDebian.Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)).FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")) && File.Exists(Path.Combine(path, "postgres")));
    }

    private static string AccountName() => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    // The server refuses root.
    private static ProcessStartInfo Described(string program, params string[] arguments)
    {
        var path = Path.Combine(s_programs!, program);
        var start = IsRoot
            ? new ProcessStartInfo("setpriv", ["--reuid", AccountName(), "--regid", AccountName(), "--clear-groups", "--", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = program != "postgres";
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static void RunAsServer(string program, params string[] arguments) => Run(Described(program, arguments));

    private static void Run(string program, params string[] arguments) => Run(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });

    private static void Run(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, output.Result + errors.Result);
    }
}

/// <summary>One server for the tests that do not stop it.</summary>
[CollectionDefinition(Name)]
public sealed class OneServer : ICollectionFixture<PostgresServer>
{
    public const string Name = "One server";
}
