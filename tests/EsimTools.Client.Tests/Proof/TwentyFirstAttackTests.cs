// What a twenty-first attack on unproven deletes, by reading the source, has found; what it found in the listener is in UntakenCallbackTests. Each way was seen
// red without its mend; the cases beside them are controls.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class TwentyFirstAttackTests : ProofScenario
{
    [Fact]
    public async Task What_a_page_says_counts_where_nothing_can_come_behind_it()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(true, Sample.Listed(X.Iccid!, "active").Replace("DeviceId", "Other", StringComparison.Ordinal)));

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.ReadPageAsync());

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        await AssertNotProvenAsync(connection, X, alsoUnknown: true, expected: EsimError.EsimProfileNotDisabled);
    }

    // The failure is told of the device, and one row names that; the other one may be there, too, unless the service says that it is on another one.
    [Theory]
    [InlineData("callback", true, false)]
    [InlineData("poll", true, false)]
    [InlineData("callback", false, true)]
    [InlineData("poll", false, true)]
    public async Task A_failure_on_a_device_may_be_that_of_a_profile_of_which_nobody_knows_where_it_is(string how, bool isBare, bool proven)
    {
        var other = isBare ? new EsimProfile { Iccid = Y.Iccid } : new EsimProfile { Iccid = Y.Iccid, Eid = Sample.EidOf(77) };
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, other);
        if (!isBare)
        {
            connection.ReceiveCallback(Sample.WithEid(Sample.Callback("d", other.Iccid!), other.Eid!));
        }

        if (how == "callback")
        {
            connection.ReceiveCallback(Sample.Callback("d", other.Iccid!));
            connection.ReceiveCallback($$"""{"requestId":"d","status":"FAILED","deviceIds":[{"kind":"eid","id":"{{X.Eid}}"}]}""");
        }
        else
        {
            await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"ids":[{"id":"{{other.Iccid}}","kind":"iccid"}],"status":"Success"},{"ids":[{"id":"{{X.Eid}}","kind":"eid"}],"status":"Failed"}]}""");
        }

        await AssertAsync(proven, connection, other);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_failure_on_a_device_that_is_told_again_by_each_poll_takes_no_answer_away_that_was_asked_for_since()
    {
        var bare = new EsimProfile { Iccid = Y.Iccid };
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, bare, Sample.Profile(3));
        var answer = $$"""{"requestId":"d","status":"Pending","subRequests":[{"ids":[{"id":"{{X.Eid}}","kind":"eid"}],"status":"Failed"}]}""";
        await PollAsync(connection, request, answer);
        connection.ReceiveCallback(Sample.Callback("d", bare.Iccid!));
        await ListAsync(connection, bare, Sample.Listed(bare.Iccid!, "deactive"));
        AssertProven(connection, bare);

        await PollAsync(connection, request, answer);

        AssertProven(connection, bare);
    }

    // The answer to a list by callback, and the message of another program, name the profile beside entries that name nobody.
    [Theory]
    [InlineData("L", """{"state":"ACTIVE","profileStatus":"ENABLE"}""", false)]
    [InlineData("L", """[{"state":"ACTIVE"},{"profileStatus":"ENABLE"}]""", false)]
    [InlineData("foreign", """[{"state":"ACTIVE"},{"profileStatus":"ENABLE"}]""", false)]
    [InlineData("L", """{"state":"DEACTIVE"}""", true)]
    [InlineData("foreign", """[{"state":"DEACTIVE"},{"servicePlan":"M2M"}]""", true)]
    public async Task An_entry_that_names_nobody_speaks_against_the_profile_that_the_message_names(string requestId, string entries, bool proven)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        _ = connection.Parts.Tracker.AwaitList("L", connection.Parts.Tracker.Ask(), Sample.Account);

        connection.ReceiveCallback($$$"""{"requestId":"{{{requestId}}}","status":"SUCCESS","deviceIds":[{"kind":"iccid","id":"{{{X.Iccid}}}"}],"deviceResponse":{"deviceProfileResponse":{{{entries}}}}}""");

        await AssertAsync(proven, connection, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_parts_that_differ_in_the_twentieth_digit_are_about_two_profiles(bool shortFirst)
    {
        var nineteen = X.Iccid![..19];
        var other = nineteen + (X.Iccid[19] == '0' ? '1' : '0');
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        string Part(string iccid) => $$"""{"ids":[{"id":"{{iccid}}","kind":"iccid"}],"status":"Success"}""";

        await PollAsync(connection, request, $$"""{"requestId":"d","status":"Success","subRequests":[{{(shortFirst ? Part(nineteen) + "," + Part(other) : Part(other) + "," + Part(nineteen))}}]}""");

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }
}
