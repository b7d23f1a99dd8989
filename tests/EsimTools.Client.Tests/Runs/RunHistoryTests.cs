// What has become of runs, by the journal: numbers that move with the outcomes, how a run ended, and what the service says of it now.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class RunHistoryTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_run_is_summed_up_alike_by_whoever_reads_the_journal()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("one"));
        _fixture.Service.On(Endpoint.Action, new HttpRequestException("cut"));
        var profiles = Sample.Profiles(4);
        var info = (await connection.RunAsync(EsimAction.Deactivate, [.. profiles, profiles[0]], new() { Reason = "CHG-1", BatchSize = 3, ThrottleLimit = 1 })).Info;
        connection.ReceiveCallback(Sample.Callback("one", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("one", Sample.IccidOf(2), "FAILED"));
        connection.FlushJournal();

        var later = await _fixture.OpenAsync();

        foreach (var reader in (EsimConnection[])[connection, later])
        {
            var run = Assert.Single(reader.GetRuns());
            Assert.Equal((info.Id, "CHG-1", "uws-user", "deactivate", EsimRunStage.Ended), (run.Id, run.Reason, run.UserName, run.Action, run.Stage));
            Assert.Equal((5, 1, 1, 1, 1, 1, 4), (run.Given, run.Succeeded, run.Failed, run.Open, run.InDoubt, run.KeptBack, run.Sent));
            Assert.Equal(2, run.RequestIds.Count);
            Assert.Equal(("EsimProfileDuplicate", 1), (run.Refusals[0].ErrorId, run.Refusals[0].Count));
            var failed = Assert.Single(reader.GetRequestsOfRuns().SelectMany(request => request.GetResults()), result => result.Status == OutcomeStatus.Failed);
            Assert.Equal((Sample.IccidOf(2), info.Id, Sample.Account), (failed.Iccid, failed.RunId, failed.AccountName));
        }
    }

    [Fact]
    public async Task The_newest_run_comes_first_and_only_those_that_are_wanted()
    {
        var connection = await _fixture.OpenAsync();
        foreach (var i in (int[])[1, 2, 3])
        {
            await connection.RunAsync(EsimAction.Deactivate, [Sample.Profile(i)], new() { Reason = $"CHG-{i}" });
            _fixture.Clock.Advance(TimeSpan.FromMinutes(i == 1 ? 1 : 0));
        }

        Assert.Equal(["CHG-3", "CHG-2", "CHG-1"], connection.GetRuns().Select(run => run.Reason));
        Assert.Equal(["CHG-1"], connection.GetRuns(run => run.Reason == "CHG-1").Select(run => run.Reason));
        Assert.Single(connection.GetRequestsOfRuns(run => run.Reason == "CHG-2"));
    }

    [Fact]
    public async Task A_run_without_an_end_is_running_while_its_process_lives_and_interrupted_after()
    {
        var connection = await _fixture.OpenAsync();
        var run = connection.StartRun(EsimAction.Deactivate, new() { BatchSize = 1, ThrottleLimit = 1 });
        Array.ForEach(Sample.Profiles(2), profile => run.Add(profile));
        var other = await _fixture.OpenAsync();

        Assert.Equal(EsimRunStage.Running, Assert.Single(connection.GetRuns()).Stage);
        var seen = Assert.Single(other.GetRuns());
        Assert.Equal((EsimRunStage.Running, null), (seen.Stage, seen.Given));

        // As a kill leaves it: nothing more is written, and the system lets go of what was open.
        connection.Dispose();

        Assert.Equal(EsimRunStage.Interrupted, Assert.Single(other.GetRuns()).Stage);
        run.Dispose();
    }

    [Fact]
    public async Task A_request_without_a_run_has_ended_with_its_answer()
    {
        var connection = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        connection.Dispose();

        Assert.Equal(EsimRunStage.Ended, Assert.Single((await _fixture.OpenAsync()).GetRuns()).Stage);
    }

    [Fact]
    public async Task What_the_service_says_now_is_compared_with_what_was_confirmed()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("one"));
        await connection.RunAsync(EsimAction.Deactivate, Sample.Profiles(5), new());
        foreach (var i in (int[])[1, 2, 3])
        {
            connection.ReceiveCallback(Sample.Callback("one", Sample.IccidOf(i), state: "DEACTIVE"));
        }

        connection.ReceiveCallback(Sample.Callback("one", Sample.IccidOf(4), "FAILED"));
        await connection.RunAsync(EsimAction.Activate, [Sample.Profile(2)], new() { Reason = "back", ServicePlan = "M2M" });
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "DEACTIVE")));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(2), "ACTIVE")));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false));

        var checks = await connection.VerifyAsync(connection.FindRequest("one")!);

        Assert.Equal(
            [EsimRunVerdict.Verified, EsimRunVerdict.Different, EsimRunVerdict.CannotTell, EsimRunVerdict.CannotTell, EsimRunVerdict.CannotTell], checks.Select(check => check.Verdict));
        Assert.Equal(("DEACTIVE", "ACTIVE"), (checks[1].Expected, checks[1].Found));
        Assert.Contains("'activate' was sent for it later", checks[1].Because, StringComparison.Ordinal);
        Assert.Contains("back", checks[1].Because, StringComparison.Ordinal);
        Assert.Equal(["the service does not list it", "it failed, so nothing is expected of it", "its outcome is not known"], checks.Skip(2).Select(check => check.Because));
    }
}
