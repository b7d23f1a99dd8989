// Ways to an unproven delete that a seventeenth attack with the source in hand has tried, each named for what should hold.

namespace EsimTools.Client.Tests.Proof;

public sealed class SeventeenthAttackTests : ProofScenario
{
    private static readonly string Elsewhere = Sample.EidOf(77);

    private static string Enabled(string id, EsimProfile profile) => Sample.WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"), profile.Eid!);

    [Fact]
    public async Task A_switch_tells_nothing_of_a_profile_that_was_placed_there_more_than_a_day_ago()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        Fixture.Clock.Advance(TimeSpan.FromDays(10));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_switch_tells_nothing_of_a_profile_that_has_come_to_the_eUICC_since()
    {
        var connection = await Fixture.OpenAsync();
        var there = new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere };
        await PlaceAsync(connection, there, "ENABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        // Another hand has put it on the other eUICC, and enabled it.
        await ListAsync(connection, X, Listed(X, "active", null));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task Where_a_profile_was_more_than_a_day_ago_does_not_tell_which_eUICC_may_fall_back_to_it()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        Fixture.Clock.Advance(TimeSpan.FromDays(10));

        // Another hand has put it on another eUICC; the service leaves the EID out.
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE"));
        var other = new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Elsewhere };
        await SendAsync(connection, EsimAction.Disable, "d", other);

        var x = new EsimProfile { Iccid = X.Iccid };
        Assert.False(connection.Explain(x).IsProven, connection.Explain(x).ToString());
    }

    [Theory]
    [InlineData("mdn", "5551234567")]
    [InlineData("imsi", "311480000000001")]
    [InlineData("esn", "80004B5E")]
    public async Task An_entry_that_names_somebody_by_nothing_that_can_be_matched_counts_for_nobody(string kind, string id)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.SetFallback, "f", X);
        connection.ReceiveCallback(
            $$"""{"requestId":"f","status":"SUCCESS","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":[{"deviceIdentifierCollection":[{"id":"{{id}}","kind":"{{kind}}"}],"state":"DEACTIVE","profileStatus":"DISABLE"}]} }""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_of_one_of_two_that_comes_before_both_successes_takes_away_from_both(bool nextSession)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        connection.ReceiveCallback($$"""{"requestId":"d","status":"FAILED","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"},{"id":"{{Y.Iccid}}","kind":"Iccid"}],"faultResponse":{"faultcode":"x","faultstring":"y"} }""");
        connection = await NextAsync(connection, nextSession);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.ReceiveCallback(Sample.Callback("d", Y.Iccid!));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.False(connection.Explain(Y).IsProven, connection.Explain(Y).ToString());
    }
}
