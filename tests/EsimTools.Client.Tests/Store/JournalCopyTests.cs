// A journal copied into another folder: line by line the same, deciding the same, once; and never into one that it does not go together with.

using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Store;

public sealed class JournalCopyTests : IDisposable
{
    private const string Service = "https://service.test/api";

    private readonly ConnectionFixture _fixture = new();

    private string Target => Path.Combine(_fixture.Folder.Path, "target");

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_copy_decides_of_every_profile_as_the_source_does(bool hashIdentifiers)
    {
        await MixedJournal.WriteAsync(_fixture, hashIdentifiers);

        var copy = await CopyAsync();

        Assert.True(copy.IsVerified);
        Assert.Equal((copy.Lines, copy.Lines, 2, hashIdentifiers, false), (copy.Copied, copy.LinesThere, copy.LeftOut, copy.IsHashed, copy.PolicyCopied));
        var decided = Decided(Target, Service);
        Assert.Equal(Decided(_fixture.JournalPath, Service), decided);
        Assert.Equal(Decided(_fixture.JournalPath, "https://other.test/api"), Decided(Target, "https://other.test/api"));

        // What there is to be decided is there. A hash does not tell the digit that a proof is asked for.
        Assert.Equal(!hashIdentifiers, decided.Any(line => line.Contains("delete?Allowed", StringComparison.Ordinal)));
        Assert.All(
            (EsimError[])[EsimError.EsimProfileBusy, EsimError.EsimOutcomeUnknown, EsimError.EsimProfileAlreadyDeleted, EsimError.EsimJournalTooNew, EsimError.EsimProfileNotDeletable],
            error => Assert.Contains(decided, line => line.Contains($"/{error}/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_line_is_there_as_it_was_archived_ones_in_the_archive()
    {
        await MixedJournal.WriteAsync(_fixture);

        await CopyAsync();

        Assert.Equal(LinesOf(_fixture.JournalPath), LinesOf(Target));
        Assert.Equal(LinesOf(Path.Combine(_fixture.JournalPath, "archive")), LinesOf(Path.Combine(Target, "archive")));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(Target))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task A_second_copy_adds_nothing_and_one_after_more_was_sent_that_alone()
    {
        await MixedJournal.WriteAsync(_fixture);
        await CopyAsync();

        var again = await CopyAsync();
        Assert.Equal((0, true), (again.Copied, again.IsVerified));

        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("later"));
        using (var connection = await _fixture.OpenAsync())
        {
            await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(40));
        }

        var grown = await CopyAsync();
        Assert.Equal((2, true), (grown.Copied, grown.IsVerified));
        Assert.Equal(Decided(_fixture.JournalPath, Service), Decided(Target, Service));
    }

    [Fact]
    public async Task A_copy_goes_back_to_where_it_came_from_with_what_was_sent_there()
    {
        await MixedJournal.WriteAsync(_fixture);
        await CopyAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("later"));
        using (var there = await _fixture.OpenAsync(OptionsFor(Target)))
        {
            await ConnectionFixture.DeactivateAsync(there, Sample.Profile(40));
        }

        var back = await EsimJournal.CopyAsync(Place(Target), Place(_fixture.JournalPath), clock: _fixture.Clock);

        Assert.Equal((2, true), (back.Copied, back.IsVerified));
        Assert.Equal(Decided(Target, Service), Decided(_fixture.JournalPath, Service));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task What_is_half_copied_cannot_be_used_until_the_same_copy_has_finished_it(int lines)
    {
        await MixedJournal.WriteAsync(_fixture);
        using (var from = KeptFolder.Open(_fixture.JournalPath, mustExist: true, _fixture.Clock))
        using (var to = KeptFolder.Open(Target, mustExist: false, _fixture.Clock))
        {
            to.Begin();
            Assert.Throws<InvalidOperationException>(() => to.Append(from.Read(_ => { }).Select((line, i) => i < lines ? line : throw new InvalidOperationException("killed"))));
        }

        var error = Assert.Throws<EsimException>(() => new FolderStore(Target, Service, _fixture.Clock));
        Assert.Equal((EsimError.EsimJournalUnavailable, true), (error.Error, error.RecommendedAction!.Contains("Copy-EsimJournal", StringComparison.Ordinal)));
        await RefusesAsync(EsimError.EsimJournalUnavailable, Place(Target), Place(_fixture.JournalPath));

        Assert.True((await CopyAsync()).IsVerified);
        Assert.Equal(Decided(_fixture.JournalPath, Service), Decided(Target, Service));
        Assert.Empty(Directory.GetFiles(Target, "*.draft", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_connection_that_was_open_before_sends_nothing_by_half_of_a_journal()
    {
        await MixedJournal.WriteAsync(_fixture);
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("later"));
        using var idle = await _fixture.OpenAsync(OptionsFor(Target));
        using (var to = KeptFolder.Open(Target, mustExist: false, _fixture.Clock))
        {
            to.Begin();
        }

        var error = await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(idle, Sample.Profile(3)));
        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);

        await CopyAsync();
        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await ConnectionFixture.DeactivateAsync(idle, Sample.Profile(3))).Refused).Verdict.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_copied_while_somebody_is_at_work_who_is_named(bool inTarget)
    {
        await MixedJournal.WriteAsync(_fixture);
        await CopyAsync();
        var before = LinesOf(Target);
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("later"));
        using var busy = await _fixture.OpenAsync(OptionsFor(inTarget ? Target : _fixture.JournalPath));
        await ConnectionFixture.DeactivateAsync(busy, Sample.Profile(40));

        var error = await RefusesAsync(EsimError.EsimJournalInUse, Place(_fixture.JournalPath), Place(Target));

        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", error.Message, StringComparison.Ordinal);
        Assert.Equal(inTarget ? before.Count + 2 : before.Count, LinesOf(Target).Count);
    }

