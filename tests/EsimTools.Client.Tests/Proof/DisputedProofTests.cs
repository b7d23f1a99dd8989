// What the service has said both ways proves nothing: success and failure of one request, in whichever order and by whichever way.

namespace EsimTools.Client.Tests.Proof;

public sealed class DisputedProofTests : ProofScenario
{
    [Theory]
    [InlineData("FAILED", "SUCCESS", false)]
    [InlineData("SUCCESS", "FAILED", false)]
    [InlineData("FAILED", "SUCCESS", true)]
    [InlineData("SUCCESS", "FAILED", true)]
    public async Task Success_and_failure_of_one_request_prove_nothing(string first, string second, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, first));
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, second));
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, first));
        if (inNextSession)
        {
            connection.Dispose();
            connection = await Fixture.OpenAsync();
        }

        await AssertNotProvenAsync(connection, X);
    }

    [Fact]
    public async Task A_polled_success_and_a_failed_callback_prove_nothing()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        await PollAsync(connection, request, """{"requestId":"r","status":"Success"}""");

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, "Failed"));

        await AssertNotProvenAsync(connection, X);
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Failed")]
    [InlineData(null)]
    [InlineData("brand new")]
    public async Task An_overall_success_settles_nobody_where_a_part_is_not_a_success(string? partStatus)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        var status = partStatus is null ? "" : $$""","status":"{{partStatus}}" """;

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Success","subRequests":[{"ids":[{"id":"{{Sample.IccidOf(2)}}","kind":"iccid"}]{{status}}}]}""");

        Assert.Null(request.ResultAt(0));
        await AssertNotProvenAsync(connection, X, resubmit: true);
        await AssertNotProvenAsync(connection, Sample.Profile(2), resubmit: true);
    }

    [Theory]
    [InlineData("Success", "Failed")]
    [InlineData("Failed", "Success")]
    [InlineData("Success", "Pending")]
    public async Task A_part_that_stands_twice_with_different_words_proves_nothing(string one, string other)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        string Part(string status) => $$"""{"ids":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"{{status}}"}""";

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Success","subRequests":[{{Part(one)}},{{Part(other)}}]}""");

        await AssertNotProvenAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_status_answer_about_another_request_is_no_answer()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        var error = await Assert.ThrowsAsync<EsimException>(() => PollAsync(connection, request, """{"requestId":"another","status":"Success"}"""));

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        await AssertNotProvenAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData("deactive", "active")]
    [InlineData("active", "deactive")]
    public async Task A_row_with_two_states_tells_none(string one, string other)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        var row = Sample.Listed(X.Iccid!, one).Replace("\"carrierInformations\": [", $"\"carrierInformations\": [ {{ \"carrierName\": \"Other\", \"state\": \"{other}\" }},", StringComparison.Ordinal);

        await ListAsync(connection, X, row);

        await AssertNotProvenAsync(connection, X);
    }
}
