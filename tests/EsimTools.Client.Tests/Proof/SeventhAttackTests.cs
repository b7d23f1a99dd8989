// Ways to an unproven delete that a seventh attack with the source in hand has tried, each named for the way: what a caller does with the objects that
// it has given or been given (PowerShell sets what C# calls init-only, and finds the list behind a read-only one), and lines of careless tools.

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

    [Theory]
    [InlineData("""{"iccid":"ICCID"}""")]
    [InlineData("""{"v":1}""")]
    public async Task A_tool_has_written_the_one_profile_of_an_activation_without_its_array(string profiles)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.Dispose();
        Fixture.WriteJournal(
            "99990101T000000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"{{Clock.ToIso(Fixture.Clock.UtcNow)}}","event":"sending","request":"a","service":"https://service.test/api","seq":2,"action":"activate","account":"{{Sample.Account}}","profiles":{{profiles.Replace("ICCID", X.Iccid, StringComparison.Ordinal)}}}""");

        connection = await Fixture.OpenAsync();

        // Of one that does not name its profile it is told at least.
        if (profiles.Contains("ICCID", StringComparison.Ordinal))
        {
            await AssertRefusedAsync(connection, X);
        }
        else
        {
            Assert.Contains(Fixture.Warnings, warning => warning.Contains("does not tell", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_tool_has_written_the_one_profile_of_what_speaks_against_a_confirmation_without_its_array()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.Dispose();
        Fixture.WriteJournal(
            "99990101T000000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"{{Clock.ToIso(Fixture.Clock.UtcNow)}}","event":"outcome","request":"{{request.LocalId}}","service":"https://service.test/api","action":"deactivate","result":"Failed","ids":"{{X.Iccid}}"}""");

        await AssertNotProvenAsync(await Fixture.OpenAsync(), X);
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
