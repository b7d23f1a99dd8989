// One folder, several senders: none sends what another has sent, each sees what the others learn, and the dead leave doubts behind.

using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Store.Folder;

public sealed class SharedJournalTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_one_has_sent_the_other_does_not_send()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var one = await _fixture.OpenAsync();
        var two = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(one, Sample.Profile());

        var second = await ConnectionFixture.DeactivateAsync(two, Sample.Profile());

        Assert.Null(second.Request);
        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single(second.Refused).Verdict.Error);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task While_one_is_still_sending_the_other_finds_the_profile_busy_and_not_in_doubt()
    {
        var answer = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Action, async (_, _) =>
        {
            await answer.Task;
            return ScriptedService.Taken("r");
        });
        var one = await _fixture.OpenAsync();
        var sending = ConnectionFixture.DeactivateAsync(one, Sample.Profile());
        var two = await _fixture.OpenAsync();

        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await ConnectionFixture.DeactivateAsync(two, Sample.Profile())).Refused).Verdict.Error);
        Assert.Equal(EsimResolutionStatus.Unknown, Assert.Single(await two.ResolveAsync(two.GetRequests().Single())).Resolution);

        answer.SetResult();
        await sending;
        Assert.Equal(("r", EsimRequestStatus.Accepted), (two.GetRequests().Single().RequestId, two.FindRequest("r")!.Status));
    }

    [Fact]
    public async Task Of_many_at_once_one_sends()
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _fixture.OpenAsync()));

        var submissions = await Task.WhenAll(connections.Select(connection => Task.Run(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(50)))));

        Assert.Single(submissions, submission => submission.Request is not null);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Theory]
    [InlineData(FileShare.None)]
    [InlineData(FileShare.ReadWrite)]
    public async Task While_another_process_chooses_what_to_send_this_one_waits(FileShare share)
    {
        var connection = await _fixture.OpenAsync();
        Task<EsimSubmission> sending;
        using (new FileStream(Path.Combine(_fixture.JournalPath, FolderLock.FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, share))
        {
            sending = ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
            for (var i = 0; i < 10; i++)
            {
                await _fixture.Clock.PassAsync(TimeSpan.FromMilliseconds(20));
            }

            await _fixture.Clock.NextPauseAsync();
            Assert.Empty(_fixture.Service.Of(Endpoint.Action));
        }

        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Null((await sending).Failure);
    }

    [Fact]
    public async Task A_lock_that_is_never_given_back_ends_in_an_error_and_nothing_is_sent()
    {
        var connection = await _fixture.OpenAsync();
        using var held = new FileStream(Path.Combine(_fixture.JournalPath, FolderLock.FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var sending = ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        await _fixture.Clock.NextPauseAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(EsimError.EsimJournalUnavailable, (await Assert.ThrowsAsync<EsimException>(() => sending)).Error);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task An_outcome_that_one_learns_the_other_knows_when_it_looks()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var one = await _fixture.OpenAsync();
        var two = await _fixture.OpenAsync();
        var request = (await ConnectionFixture.DeactivateAsync(one, Sample.Profiles(2))).Request!;
        var seen = two.FindRequest("r")!;
        two.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        one.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        one.FlushJournal();
        two.FlushJournal();

        _ = one.GetRequests();
        _ = two.GetRequests();

        Assert.Equal((EsimRequestStatus.Succeeded, EsimRequestStatus.Succeeded), (request.Status, seen.Status));
    }

    [Fact]
    public async Task A_callback_that_came_before_the_others_line_was_read_is_not_lost()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var one = await _fixture.OpenAsync();
        var two = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(one, Sample.Profile());
        two.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));

        Assert.Equal(EsimRequestStatus.Succeeded, two.FindRequest("r")!.Status);
    }

    [Fact]
    public async Task One_that_died_while_sending_leaves_a_doubt_that_the_living_see()
    {
        var living = await _fixture.OpenAsync();
        var name = "20260301T110000-aaaaaaaa";
        _fixture.WriteJournal(
            name + ".jsonl",
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"L1","service":"https://service.test/api","action":"deactivate","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(1)}}"}]}""");
        using (new FileStream(Path.Combine(_fixture.JournalPath, name + JournalFolder.LifeSuffix), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await ConnectionFixture.DeactivateAsync(living, Sample.Profile())).Refused).Verdict.Error);
        }

        Assert.Equal(EsimError.EsimOutcomeUnknown, Assert.Single((await ConnectionFixture.DeactivateAsync(living, Sample.Profile())).Refused).Verdict.Error);
        Assert.Equal(EsimRequestStatus.InDoubt, living.FindRequest("L1")!.Status);
        Assert.False(File.Exists(Path.Combine(_fixture.JournalPath, name + JournalFolder.LifeSuffix)));
    }

    [Fact]
    public async Task A_line_that_is_being_written_is_read_when_it_is_whole()
    {
        var living = await _fixture.OpenAsync();
        var name = "20260301T110000-aaaaaaaa";
        var line = $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"L1","service":"https://service.test/api","action":"deactivate","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(1)}}"}]}""";
        var path = _fixture.WriteJournal(name + ".jsonl");
        using var life = new FileStream(Path.Combine(_fixture.JournalPath, name + JournalFolder.LifeSuffix), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        File.AppendAllText(path, line[..70]);
        Assert.Empty(living.GetRequests());
        File.AppendAllText(path, line[70..]);
        Assert.Empty(living.GetRequests());
        File.AppendAllText(path, "\n");

        Assert.Equal("L1", Assert.Single(living.GetRequests()).LocalId);
        Assert.Empty(_fixture.Warnings);
    }
}
