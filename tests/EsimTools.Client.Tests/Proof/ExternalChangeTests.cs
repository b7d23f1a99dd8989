// The callback service ExternalProvisioningChanges: what somebody has changed outside of the API takes proof away, and gives none.

namespace EsimTools.Client.Tests.Proof;

public sealed class ExternalChangeTests : ProofScenario
{
    // Verizon documents the form for SOAP alone; each of these is one that JSON may have.
    public static TheoryData<string> Forms => new(
        $$"""{"requestId":"e","deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"deviceResponse":{"externalProvisioningChange":{"source":"Portal","change":"Restore"} } }""",
        $$"""{"deviceIds":[{"id":"5551234567","kind":"mdn"}],"externalProvisioningChange":{"change":"Activate","deviceInfo":{"carrierInformations":[{"state":"active"}],"deviceIds":[{"id":"{{X.Iccid}}","kind":"ICCID"}]} } }""",
        $$"""{"CallbackRequest":{"Device":{"Kind":"Iccid","Identifier":"{{X.Iccid}}"},"Data":{"ExternalProvisioningChange":{"Source":"x","Change":"changeIMEI"} } } }""",
        $$"""{"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChanges":[{"change":"Deactivate"},{"change":"Activate"}]}""",
        $$"""{"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{"change":"Deactivate","deviceInfo":{"state":"active"} } }""",
        $$"""{"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{"change":"Deactivate","deviceInfo":{"state":{"is":"deactive"} } } }""",
        $$"""{"deviceIds":[{"id":"{{Y.Iccid}}","kind":"iccid"},{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{"change":"changeICCID"} }""",
        $$"""{"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{ } }""",
        $$"""{"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"external\u0050rovisioningChange":{"change":"Restore"} }""",
        $$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{"change":"Restore"} }""");

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_was_changed_outside_is_no_longer_proven_in_this_session_and_the_next(string message)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        connection.ReceiveCallback(message);

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        var next = await NextAsync(connection, inNextSession: true);
        Assert.False(next.Explain(X).IsProven, next.Explain(X).ToString());
        await AssertRefusedAsync(next, X);
    }

    [Fact]
    public async Task The_service_is_asked_again_and_its_answer_decides()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Change(X, "Restore"));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, X).Decision);
        await ListAsync(connection, X, Listed(X, "deactive", null));

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("Activate", false)]
    [InlineData("changeICCID", false)]
    [InlineData("Deactivate", true)]
    public async Task What_is_proven_by_its_profile_status_alone_is_so_only_behind_a_deactivation(string change, bool proven)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Listed(X, "active", "DISABLE"));
        AssertProven(connection, X);
        connection.ReceiveCallback(Change(X, change));

        Assert.Equal(proven, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_deactivation_outside_proves_nothing_and_takes_nothing_away()
    {
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Change(Y, "Deactivate", ",\"deviceInfo\":{\"state\":\"deactive\"}"));
        Assert.False(connection.Explain(Y).IsProven, connection.Explain(Y).ToString());
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Change(X, "deactivate", ",\"deviceInfo\":{\"state\":\"deactive\"}"));

        AssertProven(connection, X);
    }

    [Fact]
    public async Task It_ends_no_request_and_answers_no_list_whatever_id_it_names()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback($$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{"change":"Deactivate","deviceInfo":{"state":"deactive"} } }""");

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public void It_tells_what_was_changed()
    {
        var callback = EsimCallback.Parse(Change(X, "changeMDN\u001b[31m", ",\"deviceInfo\":{\"state\":\"active\"}"));

        Assert.Equal((X.Iccid, "changeMDN\\u001b[31m", "ACTIVE", OutcomeStatus.Pending, string.Empty), (callback.Iccid, callback.ExternalChange, callback.State, callback.Status, callback.RequestId));
        Assert.DoesNotContain("\u001b", callback.ToString(), StringComparison.Ordinal);
    }

    private static string Change(EsimProfile profile, string change, string more = "") =>
        $$"""{"deviceIds":[{"id":"{{profile.Iccid}}","kind":"iccid"}],"externalProvisioningChange":{"source":"Portal","change":{{System.Text.Json.JsonSerializer.Serialize(change)}}{{more}}} }""";
}
