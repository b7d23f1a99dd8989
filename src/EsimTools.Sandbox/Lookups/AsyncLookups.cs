// The asynchronous lists of API v2: the answer is a request id, the data comes as a callback.

using System.Globalization;
using System.Text.Json;
using EsimTools.Sandbox.Actions;
using EsimTools.Sandbox.Callbacks;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Lookups;

/// <summary>Answers <c>v2/devices/actions/list</c>, <c>v2/devices/history/actions/list</c> and their v1 history sibling.</summary>
/// <remarks>
/// No source has the callbacks' bodies. The sandbox sends one callback for each request: <c>deviceResponse.deviceProfileResponse</c> is an
/// array (the documents' own word for it) whose entries have the fields of a profile action's callback; the history has
/// <c>deviceResponse.provisioningHistory</c> with what happened to each profile in the sandbox, oldest first. Deleted profiles are in the
/// list, because its filter knows <c>DELETE</c>. Several entries of <c>deviceFilter</c> widen the search.
/// </remarks>
internal sealed class AsyncLookups
{
    private readonly SandboxOptions _options;
    private readonly SandboxFleet _fleet;
    private readonly RequestStore _requests;
    private readonly Timetable _timetable;
    private readonly CallbackSender _sender;

    public AsyncLookups(SandboxOptions options, SandboxFleet fleet, RequestStore requests, Timetable timetable, CallbackSender sender)
    {
        _options = options;
        _fleet = fleet;
        _requests = requests;
        _timetable = timetable;
        _sender = sender;
    }

    /// <summary>Answers <c>POST v2/devices/actions/list</c>.</summary>
    /// <param name="body">The request.</param>
    /// <param name="start">Begins the work; to be called when the answer leaves.</param>
    public SandboxAnswer List(ReadOnlyMemory<byte> body, out Action start)
    {
        var query = LookupQuery.Read(body.Span, ["provisioningStatusFilter", "profileStatusFilter", "carrierNameFilter", "accountName", "deviceFilter"]);
        return Take(query, out start, (text, job) =>
            text.List(job, query.Profiles(_fleet).Where(profile => query.FitsState(profile))));
    }

    /// <summary>Answers <c>POST v2/devices/history/actions/list</c>.</summary>
    /// <param name="body">The request.</param>
    /// <param name="start">Begins the work; to be called when the answer leaves.</param>
    public SandboxAnswer History(ReadOnlyMemory<byte> body, out Action start)
    {
        var query = LookupQuery.Read(body.Span, ["accountName", "deviceFilter", "earliest", "latest"]);
        return Take(query, out start, (text, job) =>
            text.History(job, query.Profiles(_fleet).SelectMany(profile => Events(profile, query).Select(entry => (profile, entry)))));
    }

