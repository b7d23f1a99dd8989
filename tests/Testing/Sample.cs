// Profiles, identifiers and messages for tests, all with right check digits.

using System.Globalization;

namespace EsimTools.Testing;

/// <summary>Made-up but well-formed data.</summary>
internal static partial class Sample
{
    public const string Account = "0000123456-00001";

    public const string Iccid = "89141390780800784259";

    public const string Eid = "89034011560010000000000000000121";

    public const string Imei = "490154203237518";

    /// <summary>An ICCID of 20 digits with its Luhn digit, different for every number.</summary>
    public static string IccidOf(int number)
    {
        var digits = "8914139" + number.ToString("D12", CultureInfo.InvariantCulture);
        return digits + CheckDigits.Luhn(digits).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>An EID of 32 digits with its check digits, different for every number.</summary>
    public static string EidOf(int number)
    {
        var digits = "8904901100" + number.ToString("D20", CultureInfo.InvariantCulture);
        return digits + CheckDigits.Mod97(digits);
    }

    /// <summary>An IMEI of 15 digits with its Luhn digit, different for every number.</summary>
    public static string ImeiOf(int number)
    {
        var digits = "49" + number.ToString("D12", CultureInfo.InvariantCulture);
        return digits + CheckDigits.Luhn(digits).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A profile with all three identifiers.</summary>
    public static EsimProfile Profile(int number = 1) => new() { Iccid = IccidOf(number), Eid = EidOf(number), Imei = ImeiOf(number) };

    /// <summary>Several of them.</summary>
    public static EsimProfile[] Profiles(int count, int first = 1) => [.. Enumerable.Range(first, count).Select(Profile)];

    /// <summary>A callback in the documents' shape.</summary>
    public static string Callback(
        string requestId, string iccid, string status = "SUCCESS", string? state = "DEACTIVE", string? profileStatus = "ENABLE", string? role = "LOCAL")
    {
        string Text(string? value) => value is null ? "null" : $"\"{value}\"";
        return $$"""
            {
                "requestId": "{{requestId}}",
                "deviceIds": [ { "id": "{{iccid}}", "kind": "Iccid" } ],
                "deviceResponse": { "deviceProfileResponse": {
                    "deviceIdentifierCollection": [ { "id": "{{iccid}}", "kind": "Iccid" } ],
                    "state": {{Text(state)}}, "profileStatus": {{Text(profileStatus)}}, "profileRole": {{Text(role)}} } },
                "status": "{{status}}",
                "callbackCount": 1,
                "maxCallbackThreshold": 4
            }
            """;
    }

    /// <summary>One line of the service's device list.</summary>
    public static string Listed(string iccid, string state = "active", string? profileStatus = null, string deviceId = "1")
    {
        var status = profileStatus is null ? "null" : $"\"{profileStatus}\"";
        return $$"""
            { "accountName": "0000123456-00001",
              "carrierInformations": [ { "carrierName": "Verizon Wireless", "servicePlan": "M2M Global", "state": "{{state}}" } ],
              "connected": false,
              "deviceIds": [ { "id": "5551234567", "kind": "mdn" }, { "id": "{{iccid}}", "kind": "iccId" } ],
              "extendedAttributes": [ { "key": "ProfileStatus", "value": {{status}} }, { "key": "DeviceId", "value": "{{deviceId}}" } ] }
            """;
    }

    /// <summary>A page of the device list.</summary>
    public static string Page(bool hasMore, params string[] devices) =>
        $$"""{ "hasMoreData": {{(hasMore ? "true" : "false")}}, "devices": [ {{string.Join(", ", devices)}} ] }""";
}
