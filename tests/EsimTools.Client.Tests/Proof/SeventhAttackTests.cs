// Ways to an unproven delete that a seventh attack with the source in hand has tried, each named for the way: what a caller does with the objects that
// it has given or been given (PowerShell sets what C# calls init-only, and finds the list behind a read-only one), and lines of careless tools.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class SeventhAttackTests : ProofScenario
{
    [Fact]
    public async Task The_caller_uses_the_object_of_a_profile_again_for_another_one()
    {
        var connection = await Fixture.OpenAsync();
        var other = new EsimProfile { Iccid = Sample.IccidOf(2) };
        var profile = new EsimProfile { Iccid = X.Iccid };
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", profile);

        typeof(EsimProfile).GetProperty(nameof(EsimProfile.Iccid))!.SetValue(profile, other.Iccid);
        await PollAsync(connection, request, """{"requestId":"d","status":"Success"}""");

        await AssertRefusedAsync(connection, other);
        AssertProven(connection, new() { Iccid = X.Iccid });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_caller_gives_a_profile_of_a_request_that_has_left_another_ICCID(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection = await NextAsync(connection, inNextSession);
        request = inNextSession ? connection.FindRequest("d")! : request;

        _ = Record.Exception(() => typeof(EsimProfile).GetProperty(nameof(EsimProfile.Iccid))!.SetValue(request.Profiles[0], Y.Iccid));
        await PollAsync(connection, request, """{"requestId":"d","status":"Success"}""");

        await AssertRefusedAsync(connection, Y);
        AssertProven(connection, X);
    }

    [Fact]
    public async Task The_caller_puts_another_profile_into_a_request_that_has_left()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);

        var thrown = Record.Exception(() => ((IList<EsimProfile>)request.Profiles)[0] = Y);
        await PollAsync(connection, request, """{"requestId":"d","status":"Success"}""");

        await AssertRefusedAsync(connection, Y);
        AssertProven(connection, X);
        Assert.IsType<NotSupportedException>(thrown);
    }
}
