// The database goes: while nothing is on its way, while a request is, and in the middle of any byte. Nothing is sent twice and nothing is lost.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;
using EsimTools.Store.Lines;

namespace EsimTools.Postgres.Tests;

public sealed class LostDatabaseTests : IDisposable
{
    private readonly PostgresServer _server = new();
    private readonly ScriptedService _service = new();
    private readonly string _address;
    private readonly Machine _one;
    private readonly Machine _other;

    public LostDatabaseTests()
    {
        _address = PostgresServer.WhyNot is null ? _server.NewDatabase() : string.Empty;
        (_one, _other) = (new(_address, _service), new(_address, _service));
    }

    [PostgresFact]
    public async Task Without_it_nothing_is_sent_and_with_it_the_same_connection_goes_on()
    {
        var one = await _one.OpenAsync();
        await Machine.DeactivateAsync(one, Sample.Profile(1));
        _server.Kill();

        var error = await Assert.ThrowsAsync<EsimException>(() => Machine.DeactivateAsync(one, Sample.Profile(2)));
        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("the database 'test1' on 127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Single(_service.Of(Endpoint.Action));
        _server.Start();

        Assert.NotNull((await Machine.DeactivateAsync(one, Sample.Profile(2))).Request);
        Assert.Single((await Machine.DeactivateAsync(await _other.OpenAsync(), Sample.Profile(1))).Skipped);
        Assert.Equal(2, _service.Of(Endpoint.Action).Count);
    }

    [PostgresTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_to_a_request_on_its_way_is_kept_here_and_brought_in_once(bool bySameConnection)
    {
        var one = await _one.OpenAsync();
        _service.On(Endpoint.Action, _ =>
        {
            _server.Kill();
            return ScriptedService.Taken("taken-1");
        });

        var request = (await Machine.DeactivateAsync(one, Sample.Profile(1))).Request!;
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.Contains(_one.Messages, message => message.Level == EsimMessageLevel.Warning && message.Text.Contains("is kept in", StringComparison.Ordinal));
        var kept = Assert.Single(Directory.GetFiles(_one.LocalFolder, "answers-*"));
        var copy = File.ReadAllText(kept);
        Assert.Equal(EsimError.EsimJournalUnavailable, (await Assert.ThrowsAsync<EsimException>(() => Machine.DeactivateAsync(one, Sample.Profile(2)))).Error);
        _server.Start();
        if (bySameConnection)
        {
            await Machine.DeactivateAsync(one, Sample.Profile(2));
        }
        else
        {
            await _one.OpenAsync();
        }

        Assert.Empty(Directory.GetFiles(_one.LocalFolder, "answers-*"));
        File.WriteAllText(kept, copy);
        var again = await _one.OpenAsync();
        Assert.Empty(Directory.GetFiles(_one.LocalFolder, "answers-*"));
        Assert.Equal(1L, PostgresServer.Execute(_address, "select count(*) from esimtools.line where text like '%\"accepted\"%' and text like '%taken-1%'"));
        Assert.Equal(EsimRequestStatus.Accepted, (await _other.OpenAsync()).FindRequest("taken-1")!.Status);
        Assert.Single((await Machine.DeactivateAsync(again, Sample.Profile(1))).Skipped);
    }

    // What the service says against a confirmation while the database is away waits on this machine's disk, and somebody tries again.
    [PostgresTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_service_speaks_against_a_confirmation_while_the_database_is_away(bool ends)
    {
        var clock = new ManualClock();
        var x = Sample.Profile(1);
        var one = await _one.OpenAsync();
        _service.On(Endpoint.Action, _ => ScriptedService.Taken("d"));
        await Machine.DeactivateAsync(one, x);
        one.ReceiveCallback(Sample.Callback("d", x.Iccid!));
        one.FlushJournal();
        var other = await _other.OpenAsync(_other.Options(clock: clock));
        Assert.True(other.Explain(x).IsProven, other.Explain(x).ToString());
        _server.Kill();
        _service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(x.Iccid!, "active")));

        await other.LookUpAsync([x]).WaitAsync(ManualClock.HangLimit);

        Assert.Contains(_other.Messages, message => message.Level == EsimMessageLevel.Warning && message.Text.Contains("Until then other machines do not know it", StringComparison.Ordinal));
        Assert.NotEmpty(Directory.GetFiles(_other.LocalFolder, "answers-*"));
        if (ends)
        {
            other.Dispose();
            _server.Start();
            await _other.OpenAsync();
        }
        else
        {
            _server.Start();
            await clock.PassAsync(TimeSpan.FromSeconds(5));
            Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(_other.LocalFolder, "answers-*").Length == 0, ManualClock.HangLimit));
        }

