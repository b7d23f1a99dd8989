// Ways to an unproven delete that a seventeenth attack with the source in hand has tried, by failures that are told in odd shapes and by odd spellings.

using EsimTools.Callbacks;

namespace EsimTools.Client.Tests.Proof;

public sealed class SeventeenthAttackMessageTests : ProofScenario
{
    private static string Ids(params EsimProfile[] profiles) => string.Join(",", profiles.Select(profile => $$"""{"id":"{{profile.Iccid}}","kind":"Iccid"}"""));

    private static string Response(string entries, string more = "") => $$""","deviceResponse":{"deviceProfileResponse":[{{entries}}]{{more}} }""";

    private static string Of(EsimProfile profile, string more = "", params EsimProfile[] others) => $$"""{"deviceIdentifierCollection":[{{Ids([profile, .. others])}}]{{more}} }""";

    private static string Failure(string how)
    {
        var named = $$"""{"requestId":"d","status":"FAILED","deviceIds":[{{Ids(X)}}]""";
        return how switch
        {
            "failed entry" => named + Response(Of(X, ""","status":"FAILED" """)) + "}",
            "entry with fault" => named + Response(Of(X, ""","faultResponse":{"faultcode":"x","faultstring":"y"} """)) + "}",
            "response with fault" => named + Response(Of(X), ""","faultResponse":{"faultcode":"x","faultstring":"y"} """) + "}",
            "two entries" => named + Response(Of(X, ""","state":"DEACTIVE" """) + "," + Of(X, ""","state":"DEACTIVE","profileStatus":"DISABLE" """)) + "}",
            "another's entry" => named + Response(Of(Y)) + "}",
            "entry of two" => named + Response(Of(X, string.Empty, Y)) + "}",
            "list" => """{"requestId":"d","status":"FAILED" """ + Response(Of(X) + "," + Of(Y)) + "}",
            "device" => $$"""{"requestId":"d","status":"FAILED","deviceIds":[{"id":"{{X.Eid}}","kind":"Eid"}]}""",
            "success with fault" => $$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{{Ids(X)}}],"faultResponse":{"faultcode":"x","faultstring":"y"} }""",
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
    }

    [Theory]
    [InlineData("failed entry", false)]
    [InlineData("failed entry", true)]
    [InlineData("entry with fault", false)]
    [InlineData("entry with fault", true)]
    [InlineData("response with fault", false)]
    [InlineData("response with fault", true)]
    [InlineData("two entries", false)]
    [InlineData("two entries", true)]
    [InlineData("another's entry", false)]
    [InlineData("another's entry", true)]
    [InlineData("entry of two", false)]
    [InlineData("entry of two", true)]
    [InlineData("list", false)]
    [InlineData("list", true)]
    [InlineData("device", false)]
    [InlineData("device", true)]
    [InlineData("success with fault", false)]
    [InlineData("success with fault", true)]
    public async Task Success_and_a_failure_in_whatever_shape_and_order_prove_nothing(string how, bool failureFirst)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        string[] messages = [Sample.Callback("d", Y.Iccid!), Sample.Callback("d", X.Iccid!), Failure(how)];
        foreach (var message in failureFirst ? messages.Reverse() : messages)
        {
            connection.ReceiveCallback(message);
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(X).IsProven, "next session: " + connection.Explain(X));
    }

    [Fact]
    public async Task A_part_of_a_status_answer_that_has_failed_and_names_the_device_of_two_alone_takes_away_from_both()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"status":"Failed","ids":[{"id":"{{X.Eid}}","kind":"Eid"}]}]}""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("Failed", """{"status":"Failed"}""")]
    [InlineData("Failed", """{"status":"Failed","ids":[{"id":"5551234567","kind":"mdn"}]}""")]
    [InlineData("Success", """{"status":"Success","ids":[{"id":"$X","kind":"iccid"}],"faultResponse":{"faultcode":"x"} }""")]
    [InlineData("Failed", """{"status":"Success","ids":[{"id":"$X","kind":"iccid"}]}""")]
    [InlineData("Success", """{"status":"Success","ids":[{"id":"$E","kind":"eid"}],"faultResponse":{"faultcode":"x"} }""")]
    public async Task A_status_answer_that_tells_a_failure_of_a_request_for_one_profile_takes_away_what_a_message_has_proven(string whole, string part)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        var named = part.Replace("$X", X.Iccid, StringComparison.Ordinal).Replace("$E", X.Eid, StringComparison.Ordinal);
        await PollAsync(connection, request, $$"""{"requestId":"d","status":"{{whole}}","subRequests":[{{named}}]}""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(X).IsProven, "next session: " + connection.Explain(X));
    }

    [Fact]
    public async Task A_status_answer_with_two_parts_for_one_profile_takes_away_what_a_message_has_proven()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"status":"Success","ids":[{{Ids(X)}}]},{"status":"Failed","ids":[{{Ids(X)}}]}]}""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_status_answer_without_parts_that_carries_a_failure_takes_away_what_a_message_has_proven()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        await PollAsync(connection, request, """{"requestId":"d","status":"Success","faultResponse":{"faultcode":"x"} }""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("8.944538010558890564e19", false)]
    [InlineData("\"\u0660\u0661\u0662\"", false)]
    [InlineData("89445380105", false)]
    [InlineData("8.944538010558890564e19", true)]
    public async Task A_failure_of_a_request_for_one_profile_whose_ICCID_is_damaged_is_about_that_one(string id, bool byPoll)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        var ids = $$"""[{"id":{{id}},"kind":"Iccid"}]""";
        if (byPoll)
        {
            await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"status":"Failed","ids":{{ids}} }]}""");
        }
        else
        {
            connection.ReceiveCallback($$"""{"requestId":"d","status":"FAILED","deviceIds":{{ids}} }""");
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task An_entry_that_names_another_twentieth_digit_than_was_asked_for_does_not_prove()
    {
        var connection = await Fixture.OpenAsync();
        var nineteen = X.Iccid![..19];
        var asked = new EsimProfile { Iccid = $"{nineteen}0" };
        await SendAsync(connection, EsimAction.Deactivate, "d", asked);
        connection.ReceiveCallback(
            $$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"id":"{{nineteen}}","kind":"Iccid"}]""" + Response(Of(new() { Iccid = $"{nineteen}5" }, ""","state":"DEACTIVE" """)) + "}");

        Assert.False(connection.Explain(asked).IsProven, connection.Explain(asked).ToString());
    }

    // A device of two SIM slots has two IMEIs.
    [Theory]
    [InlineData("list by callback")]
    [InlineData("entry of another's message")]
    [InlineData("unknown message")]
    [InlineData("unknown message of two")]
    public async Task An_entry_that_names_two_IMEIs_takes_away(string how)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        var entry = $$"""{"deviceIdentifierCollection":[{{Ids(X)}},{"id":"{{Sample.ImeiOf(1)}}","kind":"Imei"},{"id":"{{Sample.ImeiOf(2)}}","kind":"Imei"}],"state":"ACTIVE"}""";
        switch (how)
        {
            case "list by callback":
                _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
                connection.ReceiveCallback("""{"requestId":"list","status":"SUCCESS" """ + Response(entry) + "}");
                break;
            case "entry of another's message":
                await SendAsync(connection, EsimAction.SetFallback, "f", Y);
                connection.ReceiveCallback($$"""{"requestId":"f","status":"SUCCESS","deviceIds":[{{Ids(Y)}}]""" + Response(Of(Y) + "," + entry) + "}");
                break;
            case "unknown message":
                connection.ReceiveCallback($$"""{"requestId":"q","status":"SUCCESS","deviceIds":[{{Ids(X)}}]""" + Response(entry) + "}");
                break;
            default:
                connection.ReceiveCallback($$"""{"requestId":"q","status":"SUCCESS","deviceIds":[{{Ids(Y)}}]""" + Response(Of(Y) + "," + entry) + "}");
                break;
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_failure_that_has_overtaken_the_answer_counts_before_the_answer_is_on_the_disk()
    {
        var connection = await Fixture.OpenAsync();
        var opening = await connection.Tracker.ReserveAsync(EsimAction.Deactivate, Sample.Account, new(), [X], serviceWasAsked: true, default, default);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", null, null));
        Assert.True(connection.Tracker.Answers.TryAccept(opening.Request!, "d"));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        connection.Tracker.Answers.Accepted(opening.Request!);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.Equal("d", connection.FindRequest("d")!.RequestId);
    }

    [Fact]
    public void A_listener_does_not_take_a_failure_of_one_of_two_for_a_message_that_it_knows()
    {
        EsimCallback Message(string status, params EsimProfile[] named) => EsimCallback.Parse($$"""{"requestId":"d","status":"{{status}}","deviceIds":[{{Ids(named)}}]}""");

        Assert.NotEqual(RecentCallbacks.KeyOf(Message("PENDING", X)), RecentCallbacks.KeyOf(Message("FAILED", X, Y)));
        Assert.NotEqual(RecentCallbacks.KeyOf(Message("FAILED", X, Sample.Profile(3))), RecentCallbacks.KeyOf(Message("FAILED", X, Y)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_switch_whose_message_names_no_eUICC_tells_of_none(bool requestNamesEuicc)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");

        // Another hand may have put it on another eUICC.
        await SendAsync(connection, EsimAction.Enable, "ey", requestNamesEuicc ? Y : new EsimProfile { Iccid = Y.Iccid });
        connection.ReceiveCallback(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));

        Assert.Equal(requestNamesEuicc, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task What_was_done_to_a_device_counts_for_a_profile_that_was_placed_elsewhere_more_than_a_day_ago()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        Fixture.Clock.Advance(TimeSpan.FromDays(10));
        var x = new EsimProfile { Iccid = X.Iccid };
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", x);
        AssertProven(connection, x);
        await SendAsync(connection, EsimAction.DeviceResume, "res", Sample.Profile(5));
        connection.ReceiveCallback($$"""{"requestId":"res","status":"SUCCESS","deviceIds":[{"id":"{{Sample.Profile(5).Eid}}","kind":"Eid"}]}""");

        Assert.False(connection.Explain(x).IsProven, connection.Explain(x).ToString());
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_make_a_place_younger()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        Fixture.Clock.Advance(TimeSpan.FromDays(10));
        connection.Explain(X);
        Fixture.Clock.Advance(-TimeSpan.FromDays(10));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    private static string Enabled(string id, EsimProfile profile) => Sample.WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"), profile.Eid!);
}
