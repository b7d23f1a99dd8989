// The journal and a disk that fails: nothing is sent without its line, what has left is never called unsent, and a torn line spoils no other.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Store.Folder;

public sealed class JournalDiskFaultTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Lines_go_through_the_operating_system_to_the_disk_before_anything_else_happens()
    {
        var connection = await _fixture.OpenAsync();
        var disk = FillingDisk.Under(connection);
        var flushed = 0;
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            flushed = disk().FlushedToDisk;
            return ScriptedService.Taken("r");
        });

        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2));

        Assert.Equal((1, 2), (flushed, disk().FlushedToDisk));
    }

    [Fact]
    public async Task A_file_where_the_folder_should_be_is_told_before_the_login()
    {
        File.WriteAllText(_fixture.JournalPath, "in the way");

        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync());

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains(_fixture.JournalPath, error.Message, StringComparison.Ordinal);
        Assert.Empty(_fixture.Service.Calls);
        File.Delete(_fixture.JournalPath);
    }

    [Fact]
    public async Task Without_its_journal_line_nothing_is_sent()
    {
        var connection = await _fixture.OpenAsync();
        Directory.Delete(_fixture.JournalPath, recursive: true);
        File.WriteAllText(_fixture.JournalPath, "in the way");

        var error = await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile()));
        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));

        // With the disk back the profile is free.
        File.Delete(_fixture.JournalPath);
        Directory.CreateDirectory(_fixture.JournalPath);
        Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Failure);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Theory]
    [InlineData(200, EsimRequestStatus.Accepted)]
    [InlineData(500, EsimRequestStatus.InDoubt)]
    [InlineData(400, EsimRequestStatus.Failed)]
    public async Task A_journal_that_fails_after_the_request_left_never_says_that_nothing_was_sent(int status, EsimRequestStatus expected)
    {
        EsimConnection? connection = null;
        Func<FillingDisk>? disk = null;
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            connection!.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
            disk!().Room = 0;
            return ScriptedService.Answer(status, """{"requestId":"r"}""");
        });
        connection = await _fixture.OpenAsync();
        disk = FillingDisk.Under(connection);

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2));

        Assert.Equal(expected, submission.Request!.Status);
        Assert.NotEqual(EsimError.EsimJournalUnavailable, submission.Failure?.Error);
        Assert.Contains("could not be noted", Assert.Single(_fixture.Warnings), StringComparison.Ordinal);
        Assert.Equal(expected == EsimRequestStatus.Accepted ? 1 : 0, submission.Request.SucceededCount);
        Assert.Equal(
            expected switch { EsimRequestStatus.Accepted => EsimError.EsimProfileBusy, EsimRequestStatus.InDoubt => EsimError.EsimOutcomeUnknown, _ => (EsimError?)null },
            connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));

        // Another session sees the line of the sending alone, which is the safe side.
        Assert.Single(_fixture.JournalLines());
        var meanwhile = await _fixture.OpenAsync();
        Assert.Equal(EsimError.EsimProfileBusy, meanwhile.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
        connection.Dispose();
        var other = await _fixture.OpenAsync();
        Assert.Equal(EsimError.EsimOutcomeUnknown, other.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
    }

    [Fact]
    public async Task A_disk_that_fails_while_outcomes_arrive_is_no_error_of_the_callback()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var disk = FillingDisk.Under(connection);
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(3))).Request!;
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        disk().Room = 0;

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2), "Failed"));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(3)));

        Assert.Equal(EsimRequestStatus.PartlyFailed, request.Status);
        Assert.True(await connection.WaitAsync(request));
    }

    [Fact]
    public async Task Outcomes_are_taken_in_and_judged_while_the_disk_hangs()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var disk = FillingDisk.Under(connection);
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(3))).Request!;
        using var hanging = new ManualResetEventSlim();
        disk().Hanging = hanging;

        var taken = Task.Run(() =>
        {
            connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
            connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2), "Failed"));
            connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(3)));
            return connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision;
        });
        var flushing = Task.Run(connection.FlushJournal);

        try
        {
            Assert.Equal(GuardDecision.Allowed, await taken.WaitAsync(ManualClock.HangLimit));
            Assert.Equal(EsimRequestStatus.PartlyFailed, request.Status);
        }
        finally
        {
            hanging.Set();
        }

        await flushing.WaitAsync(ManualClock.HangLimit);
    }

    [Fact]
    public async Task A_line_that_a_full_disk_tore_does_not_spoil_the_next_one()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("before")).On(Endpoint.Action, _ => ScriptedService.Taken("after"));
        var connection = await _fixture.OpenAsync();
        var disk = FillingDisk.Under(connection);
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        disk().Room = 100_000;

        var error = await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2000, first: 10)));
        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
        disk().Room = long.MaxValue;
        Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2))).Failure);
        connection.Dispose();

        var reopened = await _fixture.OpenAsync();
        Assert.Equal(["before", "after"], reopened.GetRequests().Select(request => request.RequestId));
        Assert.Equal(EsimError.EsimProfileBusy, reopened.Judge(EsimAction.Deactivate, Sample.Profile(2)).Error);
        Assert.Equal(GuardDecision.Allowed, reopened.Judge(EsimAction.Deactivate, Sample.Profile(10)).Decision);
        Assert.Contains("Line 3 of the journal file", Assert.Single(_fixture.Warnings), StringComparison.Ordinal);
    }
}
