// The service's status of a request: with parts and without, whole or mixed, in odd shapes.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class PollTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("Success", EsimRequestStatus.Succeeded, 3, 0)]
    [InlineData("SUCCESS", EsimRequestStatus.Succeeded, 3, 0)]
    [InlineData("Failed", EsimRequestStatus.Failed, 0, 3)]
    [InlineData("Failure", EsimRequestStatus.Failed, 0, 3)]
    [InlineData("Pending", EsimRequestStatus.Accepted, 0, 0)]
    [InlineData("Queued", EsimRequestStatus.Accepted, 0, 0)]
    public async Task Without_parts_the_whole_speaks_for_every_profile(string word, EsimRequestStatus expected, int succeeded, int failed)
    {
        var (connection, request) = await SubmitAsync(EsimAction.Deactivate, 3);
        _fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r:1","status":"{{word}}"}""");

        await connection.PollAsync(request);

        Assert.Equal((expected, succeeded, failed), (request.Status, request.SucceededCount, request.FailedCount));
        Assert.All(request.GetResults(), result => Assert.Equal(EvidenceSource.Poll, result.Source));
        var call = Assert.Single(_fixture.Service.Of(Endpoint.Status));
        Assert.Equal((HttpMethod.Get, "/api/m2m/v2/accounts/0000123456-00001/requests/r%3A1/status"), (call.Method, call.Path));
        Assert.Equal("application/json", call.ContentType);
    }

    [Fact]
    public async Task Parts_tell_more_than_the_whole_does()
    {
        var (connection, request) = await SubmitAsync(EsimAction.Deactivate, 4);
        _fixture.Service.On(Endpoint.Status, 200, $$"""
            {"requestId":"r:1","status":"Failed","subRequests":[
              {"ids":[{"id":"{{Sample.IccidOf(1)}}","kind":"iccid"}],"status":"Success"},
              {"ids":{"id":"{{Sample.EidOf(2)}}","kind":"EID"},"status":"Failed"},
              {"ids":[{"id":"{{Sample.IccidOf(3)}}","kind":"iccId"}],"status":"Pending"},
              {"ids":[{"id":"{{Sample.IccidOf(99)}}","kind":"iccid"}],"status":"Success"}]}
            """);

        await connection.PollAsync(request);

        Assert.Equal((EsimRequestStatus.Accepted, 1, 1), (request.Status, request.SucceededCount, request.FailedCount));
        Assert.Equal([OutcomeStatus.Succeeded, OutcomeStatus.Failed], request.GetResults().Select(result => result.Status));
        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], request.GetResults().Select(result => result.Iccid));
    }

    [Fact]
    public async Task A_whole_of_success_settles_nobody_where_a_part_says_otherwise()
    {
        var (connection, request) = await SubmitAsync(EsimAction.Deactivate, 3);
        _fixture.Service.On(Endpoint.Status, 200, $$"""
            {"requestId":"r:1","status":"Success","subrequests":[{"ids":{"id":"{{Sample.IccidOf(1)}}","kind":"iccid"},"status":"Failed"}]}
            """);

        await connection.PollAsync(request);

        Assert.Equal((EsimRequestStatus.Accepted, 0, 1), (request.Status, request.SucceededCount, request.FailedCount));
    }

    [Fact]
    public async Task A_poll_changes_nothing_that_a_callback_has_told()
    {
        var (connection, request) = await SubmitAsync(EsimAction.Deactivate, 2);
        connection.ReceiveCallback(Sample.Callback("r:1", Sample.IccidOf(1), "Failed"));
        _fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r:1","status":"Success"}""");

        await connection.PollAsync(request);

        Assert.Equal([(OutcomeStatus.Failed, EvidenceSource.Callback), (OutcomeStatus.Succeeded, EvidenceSource.Poll)], request.GetResults().Select(result => (result.Status, result.Source)));
    }

    [Theory]
    [InlineData("deactivate", "DEACTIVE", null)]
    [InlineData("disable", null, "DISABLE")]
    public async Task A_polled_confirmation_proves_what_its_action_does(string action, string? state, string? profileStatus)
    {
        var (connection, request) = await SubmitAsync(EsimAction.Find(action)!, 1);
        _fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r:1","status":"Success"}""");

        await connection.PollAsync(request);

        var result = Assert.Single(request.GetResults());
        Assert.Equal((state, profileStatus), (result.State, result.ProfileStatus));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html></html>")]
    [InlineData("""{"requestId":"r:1","status":""")]
    public async Task An_answer_without_a_status_is_an_error_and_changes_nothing(string body)
    {
        var (connection, request) = await SubmitAsync(EsimAction.Deactivate, 1);
        _fixture.Service.On(Endpoint.Status, 200, body);

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.PollAsync(request));

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    [Fact]
    public async Task A_request_in_doubt_has_nothing_to_ask_for()
    {
        _fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await _fixture.OpenAsync();
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Request!;

        await connection.PollAsync(request);

        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    private async Task<(EsimConnection Connection, EsimRequest Request)> SubmitAsync(EsimAction action, int count)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r:1"));
        var connection = await _fixture.OpenAsync();
        var options = new EsimActionOptions { SmsrOid = action == EsimAction.Disable ? "1.3.6" : null };
        return (connection, (await connection.SubmitAsync(action, Sample.Profiles(count), options)).Request!);
    }
}
