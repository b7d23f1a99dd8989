// Ways to an unproven delete that a second attack with the source in hand has tried by what the service says, each named for the way.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class SecondAttackMessageTests : ProofScenario
{
    private static readonly EsimProfile IccidOfX = new() { Iccid = X.Iccid };
    private static readonly string Elsewhere = Sample.EidOf(77);

    [Fact]
    public async Task A_message_that_came_before_its_request_had_left()
    {
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("again", X.Iccid!));
        Fixture.Clock.Advance(TimeSpan.FromHours(2));

        await SendAsync(connection, EsimAction.Deactivate, "again", X);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_message_that_came_before_the_request_to_activate_had_left()
    {
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("again", X.Iccid!, state: "ACTIVE"));
        await SendAsync(connection, EsimAction.Activate, "again", X);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_message_that_came_before_the_list_was_asked_for()
    {
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("again", X.Iccid!));
        Fixture.Clock.Advance(TimeSpan.FromHours(2));

        _ = connection.Tracker.AwaitList("again", connection.Tracker.Ask(), Sample.Account);

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("SUCCESS", "FAILED", false)]
    [InlineData("FAILED", "SUCCESS", false)]
    [InlineData("SUCCESS", "FAILED", true)]
    [InlineData("FAILED", "SUCCESS", true)]
    public async Task Success_and_failure_for_one_profile_of_a_device(string first, string second, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, first)));
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, second)));
        connection.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task LEAD_in_the_failure_of_one_profile_of_a_device()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, "FAILED", role: "LEAD")));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable, resubmit: true);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(15)]
    public async Task A_message_with_another_identifier_in_the_place_of_the_iccid(int digits)
    {
        // The inventory has the identifiers of another device in this row.
        var row = new EsimProfile { Iccid = X.Iccid, Eid = Sample.EidOf(9), Imei = Sample.ImeiOf(9) };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", row);

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"{{(digits == 32 ? row.Eid : row.Imei)}}"}]}""");

        await AssertRefusedAsync(connection, row, resubmit: true);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(15)]
    public async Task A_part_with_another_identifier_in_the_place_of_the_iccid(int digits)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        Fixture.Service.On(Endpoint.Status, 200, $$"""
            {"requestId":"r","status":"Pending","subRequests":[{"ids":[{"id":"{{(digits == 32 ? X.Eid : X.Imei)}}","kind":"iccid"}],"status":"Success"}]}
            """);
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData("SUCCESS", "DEACTIVE", "ACTIVE")]
    [InlineData("warning", "ACTIVE", null)]
    public async Task A_request_that_had_succeeded_is_heard_of_again_and_its_profile_is_active(string status, string one, string? other)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));
        Assert.True(connection.Explain(X).IsProven);

        var entries = string.Join(",", new[] { one, other }.OfType<string>().Select(state => Entry(1, state)));
        connection.ReceiveCallback($$"""{"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"{{status}}","deviceResponse":{"deviceProfileResponse":[{{entries}}]} }""");

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("ACTIVE", "LOCAL")]
    [InlineData("DEACTIVE", "LEAD")]
    public void A_listener_takes_a_message_that_says_something_else_for_no_repeated_one(string state, string role)
    {
        var (first, second) = (EsimCallback.Parse(Sample.Callback("r", X.Iccid!)), EsimCallback.Parse(Sample.Callback("r", X.Iccid!, state: state, role: role)));

        Assert.NotEqual(RecentCallbacks.KeyOf(first), RecentCallbacks.KeyOf(second));
        Assert.Equal(RecentCallbacks.KeyOf(first), RecentCallbacks.KeyOf(EsimCallback.Parse(Sample.Callback("r", X.Iccid!))));
    }

    [Theory]
    [InlineData("\"faultResponse\":{\"faultcode\":\"X\",\"faultstring\":\"y\"},", "")]
    [InlineData("", ",\"faultResponse\":{\"faultcode\":\"X\",\"faultstring\":\"y\"}")]
    public async Task A_status_answer_of_success_that_carries_a_failure(string whole, string part)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        var parts = part.Length == 0 ? "" : $$""","subRequests":[{"ids":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"Success"{{part}}}]""";
        Fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r",{{whole}}"status":"Success"{{parts}}}""");
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("PENDING")]
    public async Task A_list_by_callback_that_is_not_an_answer_yet(string status)
    {
        var connection = await Fixture.OpenAsync();
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!, status));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("deactive\\u200b")]
    [InlineData("\\u200bdeactive")]
    [InlineData("deact\\u0131ve")]
    [InlineData("deact\\u0130ve")]
    [InlineData("deactive ")]
    [InlineData("deactive\\u0000")]
    public async Task A_state_word_that_only_looks_like_the_right_one(string word)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, word));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("DI\\u017fABLE")]
    [InlineData("DISABLE\\ufe0f")]
    public async Task A_status_word_that_only_looks_like_the_right_one(string word)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", word));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("profileStatus")]
    [InlineData("PROFILESTATUS")]
    public async Task A_row_with_two_statuses_under_two_spellings(string key)
    {
        var connection = await Fixture.OpenAsync();
        var row = Sample.Listed(X.Iccid!, "active", "DISABLE").Replace("\"extendedAttributes\": [", $$"""
            "extendedAttributes": [ { "key": "{{key}}", "value": "ENABLE" },
            """, StringComparison.Ordinal);
        await ListAsync(connection, X, row);

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_confirmation_by_nineteen_digits_proves_no_other_twentieth_digit_in_a_later_session_either()
    {
        var twin = new EsimProfile { Iccid = X.Iccid![..19] + (char)('0' + ((X.Iccid![19] - '0' + 1) % 10)) };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection = await NextAsync(connection, inNextSession: true);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid[..19]));
        Assert.False(connection.Explain(twin).IsProven);

        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(twin).IsProven);
    }
}
