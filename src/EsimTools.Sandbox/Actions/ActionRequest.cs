// Reads the body of a profile action straight from its bytes: 10,000 devices in a few milliseconds and without a string each.

using System.Text.Json;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Actions;

/// <summary>A profile action's request, checked for everything that can be said without looking at the fleet.</summary>
internal sealed class ActionRequest
{
    // An entry with three identifiers, in bytes.
    private const int UsualEntry = 150;

    private readonly ProfileAction _action;
    private readonly ReadOnlyMemory<byte> _body;
    private readonly int _maxDevices;
    private readonly List<ActionTarget> _targets = [];
    private ActionFields _given;
    private bool _hasDevices;

    private ActionRequest(ReadOnlyMemory<byte> body, ProfileAction action, int maxDevices)
    {
        _body = body;
        _action = action;
        _maxDevices = maxDevices;
    }

    /// <summary>The entries of <c>devices</c>, in the request's order.</summary>
    public List<ActionTarget> Targets => _targets;

    public string Account { get; private set; } = "";

    public string? Plan { get; private set; }

    /// <summary>Reads and checks a body.</summary>
    /// <exception cref="Refusal">The body is not as the action's page has it.</exception>
    public static ActionRequest Read(ReadOnlyMemory<byte> body, ProfileAction action, int maxDevices)
    {
        var request = new ActionRequest(body, action, maxDevices);
        JsonBody.ReadObject(body.Span, request.ReadField);
        request.Check();
        return request;
    }

    private void Check()
    {
        if (Account.Length == 0)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Account.NotDefined", "accountName is required.");
        }

        if (_targets.Count == 0)
        {
            throw Refusal.BadRequest("INPUT_INVALID.RequestUndefined", "devices is required and must not be empty.");
        }

        if (_targets.Count > _maxDevices)
        {
            throw Refusal.BadRequest("INPUT_INVALID.MaxRequestsExceeded", $"The request names {_targets.Count} devices; at most {_maxDevices} are allowed.");
        }

