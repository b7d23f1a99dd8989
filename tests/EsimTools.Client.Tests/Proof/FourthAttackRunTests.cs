// The same for runs: -DisableFirst, several accounts, one place for all requests.

using EsimTools.Client.Tests.Runs;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class FourthAttackRunTests : ProofScenario
{
    private const string OtherAccount = "0000999999-00001";

    private readonly ListeningHost _host = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_DisableFirst_a_deactivation_for_another_account(bool isConfirmed)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        if (isConfirmed)
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
            Fixture.Service.On(Endpoint.Action, 403, """{"errorCode":"X","errorMessage":"no"}""");
        }

        var run = RunAsync(connection, [new() { Iccid = X.Iccid, AccountName = OtherAccount }], new() { DisableFirst = true });
        if (!isConfirmed)
        {
            await Task.WhenAny(run, Fixture.Clock.NextPauseAsync());
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        await run;
        AssertNothingIsDeleted();
        Assert.NotEmpty(_host.Problems);
    }

    [Fact]
    public async Task With_DisableFirst_an_object_with_a_date_says_that_the_profile_has_been_enabled_since_its_deactivation()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        Fixture.Clock.Advance(TimeSpan.FromHours(1));
        var listed = new EsimProfile { Iccid = X.Iccid, Eid = X.Eid, State = "ACTIVE", ProfileStatus = "ENABLE", Source = EvidenceSource.ServiceList, AsOf = Fixture.Clock.UtcNow };
        Fixture.Clock.Advance(TimeSpan.FromHours(1));

        Fixture.Service.On(Endpoint.Action, 403, """{"errorCode":"X","errorMessage":"no"}""");
        await RunAsync(connection, [listed], new() { DisableFirst = true });

        AssertNothingIsDeleted();
    }

    [Fact]
    public async Task With_DisableFirst_an_object_was_made_while_the_deactivation_was_open()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        var listed = new EsimProfile { Iccid = X.Iccid, Eid = X.Eid, State = "ACTIVE", ProfileStatus = "ENABLE", Source = EvidenceSource.ServiceList, AsOf = Fixture.Clock.UtcNow };
        var run = RunAsync(connection, [listed], new() { DisableFirst = true });
        await Task.WhenAny(run, Fixture.Clock.NextPauseAsync());
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        await run;
        AssertNothingIsDeleted();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task With_DisableFirst_and_little_room_the_run_comes_to_its_end(int throttleLimit)
    {
        var connection = await Fixture.OpenAsync();
        var profiles = Sample.Profiles(6);
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, [.. profiles.Select(profile => Sample.Listed(profile.Iccid!, "active", "ENABLE"))]));
        await connection.ReadPageAsync();
        for (var i = 0; i < 12; i++)
        {
            Fixture.Service.On(Endpoint.Action, call =>
            {
                var number = Array.FindIndex(profiles, profile => call.Body.Contains(profile.Iccid!, StringComparison.Ordinal));
                if (call.Path.EndsWith("/delete", StringComparison.Ordinal))
                {
                    return ScriptedService.Taken($"del{number}");
                }

                connection.ReceiveCallback(Sample.Callback($"d{number}", profiles[number].Iccid!));
                return ScriptedService.Taken($"d{number}");
            });
        }

        using var stop = new CancellationTokenSource();
        var run = connection.RunAsync(EsimAction.Delete, [.. profiles.Select(profile => new EsimProfile { Iccid = profile.Iccid, Eid = profile.Eid, State = "ACTIVE", ProfileStatus = "ENABLE" })], new() { DisableFirst = true, BatchSize = 1, ThrottleLimit = throttleLimit }, _host, stop.Token);
        var ended = await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(10)));
        stop.Cancel();

        Assert.Same(run, ended);
        Assert.Equal(6, Fixture.Service.Of(Endpoint.Action).Count(call => call.Path.EndsWith("/delete", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_request_that_waits_when_the_run_has_ended_with_an_error()
    {
        var connection = await Fixture.OpenAsync();
        var (arrived, throttled) = (new TaskCompletionSource(), new TaskCompletionSource());
        Fixture.Service.On(Endpoint.Action, async (_, _) =>
        {
            await arrived.Task;
            throttled.SetResult();
            return ScriptedService.Answer(429, "");
        });
        Fixture.Service.On(Endpoint.Action, async (_, _) =>
        {
            arrived.SetResult();
            await throttled.Task;
            return ScriptedService.Answer(403, """{"errorCode":"X","errorMessage":"no"}""");
        });
        var refusal = await Record.ExceptionAsync(() => connection.RunAsync(
            EsimAction.Deactivate, Sample.Profiles(2), new() { BatchSize = 1, ThrottleLimit = 2, MaxErrorCount = 1 }, _host).WaitAsync(ManualClock.HangLimit));
        Assert.IsType<EsimException>(refusal);
        var before = Fixture.Service.Of(Endpoint.Action).Count;

        Fixture.Clock.Advance(TimeSpan.FromMinutes(10));

        // What would leave now leaves before this answer comes.
        await connection.LookUpAsync([X]);
        for (var i = 0; i < 200 && connection.GetRequests().Any(); i++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(before, Fixture.Service.Of(Endpoint.Action).Count);
        Assert.Empty(connection.GetRequests());
    }

    private void AssertNothingIsDeleted() =>
        Assert.DoesNotContain(Fixture.Service.Of(Endpoint.Action), call => call.Path.EndsWith("/delete", StringComparison.Ordinal));

    private async Task<EsimRun> RunAsync(EsimConnection connection, IEnumerable<EsimProfile> profiles, EsimRunOptions options) =>
        await connection.RunAsync(EsimAction.Delete, profiles, options, _host).WaitAsync(ManualClock.HangLimit);
}
