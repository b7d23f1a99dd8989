// What is taken in of callbacks, polls and lists, at the edges: whose word it is, how old it is, and what of it counts.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Store;

public sealed class OutcomeTests : IDisposable
{
    private static readonly EsimProfile X = Sample.Profile(1);

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    // --- How old a message is -----------------------------------------------------------------------------------------

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(10, 10)]
    [InlineData(15, 10)]
    [InlineData(null, 0)]
    public async Task A_message_is_no_older_than_its_request_and_no_younger_than_now(int? minutesAfterSending, int expected)
    {
        var connection = await _fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        var callback = EsimCallback.Parse(Sample.Callback("r", X.Iccid!));
        callback.ReceivedAt = minutesAfterSending is { } minutes ? ManualClock.Start.AddMinutes(minutes) : null;

        connection.ReceiveCallback(callback);

        Assert.Equal(ManualClock.Start.AddMinutes(expected), Assert.Single(request.GetResults()).ReceivedAt);
        Assert.Equal(ManualClock.Start.AddMinutes(expected), connection.Tracker.Profiles.StatementOf(X).At);
    }

    [Fact]
    public async Task What_comes_late_is_older_than_the_newer_request_for_the_profile()
    {
        var connection = await _fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "first", X);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(connection, EsimAction.ProfileSuspend, "second", X);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        connection.ReceiveCallback(Sample.Callback("first", X.Iccid!));

        Assert.Equal(ManualClock.Start.AddMinutes(1).AddTicks(-1), connection.Tracker.Profiles.StatementOf(X).At);
    }

    // --- Whose word it is ---------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("\"0000123456-00001\"", true)]
    [InlineData("null", true)]
    [InlineData("\"0000999999-00001\"", false)]
    public async Task A_line_of_the_list_proves_unless_it_names_another_account_than_was_asked_for(string account, bool proves)
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(X.Iccid!, "deactive").Replace("\"0000123456-00001\"", account, StringComparison.Ordinal)));

        await connection.LookUpAsync([X]);

        Assert.Equal(proves, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData("SUCCESS", true)]
    [InlineData("Failed", false)]
    public async Task A_list_that_comes_by_callback_proves_unless_it_failed(string status, bool proves)
    {
        var connection = await _fixture.OpenAsync();
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);

        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!, status));

        Assert.Equal(proves, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_line_or_an_entry_that_names_two_iccids_proves_for_neither()
    {
        var connection = await _fixture.OpenAsync();
        var line = Sample.Listed(X.Iccid!, "deactive").Replace("\"kind\": \"mdn\"", "\"kind\": \"iccId\"", StringComparison.Ordinal)
            .Replace("5551234567", Sample.IccidOf(2), StringComparison.Ordinal);
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, line));
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);

        await connection.LookUpAsync([X]);
        connection.ReceiveCallback($$"""
            {"requestId":"list","status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[
              {"deviceIdentifierCollection":[{"id":"{{X.Iccid}}","kind":"Iccid"},{"id":"{{Sample.IccidOf(2)}}","kind":"Iccid"}],"state":"DEACTIVE"}] } }
            """);

        foreach (var number in (int[])[1, 2])
        {
            Assert.Equal((ProofReason.NothingSaid, EvidenceSource.None), (connection.Explain(Sample.Profile(number)).Reason, connection.Tracker.Profiles.StatementOf(Sample.Profile(number)).Source));
        }
    }

    [Fact]
    public async Task An_early_message_of_a_LEAD_profile_is_remembered_and_one_of_another_role_tells_nothing()
    {
        var connection = await _fixture.OpenAsync();

        connection.ReceiveCallback(Sample.Callback("foreign", X.Iccid!));
        Assert.Equal(EvidenceSource.None, connection.Tracker.Profiles.StatementOf(X).Source);

        connection.ReceiveCallback(Sample.Callback("foreign", X.Iccid!, role: "LEAD"));
        Assert.Equal((EvidenceSource.Callback, "LEAD", (string?)null), Said());

        (EvidenceSource Source, string? Role, string? State) Said() =>
            (connection.Tracker.Profiles.StatementOf(X).Source, connection.Tracker.Profiles.StatementOf(X).ProfileRole, connection.Tracker.Profiles.StatementOf(X).State);
    }

    // --- Polls --------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("Success", null, true)]
    [InlineData("Pending", null, true)]
    [InlineData("Failed", "Failed", true)]
    [InlineData("Failed", null, false)]
    [InlineData("Failed", "Pending", false)]
    public async Task A_part_that_succeeded_proves_unless_a_whole_that_failed_contradicts_its_parts(string whole, string? otherPart, bool proves)
    {
        var connection = await _fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        var other = otherPart is null ? string.Empty : "," + Part(2, otherPart);
        _fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r","status":"{{whole}}","subRequests":[{{Part(1, "Success")}}{{other}}]}""");

        await connection.PollAsync(request);

        Assert.Equal(OutcomeStatus.Succeeded, request.ResultAt(0)!.Status);
        Assert.Equal(proves, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_parts_about_one_profile_the_one_that_names_it_counts(bool namedFirst)
    {
        var connection = await _fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        var byImei = $$"""{"ids":[{"id":"{{X.Imei}}","kind":"imei"}],"status":"Success"}""";
        var parts = namedFirst ? $"{Part(1, "Success")},{byImei}" : $"{byImei},{Part(1, "Success")}";
        _fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r","status":"Pending","subRequests":[{{parts}}]}""");

        await connection.PollAsync(request);

        Assert.True(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_whole_of_success_settles_the_profiles_that_no_part_names()
    {
        var connection = await _fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        _fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r","status":"Success","subRequests":[{{Part(2, "Success")}}]}""");

        await connection.PollAsync(request);

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.True(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_whole_of_failure_settles_nobody_where_there_are_parts()
    {
        var connection = await _fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        _fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r","status":"Failed","subRequests":[{{Part(2, "Failed")}}]}""");

        await connection.PollAsync(request);

        Assert.Null(request.ResultAt(0));
        Assert.Equal((OutcomeStatus.Failed, (string?)null, (string?)null), (request.ResultAt(1)!.Status, request.ResultAt(1)!.State, request.ResultAt(1)!.ProfileStatus));
    }

    // --- What a list is completed with --------------------------------------------------------------------------------

    [Fact]
    public async Task What_the_list_leaves_out_is_added_with_the_age_and_source_of_what_was_added()
    {
        var connection = await _fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        var asOf = ManualClock.Start.AddMinutes(7);
        EsimProfile Row(string? status) => new(X) { AccountName = "a", ServicePlan = "p", State = "active", ProfileStatus = status, ProfileRole = "role", Connected = true, Source = EvidenceSource.ServiceList, AsOf = asOf };

        var added = connection.Tracker.Profiles.Complete(Row(null));
        Assert.Equal((EvidenceSource.Callback, ManualClock.Start, "DEACTIVE", "ENABLE", "LOCAL"), (added.Source, added.AsOf!.Value, added.State, added.ProfileStatus, added.ProfileRole));
        Assert.Equal(("a", "p", (bool?)true), (added.AccountName, added.ServicePlan, added.Connected));

        var listed = connection.Tracker.Profiles.Complete(Row("DISABLE"));
        Assert.Equal((EvidenceSource.ServiceList, asOf), (listed.Source, listed.AsOf!.Value));

        var unknown = connection.Tracker.Profiles.Complete(new EsimProfile(Sample.Profile(2)) { State = "active", ProfileStatus = "DISABLE", ProfileRole = "role", Source = EvidenceSource.ServiceList, AsOf = asOf });
        Assert.Equal(("active", "DISABLE", "role", EvidenceSource.ServiceList, asOf), (unknown.State, unknown.ProfileStatus, unknown.ProfileRole, unknown.Source, unknown.AsOf!.Value));

        var silent = connection.Tracker.Profiles.Complete(new EsimProfile(Sample.Profile(2)) { Source = EvidenceSource.ServiceList, AsOf = asOf });
        Assert.Equal((EvidenceSource.ServiceList, asOf), (silent.Source, silent.AsOf!.Value));
    }

    // ------------------------------------------------------------------------------------------------------------------

    private static string Part(int number, string status) => $$"""{"ids":[{"id":"{{Sample.IccidOf(number)}}","kind":"iccid"}],"status":"{{status}}"}""";

    // Without moving the clock: what a test adds to it is all the time that passes.
    private async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var submission = await connection.SubmitAsync(action, profiles, new() { Resubmit = true }).WaitAsync(ManualClock.HangLimit);
        Assert.Empty(submission.Refused);
        return submission.Request!;
    }
}
