// Ways to an unproven delete that an eighteenth attack with the source in hand has tried, each named for what should hold.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class EighteenthAttackTests : ProofScenario
{
    private static readonly string Elsewhere = Sample.EidOf(77);

    private static string Enabled(string id, EsimProfile profile) => Sample.WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"), profile.Eid!);

    private static EsimProfile Bare(EsimProfile profile) => new() { Iccid = profile.Iccid };

    [Theory]
    [InlineData("serviceplan")]
    [InlineData("setfallbackattribute")]
    [InlineData("deactivate, failed")]
    public async Task A_place_grows_no_younger_by_a_request_of_ours_that_names_it(string how)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        Fixture.Clock.Advance(TimeSpan.FromHours(23));
        if (how.StartsWith("deactivate", StringComparison.Ordinal))
        {
            await SendAsync(connection, EsimAction.Deactivate, "s", X);
            connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, "FAILED", null, null)));
        }
        else
        {
            await SendAsync(connection, how == "serviceplan" ? EsimAction.ServicePlan : EsimAction.SetFallback, "s", X);
            connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: "ACTIVE", profileStatus: null));
        }

        // Another hand has put it on another eUICC meanwhile.
        Fixture.Clock.Advance(TimeSpan.FromHours(20));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_place_grows_no_younger_by_a_message_that_does_not_name_it()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        Fixture.Clock.Advance(TimeSpan.FromHours(23));
        await SendAsync(connection, EsimAction.DeviceSuspend, "s", new EsimProfile { Eid = X.Eid }, new EsimProfile { Eid = Elsewhere });
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: "SUSPEND", profileStatus: null));
        Fixture.Clock.Advance(TimeSpan.FromHours(20));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_place_with_a_date_in_the_future_tells_nothing()
    {
        var ahead = Clock.ToIso(Fixture.Clock.UtcNow + TimeSpan.FromDays(3));
        Fixture.WriteJournal(
            "20260301T115900-0000000a.jsonl",
            $$"""{"v":1,"at":"{{ahead}}","event":"sending","request":"a","service":"https://service.test/api","seq":1,"action":"enable","account":"{{Sample.Account}}","profiles":[{"iccid":"{{X.Iccid}}","eid":"{{X.Eid}}"}]}""",
            $$"""{"v":1,"at":"{{ahead}}","event":"accepted","request":"a","requestId":"ea"}""",
            $$"""{"v":1,"at":"{{ahead}}","event":"outcome","request":"a","service":"https://service.test/api","requestId":"ea","action":"enable","source":"Callback","result":"Succeeded","proof":true,"state":"ACTIVE","profileStatus":"ENABLE","ids":["{{X.Iccid}}"],"eids":["{{X.Eid}}"]}""");
        Fixture.Clock.Advance(TimeSpan.FromDays(2));
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task That_a_confirmation_has_it_elsewhere_than_a_request_named_stands_in_the_journal(bool wasPlaced, bool nextSession)
    {
        var connection = await Fixture.OpenAsync();
        if (wasPlaced)
        {
            await PlaceAsync(connection, X, "ENABLE");
            Fixture.Clock.Advance(TimeSpan.FromHours(20));
        }

        await SendAsync(connection, EsimAction.Disable, "dx", X);
        connection.ReceiveCallback(Sample.Callback("dx", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        Fixture.Clock.Advance(TimeSpan.FromHours(12));

        // Another hand has put it on another eUICC, and the service says so; there it becomes the enabled one by an action of ours.
        await SendAsync(connection, EsimAction.ProfileSuspend, "s", Bare(X));
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("s", X.Iccid!, state: "SUSPEND", profileStatus: "DISABLE"), Elsewhere));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var other = new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Elsewhere };
        await SendAsync(connection, EsimAction.Disable, "do", other);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("do", other.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"), Elsewhere));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        connection = await NextAsync(connection, nextSession);

        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Theory]
    [InlineData("eid", false, false)]
    [InlineData("eid", true, false)]
    [InlineData("imei", false, false)]
    [InlineData("imei", true, false)]
    [InlineData("eid", false, true)]
    [InlineData("imei", false, true)]
    public async Task A_failure_on_a_device_that_no_row_names_may_be_about_any_profile_of_the_request(string kind, bool failureFirst, bool byPoll)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", Bare(X), Bare(Y));
        var ids = $$"""[{"id":"{{(kind == "eid" ? X.Eid : X.Imei)}}","kind":"{{kind}}"}]""";
        var failure = $$"""{"requestId":"d","status":"FAILED","deviceIds":{{ids}} }""";
        if (failureFirst)
        {
            connection.ReceiveCallback(failure);
        }

        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        if (byPoll)
        {
            await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"status":"Failed","ids":{{ids}} }]}""");
        }
        else if (!failureFirst)
        {
            connection.ReceiveCallback(failure);
        }

        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(Bare(X)).IsProven, "next session: " + connection.Explain(Bare(X)));
    }

    [Theory]
    [InlineData("\"$E\"", "eid", false)]
    [InlineData("\"$E\"", "eid", true)]
    [InlineData("\"$I\"", "imei", false)]
    [InlineData("89445380105", "iccid", false)]
    [InlineData("\"5551234567\"", "mdn", false)]
    public async Task A_success_with_a_failure_in_it_that_names_the_device_alone_takes_away(string id, string kind, bool withEntry)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        var named = id.Replace("$E", X.Eid, StringComparison.Ordinal).Replace("$I", X.Imei, StringComparison.Ordinal);
        var more = withEntry ? ""","deviceResponse":{"faultResponse":{"faultcode":"x"}}""" : ""","faultResponse":{"faultcode":"x","faultstring":"y"}""";
        try
        {
            connection.ReceiveCallback($$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"id":{{named}},"kind":"{{kind}}"}]{{more}} }""");
        }
        catch (EsimException e) when (kind == "mdn" && e.Error == EsimError.EsimCallbackInvalid)
        {
            // A message that names no device is none.
            return;
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(X).IsProven, "next session: " + connection.Explain(X));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_switch_that_is_disputed_while_its_profile_may_be_anywhere_tells_nothing_when_that_is_placed_again(bool isDisputed)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ListAsync(connection, Y, Listed(Y, "active", null));
        Fixture.Clock.Advance(TimeSpan.FromHours(20));
        await ListAsync(connection, X, Listed(X, "active", null));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        AssertProven(connection, X);
        Fixture.Clock.Advance(TimeSpan.FromHours(5));
        if (isDisputed)
        {
            connection.ReceiveCallback(Sample.Callback("ey", Y.Iccid!, "FAILED", null, null));
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await ListAsync(connection, Y, Listed(Y, "active", null));

        Assert.Equal(!isDisputed, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_may_have_fallen_back_anywhere_stays_with_a_profile_that_is_placed_afterwards(bool wasPlaced)
    {
        var connection = await Fixture.OpenAsync();
        if (wasPlaced)
        {
            await PlaceAsync(connection, X, "DISABLE");
            Fixture.Clock.Advance(TimeSpan.FromDays(10));
        }

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE"));
        var other = new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Elsewhere };
        await SendAsync(connection, EsimAction.Disable, "d", other);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("d", other.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"), Elsewhere));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());

        // It has been the enabled one there, and has been moved since.
        await ListAsync(connection, X, Listed(X, "active", null));

        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Fact]
    public async Task What_has_fallen_back_where_a_request_had_named_the_profile_stays_with_it_when_it_is_placed_elsewhere()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Disable, "dx", X);
        connection.ReceiveCallback(Sample.Callback("dx", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        await SendAsync(connection, EsimAction.Disable, "dy", Y);
        connection.ReceiveCallback(Sample.Callback("dy", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        await ListAsync(connection, X, Listed(new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere }, "active", null));

        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Fact]
    public async Task A_profile_that_was_disabled_where_its_row_has_it_is_proven_also_when_it_has_been_placed_there()
    {
        var connection = await Fixture.OpenAsync();
        var other = Sample.Profile(3);
        await SendAsync(connection, EsimAction.Disable, "d", X, other);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        connection.ReceiveCallback(Sample.Callback("d", other.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Listed(X, "active", null));

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("\"Restore\"")]
    [InlineData("[]")]
    [InlineData("[\"Activate\"]")]
    [InlineData("true")]
    public async Task A_message_of_a_change_made_outside_proves_nothing_in_whatever_form_that_is_told(string change)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback($$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"externalProvisioningChange":{{change}} }""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public async Task Where_a_request_has_failed_as_a_whole_and_each_of_its_profiles_has_succeeded_none_is_proven(bool wholeLast, bool forget, bool nextSession)
    {
        var connection = await Fixture.OpenAsync();
        await FailAsWholeAsync(connection, wholeLast);
        Forget(forget);
        connection = await NextAsync(connection, nextSession);
        if (!wholeLast)
        {
            connection.ReceiveCallback(Sample.Callback("d", Y.Iccid!));
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.False(connection.Explain(Y).IsProven, connection.Explain(Y).ToString());
        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(X).IsProven, "next session: " + connection.Explain(X));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_list_by_callback_that_was_asked_for_again_proves_no_more_than_it_did_at_first(bool wasEnabled)
    {
        var (connection, other) = await OpenTwoAsync();
        using var source = connection.ExpectCallbacks();
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(X.Iccid!))).On(Endpoint.Other, 500, "{}").On(Endpoint.Other, _ => ScriptedService.Taken("list"));
        var asking = connection.LookUpAsync([Bare(X)]);
        var pause = await Fixture.Clock.NextPauseAsync();

        // The service has taken the question all the same, looks, and knows it when it comes again. Meanwhile another process enables the profile.
        if (wasEnabled)
        {
            await SendAsync(other, EsimAction.Enable, "ex", X);
            other.ReceiveCallback(Enabled("ex", X));
            other.FlushJournal();
        }

        Fixture.Clock.Advance(pause);
        await Fixture.Clock.NextPauseAsync();
        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        await asking.WaitAsync(ManualClock.HangLimit);

        Assert.Equal(!wasEnabled, connection.Explain(Bare(X)).IsProven);
    }

    // A request that is held is not gone.
    private async Task FailAsWholeAsync(EsimConnection connection, bool wholeLast)
    {
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        if (wholeLast)
        {
            connection.ReceiveCallback(Sample.Callback("d", Y.Iccid!));
        }

        await PollAsync(connection, request, """{"requestId":"d","status":"Failed"}""");
    }
}
