// Reads request bodies to the letter: exactly the documents' fields, spelled as they spell them, of the types they
// name. Everything else is refused with a reason, because the reason is what a developer comes to this server for.

using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace DocumentServer;

/// <summary>A request that is answered with an error, in the documents' format unless the path is OAuth's.</summary>
internal sealed class Refusal(int status, string message, string? code = null) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The error code; by default the status itself, "the 3-digit HTML error code" of the documents.</summary>
    public string? Code { get; } = code;
}

/// <summary>One of the two documents: its name in the path and the fields of its request table.</summary>
internal sealed record ProfileAction(string Name, IReadOnlySet<string> Fields)
{
    public static readonly ProfileAction Deactivate = new(
        "deactivate", new HashSet<string>(StringComparer.Ordinal) { "devices", "accountName", "servicePlan", "etfWaiver", "reasonCode" });

    public static readonly ProfileAction Delete = new(
        "delete", new HashSet<string>(StringComparer.Ordinal) { "devices", "accountName", "servicePlan" });

    public static readonly IReadOnlyList<ProfileAction> All = [Deactivate, Delete];
}

/// <summary>The identifiers of one device as sent.</summary>
internal sealed record DeviceIds(string? Iccid, string? Eid, string? Imei);

/// <summary>A valid body of deactivate or delete.</summary>
internal sealed record ActionOrder(ProfileAction Action, string AccountName, string? ServicePlan, IReadOnlyList<DeviceIds> Devices);

/// <summary>A valid body of the device list: one device by kind and id, or a page of the account.</summary>
internal sealed record ListOrder(string? Kind, string? Id, string? ServicePlan, int PageSize, int After);

internal static class StrictBody
{
    private const int MostDevices = 10_000;
    private const int LargestPage = 2_000;

    // "{ } , }" as in the delete document's example is a slip of its writer: the body must be JSON, and that is not.
    private static readonly JsonDocumentOptions JsonToTheLetter = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    private static readonly HashSet<string> DeviceFields = new(StringComparer.Ordinal) { "deviceIds" };
    private static readonly HashSet<string> IdFields = new(StringComparer.Ordinal) { "kind", "id" };

    private static readonly HashSet<string> ListFields = new(StringComparer.Ordinal)
    {
        "deviceId", "accountName", "servicePlan", "maxNumberOfDevices", "largestDeviceIdSeen",
    };

    // Documented for the list, but no part of what this server judges. Named so that the refusal is not misread.
    private static readonly HashSet<string> ListFieldsNotServed = new(StringComparer.Ordinal)
    {
        "filter", "currentState", "customFields", "earliest", "latest", "groupName",
    };

