// The readers of the service's answers take whatever bytes come; the writers of requests lose nothing.

using System.Text;
using System.Text.Json;
using EsimTools.Protocol;
using EsimTools.Store.Lines;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class JsonPropertyTests
{
    private static readonly string[] s_answers =
    [
        """{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"x"}""",
        """{"sessionToken":"abc"}""",
        """{"requestId":"d1f08526-5443-4054-9a29-4456490ea9f8"}""",
        """{"requestId":"x","status":"Success","subRequests":[{"ids":[{"id":"89141390780800784259","kind":"iccid"}],"status":"Success"},{"ids":{"id":"1","kind":"eid"},"status":"Failed"}]}""",
        Sample.Page(true, Sample.Listed(Sample.Iccid), Sample.Listed(Sample.IccidOf(2), "deactive", "DISABLE", "7")),
        """{"errorCode":"REQUEST_FAILED.DeviceNotFound","errorMessage":"no such device"}""",
        """{"error":"invalid_client","error_description":"wrong"}""",
        """{"fault":{"code":"900901","message":"Invalid Credentials","description":"Access failure"}}""",
        "<am:fault xmlns:am=\"http://wso2.org/apimanager\"><am:code>900902</am:code><am:message>Missing Credentials</am:message></am:fault>",
        Sample.Callback("r", Sample.Iccid),
    ];

    [Fact]
    public void Any_bytes_into_the_parser_give_a_document_or_a_reason() => PropertyCheck.Holds(
        Inputs.BytesNear(s_answers),
        bytes =>
        {
            using var document = LenientJson.TryParse(bytes, out var problem);
            Assert.Equal(document is null, problem is not null);
            if (document is not null)
            {
                LookEverywhere(document.RootElement);
            }
        });

    [Fact]
    public void Any_bytes_into_the_readers_of_answers_give_an_answer_or_nothing() => PropertyCheck.Holds(
        Inputs.BytesNear(s_answers),
        bytes =>
        {
            Assert.True(ServiceAnswers.Bearer(bytes) is not { } bearer || (bearer.Token.Length > 0 && bearer.Lifetime >= TimeSpan.Zero));
            Assert.True(ServiceAnswers.SessionToken(bytes) is null or { Length: > 0 });
            Assert.True(ServiceAnswers.RequestId(bytes) is null or { Length: > 0 });
            Assert.True(ServiceAnswers.RequestStatus(bytes) is null or { Status.Length: > 0, SubRequests: not null });
            Assert.True(DeviceList.Read(bytes) is null or { Devices: not null });
        });

    [Fact]
    public void Any_refusal_is_told_in_words() => PropertyCheck.Holds(
        Inputs.BytesNear(s_answers).SelectMany(body => Gen.Elements(400, 401, 403, 404, 429, 500, 503).Select(status => (status, body))),
        input =>
        {
            var fault = ServiceFault.Read(input.status, input.body);
            Assert.Equal(input.status, fault.StatusCode);
            Assert.False(string.IsNullOrWhiteSpace(fault.Message));
            Assert.False(fault.BlamesBearer && fault.BlamesSession);
        });

    [Fact]
    public void A_long_refusal_that_begins_well_and_never_ends_is_given_up_soon() => PropertyCheck.Holds(
        from start in Gen.Elements("<code>", "<am:code>x</am:code><am:message>", "<code>x</code><message>", "{\"fault\":{\"message\":\"", "<a:", "{\"a\":", "[")
        from filler in Gen.Elements(" ", "\t\n", "x", "x ", " x", "<", "<code>", "a:", "[", "{\"a\":")
        from count in Gen.Choose(0, 100_000)
        select start + string.Concat(Enumerable.Repeat(filler, count / filler.Length)),
        text => Assert.NotNull(ServiceFault.Read(400, Encoding.UTF8.GetBytes(text)).Message));

    [Fact]
    public void What_the_writer_of_actions_writes_reads_back_the_same() => PropertyCheck.Holds(
        from numbers in Gen.Choose(1, 9_999).ListOf()
        from texts in Inputs.SoundTextOrNull.ArrayOf(4)
        from account in Inputs.SoundText
        from waiver in Gen.Elements<bool?>(null, true, false)
        from kinds in Gen.Elements(true, false).ArrayOf(3)
        select (Profiles: numbers.Select(Sample.Profile).ToArray(), Fields: new ProfileActionBody.Fields(account, texts[0], waiver, texts[1], texts[2], texts[3]), kinds),
        input =>
        {
            var body = ProfileActionBody.Write(input.Profiles, input.Fields, input.kinds[0], input.kinds[1], input.kinds[2]);
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            Assert.Equal(
                input.Fields,
                new(root.GetProperty("accountName").GetString()!, Text(root, "servicePlan"), root.Flag("etfWaiver"), Text(root, "reasonCode"), Text(root, "smsrOid"), Text(root, "mdnZipCode")));
            Assert.Equal(
                input.Profiles.Select(profile => new WireIdentifiers(input.kinds[1] ? profile.Iccid : null, input.kinds[0] ? profile.Eid : null, input.kinds[2] ? profile.Imei : null, null)),
                root.GetProperty("devices").EnumerateArray().Select(device => WireIdentifiers.Read(device.GetProperty("deviceIds"))));
        });

    // Identifiers are digits, but a caller of the library may put anything there, and a line of the journal must stay one line.
    [Fact]
    public void Whatever_stands_for_an_identifier_reads_back_the_same() => PropertyCheck.Holds(
        (from texts in Inputs.SoundTextOrNull.ArrayOf(3)
         select new EsimProfile { Iccid = texts[0], Eid = texts[1], Imei = texts[2] }).ListOf(),
        profiles =>
        {
            using var body = JsonDocument.Parse(ProfileActionBody.Write([.. profiles], new("account")));
            Assert.Equal(
                profiles.Select(profile => new[] { ("eid", profile.Eid), ("iccid", profile.Iccid), ("imei", profile.Imei) }.Where(id => id.Item2 is not null)),
                body.RootElement.GetProperty("devices").EnumerateArray().Select(device =>
                    device.GetProperty("deviceIds").EnumerateArray().Select(id => (id.GetProperty("kind").GetString()!, id.GetProperty("id").GetString()))));

            using var stream = new MemoryStream();
            new JournalLine { Event = JournalEvent.Sending, At = DateTimeOffset.UnixEpoch, Profiles = [.. profiles] }.WriteTo(stream);
            Assert.Equal(stream.Length - 1, stream.ToArray().AsSpan().IndexOf((byte)'\n'));
            using var line = JsonDocument.Parse(stream.ToArray());
            Assert.Equal(
                profiles.Select(profile => (profile.Iccid, profile.Eid, profile.Imei)),
                line.RootElement.GetProperty("profiles").EnumerateArray().Select(profile => (Text(profile, "iccid"), Text(profile, "eid"), Text(profile, "imei"))));
        });

    [Fact]
    public void What_the_writers_of_questions_write_reads_back_the_same() => PropertyCheck.Holds(
        from account in Inputs.SoundText
        from texts in Inputs.SoundTextOrNull.ArrayOf(2)
        from last in Inputs.SoundTextOrNull
        from sound in Inputs.SoundIdentifiers
        select (account, Query: new EsimDeviceQuery { ServicePlan = texts[0], State = texts[1] }, last, sound),
        input =>
        {
            using var one = JsonDocument.Parse(DeviceList.AskOne(input.account, input.sound.Kind, input.sound.Digits));
            Assert.Equal((input.account, input.sound.Kind.WireName, input.sound.Digits), (Text(one.RootElement, "accountName"), Text(one.RootElement.GetProperty("deviceId"), "kind"), Text(one.RootElement.GetProperty("deviceId"), "id")));

            using var page = JsonDocument.Parse(DeviceList.AskPage(input.account, input.Query, input.last));
            Assert.Equal((input.account, input.Query.ServicePlan, input.Query.State), (Text(page.RootElement, "accountName"), Text(page.RootElement, "servicePlan"), Text(page.RootElement, "currentState")));
            Assert.Equal(input.last is null, page.RootElement.Find("largestDeviceIdSeen") is null);

            using var all = JsonDocument.Parse(DeviceList.AskAsync(input.account, [input.sound.Digits, Sample.Iccid]));
            Assert.Equal(input.account, Text(all.RootElement, "accountName"));
            Assert.Equal([input.sound.Digits, Sample.Iccid], all.RootElement.GetProperty("deviceFilter").EnumerateArray().Select(entry => Text(entry, "id")));
        });

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void LookEverywhere(JsonElement element)
    {
        _ = element.Text("requestId");
        _ = element.Flag("connected");
        _ = element.Number("callbackCount");
        _ = element.RawText();
        _ = WireIdentifiers.Read(element);
        if (element.ValueKind == JsonValueKind.Array)
        {
            Assert.All(element.EnumerateArray(), LookEverywhere);
        }

        Assert.All(element.Objects("deviceIds"), LookEverywhere);
        Assert.All(element.AsObjects().Where(found => element.ValueKind == JsonValueKind.Array || found.ValueKind != JsonValueKind.Object), LookEverywhere);
    }
}
