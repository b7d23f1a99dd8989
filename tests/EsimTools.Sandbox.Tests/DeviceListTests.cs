// The synchronous device list: rows, filters and pages.

using System.Text.Json;
using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class DeviceListTests
{
    [Fact]
    public async Task A_row_has_the_fields_of_a_real_answer()
    {
        var profile = Fleets.Local(1) with { Mdn = "4255551234" };
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        var answer = await fixture.ListAsync($$$"""{"deviceId":{"kind":"iccid","id":"{{{profile.Iccid}}}"}}""");

        Assert.Equal(200, answer.Status);
        Assert.False(answer.Element("hasMoreData").GetBoolean());
        var row = Assert.Single(answer.Element("devices").EnumerateArray());
        Assert.Equal(SandboxFixture.Account, row.GetProperty("accountName").GetString());
        Assert.Equal(
            """[{"carrierName":"Verizon Wireless","servicePlan":"M2M Global","state":"active"}]""", row.GetProperty("carrierInformations").GetRawText());
        Assert.Equal(
            $$"""[{"id":"4255551234","kind":"mdn"},{"id":"{{profile.Imei}}","kind":"imei"},{"id":"{{profile.Iccid}}","kind":"iccId"},{"id":"{{profile.Eid}}","kind":"eid"}]""",
            row.GetProperty("deviceIds").GetRawText());
        Assert.True(row.GetProperty("connected").GetBoolean());
        Assert.Equal("ENABLE", Attribute(row, "ProfileStatus"));
        Assert.Equal("1", Attribute(row, "DeviceId"));
        Assert.NotNull(Attribute(row, "SmsrOid"));
        Assert.DoesNotContain(row.GetProperty("extendedAttributes").EnumerateArray(), item => item.GetProperty("key").GetString() == "ProfileRole");
    }

    [Fact]
    public async Task The_list_follows_the_profiles_and_drops_a_deleted_one()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));
        var one = $$$"""{"deviceId":{"kind":"iccid","id":"{{{profile.Iccid}}}"}}""";

        await fixture.ActAndHearAsync("profile_suspend", profile);
        Assert.Equal("suspend", State((await fixture.ListAsync(one)).Element("devices")[0]));
        await fixture.ActAndHearAsync("profile_resume", profile);
        await fixture.ActAndHearAsync("deactivate", profile);
        Assert.Equal("deactive", State((await fixture.ListAsync(one)).Element("devices")[0]));
        Assert.False((await fixture.ListAsync(one)).Element("devices")[0].GetProperty("connected").GetBoolean());
        await fixture.ActAndHearAsync("delete", profile);
        (await fixture.ListAsync(one)).AssertError("DeviceNotFound");
        Assert.Single((await fixture.ListAsync("{}")).Element("devices").EnumerateArray());
    }

    [Fact]
    public async Task Pages_follow_each_other_by_the_largest_device_id_seen_and_all_but_the_last_are_202()
    {
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { PageSize = 7 }, Fleets.Of(Fleets.Many(10)));

        var seen = new List<string?>();
        var statuses = new List<int>();
        var after = "0";
        bool hasMore;
        do
        {
            var answer = await fixture.ListAsync($$"""{"accountName":"{{SandboxFixture.Account}}","largestDeviceIdSeen":{{after}}}""");
            var rows = answer.Element("devices").EnumerateArray().ToList();
            seen.AddRange(rows.Select(row => Attribute(row, "DeviceId")));
            statuses.Add(answer.Status);
            hasMore = answer.Element("hasMoreData").GetBoolean();
            after = seen[^1]!;
        }
        while (hasMore);

        Assert.Equal([202, 202, 200], statuses);
        Assert.Equal(Enumerable.Range(1, 20).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)), seen);
    }

    [Fact]
    public async Task A_page_that_is_exactly_full_is_the_last_one()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(Fleets.Many(2)));

        Assert.Equal(200, (await fixture.ListAsync("""{"maxNumberOfDevices":4}""")).Status);
        Assert.Equal(202, (await fixture.ListAsync("""{"maxNumberOfDevices":3}""")).Status);
        Assert.Equal(200, (await fixture.ListAsync("""{"maxNumberOfDevices":"3","largestDeviceIdSeen":"1"}""")).Status);
        Assert.Equal(0, (await fixture.ListAsync("""{"largestDeviceIdSeen":4}""")).Element("devices").GetArrayLength());
        Assert.Equal(4, (await fixture.ListAsync("""{"maxNumberOfDevices":100000}""")).Element("devices").GetArrayLength());
    }

    [Theory]
    [InlineData("iccid", "eq", "{iccid}", 1)]
    [InlineData("ICCID", "contains", "{iccid}", 1)]
    [InlineData("iccid", "startswith", "8931440", 3)]
    [InlineData("iccid", "endswith", "{iccid-end}", 1)]
    [InlineData("eid", "eq", "{eid}", 2)]
    [InlineData("eid", "contains", "{eid}", 2)]
    [InlineData("EID", "startswith", "89049032", 6)]
    [InlineData("imei", "eq", "{imei}", 2)]
    [InlineData("mdn", "endswith", "3", 1)]
    [InlineData("msisdn", "startswith", "1551", 6)]
    [InlineData("meid", "contains", "1", 0)]
    public async Task A_filter_finds_what_fits(string kind, string match, string value, int expected)
    {
        var profile = Fleets.Local(2);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(Fleets.Many(3)));
        value = value.Replace("{iccid}", profile.Iccid, StringComparison.Ordinal).Replace("{iccid-end}", profile.Iccid![^6..], StringComparison.Ordinal)
            .Replace("{eid}", profile.Eid, StringComparison.Ordinal).Replace("{imei}", profile.Imei, StringComparison.Ordinal);

        var answer = await fixture.ListAsync($$$"""{"filter":{"deviceIdentifierFilters":[{"kind":"{{{kind}}}","{{{match}}}":"{{{value}}}"}]}}""");

        Assert.Equal((200, expected), (answer.Status, answer.Element("devices").GetArrayLength()));
    }

    [Theory]
    // As Verizon's SDKs send them: contains is always there.
    [InlineData("""{"kind":"iccid","contains":"","startswith":"893144"}""", 3)]
    [InlineData("""{"kind":"iccid","contains":null,"startswith":"893144","endswith":null}""", 3)]
    [InlineData("""{"kind":"iccid","contains":"00000","startswith":"893144","endswith":"{iccid-end}"}""", 1)]
    [InlineData("""{"kind":"iccid","contains":"00000","startswith":"1","endswith":"{iccid-end}"}""", 0)]
    [InlineData("""{"kind":"iccid","contains":"99999","startswith":"893144","endswith":"{iccid-end}"}""", 0)]
    [InlineData("""{"kind":"iccid","contains":"00000","startswith":"893144","endswith":"99"}""", 0)]
    [InlineData("""{"kind":"iccid","eq":"{iccid}","contains":"00000"}""", 1)]
    [InlineData("""{"kind":"iccid","eq":"{iccid}","contains":"99999"}""", 0)]
    public async Task Of_several_comparisons_of_a_filter_all_that_are_given_must_hold(string filter, int expected)
    {
        var profile = Fleets.Local(2);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(Fleets.Many(3)));
        filter = filter.Replace("{iccid}", profile.Iccid, StringComparison.Ordinal).Replace("{iccid-end}", profile.Iccid![^6..], StringComparison.Ordinal);

        var answer = await fixture.ListAsync($$$"""{"filter":{"deviceIdentifierFilters":[{{{filter}}}]}}""");

        Assert.Equal((200, expected), (answer.Status, answer.Element("devices").GetArrayLength()));
    }

    [Fact]
    public async Task Conditions_must_all_be_met()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(
            Fleets.Local(1), Fleets.Local(2, state: "DEACTIVE"), Fleets.Local(3) with { AccountName = "0000999999-00001" }));

        Assert.Equal(2, await CountAsync("\"servicePlan\":\"M2M Global\",\"accountName\":\"" + SandboxFixture.Account + "\""));
        Assert.Equal(1, await CountAsync("\"currentState\":\"deactive\""));
        Assert.Equal(0, await CountAsync("\"currentState\":\"deactive\",\"servicePlan\":\"M2M US\""));
        Assert.Equal(2, await CountAsync("\"accountName\":\"0000999999-00001\""));
        Assert.Equal(1, await CountAsync($$"""
            "filter":{"deviceIdentifierFilters":[{"kind":"eid","eq":"{{Fleets.Local(1).Eid}}"},{"kind":"iccid","startswith":"893144"}]}
            """));
        Assert.Equal(6, await CountAsync("\"groupName\":\"x\",\"customFields\":[{\"key\":\"a\",\"value\":\"b\"}],\"earliest\":null"));

        async Task<int> CountAsync(string conditions) => (await fixture.ListAsync("{" + conditions + "}")).Element("devices").GetArrayLength();
    }

    [Theory]
    [InlineData("""{"deviceId":{"kind":"iccid","id":"89314400000000000999"}}""", "DeviceNotFound")]
    [InlineData("""{"deviceId":{"kind":"colour","id":"89314400000000000999"}}""", "Device.Kind.Invalid")]
    [InlineData("""{"deviceId":{"kind":"iccid"}}""", "Device.Identifier.Invalid")]
    [InlineData("""{"deviceId":"89314400000000000999"}""", "DeserializationFailed")]
    [InlineData("""{"accountName":"nobody"}""", "AccountNotFound")]
    [InlineData("""{"maxNumberOfDevices":0}""", "MaxNumberOfDevices.Invalid")]
    [InlineData("""{"maxNumberOfDevices":"many"}""", "DeserializationFailed")]
    [InlineData("""{"largestDeviceIdSeen":1.5}""", "DeserializationFailed")]
    [InlineData("""{"pageSize":1}""", "DeserializationFailed")]
    [InlineData("""{"filter":{"kind":"iccid"}}""", "DeserializationFailed")]
    [InlineData("""{"filter":{"deviceIdentifierFilters":[{"kind":"iccid","like":"1"}]}}""", "DeserializationFailed")]
    [InlineData("""{"filter":{"deviceIdentifierFilters":[{"kind":"iccid","contains":""}]}}""", "Device.Identifier.Invalid")]
    [InlineData("""{"filter":{"deviceIdentifierFilters":[{"kind":"iccid","contains":"8931","startswith":"x"}]}}""", "Device.Identifier.Invalid")]
    [InlineData("""{"filter":{"deviceIdentifierFilters":[{"kind":"iccid","contains":"8931","contains":"4400"}]}}""", "DeserializationFailed")]
    public async Task A_wrong_question_is_refused(string body, string code)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await fixture.ListAsync(body)).AssertError(code);
    }

    private static string? Attribute(JsonElement row, string key) =>
        row.GetProperty("extendedAttributes").EnumerateArray().Single(item => item.GetProperty("key").GetString() == key).GetProperty("value").GetString();

    private static string? State(JsonElement row) => row.GetProperty("carrierInformations")[0].GetProperty("state").GetString();
}
