// Ten thousand profiles in one request, and many requests at once. Judged by what happened, never by the time it took.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_profiles_are_one_request_and_ten_thousand_callbacks(bool overSocket)
    {
        var profiles = Fleets.Many(10_000);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles), overSocket: overSocket);

        var id = (await fixture.ActAsync("deactivate", profiles)).Text("requestId");
        for (var i = 0; i < profiles.Length; i++)
        {
            var text = await fixture.CallbackTextAsync();
            Assert.Contains(profiles[i].Iccid!, text, StringComparison.Ordinal);
            Assert.Contains("\"state\":\"DEACTIVE\"", text, StringComparison.Ordinal);
        }

        var status = await fixture.StatusAsync(id);
        Assert.Equal(("Success", 10_000), (status.Text("status"), status.Element("subRequests").GetArrayLength()));
        Assert.Equal(10_000, fixture.Sandbox.Log.Single(entry => entry.Action is not null).ProfileCount);
    }

    [Fact]
    public async Task Requests_from_many_sides_at_once_are_each_carried_out_once()
    {
        var profiles = Fleets.Many(400);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles));

        var answers = await Task.WhenAll(profiles.Chunk(10).Select(chunk => Task.Run(() => fixture.ActAsync("deactivate", chunk))));
        var heard = new Dictionary<string, int>();
        for (var i = 0; i < profiles.Length; i++)
        {
            var callback = await fixture.CallbackAsync();
            Assert.Equal("SUCCESS", callback.Text("status"));
            heard[callback.Text("requestId")] = heard.GetValueOrDefault(callback.Text("requestId")) + 1;
        }

        Assert.Equal(answers.ToDictionary(answer => answer.Text("requestId"), _ => 10), heard);
        Assert.All(profiles, profile => Assert.Equal(1, fixture.Sandbox.TimesAccepted("deactivate", profile.Iccid!)));
    }
}
