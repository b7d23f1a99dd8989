// A whole fleet is deactivated and then deleted, four requests at a time, while the service throttles, forgets its tokens and loses,
// delays and repeats callbacks as chance will have it. Every profile is asked for once, every outcome becomes known, and memory grows with the fleet and nothing else.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using EsimTools.Sandbox;
using EsimTools.Sandbox.Server;

namespace EsimTools.Failure.Tests;

public sealed class SoakTests : IDisposable
{
    private const int InFlight = 4;

    private static readonly int s_profiles = Figures.IsLongRun ? 1_000_000 : 20_000;
    private static readonly int s_batch = Figures.IsLongRun ? EsimConnection.MostProfilesPerRequest : 500;

    // What the client remembers of each profile and its eUICC, and the buffers that .NET keeps of a hundred megabytes and more of traffic.
    private static readonly long s_mostBytes = (200L * 1024 * 1024) + (600L * s_profiles);

    private readonly TempFolder _folder = new();
    private readonly Random _random = new(1);
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<int> _firsts = new(Enumerable.Range(0, s_profiles / s_batch).Select(batch => (batch * s_batch) + 1));
    private int _heard;
    private int _polled;
    private int _sentAgain;
    private int _waitedAgain;
    private int _tokens;
    private int _sessions;
    private int _callbacks;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_fleet_is_deactivated_and_deleted_once_whatever_chance_brings()
    {
        var watch = Stopwatch.StartNew();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        using var connection = await RunAsync();

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        // What other tests let go of meanwhile may make it negative.
        Assert.True(bytes < s_mostBytes, $"{bytes} bytes are still held.");
        Assert.Equal(2 * s_profiles, _heard + _polled);
        AssertAllDeleted(connection);
        Figures.Note(
            "soak",
            $"{s_profiles} profiles deactivated and deleted in batches of {s_batch}, {_tokens} bearer tokens and {_sessions} sessions expired, {_sentAgain} refused batches sent again, {_waitedAgain} waits taken up again; {_callbacks} callbacks, {_heard} outcomes by callback, {_polled} by poll; requested twice 0, not settled 0; {bytes / (1024.0 * 1024.0):0} MB in the client after collection ({bytes / (double)s_profiles:0} bytes a profile); {watch.Elapsed.TotalSeconds:0} seconds");
    }

