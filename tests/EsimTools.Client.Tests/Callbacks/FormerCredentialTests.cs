// After a registration with a new password the service goes on with the former one for a while; both count, and the former one not for ever.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class FormerCredentialTests : IDisposable
{
    private static readonly EsimCredential Old = new("hook-user", "old-password");
    private static readonly EsimCredential New = new("hook-user", "new-password");

    private static readonly Uri Address = new("https://hooks.example.test/hook");

    private readonly ConnectionFixture _fixture = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = ManualClock.HangLimit };
    private readonly List<EsimCallbackListener> _listeners = [];

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _http.Dispose();
        _fixture.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_passwords_count_for_a_day_and_then_the_new_one(bool wasRegisteredFromHere)
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, Old);
        if (wasRegisteredFromHere)
        {
            await RegisterAsync(connection, Old);
        }

        Assert.Equal((200, 401), (await PostAsync(listener, Old), await PostAsync(listener, New)));

        await RegisterAsync(connection, New);

        Assert.Equal((200, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
        _fixture.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.Equal((200, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
        _fixture.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((401, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
        Assert.Contains(_fixture.Messages, message => message.Text.Contains("former user name and password are taken in until 2026-03-02T12:00:00.000Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_new_password_counts_before_the_service_has_answered()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, Old);
        var seen = (0, 0);
        _fixture.Service.On(Endpoint.Other, async (_, _) =>
        {
            seen = (await PostAsync(listener, Old), await PostAsync(listener, New));
            return ScriptedService.Answer(200, "{}");
        });

        await connection.RegisterCallbackAsync(Address, ["CarrierService"], New);

        Assert.Equal((200, 200), seen);
    }

    [Fact]
    public async Task A_registration_that_fails_ends_nothing()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, Old);
        _fixture.Service.On(Endpoint.Other, 400, """{"errorCode":"E","errorMessage":"no"}""");

        await Assert.ThrowsAsync<EsimException>(() => connection.RegisterCallbackAsync(Address, ["CarrierService"], New));

        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(200, await PostAsync(listener, Old));
    }

    [Fact]
    public async Task A_password_that_another_callback_service_still_has_does_not_end()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, Old);
        await RegisterAsync(connection, Old, "CarrierService", "DeviceProfileService");

        await RegisterAsync(connection, New, "CarrierService");
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal((200, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));

        await RegisterAsync(connection, New, "DeviceProfileService");
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal((401, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
    }

    [Fact]
    public async Task Of_two_listeners_with_passwords_of_their_own_none_loses_its_own()
    {
        var connection = await _fixture.OpenAsync();
        var one = Start(connection, Old);
        var other = Start(connection, new("other-user", "other-password"));

        await RegisterAsync(connection, New);
        _fixture.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal((200, 200), (await PostAsync(one, Old), await PostAsync(other, new("other-user", "other-password"))));
        Assert.Equal(401, await PostAsync(one, new("other-user", "other-password")));
    }

    [Fact]
    public async Task A_listener_that_is_started_anew_accepts_the_former_password_for_a_day_where_it_is_given()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, New, Old);

        Assert.Equal((200, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
        _fixture.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal((401, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
    }

    [Fact]
    public async Task A_listener_that_is_started_anew_in_the_same_session_needs_not_be_told()
    {
        var connection = await _fixture.OpenAsync();
        Start(connection, Old);
        await RegisterAsync(connection, New);
        _listeners[0].Stop();

        var listener = Start(connection, New);

        Assert.Equal((200, 200), (await PostAsync(listener, Old), await PostAsync(listener, New)));
    }

    [Fact]
    public async Task A_password_that_comes_back_does_not_end()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, Old, Old);
        await RegisterAsync(connection, New);
        await RegisterAsync(connection, Old);
        _fixture.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal((200, 401), (await PostAsync(listener, Old), await PostAsync(listener, New)));
    }

    [Fact]
    public async Task Half_of_one_pair_and_half_of_the_other_are_none()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, new("old-user", "old-password"));
        await RegisterAsync(connection, new("new-user", "new-password"));

        Assert.Equal((401, 401), (await PostAsync(listener, new("old-user", "new-password")), await PostAsync(listener, new("new-user", "old-password"))));
    }

    private EsimCallbackListener Start(EsimConnection connection, EsimCredential credential, EsimCredential? former = null)
    {
        var listener = connection.StartCallbackListener(new() { Prefix = $"http://127.0.0.1:{FreePort.Next()}/hook", Credential = credential, FormerCredential = former });
        _listeners.Add(listener);
        return listener;
    }

    private async Task RegisterAsync(EsimConnection connection, EsimCredential credential, params string[] services)
    {
        services = services.Length == 0 ? ["CarrierService"] : services;
        Array.ForEach(services, _ => _fixture.Service.On(Endpoint.Other, 200, "{}"));
        await connection.RegisterCallbackAsync(Address, services, credential);
    }

    private async Task<int> PostAsync(EsimCallbackListener listener, EsimCredential credential)
    {
        using var answer = await _http.PostAsync(listener.Prefix, new StringContent($$"""{"username":"{{credential.Name}}","password":"{{credential.Secret}}","requestId":"r"}"""));
        return (int)answer.StatusCode;
    }
}
