// Registering, listing and removing listeners: the bytes on the wire, what is refused before anything is sent, and where no password may show.

using System.Net;
using System.Text.Json;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class CallbackRegistryTests : IDisposable
{
    private const string Secret = "hook-CANARY-1";
    private const string Path = "/api/m2m/v1/callbacks/0000123456-00001";

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Both_services_of_profile_actions_are_registered_by_default()
    {
        Answer("""{"accountName":"0000123456-00001","serviceName":"DeviceProfileService"}""");
        Answer("""{"accountName":"0000123456-00001","serviceName":"CarrierService"}""");
        var connection = await _fixture.OpenAsync();

        var registered = await connection.RegisterCallbackAsync(new Uri("https://hooks.example.com/thingspace?x=1"), credential: new EsimCredential("hook", Secret));

        var calls = _fixture.Service.Of(Endpoint.Other);
        Assert.All(calls, call => Assert.Equal((HttpMethod.Post, Path, "application/json"), (call.Method, call.Path, call.ContentType)));
        Assert.All(calls, call => Assert.True(call.Authorization!.StartsWith("Bearer ", StringComparison.Ordinal) && call.Session is not null));
        Assert.Equal(
            """{"name":"DeviceProfileService","url":"https://hooks.example.com/thingspace?x=1","username":"hook","password":"hook-CANARY-1"}""", calls[0].Body);
        Assert.Equal("CarrierService", JsonDocument.Parse(calls[1].Body).RootElement.GetProperty("name").GetString());
        Assert.Equal(
            [(Sample.Account, "DeviceProfileService", "hook"), (Sample.Account, "CarrierService", "hook")],
            registered.Select(one => (one.AccountName, one.ServiceName, one.UserName)));
        Assert.DoesNotContain("CANARY", JsonSerializer.Serialize(registered) + string.Join(' ', registered) + string.Join(' ', _fixture.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_credential_neither_field_is_sent()
    {
        Answer("{}");
        var connection = await _fixture.OpenAsync();

        await connection.RegisterCallbackAsync(new Uri("http://hooks.example.com:9001"), ["NiddService"], accountName: "0000654321-00001");

        var call = Assert.Single(_fixture.Service.Of(Endpoint.Other));
        Assert.Equal("/api/m2m/v1/callbacks/0000654321-00001", call.Path);
        Assert.Equal("""{"name":"NiddService","url":"http://hooks.example.com:9001/"}""", call.Body);
    }

    [Fact]
    public async Task The_list_is_read_without_its_passwords()
    {
        Answer($$"""
            [ {"accountName":"0000123456-00001","serviceName":"DeviceProfileService","url":"https://hooks.example.com/a","username":"hook","password":"{{Secret}}"},
              {"serviceName":"CarrierService","url":"not an address","username":null,"password":"{{Secret}}","new":1},
              {"accountName":"0000123456-00001","url":"https://nameless.example.com"}, 7, null ]
            """);
        var connection = await _fixture.OpenAsync();

        var listed = await connection.GetCallbacksAsync();

        var call = Assert.Single(_fixture.Service.Of(Endpoint.Other));
        Assert.Equal((HttpMethod.Get, Path), (call.Method, call.Path));
        Assert.Equal(
            [(Sample.Account, "DeviceProfileService", "https://hooks.example.com/a", "hook"), (Sample.Account, "CarrierService", null, null)],
            listed.Select(one => (one.AccountName, one.ServiceName, one.Uri?.ToString(), one.UserName)));
        Assert.DoesNotContain("CANARY", JsonSerializer.Serialize(listed) + string.Join(' ', listed) + string.Join(' ', _fixture.Messages), StringComparison.Ordinal);
        Assert.DoesNotContain(typeof(EsimCallbackRegistration).GetProperties(), property => property.Name.Contains("assword", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task The_list_may_be_empty(string answer)
    {
        Answer(answer);

        Assert.Empty(await (await _fixture.OpenAsync()).GetCallbacksAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html/>")]
    [InlineData("\"text\"")]
    public async Task A_list_that_is_none_is_an_error(string answer)
    {
        Answer(answer);
        var connection = await _fixture.OpenAsync();

        Assert.Equal(EsimError.EsimAnswerInvalid, (await Assert.ThrowsAsync<EsimException>(() => connection.GetCallbacksAsync())).Error);
    }

    [Fact]
    public async Task Removing_names_the_service_in_the_path()
    {
        Answer("{}");
        var connection = await _fixture.OpenAsync();

        await connection.UnregisterCallbackAsync("DeviceProfileService");

        var call = Assert.Single(_fixture.Service.Of(Endpoint.Other));
        Assert.Equal((HttpMethod.Delete, Path + "/name/DeviceProfileService"), (call.Method, call.Path));
    }

    [Fact]
    public async Task What_the_service_refuses_is_told_in_its_words()
    {
        _fixture.Service.On(Endpoint.Other, 400, """{"errorCode":"X.REQUEST_FAILED.CallbackNotFound","errorMessage":"nobody listens"}""");
        var connection = await _fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.UnregisterCallbackAsync("CarrierService"));

        Assert.Equal((EsimError.EsimRequestRefused, "X.REQUEST_FAILED.CallbackNotFound"), (error.Error, error.ErrorCode));
    }

    [Fact]
    public async Task A_refusal_that_repeats_the_password_is_not_repeated_here()
    {
        _fixture.Service.On(Endpoint.Other, 400, $$"""{"errorCode":"X","errorMessage":"the password {{Secret}} is too simple"}""");
        var connection = await _fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(
            () => connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), credential: new EsimCredential("hook", Secret)));

        Assert.Equal(EsimError.EsimRequestRefused, error.Error);
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_while_the_policy_becomes_read_only_does_not_leave_and_a_policy_that_cannot_be_read_closes_too(bool registers)
    {
        _fixture.Service.On(Endpoint.Other, new HttpRequestException("cut", new IOException("cut")));
        var connection = await _fixture.OpenAsync();

        var waiting = Record.ExceptionAsync(ChangeAsync);
        await _fixture.Clock.NextPauseAsync();
        await connection.ChangePolicyAsync(_ => new() { IsReadOnly = true });
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(EsimError.EsimPolicyRefused, ((await waiting) as EsimException)?.Error);
        var check = Assert.Throws<EsimException>(Check);
        Assert.Equal("What is registered for callbacks was not changed: the policy is read-only: nothing may be sent.", check.Message);
        File.WriteAllText(System.IO.Path.Combine(_fixture.JournalPath, "policy.json"), "?");
        Assert.Equal(EsimError.EsimPolicyUnusable, ((await Record.ExceptionAsync(ChangeAsync)) as EsimException)?.Error);
        Assert.Single(_fixture.Service.Of(Endpoint.Other));

        Task ChangeAsync() => registers ? connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), ["CarrierService"]) : connection.UnregisterCallbackAsync("CarrierService");

        void Check()
        {
            if (registers)
            {
                connection.CheckCallback(new Uri("https://hooks.example.com"), ["CarrierService"], null, null);
            }
            else
            {
                connection.CheckCallbackRemoval("CarrierService");
            }
        }
    }

    [Fact]
    public async Task An_answer_that_went_missing_is_asked_for_again_because_twice_is_once()
    {
        _fixture.Service.On(Endpoint.Other, new HttpRequestException("cut", new IOException("cut")));
        Answer("{}");
        var connection = await _fixture.OpenAsync();

        var register = connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), ["CarrierService"]);
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Single(await register);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Other).Count);
    }

    [Theory]
    [InlineData("https://hooks.example.com")]
    [InlineData("http://hooks.example.com:80/x")]
    [InlineData("https://hooks.example.com:9001")]
    [InlineData("https://hooks.example.com:9006")]
    [InlineData("https://hooks.example.com:28200")]
    [InlineData("https://hooks.example.com:28220")]
    [InlineData("https://hooks.example.com:50551")]
    [InlineData("https://hooks.example.com:50559")]
    public async Task Allowed_ports_are_taken(string address)
    {
        Answer("{}");

        Assert.Single(await (await _fixture.OpenAsync()).RegisterCallbackAsync(new Uri(address), ["CarrierService"]));
    }

    [Theory]
    [InlineData("https://hooks.example.com:8443", "port 8443")]
    [InlineData("https://hooks.example.com:9000", "port 9000")]
    [InlineData("https://hooks.example.com:9007", "port 9007")]
    [InlineData("https://hooks.example.com:28221", "port 28221")]
    [InlineData("https://hooks.example.com:50550", "port 50550")]
    [InlineData("ftp://hooks.example.com", "no absolute http or https address")]
    [InlineData("/thingspace", "no absolute http or https address")]
    [InlineData("https://127.0.0.1/x", "this machine's name for itself")]
    [InlineData("https://localhost:9001", "this machine's name for itself")]
    [InlineData("https://me:secret-CANARY@hooks.example.com", "holds a user name or password")]
    [InlineData("https://hooks.example.com/#top", "a fragment or a character")]
    [InlineData("https://hooks.example.com/it's", "a fragment or a character")]
    [InlineData("https://hooks.example.com/<x>", "a fragment or a character")]
    public async Task An_address_that_cannot_work_is_refused_before_anything_is_sent(string address, string reason)
    {
        var connection = await _fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.RegisterCallbackAsync(new Uri(address, UriKind.RelativeOrAbsolute)));

        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_fixture.Service.Of(Endpoint.Other));
    }

    [Fact]
    public async Task The_rule_for_certificates_and_ports_stands_in_the_advice()
    {
        var connection = await _fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.RegisterCallbackAsync(new Uri("https://hooks.example.com:8443")));

        Assert.Contains("80, 443, 9001 to 9006, 28200 to 28220 and 50551 to 50559", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("public authority (a self-signed one fails)", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("TLS 1.2", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_on_this_machine_may_post_to_this_machine()
    {
        Answer("{}");
        var connection = await _fixture.OpenAsync("http://127.0.0.1:5999/api");

        Assert.Single(await connection.RegisterCallbackAsync(new Uri("http://localhost:51234/hook"), ["DeviceProfileService"]));
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("x", "")]
    [InlineData("12345678901234567890123456789012345678901", "x")]
    [InlineData("x", "12345678901234567890123456789012345678901")]
    [InlineData("o'brien", "x")]
    [InlineData("x", "a<b")]
    [InlineData("x", "a\\b")]
    [InlineData("x", "a\nb")]
    [InlineData("uws-user", "x")]
    [InlineData("UWS-USER", "x")]
    public async Task Credentials_that_the_service_does_not_take_are_refused_before_anything_is_sent(string name, string secret)
    {
        var connection = await _fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(
            () => connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), credential: new EsimCredential(name, secret)));

        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.DoesNotContain(secret.Length > 1 ? secret : "\u0000", error.Message, StringComparison.Ordinal);
        Assert.Empty(_fixture.Service.Of(Endpoint.Other));
    }

    [Fact]
    public async Task Forty_characters_are_not_too_many()
    {
        Answer("{}");
        var forty = new string('x', 40);

        Assert.Single(await (await _fixture.OpenAsync()).RegisterCallbackAsync(new Uri("https://hooks.example.com"), ["CarrierService"], new EsimCredential(forty, forty)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Carrier Service")]
    [InlineData("../x")]
    [InlineData("Träger")]
    public async Task A_name_that_is_no_services_is_refused_before_anything_is_sent(string service)
    {
        var connection = await _fixture.OpenAsync();

        Assert.Equal(EsimError.EsimParameterInvalid, (await Assert.ThrowsAsync<EsimException>(() => connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), [service]))).Error);
        Assert.Equal(EsimError.EsimParameterInvalid, (await Assert.ThrowsAsync<EsimException>(() => connection.UnregisterCallbackAsync(service))).Error);
        Assert.Empty(_fixture.Service.Of(Endpoint.Other));
    }

    private void Answer(string body) => _fixture.Service.On(Endpoint.Other, (int)HttpStatusCode.OK, body);
}
