// One callback can be written in many ways that the documents allow or the field shows: all of them say the same, and damage never throws.

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EsimTools.Callbacks;
using EsimTools.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class CallbackPropertyTests
{
    private const string Secret = "hook-CANARY-password";

    private static readonly string s_withSecret = Sample.Callback("r", Sample.Iccid).Replace("\"status\"", $"\"username\":\"hook-CANARY-user\",\"Password\":\"{Secret}\",\"status\"", StringComparison.Ordinal);

    private static readonly string s_nested =
        $$$"""{"faultResponse":{"requestId":"r","deviceIds":{"id":"{{{Sample.Iccid}}}","kind":"ICCID"},"faultcode":400,"faultstring":"no","USERNAME":"hook-CANARY-user","password":"{{{Secret}}}"}}""";

    [Fact]
    public void Every_spelling_of_one_message_says_the_same() => PropertyCheck.Holds(
        from said in Messages
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (said, seed, Text: new Spelling(seed).Write(said)),
        input => Assert.Equal(input.said, Read(EsimCallback.Parse(input.Text))));

    [Fact]
    public void Any_damage_gives_a_message_or_the_documented_error() => PropertyCheck.Holds(
        Inputs.BytesNear(s_withSecret, s_nested),
        bytes =>
        {
            try
            {
                var callback = EsimCallback.Parse(bytes);
                Assert.NotEmpty(callback.RequestId);
                Assert.True((callback.Iccid ?? callback.Eid ?? callback.Imei) is not null);
            }
            catch (EsimException e)
            {
                Assert.Equal(EsimError.EsimCallbackInvalid, e.Error);
                Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
            }
        });

    [Fact]
    public void Any_text_to_import_gives_messages_or_problems() => PropertyCheck.Holds(
        Inputs.BytesNear(s_withSecret, s_nested, $"[{s_withSecret},{s_nested},1]", """{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"callback","message":""" + s_nested + "}"),
        bytes => Assert.All(EsimCallbackImport.ReadUtf8(bytes), imported => Assert.NotEqual(imported.Callback is null, imported.Problem is null)));

    [Fact]
    public void What_a_listener_records_says_the_same_without_the_user_name_and_password() => PropertyCheck.Holds(
        from said in Messages
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (said, Text: new Spelling(seed) { Secret = Secret }.Write(said)),
        input =>
        {
            using var message = JsonDocument.Parse(input.Text);
            var line = CallbackRecord.LineOf(message.RootElement, ManualClock.Start, null);

            Assert.Equal(line.Length - 1, Array.IndexOf(line, (byte)'\n'));
            Assert.DoesNotContain("CANARY", Encoding.UTF8.GetString(line), StringComparison.Ordinal);
            var imported = Assert.Single(EsimCallbackImport.ReadUtf8(line));
            Assert.Equal(input.said, Read(imported.Callback!));
            Assert.Equal(ManualClock.Start, imported.Callback!.ReceivedAt);
        });

    [Fact]
    public void A_damaged_message_is_recorded_without_its_user_name_and_password_or_not_at_all() => PropertyCheck.Holds(
        Inputs.BytesNear(s_withSecret, s_nested),
        bytes =>
        {
            using var message = LenientJson.TryParse(bytes, out _);
            if (message is null)
            {
                return;
            }

            try
            {
                using var line = JsonDocument.Parse(CallbackRecord.LineOf(message.RootElement, ManualClock.Start, null));
                Assert.DoesNotContain(NamesIn(line.RootElement), name => name.Equals("username", StringComparison.OrdinalIgnoreCase) || name.Equals("password", StringComparison.OrdinalIgnoreCase));
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // What the listener is told to expect; it answers 400.
            }
        });

    private static IEnumerable<string> NamesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => NamesIn(member.Value).Prepend(member.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(NamesIn),
        _ => [],
    };

    private static Gen<Said> Messages =>
        from id in Gen.OneOf(Gen.Constant("d1f08526-5443-4054-9a29-4456490ea9f8"), Gen.Choose(1, 99_999_999).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        from number in Gen.Choose(0, 9_999)
        from which in Gen.Choose(1, 7)
        from status in Gen.Elements(OutcomeStatus.Pending, OutcomeStatus.Succeeded, OutcomeStatus.Failed)
        from state in Gen.Elements(null, "ACTIVE", "DEACTIVE", "SUSPEND")
        from profileStatus in Gen.Elements(null, "ENABLE", "DISABLE", "DOWNLOAD_DISABLE", "DELETE")
        from role in Gen.Elements(null, "LEAD", "LOCAL")
        from count in Gen.Elements<int?>(null, 1, 4)
        from code in Gen.Elements("FAILURE", "1001")
        from fault in Inputs.ShownTextOrNull
        select new Said(
            id, (which & 1) != 0 ? Sample.IccidOf(number) : null, (which & 2) != 0 ? Sample.EidOf(number) : null, (which & 4) != 0 ? Sample.ImeiOf(number) : null,
            status, state, profileStatus, role, status == OutcomeStatus.Failed ? code : null, status == OutcomeStatus.Failed ? fault : null, count);

    private static Said Read(EsimCallback callback) => new(
        callback.RequestId, callback.Iccid, callback.Eid, callback.Imei, callback.Status, callback.State, callback.ProfileStatus, callback.ProfileRole, callback.FaultCode, callback.FaultMessage,
        callback.CallbackCount);

    /// <summary>All that a message says.</summary>
    private sealed record Said(
        string RequestId, string? Iccid, string? Eid, string? Imei, OutcomeStatus Status, string? State, string? ProfileStatus, string? ProfileRole, string? FaultCode, string? FaultMessage, int? Count);

    /// <summary>One way to write messages, drawn from a seed.</summary>
    private sealed class Spelling(int seed)
    {
        private readonly Random _random = new(seed);

        public string? Secret { get; init; }

        public string Write(Said said)
        {
            var isFault = said.Status == OutcomeStatus.Failed;
            var profile = Profile(said);
            var top = new List<(string Name, JsonNode? Value)> { ("requestId", NumberOrText(said.RequestId)), ("status", StatusOf(said.Status)), ("callbackCount", said.Count is { } count ? NumberOrText(count.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null) };

            // The documents name the device twice; either place may be missing.
            if (profile is null || Toss())
            {
                top.Add(("deviceIds", Ids(said)));
            }

            if (Secret is not null)
            {
                top.Add(("username", "hook-CANARY-user"));
                top.Add(("password", Secret));
            }

            var inner = new List<(string Name, JsonNode? Value)> { ("faultcode", said.FaultCode is null ? null : NumberOrText(said.FaultCode)), ("faultstring", said.FaultMessage) };
            if (isFault && Toss())
            {
                inner.AddRange(top);
                top.Clear();
            }

            top.Add(("deviceResponse", profile is null ? null : OneOrMany(Object([("deviceProfileResponse", OneOrMany(profile))]))));
            if (isFault)
            {
                top.Add(("faultResponse", Object(inner)));
            }

            return Object(top).ToJsonString();
        }

        private JsonObject? Profile(Said said) =>
            said is { State: null, ProfileStatus: null, ProfileRole: null }
                ? null
                : Object([("deviceIdentifierCollection", Ids(said)), ("state", said.State), ("profileStatus", said.ProfileStatus), ("profileRole", said.ProfileRole)]);

        private JsonNode Ids(Said said)
        {
            var ids = new List<JsonNode>();
            foreach (var (kind, id) in (ReadOnlySpan<(string, string?)>)[("iccid", said.Iccid), ("eid", said.Eid), ("imei", said.Imei)])
            {
                if (id is not null)
                {
                    ids.Add(Object([("id", NumberOrText(id)), ("kind", Case(kind))]));
                }
            }

            return ids.Count == 1 ? OneOrMany(ids[0]) : new JsonArray([.. ids.OrderBy(_ => _random.Next())]);
        }

        private JsonNode? StatusOf(OutcomeStatus status) => status switch
        {
            OutcomeStatus.Succeeded => Case("success"),
            OutcomeStatus.Failed => Toss() ? Case("failed") : null,
            _ => Toss() ? Case("warning") : Case("something new"),
        };

        private JsonNode OneOrMany(JsonNode one) => Toss() ? one : new JsonArray(one);

        private JsonNode NumberOrText(string text) => text.All(char.IsAsciiDigit) && text[0] != '0' && Toss() ? JsonNode.Parse(text)! : text;

        private string Case(string text) => _random.Next(4) switch
        {
            0 => text,
            1 => text.ToUpperInvariant(),
            2 => text.ToLowerInvariant(),
            _ => string.Concat(text.Select(c => Toss() ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c))),
        };

        // Null is left out or written; unknown properties may stand anywhere.
        private JsonObject Object(IEnumerable<(string Name, JsonNode? Value)> members)
        {
            var written = new JsonObject();
            foreach (var (name, value) in members.Where(member => member.Value is not null || Toss()).Append(("brandNew" + _random.Next(), new JsonArray(1, "x"))).OrderBy(_ => _random.Next()).ToList())
            {
                written[Case(name)] = value;
            }

            return written;
        }

        private bool Toss() => _random.Next(2) == 0;
    }
}
