// The synchronous device list: POST /m2m/v1/devices/actions/list.

using System.Globalization;
using System.Text.Json;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Lookups;

/// <summary>Answers the synchronous device list, one row for each profile line.</summary>
/// <remarks>
/// Where the documents are silent: several filters must all fit; a page is never longer than <see cref="SandboxOptions.PageSize"/>, even when
/// more is asked for; extended attributes come with every row, as integrators see them, and <c>ProfileStatus</c> holds the real status of
/// the profile; <c>connected</c> is true for the profile that a connected device uses, while it has service; a deleted profile is no longer
/// listed; a single device that is not there is 400 <c>REQUEST_FAILED.DeviceNotFound</c>, an
/// empty search result is not an error; <c>customFields</c>, <c>groupName</c>, <c>earliest</c> and <c>latest</c> are taken and make no difference.
/// </remarks>
internal sealed class DeviceList
{
    private readonly SandboxOptions _options;
    private readonly SandboxFleet _fleet;
    private readonly string _createdAt;

    public DeviceList(SandboxOptions options, SandboxFleet fleet, Clock clock)
    {
        _options = options;
        _fleet = fleet;
        _createdAt = Clock.ToIso(clock.UtcNow);
    }

    public SandboxAnswer Answer(ReadOnlyMemory<byte> body)
    {
        var query = Query.Read(body.Span);
        lock (_fleet.Gate)
        {
            if (query.Account is not null && !_fleet.HasAccount(query.Account))
            {
                throw Refusal.BadRequest("REQUEST_FAILED.AccountNotFound", $"The account '{query.Account}' was not found.");
            }

            var size = (int)Math.Min(query.MaxDevices ?? _options.PageSize, _options.PageSize);
            var page = new List<Profile>();
            var hasMore = false;
            foreach (var profile in Candidates(query))
            {
                if (profile.DeviceId > query.After && !profile.IsDeleted && query.Fits(profile))
                {
                    if (page.Count == size)
                    {
                        hasMore = true;
                        break;
                    }

                    page.Add(profile);
                }
            }

            if (page.Count == 0 && query.Device is not null)
            {
                throw Refusal.BadRequest("REQUEST_FAILED.DeviceNotFound", "The device was not found.");
            }

            return Answers.Write(hasMore ? 202 : 200, json => Write(json, page, hasMore));
        }
    }

    private IEnumerable<Profile> Candidates(Query query)
    {
        if (query.Device is { } device)
        {
            return device.Candidates(_fleet);
        }

        foreach (var filter in query.Filters)
        {
            if (filter.IsExact)
            {
                return filter.Candidates(_fleet);
            }
        }

        // Device ids are places in the list, so a page begins where the last one ended, however large the fleet is.
        return Following((int)Math.Min(query.After, _fleet.Profiles.Count));
    }

    private IEnumerable<Profile> Following(int start)
    {
        for (var i = start; i < _fleet.Profiles.Count; i++)
        {
            yield return _fleet.Profiles[i];
        }
    }