    [Fact]
    public async Task Two_journals_that_were_both_sent_from_are_not_made_one()
    {
        await MixedJournal.WriteAsync(_fixture);
        await CopyAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(Guid.NewGuid().ToString()));
        foreach (var (folder, profile) in ((string, int)[])[(_fixture.JournalPath, 40), (Target, 41)])
        {
            using var connection = await _fixture.OpenAsync(OptionsFor(folder));
            await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(profile));
        }

        var before = LinesOf(Target);
        var error = await RefusesAsync(EsimError.EsimJournalConflict, Place(_fixture.JournalPath), Place(Target));

        Assert.Contains("holds 2 lines for https://service.test/api", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, LinesOf(Target));
    }

    [Fact]
    public async Task What_another_service_has_there_stays_beside_it()
    {
        await MixedJournal.WriteAsync(_fixture);
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("third"));
        using (var third = await _fixture.OpenAsync(OptionsFor(Target, "https://third.test/api")))
        {
            await ConnectionFixture.DeactivateAsync(third, Sample.Profile(3));
        }

        var before = Decided(Target, "https://third.test/api");
        Assert.True((await CopyAsync()).IsVerified);

        Assert.Equal(Decided(_fixture.JournalPath, Service), Decided(Target, Service));
        Assert.Equal(before, Decided(Target, "https://third.test/api"));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("""{"version":1,"readOnly":true}""", false)]
    [InlineData("""{"version":1,"readOnly":false}""", null)]
    public async Task The_policy_comes_along_and_replaces_no_other(string? there, bool? isCopied)
    {
        const string Policy = """{"version":1,"readOnly":true}""";
        await MixedJournal.WriteAsync(_fixture);
        File.WriteAllText(Path.Combine(_fixture.JournalPath, "policy.json"), Policy);
        if (there is not null)
        {
            Directory.CreateDirectory(Target);
            File.WriteAllText(Path.Combine(Target, "policy.json"), there);
        }

        if (isCopied is null)
        {
            await RefusesAsync(EsimError.EsimJournalConflict, Place(_fixture.JournalPath), Place(Target));
            Assert.Equal(there, File.ReadAllText(Path.Combine(Target, "policy.json")));
            Assert.Empty(LinesOf(Target));
            return;
        }

        Assert.Equal(isCopied, (await CopyAsync()).PolicyCopied);
        Assert.Equal(Policy, File.ReadAllText(Path.Combine(Target, "policy.json")));
    }

    [Fact]
    public async Task Hashes_go_where_their_key_can_go_and_nowhere_else()
    {
        await MixedJournal.WriteAsync(_fixture, hashIdentifiers: true);
        (await _fixture.OpenAsync(OptionsFor(Target, hashIdentifiers: true))).Dispose();
        await RefusesAsync(EsimError.EsimJournalConflict, Place(_fixture.JournalPath), Place(Target));

        // Nor what is shown to where all is hidden, nor what nobody can recognise.
        var plain = Path.Combine(_fixture.Folder.Path, "plain");
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("plain"));
        using (var connection = await _fixture.OpenAsync(OptionsFor(plain)))
        {
            await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        }

        await RefusesAsync(EsimError.EsimJournalConflict, Place(plain), Place(Target));
        File.Delete(Path.Combine(_fixture.JournalPath, HasherKey.FileName));
        await RefusesAsync(EsimError.EsimJournalUnavailable, Place(_fixture.JournalPath), Place(Path.Combine(_fixture.Folder.Path, "new")));
    }

    [Fact]
    public async Task What_a_listener_has_acknowledged_and_nobody_has_taken_in_is_not_left_behind()
    {
        await MixedJournal.WriteAsync(_fixture);
        var record = _fixture.WriteJournal("callbacks-20260301T120000-0d0d0d0d.jsonl", $$"""{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"listening","service":"{{Service}}"}""");

        var error = await RefusesAsync(EsimError.EsimJournalInUse, Place(_fixture.JournalPath), Place(Target));
        Assert.Contains(record, error.Message, StringComparison.Ordinal);

        (await _fixture.OpenAsync()).Dispose();
        Assert.True((await CopyAsync()).IsVerified);
    }

    [Fact]
    public async Task There_has_to_be_a_journal_and_another_place_for_it()
    {
        await RefusesAsync(EsimError.EsimJournalUnavailable, Place(Path.Combine(_fixture.Folder.Path, "nowhere")), Place(Target));
        await RefusesAsync(EsimError.EsimJournalUnavailable, Place(_fixture.Folder.Path), Place(Target));
        Assert.False(Directory.Exists(Target));

        await MixedJournal.WriteAsync(_fixture);
        await RefusesAsync(EsimError.EsimParameterInvalid, Place(_fixture.JournalPath), Place(_fixture.JournalPath));
    }

    private static EsimJournalPlace Place(string folder) => new() { Path = folder };

    private static List<string> LinesOf(string folder) =>
        [.. Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines).Where(line => line.StartsWith("{\"v\"", StringComparison.Ordinal) && line.EndsWith('}'))];

    private EsimConnectionOptions OptionsFor(string folder, string baseUri = Service, bool hashIdentifiers = false)
    {
        var options = _fixture.Options(baseUri);
        return new()
        {
            ApiCredential = options.ApiCredential,
            UserCredential = options.UserCredential,
            AccountName = options.AccountName,
            BaseUri = options.BaseUri,
            Handler = options.Handler,
            Clock = options.Clock,
            JournalPath = folder,
            HashIdentifiers = hashIdentifiers,
        };
    }

    private Task<EsimJournalCopy> CopyAsync() => EsimJournal.CopyAsync(Place(_fixture.JournalPath), Place(Target), _fixture.Messages.Enqueue, _fixture.Clock);

    private async Task<EsimException> RefusesAsync(EsimError expected, EsimJournalPlace source, EsimJournalPlace target)
    {
        var error = await Assert.ThrowsAsync<EsimException>(() => EsimJournal.CopyAsync(source, target, clock: _fixture.Clock));
        Assert.Equal(expected, error.Error);
        return error;
    }

    private string[] Decided(string folder, string service)
    {
        using var store = new FolderStore(folder, service, _fixture.Clock);
        return Verdicts.Of(store, _fixture.Clock, MixedJournal.Profiles);
    }
}
