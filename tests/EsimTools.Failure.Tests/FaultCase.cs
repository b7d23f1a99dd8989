// One case of the fault matrix: one action meets one fault. Two batches are sent, one of which meets it; then the server's log, the
// journal on the disk and a second connection to the same journal have to agree, also after the same submissions have been made again.

namespace EsimTools.Failure.Tests;

/// <summary>Runs one case on a server of its own.</summary>
internal sealed class FaultCase(ServerFixture server, Fault fault, EsimAction action) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<string> _problems = [];
    private readonly int _logged = server.Sandbox.Log.Count;
    private readonly EsimProfile[][] _batches = [server.NewProfiles(SizeOf(fault, 0)), server.NewProfiles(SizeOf(fault, 1))];
    private readonly HashSet<string> _lost = [];
    private readonly HashSet<string> _doubled = [];
    private EsimActionOptions _options = new();
    private Task<TimeSpan>? _pause;

    public ServerFixture Server { get; } = server;

    public SwitchableProxy WebProxy { get; } = new();

    public string JournalPath => Path.Combine(_folder.Path, "journal");

    public string BackupPath => Path.Combine(_folder.Path, "backup");

    public FullDisk? FullDisk { get; set; }

    private int Struck => StruckBy(fault);

    /// <summary>Takes a server, runs the case and gives the server back.</summary>
    public static async Task<Findings> RunAsync(Fault fault, EsimAction action)
    {
        var server = await ServerFixture.TakeAsync();
        using var faultCase = new FaultCase(server, fault, action);
        try
        {
            await faultCase.RunAsync();
        }
        catch (Exception e)
        {
            faultCase._problems.Add("the case did not come to its end: " + e);
        }

        await server.GiveBackAsync(fault.SpoilsTheServer || faultCase._problems.Count > 0);
        return new(faultCase._problems, faultCase._lost.Count, faultCase._doubled.Count);
    }

    /// <summary>Lets time pass, here and at the server.</summary>
    public void Move(TimeSpan time)
    {
        Server.Clock.Advance(time);
        _clock.Advance(time);
    }

    public void Dispose()
    {
        FullDisk?.Dispose();
        _folder.Dispose();
    }

    // The batch that meets the fault.
    private static int StruckBy(Fault fault) => fault.Moment == Moment.BetweenBatches ? 1 : 0;

    private static int SizeOf(Fault fault, int batch) => batch == StruckBy(fault) ? fault.BatchSize : Fault.FewProfiles;

    private async Task RunAsync()
    {
        using (var first = await OpenAsync(fault.TimeLimit))
        {
            _options = await FieldsOfAsync(first);
            var wasAsked = await AskWhereNeededAsync(first);
            for (var i = 0; i < _batches.Length; i++)
            {
                await SendAsync(first, i, wasAsked);
            }
        }

        await Server.Proxy.SettleAsync();
        var journal = JournalOnDisk.Read(JournalPath);
        CheckEnds(journal);
        Compare(journal, "after the session");
        using var second = await OpenAsync(TimeSpan.FromSeconds(60));
        CheckMemory(second, journal);
        await SendAgainAsync(second, journal);
        Compare(JournalOnDisk.Read(JournalPath), "after the second session");
        Expect(Server.Elsewhere.Actions == 0, "a request went to another host");
    }

    private Task<EsimConnection> OpenAsync(TimeSpan timeLimit) => EsimConnection.OpenAsync(new()
    {
        ApiCredential = new(Server.Sandbox.Options.ApiKey, Server.Sandbox.Options.ApiSecret),
        UserCredential = new(Server.Sandbox.Options.UserName, Server.Password),
        AccountName = Server.Sandbox.Options.AccountName,
        BaseUri = new(Server.BaseUri),
        JournalPath = JournalPath,
        Timeout = timeLimit,
        Proxy = WebProxy,
        Clock = _clock,
    });

    // The fields that the action demands are found by trying with no profile at all, so that an action that is added needs no line here.
    private async Task<EsimActionOptions> FieldsOfAsync(EsimConnection connection)
    {
        foreach (var fields in (EsimActionOptions[])[new(), new() { ServicePlan = "M2M Other" }, new() { SmsrOid = "1.3.6.1.4.1" }, new() { MdnZipCode = "12345" }, new() { ReasonCode = "FF" }])
        {
            try
            {
                await connection.SubmitAsync(action, [], fields);
                return fields;
            }
            catch (EsimException e) when (e.Error == EsimError.EsimParameterInvalid)
            {
            }
        }

        throw new InvalidOperationException($"'{action}' wants fields that this test does not know.");
    }

    private async Task<bool> AskWhereNeededAsync(EsimConnection connection)
    {
        EsimProfile[] all = [.. _batches.SelectMany(batch => batch)];
        if (!all.Any(profile => connection.Judge(action, profile).Decision == GuardDecision.AskService))
        {
            return false;
        }

        await connection.LookUpAsync(all);
        return true;
    }

    private async Task SendAsync(EsimConnection connection, int batch, bool wasAsked)
    {
        var isStruck = batch == Struck;
        var posts = Server.Proxy.Actions;
        if (isStruck)
        {
            await fault.Begin(this);
        }

        var (end, error) = await SubmitAsync(connection, _batches[batch], wasAsked, isStruck ? fault.GivesUp : GivesUp.Never);
        if (isStruck)
        {
            Server.Proxy.Release();
            Server.Proxy.Arm(null);
            await fault.Heal(this);
        }

        Expect(end == (isStruck ? fault.End : End.Accepted), $"batch {batch + 1} ended as {end} ({error})");
        Expect(error == (isStruck ? fault.Error : null), $"batch {batch + 1} told of {error?.ToString() ?? "no error"}");
        posts = Server.Proxy.Actions - posts;
        Expect(posts == (isStruck ? fault.Posts : fault.PostsOfTheOther), $"batch {batch + 1} was on the wire {posts} times");
    }

    private async Task<(End? End, EsimError? Error)> SubmitAsync(EsimConnection connection, EsimProfile[] batch, bool wasAsked, GivesUp givesUp)
    {
        using var stop = new CancellationTokenSource();
        try
        {
            var submission = await DriveAsync(connection.SubmitAsync(action, batch, _options, wasAsked, stop.Token), stop, givesUp);
            return submission switch
            {
                { Request: null } => (null, submission.Refused[0].Verdict.Error),
                { Failure: null } => (End.Accepted, null),
                { Failure.Error: EsimError.EsimOutcomeUnknown } => (End.InDoubt, EsimError.EsimOutcomeUnknown),
                _ => (End.Refused, submission.Failure.Error),
            };
        }
        catch (EsimException e)
        {
            return (End.Refused, e.Error);
        }
        catch (OperationCanceledException)
        {
            return (End.Refused, null);
        }
    }

    // Passes the pauses that the client asks for, and gives up where the fault wants it.
    private async Task<EsimSubmission> DriveAsync(Task<EsimSubmission> sending, CancellationTokenSource stop, GivesUp givesUp)
    {
        if (givesUp == GivesUp.WhenReached)
        {
            await Task.WhenAny(sending, Server.Proxy.Reached);
            await stop.CancelAsync();
        }

        while (await Task.WhenAny(sending, _pause ??= _clock.NextPauseAsync()) == _pause)
        {
            var pause = await _pause;
            _pause = null;
            if (givesUp == GivesUp.InAPause)
            {
                await stop.CancelAsync();
            }
            else
            {
                Move(pause);
            }
        }

        return await sending;
    }

    private void CheckEnds(IReadOnlyList<JournalRequest> journal)
    {
        for (var i = 0; i < _batches.Length; i++)
        {
            var end = EndOf(_batches[i], journal);
            var expected = i == Struck ? fault.EndInJournal ?? fault.End : End.Accepted;
            Expect(end == expected, $"batch {i + 1} is {end} in the journal");
        }
    }

    // The two sides of the promise: nothing that the server took is unknown, and nothing that is called taken or refused is otherwise.
    private void Compare(IReadOnlyList<JournalRequest> journal, string when)
    {
        var log = Server.Sandbox.Log.Skip(_logged).Where(entry => entry.Accepted && entry.Action == action.Name).ToDictionary(entry => entry.RequestId!);
        foreach (var request in journal.Where(request => request.End == End.Accepted))
        {
            Expect(log.Remove(request.RequestId!, out var entry), $"{when}, the server does not know request {request.RequestId}");
            Expect(entry?.ProfileCount == request.Iccids.Count, $"{when}, the server counts {entry?.ProfileCount} profiles in request {request.RequestId}");
        }

        Expect(log.Count <= journal.Count(request => request.End == End.InDoubt), $"{when}, the server took {log.Count} requests that the journal cannot account for");
        var taken = CountByProfile(journal, End.Accepted);
        var doubted = CountByProfile(journal, End.InDoubt);
        foreach (var iccid in _batches.SelectMany(batch => batch).Select(profile => profile.Iccid!))
        {
            var times = Server.Sandbox.TimesAccepted(action.Name, iccid);
            var known = taken.GetValueOrDefault(iccid);
            Note(times > known + doubted.GetValueOrDefault(iccid), _lost, iccid, $"{when}, the server took {iccid} {times} times and the journal knows of {known}");
            Note(times > 1, _doubled, iccid, $"{when}, the server took {iccid} {times} times");
            Expect(times >= known, $"{when}, the journal calls {iccid} taken and the server does not");
        }
    }

    // What a later session makes of the journal: the same requests, and profiles held or free.
    private void CheckMemory(EsimConnection connection, IReadOnlyList<JournalRequest> journal)
    {
        var known = connection.GetRequests().ToDictionary(request => request.RequestId ?? request.LocalId, request => request.Status);
        foreach (var request in journal)
        {
            var status = known.TryGetValue(request.RequestId ?? request.LocalId, out var found) ? found : (EsimRequestStatus?)null;
            EsimRequestStatus? expected = request.End switch { End.Accepted => EsimRequestStatus.Accepted, End.InDoubt => EsimRequestStatus.InDoubt, _ => null };
            Expect(status == expected, $"the second session calls request {request.LocalId} {status?.ToString() ?? "unknown"} and the journal calls it {request.End}");
        }

        foreach (var batch in _batches)
        {
            foreach (var profile in batch)
            {
                var error = connection.Judge(action, profile, serviceWasAsked: true).Error;
                EsimError? held = EndOf(batch, journal) switch { End.Accepted => EsimError.EsimProfileBusy, End.InDoubt => EsimError.EsimOutcomeUnknown, _ => null };
                Expect(held is null ? error is not (EsimError.EsimProfileBusy or EsimError.EsimOutcomeUnknown) : error == held, $"the second session judges {profile} as {error?.ToString() ?? "free"}");
            }
        }
    }

    // What was taken or may have been stays where it is; what was refused is taken now, once.
    private async Task SendAgainAsync(EsimConnection connection, IReadOnlyList<JournalRequest> journal)
    {
        var wasAsked = await AskWhereNeededAsync(connection);
        foreach (var batch in _batches)
        {
            var isFree = EndOf(batch, journal) == End.Refused;
            var (end, error) = await SubmitAsync(connection, batch, wasAsked, GivesUp.Never);
            Expect(end == (isFree ? End.Accepted : null), $"the same submission over the second connection ended as {end?.ToString() ?? "held back"} ({error})");
        }

        await Server.Proxy.SettleAsync();
    }

    private static End EndOf(EsimProfile[] batch, IReadOnlyList<JournalRequest> journal) =>
        journal.LastOrDefault(request => request.Iccids[0] == batch[0].Iccid)?.End ?? End.Refused;

    private static Dictionary<string, int> CountByProfile(IReadOnlyList<JournalRequest> journal, End end) =>
        journal.Where(request => request.End == end).SelectMany(request => request.Iccids).CountBy(iccid => iccid).ToDictionary();

    private void Expect(bool holds, string problem) => Note(!holds, null, "", problem);

    private void Note(bool isWrong, HashSet<string>? count, string iccid, string problem)
    {
        const int EnoughToSee = 20;
        if (!isWrong)
        {
            return;
        }

        count?.Add(iccid);
        if (_problems.Count < EnoughToSee)
        {
            _problems.Add(problem);
        }
    }
}
