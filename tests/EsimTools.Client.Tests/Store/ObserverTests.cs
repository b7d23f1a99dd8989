// Observers and messages are called outside every lock: whatever they call, from however many threads, nobody waits for ever.

using System.Collections.Concurrent;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Store;

public sealed class ObserverTests : IDisposable
{
    private const int Threads = 8;
    private const int RequestsEach = 12;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_observer_may_call_every_member_from_eight_threads_while_others_share_the_journal()
    {
        var connection = await _fixture.OpenAsync();
        var other = await _fixture.OpenAsync();
        var failures = new ConcurrentQueue<Exception>();
        connection.Message += _ => Use(connection, Sample.Profile(1), null);
        var told = 0;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < RequestsEach; i++)
            {
                var profile = Sample.Profile(1 + (thread * RequestsEach) + i);
                var id = $"r-{thread}-{i}";
                try
                {
                    var submission = await connection.SubmitAsync(EsimAction.Deactivate, [profile], new());
                    var request = submission.Request!;
                    var wait = connection.WaitAsync(request, result =>
                    {
                        Use(connection, profile, request);
                        Use(other, profile, null);
                        Interlocked.Increment(ref told);
                    });
                    var callback = Sample.Callback(request.RequestId!, profile.Iccid!);
                    await Task.WhenAll(Task.Run(() => connection.ReceiveCallback(callback)), Task.Run(() => _ = other.GetRequests().Count()), Task.Run(() => _ = connection.GetRequests().Count()));
                    Assert.True(await wait);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    failures.Enqueue(e);
                }
            }
        }))).WaitAsync(s_limit);

        Assert.Empty(failures);
        Assert.Equal(Threads * RequestsEach, told);
    }

    [Fact]
    public async Task Each_observer_hears_each_outcome_once_and_one_at_a_time()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(200);
        var request = (await ConnectionFixture.DeactivateAsync(connection, profiles)).Request!;
        var heard = new List<string>();
        var inside = 0;
        using var subscription = request.Subscribe(result =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            heard.Add(result.Iccid!);
            Interlocked.Decrement(ref inside);
        });

        await Task.WhenAll(profiles.Select(profile => Task.Run(() => connection.ReceiveCallback(Sample.Callback("r", profile.Iccid!))))).WaitAsync(s_limit);

        Assert.Equal(profiles.Select(profile => profile.Iccid!).Order(), heard.Order());
    }

    [Fact]
    public async Task Whoever_listens_hears_the_outcome_also_where_nobody_holds_the_request()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var heard = new List<string>();
        using var subscription = await ListenAsync(connection, heard);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));

        Assert.Equal(Sample.IccidOf(1), Assert.Single(heard));
    }

    [Fact]
    public async Task What_is_read_of_another_process_when_the_service_is_asked_is_told_at_once()
    {
        var connection = await _fixture.OpenAsync();
        var other = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(2);
        var request = (await ConnectionFixture.DeactivateAsync(connection, profiles[0])).Request!;
        var heard = new List<string>();
        using var subscription = request.Subscribe(result => heard.Add(result.Iccid!));
        Assert.NotNull(other.FindRequest(request.RequestId!));
        other.ReceiveCallback(Sample.Callback(request.RequestId!, profiles[0].Iccid!));
        other.FlushJournal();

        await connection.LookUpAsync([profiles[1]]);

        Assert.Equal(profiles[0].Iccid, Assert.Single(heard));
    }

    private static async Task<IDisposable> ListenAsync(EsimConnection connection, List<string> heard)
    {
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2))).Request!;
        return request.Subscribe(result => heard.Add(result.Iccid!));
    }

    private static void Use(EsimConnection connection, EsimProfile profile, EsimRequest? request)
    {
        foreach (var action in EsimAction.All)
        {
            _ = connection.Judge(action, profile, serviceWasAsked: true);
        }

        _ = connection.Explain(profile);
        _ = connection.GetRequests().Take(3).Count();
        _ = connection.GetRequests(inDoubt: true).Count();
        _ = connection.FindRequest(request?.RequestId ?? "nobodys");
        _ = connection.KnownServicePlans.Count();
        _ = connection.Listeners.Count + connection.ThrottleLimit + (connection.ReceivesCallbacks ? 1 : 0);
        connection.ReceiveCallback(Sample.Callback("somebody-elses", profile.Iccid!));
        using (connection.ExpectCallbacks())
        {
            _ = connection.ToString();
        }

        if (request is not null)
        {
            _ = request.GetResults().Count + request.SucceededCount + request.FailedCount + request.Status.ToString().Length + request.ToString().Length;
            connection.PollAsync(request).GetAwaiter().GetResult();
            _ = connection.ResolveAsync(request).GetAwaiter().GetResult();
            _ = connection.LookUpAsync([profile]).GetAwaiter().GetResult();
            _ = connection.SubmitAsync(EsimAction.Activate, [profile], new()).GetAwaiter().GetResult();
        }
    }
}