    private void Write(Utf8JsonWriter json, List<Profile> page, bool hasMore)
    {
        json.WriteStartObject();
        json.WriteBoolean("hasMoreData", hasMore);
        json.WriteStartArray("devices");
        foreach (var profile in page)
        {
            WriteRow(json, profile);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteRow(Utf8JsonWriter json, Profile profile)
    {
        json.WriteStartObject();
        json.WriteString("accountName", profile.Account);
        json.WriteStartArray("carrierInformations");
        json.WriteStartObject();
        json.WriteString("carrierName", "Verizon Wireless");
        json.WriteString("servicePlan", profile.Plan);
        json.WriteString("state", ServiceState.InList(profile.State));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("connected", profile.Euicc.IsConnected && profile.IsEnabled && profile.State == ServiceState.Active);
        json.WriteString("createdAt", _createdAt);
        json.WriteStartArray("deviceIds");
        WriteId(json, profile.Mdn, "mdn");
        WriteId(json, profile.Euicc.Imei, "imei");
        WriteId(json, profile.Iccid, "iccId");
        WriteId(json, profile.Euicc.Eid, "eid");
        json.WriteEndArray();
        json.WriteStartArray("extendedAttributes");
        WriteAttribute(json, "AccountNumber", profile.Account.Split('-')[0]);
        WriteAttribute(json, "SmsrOid", "1.3.6.1.4.1.31746.1.500.200.101.5");
        WriteAttribute(json, "ProfileStatus", _options.HideProfileStatus ? null : profile.Status);
        WriteAttribute(json, "SkuNumber", null);
        WriteAttribute(json, "CostCenterCode", null);
        WriteAttribute(json, "PreIMEI", null);
        WriteAttribute(json, "RoamingStatus", "NotRoaming");
        WriteAttribute(json, "DeviceId", profile.DeviceId.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteStartArray("groupNames");
        json.WriteStringValue("Default: " + profile.Account);
        json.WriteEndArray();
        json.WriteString("ipAddress", "0.0.0.0");
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, Digits id, string kind)
    {
        Span<byte> text = stackalloc byte[32];
        var length = id.Format(text);
        json.WriteStartObject();
        json.WriteString("id", text.Slice(0, length));
        json.WriteString("kind", kind);
        json.WriteEndObject();
    }

    private static void WriteAttribute(Utf8JsonWriter json, string key, string? value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    private sealed class Query
    {
        public string? Account { get; private set; }

        public DeviceSelector? Device { get; private set; }

        public List<DeviceSelector> Filters { get; } = [];

        public long? MaxDevices { get; private set; }

        public long After { get; private set; }

        private string? Plan { get; set; }

        private string? State { get; set; }

        public static Query Read(ReadOnlySpan<byte> body)
        {
            var query = new Query();
            JsonBody.ReadObject(body, query.ReadField);
            if (query.MaxDevices < 1)
            {
                throw Refusal.BadRequest("INPUT_INVALID.MaxNumberOfDevices.Invalid", "maxNumberOfDevices must be at least 1.");
            }

            return query;
        }

        public bool Fits(Profile profile)
        {
            if ((Account is not null && profile.Account != Account) || (Plan is not null && profile.Plan != Plan) ||
                (State is not null && !string.Equals(ServiceState.InList(profile.State), State, StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }

            foreach (var filter in Filters)
            {
                if (!filter.Fits(profile))
                {
                    return false;
                }
            }

            return true;
        }

        private bool ReadField(string name, ref Utf8JsonReader json)
        {
            switch (name)
            {
                case var _ when json.TokenType == JsonTokenType.Null && IsKnown(name):
                    break;
                case "accountName":
                    Account = JsonBody.Text(ref json, name);
                    break;
                case "deviceId":
                    Device = DeviceSelector.ReadId(ref json);
                    break;
                case "filter":
                    JsonBody.ReadProperties(ref json, name, ReadFilters);
                    break;
                case "servicePlan":
                    Plan = JsonBody.Text(ref json, name);
                    break;
                case "currentState":
                    State = JsonBody.Text(ref json, name);
                    break;
                case "maxNumberOfDevices":
                    MaxDevices = JsonBody.Number(ref json, name);
                    break;
                case "largestDeviceIdSeen":
                    After = JsonBody.Number(ref json, name);
                    break;
                case var _ when IsKnown(name):
                    json.Skip();
                    break;
                default:
                    return false;
            }

            return true;
        }

        private static bool IsKnown(string name) => name is
            "accountName" or "deviceId" or "filter" or "servicePlan" or "currentState" or "maxNumberOfDevices" or "largestDeviceIdSeen" or
            "customFields" or "groupName" or "earliest" or "latest";

        private bool ReadFilters(string name, ref Utf8JsonReader json)
        {
            if (name != "deviceIdentifierFilters")
            {
                return false;
            }

            JsonBody.Expect(ref json, JsonTokenType.StartArray, name, "an array");
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                Filters.Add(DeviceSelector.ReadFilter(ref json));
            }

            return true;
        }
    }
}
