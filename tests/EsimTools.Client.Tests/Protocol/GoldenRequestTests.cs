// The bytes of every action on the wire, against texts put together by hand from the pages and the two documents.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Protocol;

public sealed class GoldenRequestTests
{
    private const string Eid = """{"kind":"eid","id":"89034011560010000000000000000121"}""";
    private const string Iccid = """{"kind":"iccid","id":"89141390780800784259"}""";
    private const string Imei = """{"kind":"imei","id":"490154203237518"}""";
    private const string All = Eid + "," + Iccid + "," + Imei;

    private static readonly EsimProfile Profile = new() { Iccid = "89141390780800784259", Eid = "89034011560010000000000000000121", Imei = "490154203237518" };

    public static TheoryData<string, string, string> Requests => new()
    {
        { "activate", All, ""","servicePlan":"plan","mdnZipCode":"12345" """ },
        { "download", All, ""","servicePlan":"plan" """ },
        { "enable", All, ""","servicePlan":"plan" """ },
        { "download_enable", All, ""","servicePlan":"plan" """ },
        { "deactivate", All, ""","servicePlan":"plan","etfWaiver":false,"reasonCode":"FF" """ },
        { "disable", Eid + "," + Iccid, ""","smsrOid":"1.3.6.1.4.1.31746.1.500.200.101.5" """ },
        { "delete", All, ""","servicePlan":"plan" """ },
        { "profile_suspend", Iccid, ""","servicePlan":"plan" """ },
        { "profile_resume", Iccid, ""","servicePlan":"plan" """ },
        { "device_suspend", Eid, "" },
        { "device_resume", Eid, "" },
        { "serviceplan", Eid + "," + Iccid, ""","servicePlan":"plan" """ },
        { "setfallbackattribute", All, "" },
    };

    [Fact]
    public void Every_action_has_its_golden_request() =>
        Assert.Equal(EsimAction.All.Select(action => action.Name).Order(), Requests.Select(row => (string)row[0]).Order());

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Bytes_on_the_wire_are_those_of_the_page(string name, string identifiers, string fields)
    {
        using var fixture = new ConnectionFixture();
        var connection = await fixture.OpenAsync();
        var action = EsimAction.Find(name)!;
        var options = new EsimActionOptions
        {
            ServicePlan = fields.Contains("servicePlan", StringComparison.Ordinal) ? "plan" : null,
            MdnZipCode = fields.Contains("mdnZipCode", StringComparison.Ordinal) ? "12345" : null,
            EtfWaiver = fields.Contains("etfWaiver", StringComparison.Ordinal) ? false : null,
            ReasonCode = fields.Contains("reasonCode", StringComparison.Ordinal) ? "FF" : null,
            SmsrOid = fields.Contains("smsrOid", StringComparison.Ordinal) ? "1.3.6.1.4.1.31746.1.500.200.101.5" : null,
        };

        // Delete needs a proof first: a deactivation confirmed by callback.
        if (action == EsimAction.Delete)
        {
            var before = await ConnectionFixture.DeactivateAsync(connection, Profile);
            connection.ReceiveCallback($$$"""
                {"requestId":"{{{before.Request!.RequestId}}}","deviceIds":[{{{Iccid}}}],
                 "deviceResponse":{"deviceProfileResponse":{"state":"DEACTIVE","profileStatus":"ENABLE","profileRole":"LOCAL"}},"status":"SUCCESS"}
                """);
        }

        var submission = await connection.SubmitAsync(action, [Profile], options).WaitAsync(ManualClock.HangLimit);

        Assert.Null(submission.Failure);
        Assert.Empty(submission.Refused);
        var call = fixture.Service.Of(Endpoint.Action)[^1];
        Assert.Equal(HttpMethod.Post, call.Method);
        Assert.EndsWith("/api/m2m/v1/devices/profile/actions/" + name, call.Path, StringComparison.Ordinal);
        Assert.Equal("application/json", call.ContentType);
        Assert.Equal($$"""{"devices":[{"deviceIds":[{{identifiers}}]}],"accountName":"{{Sample.Account}}"{{fields.TrimEnd()}}}""", call.Body);
    }
}
