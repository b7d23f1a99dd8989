// Paths, methods and headers: what the gateway turns away before the service sees it.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class GatewayTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_path_below_no_API_is_404_in_XML(bool overSocket)
    {
        await using var fixture = await SandboxFixture.StartAsync(overSocket: overSocket);

        var answer = await fixture.SendAsync(HttpMethod.Post, "v1/devices/profile/actions/setfallbackattribute", "{}");

        Assert.Equal(404, answer.Status);
        Assert.Equal("application/xml", answer.MediaType);
        Assert.Contains("<am:fault xmlns:am=\"http://wso2.org/apimanager\"><am:code>404</am:code>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m2m/v1//devices/profile/actions/deactivate", false)]
    [InlineData("m2m/v1//devices/profile/actions/deactivate", true)]
    [InlineData("m2m/v1/devices/profile/actions/activate_enable", false)]
    [InlineData("m2m/v1/devices/profile/actions/", false)]
    [InlineData("m2m/v2/devices/profile/actions/deactivate", false)]
    [InlineData("m2m/v1/nothing", false)]
    public async Task A_path_that_an_API_does_not_have_is_404_with_a_fault(string path, bool overSocket)
    {
        await using var fixture = await SandboxFixture.StartAsync(overSocket: overSocket);

        (await fixture.SendAsync(HttpMethod.Post, path, "{}")).AssertGatewayFault(404, "900906");
    }

    [Theory]
    [InlineData("GET", "m2m/v1/devices/profile/actions/delete")]
    [InlineData("POST", "m2m/v2/accounts/0000123456-00001/requests/x/status")]
    [InlineData("PUT", "m2m/v1/callbacks/0000123456-00001")]
    public async Task The_wrong_method_is_405(string method, string path)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await fixture.SendAsync(new HttpMethod(method), path, null)).AssertGatewayFault(405, "405");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task A_POST_must_say_that_it_is_JSON(string? contentType)
    {
        await using var fixture = await SandboxFixture.StartAsync();
        var profile = fixture.Sandbox.Fleet.ToList()[0];

        var answer = await fixture.SendAsync(
            HttpMethod.Post, "m2m/v1/devices/profile/actions/deactivate", SandboxFixture.Body("deactivate", profile), contentType);

        answer.AssertError("DeserializationFailed");
        Assert.Equal(0, fixture.Sandbox.TimesAccepted("deactivate", profile.Iccid!));
    }

    [Theory]
    [InlineData("", "RequestUndefined")]
    [InlineData("{", "DeserializationFailed")]
    [InlineData("[]", "DeserializationFailed")]
    [InlineData("{} {}", "DeserializationFailed")]
    [InlineData("nonsense", "DeserializationFailed")]
    public async Task A_body_that_is_no_object_is_refused(string body, string code)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await fixture.ActAsync("deactivate", body)).AssertError(code);
        (await fixture.ListAsync(body)).AssertError(code);
    }

    [Fact]
    public async Task The_query_is_no_part_of_the_path()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        Assert.Equal(200, (await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list?x=1", "{}")).Status);
        Assert.Equal("/api/m2m/v1/devices/actions/list", fixture.Sandbox.Log[^1].Path);
    }
}
