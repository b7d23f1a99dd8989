// The connection itself: which addresses it takes, how it looks profiles up, and what it says.

using System.Text.Json.Nodes;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests;

public sealed class ConnectionTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("http://service.test/api")]
    [InlineData("http://127.0.0.1.example.com/api")]
    [InlineData("http://localhost.example.com/api")]
    [InlineData("http://10.0.0.1/api")]
    [InlineData("ftp://localhost/api")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user@service.test/api")]
    [InlineData("https://user:word@service.test/api")]
    [InlineData("https://service.test/api?key=1")]
    [InlineData("https://service.test/api#part")]
    public async Task Addresses_that_cannot_be_trusted_are_refused_before_anything_is_sent(string address)
    {
        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(address));

        Assert.Equal(EsimError.EsimAddressInvalid, error.Error);
        Assert.DoesNotContain("word@", error.Message, StringComparison.Ordinal);
        Assert.Empty(_fixture.Service.Calls);
    }

    [Fact]
    public async Task A_relative_address_is_refused()
    {
        var options = _fixture.Options();
        var relative = new EsimConnectionOptions
        {
            ApiCredential = options.ApiCredential, UserCredential = options.UserCredential, AccountName = options.AccountName,
            BaseUri = new Uri("/api", UriKind.Relative), JournalPath = options.JournalPath, Handler = options.Handler,
        };

        Assert.Equal(EsimError.EsimAddressInvalid, (await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(relative))).Error);
    }

    [Theory]
    [InlineData("https://service.test/api", "/api/ts/v1/oauth2/token")]
    [InlineData("https://service.test/api/", "/api/ts/v1/oauth2/token")]
    [InlineData("https://service.test", "/ts/v1/oauth2/token")]
    [InlineData("http://localhost:5000/api", "/api/ts/v1/oauth2/token")]
    [InlineData("http://127.0.0.1/api", "/api/ts/v1/oauth2/token")]
    [InlineData("http://[::1]/api", "/api/ts/v1/oauth2/token")]
    public async Task Https_and_plain_http_on_this_machine_are_taken(string address, string tokenPath)
    {
        await _fixture.OpenAsync(address);

        Assert.Equal(tokenPath, _fixture.Service.Calls[0].Path);
    }

    [Theory]
    [InlineData("0000'123456")]
    [InlineData("a<b")]
    [InlineData("a\nb")]
    public async Task An_account_name_that_the_service_forbids_is_refused(string account)
    {
        var options = _fixture.Options();
        var wrong = new EsimConnectionOptions
        {
            ApiCredential = options.ApiCredential, UserCredential = options.UserCredential, AccountName = account,
            BaseUri = options.BaseUri, JournalPath = options.JournalPath, Handler = options.Handler,
        };

        Assert.Equal(EsimError.EsimParameterInvalid, (await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(wrong))).Error);
        Assert.Empty(_fixture.Service.Calls);
    }

    [Fact]
    public async Task It_shows_where_and_as_whom_it_is_open()
    {
        var connection = await _fixture.OpenAsync();

        Assert.Equal("uws-user on 0000123456-00001 at service.test", connection.ToString());
        Assert.Equal(
            ("uws-user", Sample.Account, ManualClock.Start, _fixture.JournalPath, 4, true, false),
            (connection.UserName, connection.AccountName, connection.ConnectedAt, connection.JournalPath, connection.ThrottleLimit, connection.IsOpen, connection.IsSandbox));
    }

    [Fact]
    public async Task A_few_profiles_are_asked_for_one_by_one()
    {
        _fixture.Service
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive", "ENABLE")))
            .On(Endpoint.List, 400, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.DeviceNotFound","errorMessage":"none"}""")
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(99))))
            .On(Endpoint.List, 200, Sample.Page(false));
        var connection = await _fixture.OpenAsync();

        var found = (await connection.LookUpAsync(Sample.Profiles(3)))
            .Concat(await connection.LookUpAsync([new EsimProfile { Eid = Sample.EidOf(4) }], "0000999999-00001")).ToArray();

        Assert.Equal([true, false, false, false], found.Select(profile => profile is not null));
        var one = found[0]!;
        Assert.Equal((Sample.IccidOf(1), "DEACTIVE", "ENABLE", "M2M Global", false), (one.Iccid, one.State, one.ProfileStatus, one.ServicePlan, one.Connected));
        Assert.Equal((EvidenceSource.ServiceList, ManualClock.Start), (one.Source, one.AsOf!.Value));
        Assert.Equal(
            [
                $$$"""{"accountName":"0000123456-00001","deviceId":{"kind":"iccid","id":"{{{Sample.IccidOf(1)}}}"}}""",
                $$$"""{"accountName":"0000123456-00001","deviceId":{"kind":"iccid","id":"{{{Sample.IccidOf(2)}}}"}}""",
                $$$"""{"accountName":"0000123456-00001","deviceId":{"kind":"iccid","id":"{{{Sample.IccidOf(3)}}}"}}""",
                $$$"""{"accountName":"0000999999-00001","deviceId":{"kind":"eid","id":"{{{Sample.EidOf(4)}}}"}}""",
            ],
            _fixture.Service.Of(Endpoint.List).Select(call => call.Body));

        // What the list said is evidence.
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimError.EsimProfileStateUnknown, connection.Judge(EsimAction.Delete, Sample.Profile(2), serviceWasAsked: true).Error);
    }

    [Fact]
    public async Task Many_profiles_are_found_in_pages_of_the_accounts_list()
    {
        string Lines(int first, int count, string state) => string.Join(", ", Enumerable.Range(first, count).Select(i => Sample.Listed(Sample.IccidOf(i), state, deviceId: i.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        _fixture.Service
            .On(Endpoint.List, 202, Sample.Page(true, Lines(1, 10, "active")))
            .On(Endpoint.List, 202, Sample.Page(true, Lines(11, 10, "deactive")))
            .On(Endpoint.List, 200, Sample.Page(false, Lines(21, 3, "suspend")));
        var connection = await _fixture.OpenAsync();

        var found = await connection.LookUpAsync(Sample.Profiles(25));

        Assert.Equal(3, _fixture.Service.Of(Endpoint.List).Count);
        Assert.Equal(
            [null, 10, 20],
            _fixture.Service.Of(Endpoint.List).Select(call => (int?)JsonNode.Parse(call.Body)!["largestDeviceIdSeen"]));
        Assert.Equal(Enumerable.Range(1, 23).Select(Sample.IccidOf).Append("none").Append("none"), found.Select(profile => profile?.Iccid ?? "none"));
        Assert.Equal(("ACTIVE", "DEACTIVE", "SUSPEND"), (found[0]!.State, found[10]!.State, found[22]!.State));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(15)).Decision);
    }

    [Fact]
    public async Task Reading_the_list_stops_once_all_are_found()
    {
        _fixture.Service.On(Endpoint.List, 202, Sample.Page(true, [.. Enumerable.Range(1, 25).Select(i => Sample.Listed(Sample.IccidOf(i), deviceId: "9"))]));
        var connection = await _fixture.OpenAsync();

        var found = await connection.LookUpAsync(Sample.Profiles(21, first: 3));

        Assert.DoesNotContain(null, found);
        Assert.Single(_fixture.Service.Of(Endpoint.List));
    }

    [Theory]
    [InlineData("same")]
    [InlineData("none")]
    public async Task A_list_that_cannot_be_read_to_its_end_is_an_error_and_no_endless_loop(string fault)
    {
        string PageOf(int number) => Sample.Page(true, fault == "same"
            ? Sample.Listed(Sample.IccidOf(number), deviceId: "7")
            : $$"""{ "deviceIds": [ { "id": "{{Sample.IccidOf(number)}}", "kind": "iccId" } ] }""");
        _fixture.Service.On(Endpoint.List, 202, PageOf(1)).On(Endpoint.List, 202, PageOf(2)).On(Endpoint.List, 202, PageOf(3));
        var connection = await _fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.LookUpAsync(Sample.Profiles(30)));

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        Assert.True(_fixture.Service.Of(Endpoint.List).Count <= 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("{}")]
    public async Task A_list_that_is_none_is_an_error(string body)
    {
        _fixture.Service.On(Endpoint.List, 200, body);
        var connection = await _fixture.OpenAsync();

        Assert.Equal(EsimError.EsimAnswerInvalid, (await Assert.ThrowsAsync<EsimException>(() => connection.LookUpAsync(Sample.Profiles(1)))).Error);
    }

    [Fact]
    public async Task Another_error_of_the_list_is_not_taken_for_a_missing_device()
    {
        _fixture.Service.On(Endpoint.List, 400, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.AccountNotFound","errorMessage":"none"}""");
        var connection = await _fixture.OpenAsync();

        Assert.Equal(EsimError.EsimRequestRefused, (await Assert.ThrowsAsync<EsimException>(() => connection.LookUpAsync(Sample.Profiles(1)))).Error);
    }

    [Fact]
    public async Task A_list_without_profile_status_does_not_renew_an_old_proof()
    {
        // A disabling confirmed three days ago, and a list that says of today no more than "active".
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("off"));
        var connection = await _fixture.OpenAsync();
        await connection.SubmitAsync(EsimAction.Disable, Sample.Profiles(1), new EsimActionOptions { SmsrOid = "1.3.6" });
        connection.ReceiveCallback(Sample.Callback("off", Sample.IccidOf(1), state: "ACTIVE", profileStatus: "DISABLE"));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
        _fixture.Clock.Advance(TimeSpan.FromDays(3));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active", profileStatus: null)));

        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
        await connection.LookUpAsync(Sample.Profiles(1));

        Assert.Equal(EsimError.EsimProfileStateUnknown, connection.Judge(EsimAction.Delete, Sample.Profile(), serviceWasAsked: true).Error);
    }

    [Fact]
    public async Task An_object_of_the_service_is_silenced_by_what_the_service_said_later()
    {
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active", "ENABLE")));
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("off"));
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(300));
        var connection = await _fixture.OpenAsync();
        var profile = (await connection.LookUpAsync(Sample.Profiles(1)))[0]!;
        Assert.Equal(EsimError.EsimProfileNotDisabled, connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Error);

        // All of it within one second, as a sandbox does it.
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(20));
        await ConnectionFixture.DeactivateAsync(connection, profile);
        connection.ReceiveCallback(Sample.Callback("off", Sample.IccidOf(1)));

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, profile).Decision);
    }

    [Fact]
    public async Task No_secret_and_no_token_is_in_any_message_error_text_or_journal_line()
    {
        _fixture.Service
            .On(Endpoint.Action, 401, """{"fault":{"code":"900901","message":"Invalid Credentials"}}""")
            .On(Endpoint.Action, 500, "")
            .On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var doubt = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        var taken = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        var options = _fixture.Options();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(16));
        _fixture.Service.On(Endpoint.Login, 401, """{"errorCode":"X","errorMessage":"wrong"}""");
        var refused = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(3));
        await connection.CloseAsync();

        object?[] all =
        [
            connection, doubt, doubt.Failure, doubt.Request, taken, taken.Request, taken.Request!.GetResults()[0], refused, refused.Failure, options,
            options.ApiCredential, options.UserCredential, new EsimActionOptions(), Sample.Profile(1), connection.Judge(EsimAction.Delete, Sample.Profile(2)),
            .. _fixture.Messages.Select(message => (object)message), .. _fixture.JournalLines(),
        ];
        Assert.True(_fixture.Messages.Count >= 8);
        string[] secrets = [ConnectionFixture.ApiSecret, ConnectionFixture.UserSecret, "api-key", "bearer-", "session-", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("api-key:" + ConnectionFixture.ApiSecret))];
        foreach (var text in all.Select(value => value?.ToString() ?? string.Empty))
        {
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        }

        // The same for every property of the objects that users see.
        foreach (var value in new object[] { connection, options.ApiCredential, options.UserCredential })
        {
            foreach (var property in value.GetType().GetProperties())
            {
                var text = property.GetValue(value)?.ToString() ?? string.Empty;
                Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Fact]
    public async Task Every_call_is_told_with_method_path_and_status()
    {
        var connection = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        var calls = _fixture.Messages.Where(message => message.Level == EsimMessageLevel.Debug).Select(message => message.Text).ToArray();
        Assert.Equal(3, calls.Length);
        Assert.StartsWith("POST /api/m2m/v1/devices/profile/actions/deactivate -> 200", calls[2], StringComparison.Ordinal);
        Assert.DoesNotContain(Sample.IccidOf(1), string.Concat(calls), StringComparison.Ordinal);
    }
}
