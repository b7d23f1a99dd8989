// Sends the messages at an even rate, keeps the answers' times, and has the listener's process say what it found.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace CallbackBench;

/// <summary>The process that makes the load.</summary>
internal static class LoadProcess
{
    /// <summary>Answers are counted by tenths of a millisecond up to two seconds.</summary>
    private const int Buckets = 20_000;

    public static async Task<int> RunAsync(Settings settings)
    {
        var port = FreePort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Rate:N0} callbacks a second for {settings.Seconds} s over {settings.Connections} connections, {settings.RepeatPercent}% sent twice, {Environment.ProcessorCount} cores, the journal in a {(settings.Journal is null ? "folder" : "database")}"));
        using var listener = StartListener(settings, port);
        var ready = await listener.StandardOutput.ReadLineAsync().ConfigureAwait(false);
        if (ready != ListenerProcess.Ready)
        {
            Console.Error.WriteLine(ready);
            return 2;
        }

        var relay = RelayAsync(listener);
        var (failed, seconds, histogram) = await SendAllAsync(settings, new Uri($"http://127.0.0.1:{port}/callbacks")).ConfigureAwait(false);
        await listener.StandardInput.WriteLineAsync("end").ConfigureAwait(false);
        await relay.ConfigureAwait(false);
        await listener.WaitForExitAsync().ConfigureAwait(false);

        var sent = settings.Messages + settings.Repeated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"load: {sent:N0} sent in {seconds:N1} s = {sent / seconds:N0} a second, {failed:N0} not acknowledged; answer after {Percentile(histogram, 50)} ms (half), {Percentile(histogram, 99)} ms (99%), {Percentile(histogram, 99.9)} ms (99.9%)"));
        return failed == 0 ? listener.ExitCode : 1;
    }

    private static async Task<(int Failed, double Seconds, int[] Histogram)> SendAllAsync(Settings settings, Uri address)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = settings.Connections, UseProxy = false, UseCookies = false };
        using var client = new HttpClient(handler);
        var histogram = new int[Buckets + 1];
        var next = -1;
        var failed = 0;
        var watch = Stopwatch.StartNew();

        // Every worker has a connection's worth of work; who is early waits for the message's own moment.
        await Task.WhenAll(Enumerable.Range(0, settings.Connections).Select(_ => Task.Run(async () =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < settings.Messages)
            {
                var early = TimeSpan.FromSeconds((double)number / settings.Rate) - watch.Elapsed;
                if (early > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(early).ConfigureAwait(false);
                }

                for (var times = settings.IsRepeated(number) ? 2 : 1; times > 0; times--)
                {
                    var from = Stopwatch.GetTimestamp();
                    if (!await TrySendAsync(client, address, number).ConfigureAwait(false))
                    {
                        Interlocked.Increment(ref failed);
                    }

                    Interlocked.Increment(ref histogram[Math.Min(Buckets, (int)(Stopwatch.GetElapsedTime(from).TotalMilliseconds * 10))]);
                }
            }
        }))).ConfigureAwait(false);
        return (failed, watch.Elapsed.TotalSeconds, histogram);
    }

    private static async Task<bool> TrySendAsync(HttpClient client, Uri address, int number)
    {
        using var content = new ByteArrayContent(Fleet.Message(number));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var answer = await client.PostAsync(address, content).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task RelayAsync(Process listener)
    {
        while (await listener.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            Console.WriteLine(line);
        }
    }

    private static Process StartListener(Settings settings, int port)
    {
        // Where this program was started as a library, the program of its process is dotnet.
        string[] library = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(LoadProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. library, .. settings.ToArguments(port)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("The listener's process did not start.");
    }

    private static string Percentile(int[] histogram, double percent)
    {
        var wanted = histogram.Sum() * percent / 100;
        var sum = 0L;
        var bucket = 0;
        while (bucket < Buckets && (sum += histogram[bucket]) < wanted)
        {
            bucket++;
        }

        return (bucket / 10.0).ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
