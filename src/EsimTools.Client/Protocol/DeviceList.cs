// The v1 device list: its request and its answer.

using System.Text.Json;
using EsimTools.Proof;

namespace EsimTools.Protocol;

/// <summary>Writes and reads <c>POST /m2m/v1/devices/actions/list</c>.</summary>
internal static class DeviceList
{
    /// <summary>The service's documented page size.</summary>
    public const int PageSize = 2000;

    /// <summary>A question about one device.</summary>
    public static byte[] AskOne(string accountName, IdentifierKind kind, string digits)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("accountName", accountName);
            writer.WriteStartObject("deviceId");
            writer.WriteString("kind", kind.WireName);
            writer.WriteString("id", digits);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>A question for the next page of an account's list.</summary>
    public static byte[] AskPage(string accountName, EsimDeviceQuery query, string? largestDeviceIdSeen)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("accountName", accountName);
            WriteFilters(writer, query);
            WriteIfGiven(writer, "servicePlan", query.ServicePlan);
            WriteIfGiven(writer, "currentState", query.State);
            writer.WriteNumber("maxNumberOfDevices", PageSize);
            if (largestDeviceIdSeen is not null)
            {
                if (long.TryParse(largestDeviceIdSeen, out var number))
                {
                    writer.WriteNumber("largestDeviceIdSeen", number);
                }
                else
                {
                    writer.WriteString("largestDeviceIdSeen", largestDeviceIdSeen);
                }
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>The most devices in the filter of the asynchronous list, by the SDK; the page names no limit.</summary>
    public const int MostFiltered = 50;

    /// <summary>The path of the asynchronous list, whose answer comes by callback.</summary>
    public const string AsyncPath = "m2m/v2/devices/actions/list";

    /// <summary>A question for the asynchronous list.</summary>
    public static byte[] AskAsync(string accountName, IEnumerable<string> iccids)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("accountName", accountName);
            writer.WriteStartArray("deviceFilter");
            foreach (var iccid in iccids)
            {
                writer.WriteStartObject();
                writer.WriteString("id", iccid);
                writer.WriteString("kind", IdentifierKind.Iccid.WireName);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads a page; null means that the body is not a device list.</summary>
    public static DeviceListPage? Read(ReadOnlyMemory<byte> body)
    {
        using var document = LenientJson.TryParse(body, out _);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root
            || root.Find("devices") is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        var devices = new List<ListedDevice>(list.GetArrayLength());
        foreach (var device in list.AsObjects())
        {
            string? plan = null, state = null;
            var (hasTwoStates, hasTwoStatuses, isSilent) = (false, false, false);
            foreach (var carrier in device.Objects("carrierInformations"))
            {
                plan ??= carrier.Text("servicePlan");
                var said = ServiceWords.InCapitals(carrier.Text("state"));
                isSilent |= said is null;
                hasTwoStates |= Differs(ref state, said);
            }

            // Beside a carrier that tells no state, the state of another one may be another profile's.
            hasTwoStates |= isSilent && state is not null;

            string? profileStatus = null, pagingId = null;
            var isStatusSilent = false;
            foreach (var attribute in device.Objects("extendedAttributes"))
            {
                var key = attribute.Text("key");
                switch (key)
                {
                    case not null when key.Equals("ProfileStatus", StringComparison.OrdinalIgnoreCase):
                        var value = ServiceWords.InCapitals(attribute.Text("value"));
                        isStatusSilent |= value is null;
                        hasTwoStatuses |= Differs(ref profileStatus, value);
                        break;
                    case "DeviceId":
                        pagingId = attribute.Text("value");
                        break;
                }
            }

            hasTwoStatuses |= isStatusSilent && profileStatus is not null;
            devices.Add(new(
                WireIdentifiers.Read(device.Find("deviceIds")), device.Text("accountName"), plan, hasTwoStates ? null : state, hasTwoStatuses ? null : profileStatus,
                device.Flag("connected"), device.Text("ipAddress"), device.Moment("createdAt"), device.Moment("lastConnectionDate"), pagingId)
            {
                HasTwoStates = hasTwoStates,
                HasTwoStatuses = hasTwoStatuses,
            });
        }

        return new(devices, root.Flag("hasMoreData") ?? false);
    }

    private static bool Differs(ref string? known, string? said)
    {
        var differs = known is not null && said is not null && !string.Equals(known, said, StringComparison.OrdinalIgnoreCase);
        known ??= said;
        return differs;
    }

    private static void WriteFilters(Utf8JsonWriter writer, EsimDeviceQuery query)
    {
        var filters = query.Filters;
        if (filters.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("filter");
        writer.WriteStartArray("deviceIdentifierFilters");
        foreach (var (kind, pattern) in filters)
        {
            var (word, value) = (pattern.StartsWith("*", StringComparison.Ordinal), pattern.EndsWith("*", StringComparison.Ordinal)) switch
            {
                (false, true) => ("startswith", pattern.TrimEnd('*')),
                (true, false) => ("endswith", pattern.TrimStart('*')),
                _ => ("contains", pattern.Trim('*')),
            };
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteString(word, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteIfGiven(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
