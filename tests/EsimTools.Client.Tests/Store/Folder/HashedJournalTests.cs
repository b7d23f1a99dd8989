// A journal that names profiles by hashes: no identifier in any file, and the same knowledge as with them.

using EsimTools.Client.Tests.Support;
using EsimTools.Model;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Store.Folder;

public sealed class HashedJournalTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task No_identifier_is_in_any_file()
    {
        var connection = await OpenAsync(hash: true);
        await SubmitAsync(connection);

        connection.Dispose();

        var text = string.Concat(_fixture.JournalLines());
        Assert.Contains(IdentifierKey.HashMark, text, StringComparison.Ordinal);
        Assert.All(
            Enumerable.Range(1, 3).SelectMany(i => new[] { Sample.IccidOf(i), Sample.EidOf(i), Sample.ImeiOf(i) }),
            id => Assert.DoesNotContain(id, text, StringComparison.Ordinal));
        Assert.Equal(3, _fixture.JournalLines().Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_later_session_knows_what_one_without_hashes_would(bool hashFirst, bool hashThen)
    {
        var first = await OpenAsync(hashFirst);
        await SubmitAsync(first);
        first.Dispose();

        var later = await OpenAsync(hashThen);

        // A hash does not tell the twentieth digit, so what it was confirmed for is asked for again.
        Assert.Equal(hashFirst ? GuardDecision.AskService : GuardDecision.Allowed, later.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimError.EsimProfileBusy, later.Judge(EsimAction.Delete, Sample.Profile(2)).Error);
        var request = later.FindRequest("r")!;
        Assert.Equal((3, 1, EsimRequestStatus.Accepted), (request.Count, request.SucceededCount, request.Status));
        Assert.Equal(hashFirst, request.Profiles[1].Iccid != Sample.IccidOf(2));

        // The message that answers it brings the identifier back.
        later.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        Assert.Equal(Sample.IccidOf(2), request.GetResults()[^1].Iccid);
    }

    [Fact]
    public async Task A_hash_is_never_sent()
    {
        var first = await OpenAsync(hash: true);
        await SubmitAsync(first);
        first.Dispose();
        var later = await OpenAsync(hash: false);

        var error = await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(later, [.. later.FindRequest("r")!.Profiles]));

        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.Contains("ICCID hmac:", error.Message, StringComparison.Ordinal);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task A_connection_from_before_the_key_was_made_sends_nothing_more_and_says_why()
    {
        var before = await OpenAsync(hash: false);
        var first = await OpenAsync(hash: true);
        await SubmitAsync(first);

        var error = await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(before, Sample.Profile(2)));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("hash", error.Message, StringComparison.Ordinal);
        Assert.Contains("Connect again", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Throws<EsimException>(() => before.FindRequest("r"));
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_connection_that_made_the_key_and_those_opened_later_send_on_and_know_each_others_requests(bool hashThen)
    {
        _ = await OpenAsync(hash: false);
        var first = await OpenAsync(hash: true);
        await SubmitAsync(first);
        var later = await OpenAsync(hashThen);

        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await ConnectionFixture.DeactivateAsync(later, Sample.Profile(2), Sample.Profile(4))).Refused).Verdict.Error);
        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await ConnectionFixture.DeactivateAsync(first, Sample.Profile(4), Sample.Profile(5))).Refused).Verdict.Error);
        Assert.Equal(3, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task A_doubt_is_settled_from_the_whole_list()
    {
        _fixture.Service.On(Endpoint.Action, 500, "");
        var first = await OpenAsync(hash: true);
        await ConnectionFixture.DeactivateAsync(first, Sample.Profiles(2));
        first.Dispose();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(2), "deactive")));

        var later = await OpenAsync(hash: true);
        var told = await later.ResolveAsync(later.GetRequests().Single());

        Assert.Equal([EsimResolutionStatus.Unknown, EsimResolutionStatus.Done], told.Select(one => one.Resolution));
    }

    [Fact]
    public async Task The_key_is_for_its_owner_alone_and_made_once()
    {
        (await OpenAsync(hash: true)).Dispose();
        var path = Path.Combine(_fixture.JournalPath, HasherKey.FileName);
        var key = File.ReadAllText(path);
        (await OpenAsync(hash: true)).Dispose();

        Assert.Equal(key, File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64 at all")]
    [InlineData("AAAA")]
    public async Task A_damaged_key_is_told_before_the_login(string damage)
    {
        (await OpenAsync(hash: true)).Dispose();
        File.WriteAllText(Path.Combine(_fixture.JournalPath, HasherKey.FileName), damage);
        var calls = _fixture.Service.Calls.Count;

        var error = await Assert.ThrowsAsync<EsimException>(() => OpenAsync(hash: false));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(calls, _fixture.Service.Calls.Count);
    }

    private Task<EsimConnection> OpenAsync(bool hash) => _fixture.OpenAsync(_fixture.Options(hashIdentifiers: hash));

    private async Task SubmitAsync(EsimConnection connection)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(3));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
    }
}