    /// <summary>
    /// Answers <c>POST v1/devices/history/actions/list</c>: one device, both dates, and only the classic events that its page lists.
    /// </summary>
    public SandboxAnswer HistoryV1(ReadOnlyMemory<byte> body)
    {
        var query = LookupQuery.Read(body.Span, ["deviceId", "earliest", "latest"]);
        if (query.Filters.Count != 1 || query.Earliest is null || query.Latest is null)
        {
            throw Refusal.BadRequest("INPUT_INVALID.RequestUndefined", "deviceId, earliest and latest are required.");
        }

        lock (_fleet.Gate)
        {
            var profiles = query.Profiles(_fleet).ToList();
            if (profiles.Count == 0)
            {
                throw Refusal.BadRequest("REQUEST_FAILED.DeviceNotFound", "The device was not found.");
            }

            return Answers.Write(200, json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("hasMoreData", false);
                json.WriteStartArray("provisioningHistory");
                foreach (var profile in profiles)
                {
                    foreach (var entry in Events(profile, query).Where(entry => ClassicName(entry.Action) is not null))
                    {
                        WriteClassic(json, profile, entry);
                    }
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
    }

    private SandboxAnswer Take(LookupQuery query, out Action start, Func<CallbackText, ActionJob, string> write)
    {
        if (string.IsNullOrEmpty(query.Account))
        {
            throw Refusal.BadRequest("INPUT_INVALID.Account.NotDefined", "accountName is required.");
        }

        var job = new ActionJob(query.Account!, null, null, []);
        lock (_fleet.Gate)
        {
            if (!_fleet.HasAccount(query.Account!))
            {
                throw Refusal.BadRequest("REQUEST_FAILED.AccountNotFound", $"The account '{query.Account}' was not found.");
            }

            _requests.Add(job);
        }

        start = () => _timetable.Start(new Step(_options.CallbackDelay, () => End(job, write)));
        return Answers.Strings(200, ("requestId", job.Id));
    }

    private void End(ActionJob job, Func<CallbackText, ActionJob, string> write)
    {
        string callback;
        lock (_fleet.Gate)
        {
            job.IsAnswered = true;
            callback = write(new CallbackText(), job);
        }

        _sender.Send(job.Account, callback);
    }

    private static Stack<ProfileEvent> Events(Profile profile, LookupQuery query)
    {
        var events = new Stack<ProfileEvent>();
        for (var entry = profile.LastEvent; entry is not null; entry = entry.Before)
        {
            if (!(entry.At < query.Earliest) && !(entry.At > query.Latest))
            {
                events.Push(entry);
            }
        }

        return events;
    }

    private static string? ClassicName(ProfileAction action) => action.Name switch
    {
        "activate" => "Activate",
        "deactivate" => "Deactivate",
        "profile_suspend" or "device_suspend" => "Suspend",
        "profile_resume" or "device_resume" => "Restore",
        _ => null,
    };

    private void WriteClassic(Utf8JsonWriter json, Profile profile, ProfileEvent entry)
    {
        json.WriteStartObject();
        json.WriteString("occurredAt", Clock.ToIso(entry.At));
        json.WriteString("status", entry.Succeeded ? "Success" : "Failed");
        json.WriteString("eventBy", _options.UserName);
        json.WriteString("eventType", ClassicName(entry.Action));
        json.WriteString("servicePlan", entry.Plan);
        json.WriteString("mdn", profile.Mdn.ToString());
        json.WriteString("msisdn", "1" + profile.Mdn.ToString());
        json.WriteStartArray("extendedAttributes");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed class LookupQuery
    {
        private string? _state;
        private string? _status;

        public string? Account { get; private set; }

        public List<DeviceSelector> Filters { get; } = [];

        public DateTimeOffset? Earliest { get; private set; }

        public DateTimeOffset? Latest { get; private set; }

        public static LookupQuery Read(ReadOnlySpan<byte> body, string[] fields)
        {
            var query = new LookupQuery();
            JsonBody.ReadObject(body, (string name, ref Utf8JsonReader json) =>
            {
                if (Array.IndexOf(fields, name) < 0)
                {
                    return false;
                }

                query.ReadField(name, ref json);
                return true;
            });
            return query;
        }

        public IEnumerable<Profile> Profiles(SandboxFleet fleet) =>
            (Filters.Count == 0 ? fleet.Profiles : Filters.SelectMany(filter => filter.Candidates(fleet)).Distinct())
            .Where(profile => Account is null || profile.Account == Account);

        public bool FitsState(Profile profile) =>
            (_state is null || profile.State == _state) && (_status is null || profile.Status == _status);

        private void ReadField(string name, ref Utf8JsonReader json)
        {
            switch (name)
            {
                case "accountName":
                    Account = JsonBody.Text(ref json, name);
                    break;
                case "provisioningStatusFilter":
                    _state = Word(ServiceState.Find(JsonBody.Text(ref json, name)), name);
                    break;
                case "profileStatusFilter":
                    _status = Word(ProfileStatus.Find(JsonBody.Text(ref json, name)), name);
                    break;
                case "deviceId":
                    Filters.Add(DeviceSelector.ReadId(ref json));
                    break;
                case "deviceFilter":
                    ReadFilters(ref json);
                    break;
                case "earliest":
                    Earliest = Date(ref json, name);
                    break;
                case "latest":
                    Latest = Date(ref json, name);
                    break;
                default:
                    // carrierNameFilter: the sandbox has one carrier.
                    JsonBody.Text(ref json, name);
                    break;
            }
        }

        // The documents show both one object and an array of them.
        private void ReadFilters(ref Utf8JsonReader json)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                Filters.Add(DeviceSelector.ReadId(ref json));
                return;
            }

            JsonBody.Expect(ref json, JsonTokenType.StartArray, "deviceFilter", "an array");
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                Filters.Add(DeviceSelector.ReadId(ref json));
            }
        }

        private static string Word(string? word, string name) =>
            word ?? throw Refusal.BadRequest("INPUT_INVALID.DeviceState.Invalid", $"The value of '{name}' is not known.");

        private static DateTimeOffset Date(ref Utf8JsonReader json, string name) =>
            DateTimeOffset.TryParse(JsonBody.Text(ref json, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
                ? date
                : throw JsonBody.WrongType(name, "a date and time in ISO 8601");
    }
}