        var missing = _action.RequiredFields & ~_given;
        if (missing != ActionFields.None)
        {
            throw Refusal.BadRequest("INPUT_INVALID.RequestUndefined", $"{Camel(missing.ToString())} is required for {_action}.");
        }
    }

    private bool ReadField(string name, ref Utf8JsonReader json)
    {
        switch (name)
        {
            case "devices" when !_hasDevices:
                _hasDevices = true;
                ReadDevices(ref json);
                return true;
            case "accountName" when Account.Length == 0:
                Account = JsonBody.Text(ref json, name);
                return true;
            case "servicePlan" when Takes(ActionFields.ServicePlan):
                Plan = JsonBody.Text(ref json, name);
                Demand(Plan.Trim().Length > 0, "ServicePlan", "servicePlan must not be empty.");
                return true;
            case "mdnZipCode" when Takes(ActionFields.MdnZipCode):
                var zip = JsonBody.Text(ref json, name);
                Demand(zip.Length == 5 && Digits.Of(zip).Length == 5, "MdnZipCode", "mdnZipCode must be 5 digits.");
                return true;
            case "etfWaiver" when Takes(ActionFields.EtfWaiver):
                JsonBody.Boolean(ref json, name);
                return true;
            case "reasonCode" when Takes(ActionFields.ReasonCode):
                var reason = JsonBody.Text(ref json, name);
                Demand(reason.Length == 2, "ReasonCode", "reasonCode must be 2 characters.");
                return true;
            case "smsrOid" when Takes(ActionFields.SmsrOid):
                var oid = JsonBody.Text(ref json, name);
                Demand(oid.Length is >= 3 and <= 46 && oid.All(c => c is (>= '0' and <= '9') or '.'), "SmsrOid", "smsrOid must be 3 to 46 digits and dots.");
                return true;
            default:
                return false;
        }
    }

    // False for a field that the action does not know, and for one that comes twice.
    private bool Takes(ActionFields field)
    {
        var takes = (_action.Fields & ~_given & field) != 0;
        _given |= field;
        return takes;
    }

    private void ReadDevices(ref Utf8JsonReader json)
    {
        JsonBody.Expect(ref json, JsonTokenType.StartArray, "devices", "an array");
        SkipPlainDevices(ref json);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            ReadDevice(ref json);
        }
    }

    // Reads the entries that have nothing unusual about them without the JSON reader, and lets it go on with the rest.
    private void SkipPlainDevices(ref Utf8JsonReader json)
    {
        var rest = _body.Span.Slice((int)json.BytesConsumed);
        var scanner = new DeviceScanner(rest, _action);
        _targets.Capacity = Math.Min(_maxDevices, rest.Length / UsualEntry);
        while (scanner.TryRead(out var target))
        {
            _targets.Add(target);
        }

        json = new Utf8JsonReader(rest.Slice(scanner.Position), isFinalBlock: true, json.CurrentState);
    }

    private void ReadDevice(ref Utf8JsonReader json)
    {
        JsonBody.Expect(ref json, JsonTokenType.StartObject, "devices", "an array of objects");
        var target = default(ActionTarget);
        var given = IdKinds.None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals("deviceIds"u8))
            {
                throw Refusal.BadRequest("INPUT_INVALID.DeserializationFailed", $"The field '{json.GetString()}' is not known in devices.");
            }

            json.Read();
            JsonBody.Expect(ref json, JsonTokenType.StartArray, "deviceIds", "an array");
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                ReadId(ref json, ref target, ref given);
            }
        }

        if ((_action.RequiredKinds & ~given) != IdKinds.None)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Identifier.Invalid",
                $"{(_action.RequiredKinds & ~given).ToString().ToLowerInvariant()} is required for {_action}, in every entry of devices.");
        }

        _targets.Add(target);
    }

    private void ReadId(ref Utf8JsonReader json, ref ActionTarget target, ref IdKinds given)
    {
        JsonBody.Expect(ref json, JsonTokenType.StartObject, "deviceIds", "an array of objects");
        var kind = IdKinds.None;
        var id = default(Digits);
        var hasId = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("kind"u8))
            {
                json.Read();
                kind = ReadKind(ref json);
            }
            else if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                JsonBody.Expect(ref json, JsonTokenType.String, "id", "a string");
                if (json.ValueIsEscaped || !Digits.TryParse(json.ValueSpan, out id))
                {
                    var text = JsonBody.Text(ref json, "id");
                    id = Digits.Of(text);
                    Demand(id.Length > 0, "Device.Identifier", $"The identifier '{text}' is not a number.");
                }

                hasId = true;
            }
            else
            {
                throw Refusal.BadRequest("INPUT_INVALID.DeserializationFailed", $"The field '{json.GetString()}' is not known in deviceIds.");
            }
        }

        Demand(kind != IdKinds.None, "Device.Kind", "Every identifier needs a kind.");
        Demand(hasId, "Device.Identifier", "Every identifier needs an id.");
        Demand((given & kind) == 0, "Device.Kind", "An entry of devices names one kind twice.");
        given |= kind;
        if (!target.TrySet(kind, id))
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Identifier.Invalid", $"The {kind.ToString().ToLowerInvariant()} '{id}' has {id.Length} digits.");
        }
    }

    private IdKinds ReadKind(ref Utf8JsonReader json)
    {
        JsonBody.Expect(ref json, JsonTokenType.String, "kind", "a string");
        var kind = json.ValueTextEquals("iccid"u8) ? IdKinds.Iccid
            : json.ValueTextEquals("eid"u8) ? IdKinds.Eid
            : json.ValueTextEquals("imei"u8) ? IdKinds.Imei
            : IdKinds.None;
        if ((kind & _action.Kinds) == IdKinds.None)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Kind.Invalid", $"The kind '{JsonBody.Text(ref json, "kind")}' is not supported by {_action}.");
        }

        return kind;
    }

    private static void Demand(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw Refusal.BadRequest($"INPUT_INVALID.{code}.Invalid", message);
        }
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