    // The server lives in here alone, so that what is left afterwards is the client's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<EsimConnection> RunAsync()
    {
        using var sandbox = new ThingSpaceSandbox(
            new() { Throttled = 0.1, LostCallbacks = 0.05, LateCallbacks = 0.05, DuplicateCallbacks = 0.05 }, _clock, NewFleet());
        await using var server = SandboxHost.Build("http://127.0.0.1:0", sandbox);
        await server.StartAsync();
        var connection = await OpenAsync(sandbox, SandboxHost.BaseAddress(server));
        sandbox.CallbackSent += Hear;
        using var stop = new CancellationTokenSource();
        var time = LetTimePassAsync(stop.Token);
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(() => WorkAsync(connection, sandbox))));
        await stop.CancelAsync();
        await time;
        sandbox.CallbackSent -= Hear;
        AssertOnceEach(sandbox);
        return connection;

        void Hear(string callback)
        {
            Interlocked.Increment(ref _callbacks);
            Tick();
            connection.ReceiveCallback(callback);
        }
    }

    private static SandboxFleet NewFleet()
    {
        var fleet = new SandboxFleet();
        for (var number = 1; number <= s_profiles; number++)
        {
            fleet.Add(new() { Iccid = Sample.IccidOf(number), Eid = Sample.EidOf(number), ServicePlan = SandboxFleet.GlobalServicePlan });
        }

        return fleet;
    }

    private Task<EsimConnection> OpenAsync(ThingSpaceSandbox sandbox, Uri address) => EsimConnection.OpenAsync(new()
    {
        ApiCredential = new(sandbox.Options.ApiKey, sandbox.Options.ApiSecret),
        UserCredential = new(sandbox.Options.UserName, sandbox.Options.Password),
        AccountName = sandbox.Options.AccountName,
        BaseUri = address,
        JournalPath = Path.Combine(_folder.Path, "journal"),
        ThrottleLimit = InFlight,
        UseProxy = false,
        Clock = _clock,
    });

    private async Task WorkAsync(EsimConnection connection, ThingSpaceSandbox sandbox)
    {
        while (_firsts.TryDequeue(out var first))
        {
            var profiles = Enumerable.Range(first, s_batch).Select(number => new EsimProfile { Iccid = Sample.IccidOf(number), Eid = Sample.EidOf(number) }).ToArray();
            foreach (var action in (EsimAction[])[EsimAction.Deactivate, EsimAction.Delete])
            {
                BreakTokensAtRandom(sandbox);
                var request = await SubmitAsync(connection, action, profiles);
                await WaitAsync(connection, request);
                Assert.Equal((EsimRequestStatus.Succeeded, s_batch), (request.Status, request.SucceededCount));
                Count(request);
            }
        }
    }

    // A request that is refused, for example because both tokens went at once, is free to be sent again; one in doubt is not, and here
    // none may be.
    private async Task<EsimRequest> SubmitAsync(EsimConnection connection, EsimAction action, EsimProfile[] profiles)
    {
        while (true)
        {
            Tick();
            var submission = await connection.SubmitAsync(action, profiles, new());
            Assert.Empty(submission.Refused);
            Assert.NotEqual(EsimError.EsimOutcomeUnknown, submission.Failure?.Error);
            if (submission.Failure is null)
            {
                return submission.Request!;
            }

            Interlocked.Increment(ref _sentAgain);
        }
    }

    private void BreakTokensAtRandom(ThingSpaceSandbox sandbox)
    {
        const string Actions = "/devices/profile/actions/";
        lock (_random)
        {
            if (_random.Next(10) == 0)
            {
                _tokens++;
                sandbox.Script(SandboxFault.BearerExpired, 1, Actions);
            }

            if (_random.Next(10) == 0)
            {
                _sessions++;
                sandbox.Script(SandboxFault.SessionExpired, 1, Actions);
            }
        }
    }

    // Tokens that go while a poll is under way can end a wait; it is taken up again, as a user would.
    private async Task WaitAsync(EsimConnection connection, EsimRequest request)
    {
        while (true)
        {
            try
            {
                Assert.True(await connection.WaitAsync(request));
                return;
            }
            catch (EsimException e) when (e.Error == EsimError.EsimLoginRefused)
            {
                Interlocked.Increment(ref _waitedAgain);
            }
        }
    }

    private void Count(EsimRequest request)
    {
        var polled = request.GetResults().Count(result => result.Source == EvidenceSource.Poll);
        Interlocked.Add(ref _polled, polled);
        Interlocked.Add(ref _heard, request.Count - polled);
    }

    // No two things happen at once: which of two words of the service is the newer one is told by the clock.
    private void Tick() => _clock.Advance(TimeSpan.FromTicks(1));

    // Time all but stands still while callbacks arrive, or every outcome would be polled for before it is heard of. No result depends on it.
    private async Task LetTimePassAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var heard = -1;
        while (!stop.IsCancellationRequested)
        {
            await tick.WaitForNextTickAsync(CancellationToken.None);
            if (heard == Volatile.Read(ref _callbacks))
            {
                _clock.Advance(TimeSpan.FromSeconds(5));
            }

            heard = Volatile.Read(ref _callbacks);
        }
    }

    private static void AssertOnceEach(ThingSpaceSandbox sandbox)
    {
        foreach (var action in (string[])["deactivate", "delete"])
        {
            Assert.Equal(s_profiles, sandbox.Log.Where(entry => entry.Accepted && entry.Action == action).Sum(entry => entry.ProfileCount));
            for (var number = 1; number <= s_profiles; number++)
            {
                if (sandbox.TimesAccepted(action, Sample.IccidOf(number)) is not 1 and var times)
                {
                    Assert.Fail($"'{action}' was requested {times} times for {Sample.IccidOf(number)}.");
                }
            }
        }
    }

    private static void AssertAllDeleted(EsimConnection connection)
    {
        for (var number = 1; number <= s_profiles; number++)
        {
            var error = connection.Judge(EsimAction.Delete, new EsimProfile { Iccid = Sample.IccidOf(number) }).Error;
            if (error != EsimError.EsimProfileAlreadyDeleted)
            {
                Assert.Fail($"{Sample.IccidOf(number)} is judged as {error?.ToString() ?? "free"}.");
            }
        }
    }
}
