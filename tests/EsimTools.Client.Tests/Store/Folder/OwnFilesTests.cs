// The journal is its owner's: what is made may be opened by nobody else, what an earlier version left open is closed, and what cannot be is refused.

using System.Runtime.Versioning;
using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Store.Folder;

[UnsupportedOSPlatform("windows")]
public sealed class OwnFilesTests : IDisposable
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Readable = Owners | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [UnixFact]
    public async Task Everything_that_a_connection_makes_is_its_owners_alone()
    {
        // Above the folder, too, nothing is made that others may look into.
        var options = new EsimConnectionOptions
        {
            ApiCredential = new("api-key", "s"), UserCredential = new("uws-user", "s"), AccountName = Sample.Account, BaseUri = new("https://service.test/api"),
            Handler = _fixture.Service, Clock = _fixture.Clock, HashIdentifiers = true, JournalPath = Path.Combine(_fixture.Folder.Path, "above", "journal"),
        };
        var connection = await _fixture.OpenAsync(options);
        var seen = new HashSet<string>();
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            Look();
            return ScriptedService.Taken("r");
        });
        using var listener = connection.StartCallbackListener(new() { Prefix = $"http://127.0.0.1:{FreePort.Next()}/" });
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        OwnFiles.MakeFolder(Path.Combine(options.JournalPath!, JournalFolder.ArchiveName));
        Look();

        Assert.Equal([".jsonl", ".key", ".listening", ".lock", ".open"], seen.Where(kind => kind.Length > 0).Order(StringComparer.Ordinal));

        void Look()
        {
            foreach (var path in Directory.GetFileSystemEntries(Path.Combine(_fixture.Folder.Path, "above"), "*", SearchOption.AllDirectories).Append(Path.Combine(_fixture.Folder.Path, "above")))
            {
                Assert.Equal(Directory.Exists(path) ? Owners : Owners & ~UnixFileMode.UserExecute, File.GetUnixFileMode(path));
                seen.Add(Path.GetExtension(path));
            }
        }
    }

    [UnixFact]
    public async Task A_folder_that_others_could_read_is_closed_with_all_that_is_in_it()
    {
        string[] names = ["20260101T000000-aaaaaaaa.jsonl", "callbacks-20260101T000000-aaaaaaaa.jsonl", "20260101T000000-bbbbbbbb.open", "journal.lock", "identifiers.key", "archive/20250101T000000-aaaaaaaa.jsonl"];
        Array.ForEach(names, name => Make(name, Readable & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)));
        File.WriteAllText(Path.Combine(_fixture.JournalPath, "identifiers.key"), Convert.ToBase64String(new byte[32]));
        File.SetUnixFileMode(_fixture.JournalPath, Readable);

        await _fixture.OpenAsync();

        Assert.Equal(Owners, File.GetUnixFileMode(_fixture.JournalPath));
        Assert.Equal(Owners, File.GetUnixFileMode(Path.Combine(_fixture.JournalPath, "archive")));
        Assert.All(names.Select(name => Path.Combine(_fixture.JournalPath, name)).Where(File.Exists), path => Assert.Equal(Owners & ~UnixFileMode.UserExecute, File.GetUnixFileMode(path)));
        Assert.Single(_fixture.Messages, message => message.Level == EsimMessageLevel.Verbose && message.Text.Contains("could be read by others", StringComparison.Ordinal));
    }

    [UnixFact]
    public async Task A_file_that_others_could_read_in_a_closed_folder_is_closed()
    {
        var path = Make("20260101T000000-aaaaaaaa.jsonl", Readable);
        File.SetUnixFileMode(_fixture.JournalPath, Owners);

        await _fixture.OpenAsync();

        Assert.Equal(Owners, File.GetUnixFileMode(path));
        Assert.DoesNotContain(_fixture.Messages, message => message.Text.Contains("could be read", StringComparison.Ordinal));
    }

    [UnixFact]
    public async Task A_folder_that_its_group_could_write_is_closed_with_a_warning()
    {
        Make("20260101T000000-aaaaaaaa.jsonl", Owners);
        File.SetUnixFileMode(_fixture.JournalPath, Readable | UnixFileMode.GroupWrite);

        await _fixture.OpenAsync();

        Assert.Equal(Owners, File.GetUnixFileMode(_fixture.JournalPath));
        Assert.Contains("could be written by its group", Assert.Single(_fixture.Warnings), StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData(true, false, false, "written by everybody")]
    [InlineData(false, true, false, "holds something else than a journal ('letters.txt')")]
    [InlineData(false, false, true, "is a link to a folder")]
    public async Task A_folder_that_is_not_the_journals_own_is_refused_and_left_as_it_is(bool isWorldWritable, bool hasOtherThings, bool isLink, string problem)
    {
        Make("20260101T000000-aaaaaaaa.jsonl", Readable);
        var mode = isWorldWritable ? Readable | UnixFileMode.OtherWrite : Readable;
        if (hasOtherThings)
        {
            Make("letters.txt", Readable);
        }

        File.SetUnixFileMode(_fixture.JournalPath, mode);
        var target = _fixture.JournalPath;
        if (isLink)
        {
            target = Path.Combine(_fixture.Folder.Path, "elsewhere");
            Directory.Move(_fixture.JournalPath, target);
            Directory.CreateSymbolicLink(_fixture.JournalPath, target);
        }

        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync());

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("-Journal", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(mode, File.GetUnixFileMode(target));
        Assert.Empty(_fixture.Service.Calls);
    }

    [UnixFact]
    public async Task A_closed_folder_may_be_reached_by_a_link_and_hold_other_things()
    {
        Make("letters.txt", Readable);
        File.SetUnixFileMode(_fixture.JournalPath, Owners);
        var elsewhere = Path.Combine(_fixture.Folder.Path, "elsewhere");
        Directory.Move(_fixture.JournalPath, elsewhere);
        Directory.CreateSymbolicLink(_fixture.JournalPath, elsewhere);

        await _fixture.OpenAsync();

        Assert.Equal(Readable, File.GetUnixFileMode(Path.Combine(elsewhere, "letters.txt")));
    }

    [UnixTheory]
    [InlineData("20260101T000000-aaaaaaaa.jsonl")]
    [InlineData("identifiers.key")]
    [InlineData("archive")]
    public async Task A_link_among_the_journals_files_is_refused(string name)
    {
        Make("20260101T000000-bbbbbbbb.jsonl", Readable);
        var elsewhere = Path.Combine(_fixture.Folder.Path, "elsewhere");
        File.WriteAllText(elsewhere, string.Empty);
        File.SetUnixFileMode(elsewhere, Readable);
        File.CreateSymbolicLink(Path.Combine(_fixture.JournalPath, name), elsewhere);

        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync());

        Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
        Assert.Equal(Readable, File.GetUnixFileMode(elsewhere));
    }

    [UnixTheory]
    [InlineData(null)]
    [InlineData("20260101T000000-aaaaaaaa.jsonl")]
    public void What_belongs_to_another_account_is_refused(string? name)
    {
        Make("20260101T000000-aaaaaaaa.jsonl", Readable);
        File.SetUnixFileMode(_fixture.JournalPath, Owners);
        var foreign = name is null ? _fixture.JournalPath : Path.Combine(_fixture.JournalPath, name);

        // The tests may run as root, who may change what belongs to others.
        var error = Assert.Throws<EsimException>(() => OwnFiles.TakeOver(_fixture.JournalPath, (path, mode) =>
        {
            if (path == foreign)
            {
                throw new UnauthorizedAccessException("Operation not permitted");
            }

            File.SetUnixFileMode(path, mode);
        }));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains($"'{foreign}' belongs to another account", error.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public void A_file_system_that_keeps_no_permissions_is_refused()
    {
        Make("20260101T000000-aaaaaaaa.jsonl", Readable);
        File.SetUnixFileMode(_fixture.JournalPath, Readable);

        var error = Assert.Throws<EsimException>(() => OwnFiles.TakeOver(_fixture.JournalPath, (_, _) => { }));

        Assert.Contains("its file system does not let that be changed", error.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public void A_file_that_another_connection_has_taken_along_meanwhile_is_no_problem()
    {
        string[] paths = [Make("20260101T000000-aaaaaaaa.open", Readable), Make("20260101T000000-bbbbbbbb.open", Readable)];

        OwnFiles.TakeOver(_fixture.JournalPath, (one, mode) =>
        {
            File.SetUnixFileMode(one, mode);
            foreach (var other in paths.Where(path => one != _fixture.JournalPath && path != one))
            {
                File.Delete(other);
            }
        });

        Assert.Single(paths, File.Exists);
    }

    private string Make(string name, UnixFileMode mode)
    {
        var path = Path.Combine(_fixture.JournalPath, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Empty);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
