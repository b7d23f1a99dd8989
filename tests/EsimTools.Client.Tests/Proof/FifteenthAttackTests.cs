// Ways to an unproven delete that a fifteenth attack with the source in hand has tried, each named for what should hold.

namespace EsimTools.Client.Tests.Proof;

public sealed class FifteenthAttackTests : ProofScenario
{
    // A device with two profiles, each with a carrier of its own, of which nobody says whose is whose.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_that_names_two_profiles_and_two_states_takes_away_from_both(bool areStatuses)
    {
        var connection = await Fixture.OpenAsync();
        if (areStatuses)
        {
            await ConfirmAsync(connection, EsimAction.Disable, "d", X, state: "ACTIVE");
            await ListAsync(connection, X, Listed(X, "active", "DISABLE"));
        }
        else
        {
            await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        }

        AssertProven(connection, X);
        var states = areStatuses ? """{"carrierName":"a"}""" : """{"carrierName":"a","state":"active"},{"carrierName":"b","state":"deactive"}""";
        var statuses = areStatuses ? """{"key":"ProfileStatus","value":"ENABLE"},{"key":"ProfileStatus","value":"DISABLE"}""" : string.Empty;
        await ListAsync(connection, Y, $$"""{"carrierInformations":[{{states}}],"extendedAttributes":[{{statuses}}],"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccId"},{"id":"{{Y.Iccid}}","kind":"iccId"}]}""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_message_of_failure_that_names_two_profiles_and_has_no_entry_takes_away_from_both()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        connection.ReceiveCallback($$"""{"requestId":"d","status":"FAILED","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"},{"id":"{{Y.Iccid}}","kind":"Iccid"}],"faultResponse":{"faultcode":"x","faultstring":"y"} }""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_part_of_a_status_answer_that_has_failed_and_names_two_profiles_takes_away_from_both()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        await PollAsync(
            connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"status":"Failed","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"},{"id":"{{Y.Iccid}}","kind":"Iccid"}]}]}""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("Succeeded", "DELETE")]
    [InlineData("Succeeded", null)]
    [InlineData("Pending", "DELETE")]
    public async Task A_profile_whose_deletion_stands_in_the_journal_is_not_deleted_again_where_the_line_of_its_request_is_damaged(string result, string? status)
    {
        var at = Clock.ToIso(Fixture.Clock.UtcNow);
        Fixture.WriteJournal(
            "20260301T110000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"{{at}}","event":"sending","request":"x","service":"https://service.test/api","seq":1,"act""",
            $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"x","service":"https://service.test/api","action":"delete","source":"Callback","result":"{{result}}"{{(status is null ? string.Empty : ",\"profileStatus\":\"DELETE\"")}},"ids":["{{X.Iccid}}"]}""");
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Listed(X, "deactive", null));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileAlreadyDeleted);
    }

    [Theory]
    [InlineData("message")]
    [InlineData("entry")]
    [InlineData("not yet")]
    public async Task A_profile_that_a_message_calls_deleted_is_not_deleted_because_a_list_tells_its_state_alone(string how)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.SetFallback, "f", Sample.Profile(7));
        connection.ReceiveCallback(how switch
        {
            "message" => Sample.Callback("q", X.Iccid!, profileStatus: "DELETE"),
            "entry" => Sample.Callback("f", X.Iccid!, profileStatus: "DELETE"),
            _ => Sample.Callback("q", X.Iccid!, "PENDING", profileStatus: "DELETE"),
        });
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Listed(X, "deactive", null));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileAlreadyDeleted);
    }
}
