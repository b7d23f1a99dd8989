// The v1 device list: the questions and the pages, with the odd values that real answers carry.

using System.Text;
using EsimTools.Protocol;

namespace EsimTools.Client.Tests.Protocol;

public sealed class DeviceListTests
{
    [Fact]
    public void The_question_about_one_device_names_account_and_identifier() =>
        Assert.Equal(
            """{"accountName":"0000123456-00001","deviceId":{"kind":"iccid","id":"89141390780800784259"}}""",
            Encoding.UTF8.GetString(DeviceList.AskOne("0000123456-00001", IdentifierKind.Iccid, "89141390780800784259")));

    [Theory]
    [InlineData(null, """{"accountName":"0000123456-00001","maxNumberOfDevices":2000}""")]
    [InlineData("123", """{"accountName":"0000123456-00001","maxNumberOfDevices":2000,"largestDeviceIdSeen":123}""")]
    [InlineData("12a", """{"accountName":"0000123456-00001","maxNumberOfDevices":2000,"largestDeviceIdSeen":"12a"}""")]
    public void The_question_for_a_page_goes_on_from_the_last_device(string? last, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(DeviceList.AskPage("0000123456-00001", new EsimDeviceQuery(), last)));

    [Fact]
    public void The_question_for_a_page_carries_what_narrows_the_search() =>
        Assert.Equal(
            """{"accountName":"a","filter":{"deviceIdentifierFilters":[{"kind":"iccid","startswith":"8914"},{"kind":"eid","endswith":"21"},{"kind":"imei","contains":"490154"},{"kind":"mdn","contains":"555"}]},"servicePlan":"M2M Global","currentState":"active","maxNumberOfDevices":2000}""",
            Encoding.UTF8.GetString(DeviceList.AskPage(
                "a", new() { Iccid = "8914*", Eid = "*21", Imei = "490154", Mdn = "*555*", ServicePlan = "M2M Global", State = "active", Connected = true }, null)));

    [Fact]
    public void A_page_is_read_with_its_identifiers_states_and_paging_id()
    {
        var page = Read("""
            { "hasMoreData": true,
              "devices": [ {
                "accountName": "0000123456-00001", "billingCycleEndDate": "2026-03-01T00:00:00Z",
                "carrierInformations": [ { "carrierName": "Verizon Wireless", "servicePlan": "M2M Global", "state": "active" } ],
                "connected": true, "createdAt": "2020-01-01T00:00:00Z",
                "deviceIds": [ {"id":"5551234567","kind":"mdn"}, {"id":"490154203237518","kind":"imei"}, {"id":"89141390780800784259","kind":"iccId"},
                               {"id":"89034011560010000000000000000121","kind":"EID"}, {"id":"310","kind":"imsi"} ],
                "extendedAttributes": [ {"key":"ProfileStatus","value":"DISABLE"}, {"key":"SmsrOid","value":null}, {"key":"DeviceId","value":"123"} ],
                "groupNames": ["g"], "ipAddress": "0.0.0.0" } ] }
            """);

        Assert.True(page.HasMore);
        Assert.Equal(
            new ListedDevice(
                new("89141390780800784259", "89034011560010000000000000000121", "490154203237518", "5551234567"),
                "0000123456-00001", "M2M Global", "ACTIVE", "DISABLE", true, "0.0.0.0", new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), null, "123"),
            Assert.Single(page.Devices));
    }

    [Theory]
    [InlineData("\"2026-11-29T01:20:40.820Z\"", "2026-11-29T01:20:40.8200000+00:00")]
    [InlineData("\"2024-01-01T00:00:00-05:00\"", "2024-01-01T05:00:00.0000000+00:00")]
    [InlineData("\"2024-01-01T00:00:00\"", "2024-01-01T00:00:00.0000000+00:00")]
    [InlineData("\"2024-01-01\"", "2024-01-01T00:00:00.0000000+00:00")]
    [InlineData("\"01/02/2024\"", null)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("1704067200", null)]
    [InlineData("null", null)]
    public void A_date_is_a_time_in_UTC_where_it_is_one(string said, string? expected)
    {
        var page = Read($$"""{ "devices": [ { "createdAt": {{said}}, "lastConnectionDate": {{said}} } ] }""");

        var device = Assert.Single(page.Devices);
        Assert.Equal(expected, device.CreatedAt?.ToString("o", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(device.CreatedAt, device.LastConnectionDate);
    }

    [Fact]
    public void Values_that_are_null_empty_or_of_another_type_count_as_not_said()
    {
        var page = Read("""
            { "devices": [
                { "accountName": null, "carrierInformations": null, "connected": "yes", "deviceIds": {"id":"1","kind":"iccid"},
                  "extendedAttributes": [ {"key":"ProfileStatus","value":null}, {"key":"DeviceId","value":""}, {"value":"x"}, 7 ] },
                { "accountName": 12, "carrierInformations": {"state":"deactive","servicePlan":""}, "connected": "False", "deviceIds": [ {"id":2,"kind":"ICCID"}, {"kind":"eid"}, {"id":"3"} ],
                  "extendedAttributes": {"key":"DeviceId","value":99} },
                "odd", null, [], 5,
                {} ] }
            """);

        Assert.False(page.HasMore);
        Assert.Equal(
            [
                new ListedDevice(new("1", null, null, null), null, null, null, null, null, null, null, null, null),
                new ListedDevice(new("2", null, null, null), "12", null, "DEACTIVE", null, false, null, null, null, "99"),
                new ListedDevice(default, null, null, null, null, null, null, null, null, null),
            ],
            page.Devices);
    }

    [Theory]
    [InlineData("""{"devices":[],"hasMoreData":true}""", true)]
    [InlineData("""{"devices":[],"hasMoreData":"true"}""", true)]
    [InlineData("""{"devices":[],"hasMoreData":null}""", false)]
    [InlineData("""{"devices":[],"hasMoreData":1}""", false)]
    [InlineData("""{"DEVICES":[]}""", false)]
    public void A_page_may_be_empty(string body, bool hasMore)
    {
        var page = Read(body);

        Assert.Empty(page.Devices);
        Assert.Equal(hasMore, page.HasMore);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"devices":null}""")]
    [InlineData("""{"devices":{}}""")]
    [InlineData("""{"devices":"none"}""")]
    [InlineData("""{"devices":[{"deviceIds":[""")]
    [InlineData("<html></html>")]
    public void What_has_no_device_array_is_no_page(string body) => Assert.Null(DeviceList.Read(Encoding.UTF8.GetBytes(body)));

    private static DeviceListPage Read(string body) => DeviceList.Read(Encoding.UTF8.GetBytes(body))!;
}
