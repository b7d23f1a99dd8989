// A journal that a newer version of the module has written to: what is not understood may be anything, so nothing is sent for its profiles.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Store.Folder;

public sealed class NewerJournalTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("sending", "\"profiles\":[{\"iccid\":\"ICCID\"}]")]
    [InlineData("enabled", "\"profiles\":[{\"iccid\":\"ICCID\"}]")]
    [InlineData("outcome", "\"ids\":[\"ICCID\"]")]
    public async Task A_line_of_a_newer_format_closes_its_profiles(string kind, string names)
    {
        var connection = await OpenAsync($$"""{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"{{kind}}","request":"L",{{names}}}""");

        await AssertClosedAsync(connection, Sample.Profile(1), "format 2");
        AssertOpen(connection, Sample.Profile(2));
    }

    [Fact]
    public async Task An_unknown_action_closes_its_profiles()
    {
        var connection = await OpenAsync(Sending("""{"iccid":"ICCID"}""", "teleport"));

        await AssertClosedAsync(connection, Sample.Profile(1), "'teleport'");
        AssertOpen(connection, Sample.Profile(2));
    }

    [Fact]
    public async Task An_unknown_action_for_a_device_closes_the_profiles_on_it()
    {
        var connection = await OpenAsync(Sending($$"""{"eid":"{{Sample.EidOf(1)}}"}""", "device_teleport"));

        await AssertClosedAsync(connection, Sample.Profile(1), "'device_teleport'");
        AssertOpen(connection, Sample.Profile(2));
    }

    [Fact]
    public async Task An_unknown_event_closes_the_profiles_that_it_names()
    {
        var connection = await OpenAsync("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"replaced","profiles":[{"iccid":"ICCID"}]}""");

        await AssertClosedAsync(connection, Sample.Profile(1), "'replaced'");
    }

    [Theory]
    [InlineData("before")]
    [InlineData("behind")]
    public async Task A_newer_answer_closes_the_profiles_of_its_request(string place)
    {
        const string Answer = """{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"L","requestId":"r"}""";
        var sending = Sending("""{"iccid":"ICCID"}""", "deactivate");
        var connection = await (place == "before" ? OpenAsync(Answer, sending) : OpenAsync(sending, Answer));

        await AssertClosedAsync(connection, Sample.Profile(1), "format 2");
        AssertOpen(connection, Sample.Profile(2));
    }

    [Fact]
    public async Task Where_it_cannot_be_told_which_they_are_nothing_is_sent_at_all()
    {
        var connection = await OpenAsync("""{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"sending","devices":{"enc":"AAECAw=="}}""");

        await AssertClosedAsync(connection, Sample.Profile(1), "format 2");
        await AssertClosedAsync(connection, Sample.Profile(2), "format 2");
    }

    [Fact]
    public async Task A_newer_line_about_another_service_closes_nothing_here()
    {
        var connection = await OpenAsync("""{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"sending","service":"https://elsewhere.test/api","devices":{}}""");

        AssertOpen(connection, Sample.Profile(1));
    }

    private async Task<EsimConnection> OpenAsync(params string[] lines)
    {
        _fixture.WriteJournal("20260301T110000-aaaaaaaa.jsonl", [.. lines.Select(line => line.Replace("ICCID", Sample.IccidOf(1), StringComparison.Ordinal))]);
        return await _fixture.OpenAsync();
    }

    private static string Sending(string profile, string action) =>
        $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"L","service":"https://service.test/api","action":"{{action}}","account":"{{Sample.Account}}","profiles":[{{profile}}]}""";

    // Also with everything that skips something.
    private async Task AssertClosedAsync(EsimConnection connection, EsimProfile profile, string words)
    {
        foreach (var action in (EsimAction[])[EsimAction.Deactivate, EsimAction.Delete, EsimAction.Activate])
        {
            var submission = await connection.SubmitAsync(action, [profile], new() { Resubmit = true }, serviceWasAsked: true);
            Assert.Null(submission.Request);
            var refusal = Assert.Single(submission.Refused).ToException(action);
            Assert.Equal(EsimError.EsimJournalTooNew, refusal.Error);
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Update EsimTools", refusal.RecommendedAction, StringComparison.Ordinal);
        }

        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
    }

    private static void AssertOpen(EsimConnection connection, EsimProfile profile) =>
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Deactivate, profile).Decision);
}