        Assert.Empty(Directory.GetFiles(_other.LocalFolder, "answers-*"));
        var submission = await one.SubmitAsync(EsimAction.Delete, [x], new(), serviceWasAsked: true).WaitAsync(ManualClock.HangLimit);
        Assert.Null(submission.Request);
        Assert.False(one.Explain(x).IsProven, one.Explain(x).ToString());
    }

    [PostgresFact]
    public async Task What_a_connection_sent_that_is_gone_without_an_answer_is_in_doubt_for_others()
    {
        var one = await _one.OpenAsync();
        var other = await _other.OpenAsync();
        var leaves = new TaskCompletionSource();
        _service.On(Endpoint.Action, async (_, cancellationToken) =>
        {
            leaves.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        });
        using var stop = new CancellationTokenSource();
        var sending = one.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF" }, cancellationToken: stop.Token);
        await leaves.Task.WaitAsync(ManualClock.HangLimit);

        // While it is there it is on its way.
        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await other.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF" })).Refused).Verdict.Error);
        PostgresServer.Execute(_address, "select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and l.classid = 1163086157 and l.objid = 1");

        var doubt = Assert.Single(other.GetRequests(inDoubt: true));
        Assert.Equal(EsimRequestStatus.InDoubt, doubt.Status);
        await stop.CancelAsync();
        Assert.Equal(EsimError.EsimOutcomeUnknown, (await sending.WaitAsync(ManualClock.HangLimit)).Failure!.Error);
    }

    [PostgresFact]
    public async Task A_request_whose_line_was_committed_unheard_is_known_as_one_that_never_left()
    {
        using var cutter = new Cutter(_server.Port);
        using var folder = new TempFolder();
        var address = _address.Replace($"Port={_server.Port}", $"Port={cutter.Port}", StringComparison.Ordinal);
        using var store = PostgresOpener.Open(new(address, null, null, StoreContract.Service, folder.Path, false, new ManualClock(), _one.Messages.Enqueue));
        cutter.LoseAnswerToCommit();

        var error = await Assert.ThrowsAsync<EsimException>(() => store.ReserveAsync(() => StoreContract.Sending("a", 2), default).WaitAsync(ManualClock.HangLimit));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Equal(1, cutter.Cuts);
        Assert.Single(Directory.GetFiles(folder.Path, "answers-*"));
        Assert.True(store.Flush());
        using var reader = PostgresOpener.Open(new(_address, null, null, StoreContract.Service, _other.LocalFolder, false, Clock.System, _other.Messages.Enqueue));
        Assert.Equal([JournalEvent.Sending, JournalEvent.Refused], StoreContract.New(reader).Select(line => line.Event));
        Assert.Empty(Directory.GetFiles(folder.Path, "answers-*"));
    }

    [PostgresFact]
    public async Task Cut_anywhere_no_line_is_lost_or_doubled_and_no_line_counts_that_was_told_not_to()
    {
        using var cutter = new Cutter(_server.Port);
        using var folder = new TempFolder();
        var address = _address.Replace($"Port={_server.Port}", $"Port={cutter.Port}", StringComparison.Ordinal);
        using var store = PostgresOpener.Open(new(address, null, null, StoreContract.Service, folder.Path, false, Clock.System, _one.Messages.Enqueue));
        var random = new Random(20261129);
        var (sure, unsure, answered) = (new List<string>(), new List<string>(), new List<string>());
        for (var i = 0; i < 120; i++)
        {
            var id = $"r{i}";
            cutter.CutAfter(random.Next(1, 2500));
            try
            {
                await store.ReserveAsync(() => StoreContract.Sending(id, random.Next(1, 12)), default).WaitAsync(ManualClock.HangLimit);
                sure.Add(id);
            }
            catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
            {
                unsure.Add(id);
                continue;
            }

            // The answer comes back after a cut.
            store.Record(StoreContract.Answer(id));
            answered.Add(id);
        }

        cutter.CutAfter(long.MaxValue);
        Assert.True(store.Flush());
        using var reader = PostgresOpener.Open(new(_address, null, null, StoreContract.Service, _other.LocalFolder, false, Clock.System, _other.Messages.Enqueue));
        var lines = StoreContract.New(reader);

        Assert.True(cutter.Cuts > 30, $"{cutter.Cuts} cuts");
        Assert.All(sure, id => Assert.Single(lines, line => line.Event == JournalEvent.Sending && line.LocalId == id));
        Assert.All(answered, id => Assert.Single(lines, line => line.Event == JournalEvent.Accepted && line.LocalId == id));

        // Told that it did not leave: either it is not there, or it is there as one that was never sent.
        Assert.All(unsure, id => Assert.True(lines.TrueForAll(line => line.Event != JournalEvent.Sending || line.LocalId != id) || lines.Exists(line => line.Event == JournalEvent.Refused && line.LocalId == id), id));
        Assert.Empty(Directory.GetFiles(folder.Path, "answers-*"));
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _service.Dispose();
        _server.Dispose();
    }
}