    /// <summary>The body as a JSON object, after checking the Content-Type header.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpRequest request)
    {
        // A charset is a parameter of application/json, not another type; JSON is UTF-8, so any other one is wrong.
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new Refusal(400, "The header Content-Type must be application/json.");
        }

        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new Refusal(400, "The documents know no Content-Encoding.");
        }

        JsonDocument body;
        try
        {
            body = await JsonDocument.ParseAsync(request.Body, JsonToTheLetter, request.HttpContext.RequestAborted);
        }
        catch (JsonException e)
        {
            throw new Refusal(400, "The body is not JSON: " + e.Message);
        }

        if (body.RootElement.ValueKind != JsonValueKind.Object)
        {
            body.Dispose();
            throw new Refusal(400, "The body must be a JSON object.");
        }

        return body;
    }

    /// <summary>How many devices a body names, for the log, which notes refused requests too.</summary>
    public static int? CountDevices(JsonElement body) =>
        body.TryGetProperty("devices", out var devices) && devices.ValueKind == JsonValueKind.Array ? devices.GetArrayLength() : null;

    public static ActionOrder ReadOrder(JsonElement body, ProfileAction action, string account)
    {
        RequireOnly(body, action.Fields, $"the {action.Name} request");
        var accountName = RequireText(body, "accountName");
        if (accountName != account)
        {
            throw new Refusal(400, $"accountName '{accountName}' is not an account of this user.");
        }

        var servicePlan = body.TryGetProperty("servicePlan", out _) ? RequireText(body, "servicePlan") : null;
        if (body.TryGetProperty("etfWaiver", out var waiver) && waiver.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw new Refusal(400, "etfWaiver must be the JSON value true or false.");
        }

        if (body.TryGetProperty("reasonCode", out _) && RequireText(body, "reasonCode").Length != 2)
        {
            throw new Refusal(400, "reasonCode must have 2 characters.");
        }

        if (!body.TryGetProperty("devices", out var devices) || devices.ValueKind != JsonValueKind.Array)
        {
            throw new Refusal(400, "devices is required and must be an array.");
        }

        var count = devices.GetArrayLength();
        if (count is 0 or > MostDevices)
        {
            throw new Refusal(400, $"devices must hold 1 to {MostDevices} devices, not {count}.");
        }

        var read = new List<DeviceIds>(count);
        foreach (var device in devices.EnumerateArray())
        {
            read.Add(ReadDevice(device, $"devices[{read.Count}]"));
        }

        // "Please include the ICCID": only delete's document asks for it. Its words "and the contracted service plan" stay
        // a request too, as the table below them does not mark servicePlan as required.
        var without = action == ProfileAction.Delete ? read.FindIndex(ids => ids.Iccid is null) : -1;
        return without < 0
            ? new ActionOrder(action, accountName, servicePlan, read)
            : throw new Refusal(400, $"devices[{without}] has no iccid, which delete needs.");
    }

    public static ListOrder ReadListOrder(JsonElement body, string account)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (ListFieldsNotServed.Contains(member.Name))
            {
                throw new Refusal(400, $"'{member.Name}' is documented for the device list, but this server does not serve it.");
            }
        }

        RequireOnly(body, ListFields, "the device list request");
        var hasAccount = body.TryGetProperty("accountName", out _);
        if (hasAccount && RequireText(body, "accountName") is var name && name != account)
        {
            throw new Refusal(400, $"accountName '{name}' is not an account of this user.");
        }

        string? kind = null;
        string? id = null;
        if (body.TryGetProperty("deviceId", out var device))
        {
            RequireObject(device, "deviceId");
            RequireOnly(device, IdFields, "deviceId");
            id = RequireText(device, "id");

            // The pages write this endpoint's kinds in capitals, in lower case and as "iccId", so case means nothing here.
            kind = RequireText(device, "kind").ToLowerInvariant();
            if (kind is not ("iccid" or "eid" or "imei" or "mdn"))
            {
                throw new Refusal(400, $"deviceId.kind '{kind}' is not one of iccid, eid, imei, mdn.");
            }
        }
        else if (!hasAccount)
        {
            throw new Refusal(400, "Give deviceId or accountName.");
        }

        var servicePlan = body.TryGetProperty("servicePlan", out _) ? RequireText(body, "servicePlan") : null;
        return new ListOrder(kind, id, servicePlan, PageSize(), After());

        int PageSize()
        {
            if (!body.TryGetProperty("maxNumberOfDevices", out var most))
            {
                return LargestPage;
            }

            return most.ValueKind == JsonValueKind.Number && most.TryGetInt32(out var number) && number is > 0 and <= LargestPage
                ? number
                : throw new Refusal(400, $"maxNumberOfDevices must be a number from 1 to {LargestPage}.");
        }

        // The attribute DeviceId, which it repeats, is text in the answers; the SDK sends a number. Both are read.
        int After()
        {
            if (!body.TryGetProperty("largestDeviceIdSeen", out var seen))
            {
                return 0;
            }

            var text = seen.ValueKind is JsonValueKind.Number or JsonValueKind.String ? seen.ToString() : "";
            return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new Refusal(400, "largestDeviceIdSeen must be the DeviceId of the last device of a page.");
        }
    }

    /// <summary>
    /// What is wrong with an identifier, or null. The documents give an EID 32 digits, an IMEI 15 and an ICCID 20; ICCIDs of 18 and
    /// 19 digits are in use and pass. Check digits are not looked at: the documents do not mention them.
    /// </summary>
    public static string? WhyNotAnId(string kind, string id)
    {
        if (id.Length == 0 || id.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return $"{kind} '{id}' is not a numeric value.";
        }

        var (least, most) = kind switch
        {
            "eid" => (32, 32),
            "imei" => (15, 15),
            _ => (18, 20),
        };
        if (id.Length >= least && id.Length <= most)
        {
            return null;
        }

        return $"{kind} '{id}' has {id.Length} digits instead of {(least == most ? $"{most}" : $"{least} to {most}")}.";
    }

    private static DeviceIds ReadDevice(JsonElement device, string where)
    {
        RequireObject(device, where);
        RequireOnly(device, DeviceFields, where);
        if (!device.TryGetProperty("deviceIds", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            throw new Refusal(400, $"{where}.deviceIds must be an array with at least one identifier.");
        }

        string? iccid = null;
        string? eid = null;
        string? imei = null;
        foreach (var entry in list.EnumerateArray())
        {
            RequireObject(entry, $"{where}.deviceIds[]");
            RequireOnly(entry, IdFields, $"{where}.deviceIds[]");

            // "Both values must be present": each entry needs its kind and its id.
            var kind = RequireText(entry, "kind");
            var id = RequireText(entry, "id");
            if (kind is not ("iccid" or "eid" or "imei"))
            {
                throw new Refusal(400, $"{where}: kind '{kind}' is not one of iccid, eid, imei (lower case).");
            }

            if (WhyNotAnId(kind, id) is { } reason)
            {
                throw new Refusal(400, $"{where}: {reason}");
            }

            ref var slot = ref iccid;
            if (kind == "eid")
            {
                slot = ref eid;
            }
            else if (kind == "imei")
            {
                slot = ref imei;
            }

            if (slot is not null)
            {
                throw new Refusal(400, $"{where} has two identifiers of kind {kind}.");
            }

            slot = id;
        }

        return new DeviceIds(iccid, eid, imei);
    }

    private static void RequireObject(JsonElement value, string where)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new Refusal(400, $"{where} must be a JSON object.");
        }
    }

    private static void RequireOnly(JsonElement value, IReadOnlySet<string> fields, string where)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (!fields.Contains(member.Name))
            {
                throw new Refusal(400, $"'{member.Name}' is no field of {where}; it has {string.Join(", ", fields)}.");
            }
        }
    }

    private static string RequireText(JsonElement value, string field)
    {
        if (!value.TryGetProperty(field, out var member) || member.ValueKind != JsonValueKind.String)
        {
            throw new Refusal(400, $"{field} must be given as a JSON string.");
        }

        var text = member.GetString()!;
        if (text.Length == 0)
        {
            throw new Refusal(400, $"{field} must not be empty.");
        }

        // Verizon's list of synchronous errors forbids these three in any input.
        return text.AsSpan().ContainsAny('\'', '<', '\\')
            ? throw new Refusal(400, $"{field} holds one of the forbidden characters ' < \\.")
            : text;
    }
}
