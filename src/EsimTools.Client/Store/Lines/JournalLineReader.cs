// Reads journal lines. A folder may hold a hundred megabytes of them and is read whenever a connection is opened, so identifiers are
// turned into keys where they stand; only who needs a line's texts gets those.

using System.Text.Json;
using EsimTools.Protocol;

namespace EsimTools.Store.Lines;

/// <summary>The reading of one line.</summary>
internal ref struct JournalLineReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    private readonly JournalKeys? _keys;
    private Utf8JsonReader _json;
    private int? _version;
    private string? _event;
    private string? _at;
    private string? _noted;
    private string? _source;
    private string? _result;
    private string? _localId;
    private string? _service;
    private string? _requestId;
    private string? _action;
    private string? _account;
    private string? _plan;
    private string? _status;
    private string? _code;
    private string? _message;
    private string? _state;
    private string? _profileStatus;
    private string? _profileRole;
    private List<EsimProfile>? _profiles;
    private List<string>? _ids;
    private List<string?>? _eids;
    private EsimRunInfo? _run;
    private string? _wave;
    private EsimRunCounts _counts;
    private List<EsimRunRefusal>? _refusals;
    private string? _stage;
    private string? _digest;
    private string? _until;
    private string? _forgiven;
    private long _sequence;
    private bool _isOverOpen;
    private bool _vouches;
    private bool _isInferred;

    private JournalLineReader(ReadOnlySpan<byte> utf8, JournalKeys? keys)
        : this()
    {
        _keys = keys;
        _json = new Utf8JsonReader(utf8, Options);
    }

    /// <summary>Reads a line; null with the reason when it is not one.</summary>
    /// <param name="utf8">The line without its line feed.</param>
    /// <param name="keys">Takes the identifiers, which then are not in the line; null to have them in the line as texts.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static JournalLine? Read(ReadOnlySpan<byte> utf8, JournalKeys? keys, out string? problem)
    {
        keys?.Clear();
        var reader = new JournalLineReader(utf8, keys);
        try
        {
            reader.ReadMembers();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = e is JsonException json ? $"it is not valid JSON (position {(json.BytePositionInLine ?? 0) + 1})" : "it holds a text that is no valid Unicode";
            return null;
        }

        return reader.ToLine(out problem);
    }

    private void ReadMembers()
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember();
            }
        }
        else
        {
            _json.Skip();
        }

        // What stands behind the object is no line of ours.
        while (_json.Read())
        {
        }
    }

    private void ReadMember()
    {
        var name = _json.GetString();
        _json.Read();
        switch (name)
        {
            case "v": _version = JournalValue.Number(JournalValue.Text(ref _json)); break;
            case "event": _event = JournalValue.Text(ref _json); break;
            case "at": _at = JournalValue.Text(ref _json); break;
            case "noted": _noted = JournalValue.Text(ref _json); break;
            case "request": _localId = JournalValue.Text(ref _json); break;
            case "service": _service = JournalValue.Text(ref _json); break;
            case "requestId": _requestId = JournalValue.Text(ref _json); break;
            case "action": _action = JournalValue.Text(ref _json); break;
            case "account": _account = JournalValue.Text(ref _json); break;
            case "plan": _plan = JournalValue.Text(ref _json); break;
            case "status": _status = JournalValue.Text(ref _json); break;
            case "code": _code = JournalValue.Text(ref _json); break;
            case "message": _message = JournalValue.Text(ref _json); break;
            case "source": _source = JournalValue.Text(ref _json); break;
            case "result": _result = JournalValue.Text(ref _json); break;
            case "state": _state = JournalValue.Text(ref _json); break;
            case "profileStatus": _profileStatus = JournalValue.Text(ref _json); break;
            case "profileRole": _profileRole = JournalValue.Text(ref _json); break;
            case "profiles": JournalIdentifiers.ReadProfiles(ref _json, _keys, ref _profiles); break;
            case "ids": JournalIdentifiers.ReadIds(ref _json, _keys, ref _ids); break;
            case "eids": JournalIdentifiers.ReadEids(ref _json, _keys, ref _eids); break;
            case "seq": _sequence = JournalValue.Number64(JournalValue.Text(ref _json)); break;
            case "run": _run = JournalValue.Run(ref _json) ?? _run; break;
            case "wave": _wave = JournalValue.Text(ref _json); break;
            case "counts": _counts = JournalRun.ReadCounts(ref _json); break;
            case "refusals": _refusals = JournalRun.ReadRefusals(ref _json, withIds: _keys is null); break;
            case "stage": _stage = JournalValue.Text(ref _json); break;
            case "digest": _digest = JournalValue.Text(ref _json); break;
            case "until": _until = JournalValue.Text(ref _json); break;
            case "forgiven": _forgiven = JournalValue.Text(ref _json); break;
            case "overOpen": _isOverOpen = JournalValue.Flag(ref _json); break;
            case "proof": _vouches = JournalValue.Flag(ref _json); break;
            case "inferred": _isInferred = JournalValue.Flag(ref _json); break;
            default: _json.Skip(); break;
        }
    }

    private readonly JournalLine? ToLine(out string? problem)
    {
        problem = null;
        if (_version is not { } version)
        {
            problem = "it has no version";
        }
        else if (version > JournalLine.Version)
        {
            return Newer($"is of format {version}, which a newer EsimTools has written; this one reads format {JournalLine.Version}");
        }
        else if (IsEvent(out var kind) && JournalValue.Time(_at) is { } at)
        {
            if (kind == JournalEvent.Outcome && _result is not null && !Enum.TryParse<OutcomeStatus>(_result, ignoreCase: true, out _))
            {
                return Newer($"has the result '{_result}', which a newer EsimTools has written; this one does not know it");
            }

            return new JournalLine
            {
                Event = kind,
                At = at,
                Noted = JournalValue.Time(_noted),
                LocalId = _localId,
                Service = _service,
                RequestId = _requestId is { } id && RequestIds.IsUsable(id) ? id : null,
                Action = _action,
                AccountName = _account,
                ServicePlan = _plan,
                StatusCode = JournalValue.Number(_status),
                Code = _code,
                Message = _message,
                Said = new(Enum.TryParse<EvidenceSource>(_source, ignoreCase: true, out var source) ? source : EvidenceSource.None, null, _state, _profileStatus, _profileRole),
                Outcome = Enum.TryParse<OutcomeStatus>(_result, ignoreCase: true, out var outcome) ? outcome : OutcomeStatus.Pending,
                Profiles = _profiles,
                Ids = _ids,
                Eids = _eids,
                Sequence = _sequence,
                IsOverOpen = _isOverOpen,
                Run = _run,
                Wave = Math.Max(0, JournalValue.Number(_wave) ?? 0),
                RunStage = kind == JournalEvent.Run ? JournalRun.StageOf(_stage) : default,
                Counts = _counts,
                Refusals = _refusals,
                // What a newer module has noted of a plan is for a person to look at.
                PlanStage = kind != JournalEvent.Plan ? PlanStage.None : Enum.TryParse<PlanStage>(_stage, ignoreCase: true, out var stage) ? stage : PlanStage.Held,
                Digest = _digest,
                Until = JournalValue.Time(_until),
                Forgiven = JournalValue.Number(_forgiven) ?? 0,
                Vouches = _vouches,
                IsInferred = _isInferred,
            };
        }
        else if (_event is not null
            && ((_localId is not null && !IsEvent(out _)) || (_keys is null ? _profiles is not null || _ids is { Count: > 0 } : _keys.HasProfiles || _keys.Ids.Count > 0)))
        {
            return Newer($"has the event '{_event}', which a newer EsimTools has written; this one does not know it");
        }
        else
        {
            problem = "it has no known event or no time";
        }

        return null;
    }

    private readonly bool IsEvent(out JournalEvent kind) =>
        Enum.TryParse(_event, ignoreCase: true, out kind) && kind is >= JournalEvent.Sending and <= JournalEvent.Run;

    private readonly JournalLine Newer(string message) => new()
    {
        Event = JournalEvent.Newer,
        At = default,
        LocalId = _localId,
        Service = _service,
        Message = message,
        Profiles = _profiles,
        Ids = _ids,

        // An answer names no profiles: its request does.
        Code = _event is "accepted" or "refused" or "inDoubt" ? _event : null,
    };
}
