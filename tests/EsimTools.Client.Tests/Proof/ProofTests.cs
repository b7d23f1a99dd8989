// The honest ways to a proof, and words of the service that are none: its own words of failure, of unknown requests, and the flood of them.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class ProofTests : ProofScenario
{
    // --- The honest ways ----------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_documents_own_callback_proves()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));

        AssertProven(connection, X);
        Assert.Contains("the confirmation of the 'deactivate' request r", connection.Explain(X).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_polled_success_proves()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        await PollAsync(connection, request, """{"requestId":"r","status":"Success"}""");

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("deactive", null)]
    [InlineData("active", "DISABLE")]
    public async Task The_list_proves(string state, string? status)
    {
        var connection = await Fixture.OpenAsync();

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, state, status));

        AssertProven(connection, X);
        Assert.Contains("the service's answer to a question", connection.Explain(X).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confirmation_proves_in_a_later_session_too()
    {
        using (var first = await Fixture.OpenAsync())
        {
            await SendAsync(first, EsimAction.Deactivate, "r", X);
            first.ReceiveCallback(Sample.Callback("r", X.Iccid!));
        }

        AssertProven(await Fixture.OpenAsync(), X);
    }

    [Fact]
    public async Task After_an_activation_a_new_deactivation_proves_again()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);

        AssertProven(connection, X);
        connection.Dispose();
        AssertProven(await Fixture.OpenAsync(), X);
    }

    // --- Its own word -------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_failed_callback_that_carries_DEACTIVE_proves_nothing()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, "Failed", "DEACTIVE", "DISABLE"));

        await AssertNotProvenAsync(connection, X);
    }

    [Fact]
    public async Task A_success_that_carries_a_failure_is_neither()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback($$"""
            {"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","faultResponse":{"faultcode":"X","faultstring":"y"},
             "deviceResponse":{"deviceProfileResponse":{"state":"DEACTIVE","profileStatus":"DISABLE"} } }
            """);

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        await AssertNotProvenAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_message_of_an_unknown_request_proves_nothing_and_takes_proof_away()
    {
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid!));
        Assert.False(connection.Explain(X).IsProven);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid!, state: "ACTIVE"));

        await AssertNotProvenAsync(connection, X);
    }

    [Fact]
    public async Task A_message_that_settles_a_doubt_proves_nothing()
    {
        Fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await Fixture.OpenAsync();
        var request = (await ConnectionFixture.DeactivateAsync(connection, X)).Request!;

        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid!));

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        await AssertNotProvenAsync(connection, X);
    }

    // --- Words --------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_flood_of_foreign_words_leaves_LEAD_its_place()
    {
        var connection = await Fixture.OpenAsync();
        for (var i = 0; i < 300; i++)
        {
            await ListAsync(connection, Sample.Profile(i + 10), Sample.Listed(Sample.IccidOf(i + 10), $"foreign word {i}"));
        }

        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, role: "LEAD"));

        Assert.Equal(EsimError.EsimProfileNotDeletable, connection.Judge(EsimAction.Delete, X).Error);
    }
}
