// What is recorded of an outcome: once in the journal, at its age, in the words that were said, and what it means for the others of the eUICC.

namespace EsimTools.Client.Tests.Store;

public sealed class OutcomeRecorderTests : Proof.ProofScenario
{
    // --- Once, and at its age -------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeated_message_is_as_old_as_the_first_time(bool isCollected)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        Forget(isCollected);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.Equal("ACTIVE", connection.Tracker.Profiles.StatementOf(X).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dispute_is_written_once_however_often_the_two_ends_are_told(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        foreach (var id in new[] { "d", "e" })
        {
            await SendAsync(connection, EsimAction.Deactivate, id, X);
        }

        connection = await NextAsync(connection, inNextSession);
        foreach (var id in new[] { "d", "e" })
        {
            connection.ReceiveCallback(Sample.Callback(id, X.Iccid!));
            connection.ReceiveCallback(Sample.Callback(id, X.Iccid!, "FAILED", state: null, profileStatus: null));
            connection.ReceiveCallback(Sample.Callback(id, X.Iccid!));
        }

        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.FlushJournal();

        Assert.Equal(4, Fixture.JournalLines().Count(line => line.Contains("\"event\":\"outcome\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_third_word_does_not_take_LEAD_back_that_the_second_has_told()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null, role: "LEAD"));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    [Fact]
    public async Task A_third_word_that_speaks_against_a_switch_stands_in_the_journal()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Download, "x", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("x", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));
        await SendAsync(connection, EsimAction.SetFallback, "s", X);
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: null, profileStatus: null));
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, "FAILED", state: null, profileStatus: null));
        AssertProven(connection, X);
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: null, profileStatus: "ENABLE"));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X);
    }

    [Fact]
    public async Task The_place_is_written_only_where_it_makes_a_switch()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("d", X.Iccid!)));
        connection.FlushJournal();

        Assert.DoesNotContain(Fixture.JournalLines(), line => line.Contains("\"eids\"", StringComparison.Ordinal));
    }

    // --- The words ------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_confirmation_is_known_by_the_words_that_were_said()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X, state: "DEACTIVATED");
        Assert.Equal("DEACTIVATED", connection.Tracker.Profiles.StatementOf(X).State);

        await SendAsync(connection, EsimAction.Disable, "e", Y);
        connection.ReceiveCallback(Sample.Callback("e", Y.Iccid!, state: null, profileStatus: null, role: null));
        Assert.Equal("DISABLE", connection.Tracker.Profiles.StatementOf(Y).ProfileStatus);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(connection, EsimAction.Disable, "f", Y);
        connection.ReceiveCallback(Sample.Callback("f", Y.Iccid!, state: null, profileStatus: "DOWNLOAD_DISABLE"));
        Assert.Equal("DOWNLOAD_DISABLE", connection.Tracker.Profiles.StatementOf(Y).ProfileStatus);
    }

    [Fact]
    public async Task A_failure_tells_nothing()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null, role: null));

        Assert.Equal(EvidenceSource.None, connection.Tracker.Profiles.StatementOf(X).Source);
    }

    // --- The others of the eUICC ----------------------------------------------------------------------------------------

    [Theory]
    [InlineData(true, "DISABLE")]
    [InlineData(false, "ENABLE")]
    public async Task What_was_enabled_disables_the_others_until_something_else_is_done(bool succeeds, string expected)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, succeeds ? "SUCCESS" : "FAILED", state: null, profileStatus: succeeds ? "ENABLE" : null)));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", Y);

        Assert.Equal(expected, connection.Tracker.Profiles.StatementOf(X).ProfileStatus);
    }

    // --- Identifiers ----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_result_names_its_profile_as_the_request_did()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!.Substring(0, 19)));

        Assert.Equal(X.Iccid, Assert.Single(request.GetResults()).Iccid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_result_of_a_request_that_is_known_by_hashes_names_what_the_message_names(bool namesAll)
    {
        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.Dispose();
        connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        var request = connection.FindRequest("d")!;
        var hidden = Assert.Single(request.Profiles);
        connection.ReceiveCallback(namesAll
            ? $$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"{{X.Iccid}}"},{"kind":"Eid","id":"{{X.Eid}}"},{"kind":"Imei","id":"{{X.Imei}}"}]}"""
            : $$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        var result = Assert.Single(request.GetResults());
        Assert.Equal(namesAll ? (X.Iccid, X.Eid, X.Imei) : (hidden.Iccid, X.Eid, hidden.Imei), (result.Iccid, result.Eid, result.Imei));
    }

    [Fact]
    public async Task A_result_keeps_the_hash_of_an_EID_that_the_message_leaves_out()
    {
        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.Dispose();
        connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        var request = connection.FindRequest("d")!;
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.Equal((X.Iccid, request.Profiles[0].Eid), (Assert.Single(request.GetResults()).Iccid, request.GetResults()[0].Eid));
    }
}
