// What a profile action's request may hold: everything else is refused at once, as a whole.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class ActionRequestTests
{
    private const string Eid = """{"kind":"eid","id":"89049032000000000000000000000163"}""";
    private const string Iccid = """{"kind":"iccid","id":"89314400000000000014"}""";
    private const string Imei = """{"kind":"imei","id":"350000000000016"}""";
    private const string Ids = Eid + "," + Iccid + "," + Imei;
    private const string Account = "\"accountName\":\"0000123456-00001\"";

    public static TheoryData<string, string, string> Refused => new()
    {
        // action, body, end of the code
        { "deactivate", Devices(Ids), "Account.NotDefined" },
        { "deactivate", "{" + Account + "}", "RequestUndefined" },
        { "deactivate", "{\"devices\":[]," + Account + "}", "RequestUndefined" },
        { "deactivate", "{\"devices\":{}," + Account + "}", "DeserializationFailed" },
        { "deactivate", Full(Ids, "\"colour\":1"), "DeserializationFailed" },
        { "deactivate", Full(Ids, "\"AccountName\":\"x\""), "DeserializationFailed" },
        { "deactivate", Full(Ids, Account), "DeserializationFailed" },
        { "deactivate", Full(Ids, "\"devices\":[]"), "DeserializationFailed" },
        { "deactivate", "{\"devices\":[{\"ids\":[" + Ids + "]}]," + Account + "}", "DeserializationFailed" },
        { "deactivate", "{\"devices\":[{\"deviceIds\":[" + Ids + "]},]," + Account + "}", "DeserializationFailed" },
        { "deactivate", "{\"devices\":[{\"deviceIds\":[" + Ids + "]}{\"deviceIds\":[" + Ids + "]}]," + Account + "}", "DeserializationFailed" },
        { "deactivate", "{\"devices\":[{\"deviceIds\":[" + Ids + "]},5]," + Account + "}", "DeserializationFailed" },
        { "deactivate", "{\"devices\":[{\"deviceIds\":[" + Ids + "]}]," + Account + ",}", "DeserializationFailed" },
        { "deactivate", Full("""{"kind":"ICCID","id":"89314400000000000014"}"""), "Device.Kind.Invalid" },
        { "deactivate", Full("""{"kind":"iccId","id":"89314400000000000014"}"""), "Device.Kind.Invalid" },
        { "deactivate", Full("""{"kind":"mdn","id":"5510000001"}""" + "," + Iccid), "Device.Kind.Invalid" },
        { "deactivate", Full("""{"id":"89314400000000000014"}"""), "Device.Kind.Invalid" },
        { "deactivate", Full(Iccid + "," + Iccid), "Device.Kind.Invalid" },
        { "deactivate", Full("""{"kind":"iccid"}"""), "Device.Identifier.Invalid" },
        { "deactivate", Full("""{"kind":"iccid","id":"8931440000000000"}"""), "Device.Identifier.Invalid" },
        { "deactivate", Full("""{"kind":"iccid","id":"8931440000000000001A"}"""), "Device.Identifier.Invalid" },
        { "deactivate", Full("""{"kind":"iccid","id":89314400000000000014}"""), "DeserializationFailed" },
        { "deactivate", Full("""{"kind":"iccid","id":"89314400000000000014","x":1}"""), "DeserializationFailed" },
        { "deactivate", Full("""{"kind":"iccid","id":"8931440000000000001\u0027"}"""), "Request.InvalidCharacter" },
        { "deactivate", Full(Eid + "," + Imei), "Device.Identifier.Invalid" },
        { "deactivate", Full(Ids, "\"etfWaiver\":\"false\""), "DeserializationFailed" },
        { "deactivate", Full(Ids, "\"reasonCode\":\"F\""), "ReasonCode.Invalid" },
        { "deactivate", Full(Ids, "\"reasonCode\":\"FFF\""), "ReasonCode.Invalid" },
        { "deactivate", Full(Ids, "\"reasonCode\":7"), "DeserializationFailed" },
        { "deactivate", Full(Ids, "\"servicePlan\":\"it's\""), "Request.InvalidCharacter" },
        { "deactivate", Full(Ids, "\"servicePlan\":\"a<b\""), "Request.InvalidCharacter" },
        { "deactivate", Full(Ids, "\"servicePlan\":\"a;b\""), "Request.InvalidCharacter" },
        { "deactivate", Full(Ids, """ "servicePlan":"a\\b" """), "Request.InvalidCharacter" },
        { "deactivate", Full(Ids, "\"servicePlan\":\" \""), "ServicePlan.Invalid" },
        { "deactivate", Full(Ids, "\"mdnZipCode\":\"12345\""), "DeserializationFailed" },
        { "deactivate", Full(Ids, "\"smsrOid\":\"1.2.3\""), "DeserializationFailed" },
        { "deactivate", Full(Ids).Replace("-00001", "-00009", StringComparison.Ordinal), "AccountNotFound" },
        { "activate", Full(Ids, "\"mdnZipCode\":\"1234\""), "MdnZipCode.Invalid" },
        { "activate", Full(Ids, "\"mdnZipCode\":\"1234a\""), "MdnZipCode.Invalid" },
        { "activate", Full(Ids, "\"mdnZipCode\":12345"), "DeserializationFailed" },
        { "activate", Full(Ids, "\"reasonCode\":\"FF\""), "DeserializationFailed" },
        { "delete", Full(Ids, "\"etfWaiver\":false"), "DeserializationFailed" },
        { "profile_suspend", Full(Ids), "Device.Kind.Invalid" },
        { "profile_resume", Full(Eid), "Device.Kind.Invalid" },
        { "device_suspend", Full(Iccid), "Device.Kind.Invalid" },
        { "device_suspend", Full(Eid, "\"servicePlan\":\"x\""), "DeserializationFailed" },
        { "device_resume", "{\"devices\":[{\"deviceIds\":[]}]," + Account + "}", "Device.Identifier.Invalid" },
        { "serviceplan", Full(Eid + "," + Iccid), "RequestUndefined" },
        { "serviceplan", Full(Iccid, "\"servicePlan\":\"x\""), "Device.Identifier.Invalid" },
        { "serviceplan", Full(Ids, "\"servicePlan\":\"x\""), "Device.Kind.Invalid" },
        { "disable", Full(Eid + "," + Iccid), "RequestUndefined" },
        { "disable", Full(Eid + "," + Iccid, "\"smsrOid\":\"1.a\""), "SmsrOid.Invalid" },
        { "disable", Full(Eid + "," + Iccid, "\"smsrOid\":\"1\""), "SmsrOid.Invalid" },
        { "disable", Full(Iccid, "\"smsrOid\":\"1.2.3\""), "Device.Identifier.Invalid" },
        { "download_disable", Full(Eid + "," + Iccid), "RequestUndefined" },
        { "setfallbackattribute", Full(Ids, "\"carrierName\":\"x\""), "DeserializationFailed" },
    };

    public static TheoryData<string, string> Taken => new()
    {
        { "deactivate", Full(Ids, "\"servicePlan\":\"M2M Global\",\"etfWaiver\":false,\"reasonCode\":\"FF\"") },
        { "deactivate", Full(Iccid) },
        { "deactivate", Full(Imei + "," + Iccid) },
        { "activate", Full(Ids, "\"servicePlan\":\"M2M Global\",\"mdnZipCode\":\"98027\"") },
        { "download", Full(Ids, "\"servicePlan\":\"M2M Global\"") },
        { "enable", Full(Ids, "\"servicePlan\":\"M2M Global\"") },
        { "download_enable", Full(Ids, "\"servicePlan\":\"M2M Global\"") },
        { "delete", Full(Ids, "\"servicePlan\":\"M2M Global\"") },
        { "profile_suspend", Full(Iccid, "\"servicePlan\":\"M2M Global\"") },
        { "profile_resume", Full(Iccid) },
        { "device_suspend", Full(Eid) },
        { "device_resume", Full(Eid) },
        { "serviceplan", Full(Eid + "," + Iccid, "\"servicePlan\":\"x\"") },
        { "setfallbackattribute", Full(Ids) },
        { "disable", Full(Eid + "," + Iccid, "\"smsrOid\":\"1.3.6.1.4.1.31746.1.500.200.101.5\"") },
        { "download_disable", Full(Eid + "," + Iccid, "\"smsrOid\":\"1.2.3\"") },

        // The same things, written in ways that only a full JSON reader understands.
        { "deactivate", Full("""{"id":"89314400000000000014","kind":"iccid"}""") },
        { "deactivate", Full("""{"\u006bind":"iccid","id":"89314400000000000014"}""") },
        { "deactivate", Full("""{"kind":"iccid","id":"\u00389314400000000000014"}""") },
        { "deactivate", Full(Iccid).Replace(",", " ,\r\n\t ", StringComparison.Ordinal).Replace(":", " : ", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_is_not_as_documented_is_refused_and_changes_nothing(string action, string body, string code)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await fixture.ActAsync(action, body)).AssertError(code);

        var entry = fixture.Sandbox.Log[^1];
        Assert.Equal((400, false, action, null), (entry.Status, entry.Accepted, entry.Action, entry.RequestId));
        Assert.Equal(0, fixture.Sandbox.TimesAccepted(action, "89314400000000000014"));
    }

    [Theory]
    [MemberData(nameof(Taken))]
    public async Task A_request_as_documented_is_taken(string action, string body)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        var answer = await fixture.ActAsync(action, body);

        Assert.Equal(200, answer.Status);
        Assert.Equal("requestId", Assert.Single(answer.Json.EnumerateObject()).Name);
        Assert.True(Guid.TryParseExact(answer.Text("requestId"), "D", out _));
        Assert.Equal(answer.Text("requestId"), (await fixture.CallbackAsync()).Find("requestId"));
    }

    [Fact]
    public async Task The_order_of_fields_does_not_matter()
    {
        await using var fixture = await SandboxFixture.StartAsync();
        var profiles = fixture.Sandbox.Fleet.ToList().Where(row => row.ProfileRole == "LOCAL").Take(3).ToArray();

        var devices = SandboxFixture.Body("deactivate", profiles)[1..].Split(",\"accountName\"")[0];
        var answer = await fixture.ActAsync("deactivate", "{" + Account + ",\"reasonCode\":\"FF\"," + devices + ",\"etfWaiver\":true}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(3, fixture.Sandbox.Log[^1].ProfileCount);
    }

    [Fact]
    public async Task An_unusual_entry_among_plain_ones_is_read_like_the_others()
    {
        await using var fixture = await SandboxFixture.StartAsync();
        var profiles = fixture.Sandbox.Fleet.ToList().Where(row => row.ProfileRole == "LOCAL").Take(4).ToArray();
        var body = SandboxFixture.Body("deactivate", profiles);
        var unusual = body.Replace("\"kind\":\"iccid\",\"id\":\"" + profiles[2].Iccid, "\"kind\":\"iccid\",\"id\":\"\\u0038" + profiles[2].Iccid![1..], StringComparison.Ordinal);
        Assert.NotEqual(body, unusual);

        await fixture.ActAsync("deactivate", unusual);

        foreach (var profile in profiles)
        {
            var callback = await fixture.CallbackAsync();
            Assert.Equal("SUCCESS", callback.Text("status"));
            Assert.Equal(profile.Iccid, callback.Element("deviceIds")[0].GetProperty("id").GetString());
        }
    }

    [Theory]
    // The devices before the error are read in another way than those behind it.
    [InlineData(10_000)]
    [InlineData(1)]
    [InlineData(0)]
    public async Task An_error_in_a_large_body_is_told_by_its_place_in_the_whole_body(int before)
    {
        var plain = string.Concat(Enumerable.Repeat("{\"deviceIds\":[" + Ids + "]},", before));
        var start = "{" + Account + ",\n\"devices\":[" + plain + "{\"deviceIds\":[" + Ids + "]";
        await using var fixture = await SandboxFixture.StartAsync(overSocket: true);

        var answer = await fixture.ActAsync("deactivate", start + "!}]}");

        answer.AssertError("DeserializationFailed");
        var inLine = start.Length - start.IndexOf('\n', StringComparison.Ordinal) - 1;
        Assert.EndsWith($"LineNumber: 1 | BytePositionInLine: {inLine}.", answer.Text("errorMessage"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account\u00FFName")]
    [InlineData("accountName\":\"\u00FF")]
    public async Task A_body_that_is_no_UTF8_is_refused_at_its_place(string text)
    {
        var body = "{\"" + text + "\":\"\"}";
        await using var fixture = await SandboxFixture.StartAsync(overSocket: true);

        var answer = await fixture.ActAsync("deactivate", System.Text.Encoding.Latin1.GetBytes(body));

        answer.AssertError("DeserializationFailed");
        Assert.EndsWith($"not valid UTF-8 at byte {body.IndexOf('\u00FF', StringComparison.Ordinal)}.", answer.Text("errorMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_the_limit_is_refused_and_the_limit_itself_is_taken()
    {
        var profiles = Fleets.Many(4);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { MaxDevicesPerRequest = 3 }, Fleets.Of(profiles));

        (await fixture.ActAsync("deactivate", profiles)).AssertError("INPUT_INVALID.MaxRequestsExceeded");

        Assert.Equal(200, (await fixture.ActAsync("deactivate", profiles[..3])).Status);
    }

    [Fact]
    public void The_limit_is_ten_thousand() => Assert.Equal(10_000, new SandboxOptions().MaxDevicesPerRequest);

    private static string Devices(string ids) => "{\"devices\":[{\"deviceIds\":[" + ids + "]}]}";

    private static string Full(string ids, string? more = null) =>
        Devices(ids)[..^1] + "," + Account + (more is null ? "" : "," + more) + "}";
}
