// Reads journal lines. A folder may hold a hundred megabytes of them and is read whenever a connection is opened, so identifiers are
// turned into keys where they stand; only who needs a line's texts gets those.

using System.Globalization;
using System.Text.Json;
using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools.Store.Folder;

/// <summary>The reading of one line.</summary>
internal ref struct JournalLineReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    private readonly JournalKeys? _keys;
    private Utf8JsonReader _json;
    private int? _version;
    private string? _event;
    private string? _at;
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
    private long _sequence;
    private bool _isOverOpen;
    private bool _vouches;

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
            case "v": _version = Number(Text()); break;
            case "event": _event = Text(); break;
            case "at": _at = Text(); break;
            case "request": _localId = Text(); break;
            case "service": _service = Text(); break;
            case "requestId": _requestId = Text(); break;
            case "action": _action = Text(); break;
            case "account": _account = Text(); break;
            case "plan": _plan = Text(); break;
            case "status": _status = Text(); break;
            case "code": _code = Text(); break;
            case "message": _message = Text(); break;
            case "source": _source = Text(); break;
            case "result": _result = Text(); break;
            case "state": _state = Text(); break;
            case "profileStatus": _profileStatus = Text(); break;
            case "profileRole": _profileRole = Text(); break;
            case "profiles": ReadProfiles(); break;
            case "ids": ReadIds(); break;
            case "eids": ReadEids(); break;
            case "seq": _sequence = Number64(Text()); break;
            case "run": ReadRun(); break;
            case "overOpen": _isOverOpen = Flag(); break;
            case "proof": _vouches = Flag(); break;
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
        else if (Enum.TryParse<JournalEvent>(_event, ignoreCase: true, out var kind) && kind is >= JournalEvent.Sending and <= JournalEvent.Outcome
            && Time(_at) is { } at)
        {
            return new JournalLine
            {
                Event = kind,
                At = at,
                LocalId = _localId,
                Service = _service,
                RequestId = _requestId is { } id && RequestIds.IsUsable(id) ? id : null,
                Action = _action,
                AccountName = _account,
                ServicePlan = _plan,
                StatusCode = Number(_status),
                Code = _code,
                Message = _message,
                Source = Enum.TryParse<EvidenceSource>(_source, ignoreCase: true, out var source) ? source : EvidenceSource.None,
                Outcome = Enum.TryParse<OutcomeStatus>(_result, ignoreCase: true, out var outcome) ? outcome : OutcomeStatus.Pending,
                State = _state,
                ProfileStatus = _profileStatus,
                ProfileRole = _profileRole,
                Profiles = _profiles,
                Ids = _ids,
                Eids = _eids,
                Sequence = _sequence,
                IsOverOpen = _isOverOpen,
                Run = _run,
                Vouches = _vouches,
            };
        }
        else if (_event is not null && (_keys is null ? _profiles is not null || _ids is { Count: > 0 } : _keys.HasProfiles || _keys.Ids.Count > 0))
        {
            return Newer($"has the event '{_event}', which a newer EsimTools has written; this one does not know it");
        }
        else
        {
            problem = "it has no known event or no time";
        }

        return null;
    }

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

    // A text or a number; what is empty or of another kind counts as left out.
    private string? Text()
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.String:
                return _json.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? ForeignText.Show(text, ForeignText.LongestSentence) : null;
            case JsonTokenType.Number:
                return ForeignText.Show(System.Text.Encoding.ASCII.GetString(_json.ValueSpan.ToArray()), ForeignText.LongestSentence);
            default:
                _json.Skip();
                return null;
        }
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    // A number that somebody has made up must not use up the line of all requests.
    private static long Number64(string? text)
    {
        const long Most = 1L << 53;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Most ? number : 0;
    }

    private bool Flag()
    {
        var flag = _json.TokenType == JsonTokenType.True;
        _json.Skip();
        return flag;
    }

    private void ReadRun()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            _json.Skip();
            return;
        }

        string? id = null;
        string? at = null;
        string? user = null;
        string? host = null;
        string? process = null;
        string? reason = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.GetString();
            _json.Read();
            switch (name)
            {
                case "id": id = Text(); break;
                case "at": at = Text(); break;
                case "user": user = Text(); break;
                case "host": host = Text(); break;
                case "process": process = Text(); break;
                case "reason": reason = Text(); break;
                default: _json.Skip(); break;
            }
        }

        if (id is not null && Time(at) is { } startedAt)
        {
            _run = new() { Id = id, StartedAt = startedAt, UserName = user, HostName = host, ProcessId = Number(process) ?? 0, Reason = reason };
        }
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private void ReadProfiles()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            _json.Skip();
            return;
        }

        if (_keys is null)
        {
            _profiles = [];
        }
        else
        {
            _keys.HasProfiles = true;
            _keys.Profiles.Clear();
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                // Somebody all the same, of whom nothing can be told.
                _json.Skip();
                _keys?.Profiles.Add(default);
            }
            else if (_keys is null)
            {
                ReadProfile();
            }
            else
            {
                ReadProfileKeys();
            }
        }
    }

    private void ReadProfile()
    {
        string? iccid = null;
        string? eid = null;
        string? imei = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.GetString();
            _json.Read();
            switch (name)
            {
                case "iccid": iccid = Text(); break;
                case "eid": eid = Text(); break;
                case "imei": imei = Text(); break;
                default: _json.Skip(); break;
            }
        }

        _profiles!.Add(new EsimProfile { Iccid = iccid, Eid = eid, Imei = imei });
    }

    private void ReadProfileKeys()
    {
        IdentifierKey iccid = default;
        IdentifierKey eid = default;
        IdentifierKey imei = default;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            // The names differ in their lengths and first letters, and nothing else is written here.
            var isIccid = _json.ValueTextEquals("iccid"u8);
            var isEid = !isIccid && _json.ValueTextEquals("eid"u8);
            var isImei = !isIccid && !isEid && _json.ValueTextEquals("imei"u8);
            if (!isIccid && !isEid && !isImei)
            {
                // Whether it is a text at all: a line that is damaged is damaged for whoever reads it.
                _ = _json.GetString();
            }

            _json.Read();
            if (isIccid)
            {
                iccid = Key();
            }
            else if (isEid)
            {
                eid = Key();
            }
            else if (isImei)
            {
                imei = Key();
            }
            else
            {
                _json.Skip();
            }
        }

        _keys!.Profiles.Add(new(iccid, eid, imei));
    }

    private void ReadIds()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            _json.Skip();
            return;
        }

        if (_keys is null)
        {
            _ids = [];
        }
        else
        {
            _keys.Ids.Clear();
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_keys is null)
            {
                if (Text() is { } id)
                {
                    _ids!.Add(id);
                }
            }
            else
            {
                var digit = _json.TokenType == JsonTokenType.String && !_json.ValueIsEscaped ? IdentifierKey.Of(_json.ValueSpan)?.DigitLeftOff : null;
                var key = Key();
                _keys.Ids.Add(new(key, key.IsHidden && digit is null ? Spoken.HiddenCheckDigit : (byte?)digit ?? Spoken.NoCheckDigit));
            }
        }
    }

    private void ReadEids()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            _json.Skip();
            return;
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_keys is null)
            {
                (_eids ??= []).Add(Text());
            }
            else
            {
                _keys.Eids.Add(Key());
            }
        }
    }

    private IdentifierKey Key()
    {
        if (_json.TokenType == JsonTokenType.String && !_json.ValueIsEscaped && IdentifierKey.Of(_json.ValueSpan) is { } digits)
        {
            return IdentifierSeal.KeyOf(_keys!.Seal, digits);
        }

        var other = Text();
        _keys!.HasUnknown |= _keys.Seal is null && IdentifierKey.IsHash(other);
        return other is not null ? IdentifierSeal.KeyOf(_keys.Seal, other) ?? default : default;
    }
}
