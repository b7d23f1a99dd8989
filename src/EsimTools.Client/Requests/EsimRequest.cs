// One request of up to 10,000 profiles: what was asked, and what has become of each profile so far.

using System.Globalization;
using EsimTools.Identity;

namespace EsimTools.Requests;

/// <summary>Where a request stands.</summary>
public enum EsimRequestStatus
{
    /// <summary>The service took it; outcomes are still missing.</summary>
    Accepted,

    /// <summary>Every profile succeeded.</summary>
    Succeeded,

    /// <summary>The service refused it, or every profile failed.</summary>
    Failed,

    /// <summary>Every outcome is known and some failed.</summary>
    PartlyFailed,

    /// <summary>It left, and it is not known whether the service took it.</summary>
    InDoubt,
}

/// <summary>A request for one action on many profiles.</summary>
public sealed class EsimRequest
{
    private readonly object _lock = new();
    private readonly EsimResult?[] _results;
    private List<Action<EsimResult>>? _observers;
    private Dictionary<IdentifierKey, int>? _index;
    private int _succeeded;
    private int _failed;
    private volatile Phase _phase;
    private volatile string? _requestId;

    internal EsimRequest(string localId, EsimAction action, string accountName, string? servicePlan, IReadOnlyList<EsimProfile> profiles, DateTimeOffset submittedAt)
    {
        LocalId = localId;
        Kind = action;
        AccountName = accountName;
        ServicePlan = servicePlan;
        Profiles = profiles;
        SubmittedAt = submittedAt;
        _results = new EsimResult?[profiles.Count];
        Whole = this;
    }

    /// <summary>How far a request has come between here and the service.</summary>
    internal enum Phase
    {
        /// <summary>It is about to leave or on its way.</summary>
        Sending,

        /// <summary>The service answered with a request id.</summary>
        Accepted,

        /// <summary>The service, or a failure before anything left, proves that it was not taken.</summary>
        Refused,

        /// <summary>It may or may not have been taken.</summary>
        InDoubt,
    }

    /// <summary>The service's id of the request; null while in doubt.</summary>
    public string? RequestId => Whole._requestId;

    /// <summary>The action, in ThingSpace's word.</summary>
    public string Action => Kind.Name;

    /// <summary>The account it was sent for.</summary>
    public string AccountName { get; }

    /// <summary>The service plan it was sent with; null when none was given.</summary>
    public string? ServicePlan { get; }

    /// <summary>The number of profiles in it.</summary>
    public int Count => Profiles.Count;

    /// <summary>When it was sent, in UTC.</summary>
    public DateTimeOffset SubmittedAt { get; }

    /// <summary>Where it stands now; changes as outcomes arrive.</summary>
    public EsimRequestStatus Status
    {
        get
        {
            lock (_lock)
            {
                return Whole._phase switch
                {
                    Phase.Refused => EsimRequestStatus.Failed,
                    var phase when _succeeded + _failed < Count => phase == Phase.Accepted ? EsimRequestStatus.Accepted : EsimRequestStatus.InDoubt,
                    _ when _failed == 0 => EsimRequestStatus.Succeeded,
                    _ => _succeeded == 0 ? EsimRequestStatus.Failed : EsimRequestStatus.PartlyFailed,
                };
            }
        }
    }

    /// <summary>The profiles it was sent for.</summary>
    public IReadOnlyList<EsimProfile> Profiles { get; }

    /// <summary>How many profiles have succeeded so far.</summary>
    public int SucceededCount => Volatile.Read(ref _succeeded);

    /// <summary>How many profiles have failed so far, or are known not to have been acted on.</summary>
    public int FailedCount => Volatile.Read(ref _failed);

    /// <summary>The outcomes known so far, in the order of <see cref="Profiles"/>.</summary>
    public IReadOnlyList<EsimResult> GetResults()
    {
        lock (_lock)
        {
            return _results.Where(result => result is not null).Select(result => result!).ToArray();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0} {1} ({2} profiles, {3})", Action, DisplayId, Count, Status);

    /// <summary>The id that the journal knows it by from before the service answered; the only one of a request in doubt.</summary>
    public string LocalId { get; }

    /// <summary>The action.</summary>
    internal EsimAction Kind { get; }

    /// <summary>The number under which the tracker keeps it.</summary>
    internal int Number { get; init; }

    /// <summary>The memory of the connection that it was sent over.</summary>
    internal RequestTracker? Tracker { get; init; }

    /// <summary>The request that was sent, where this is a part of it; otherwise itself.</summary>
    internal EsimRequest Whole { get; private init; }

    /// <summary>The service's id, or the journal's while there is none.</summary>
    internal string DisplayId => RequestId ?? LocalId;

    /// <summary>Whether its answer is still being waited for, here or in another process.</summary>
    internal bool IsOnItsWay => Whole._phase == Phase.Sending;

    /// <summary>Whether every outcome is known.</summary>
    internal bool IsComplete
    {
        get
        {
            lock (_lock)
            {
                return Whole._phase is Phase.Refused || _succeeded + _failed == Count;
            }
        }
    }

    /// <summary>Notes how the sending ended.</summary>
    internal void Enter(Phase phase, string? requestId = null)
    {
        lock (_lock)
        {
            _phase = phase;
            _requestId = requestId ?? _requestId;
        }
    }

    /// <summary>
    /// The same request for some of its profiles only. Who names five profiles of a request of ten thousand must not get the other ones to
    /// act on.
    /// </summary>
    internal EsimRequest Part(IReadOnlyList<EsimProfile> profiles)
    {
        if (profiles.Count == Count && !profiles.Where((profile, i) => profile.PackedIccid != Profiles[i].PackedIccid || profile.PackedEid != Profiles[i].PackedEid).Any())
        {
            return this;
        }

        var part = new EsimRequest(LocalId, Kind, AccountName, ServicePlan, profiles, SubmittedAt) { Number = Number, Tracker = Tracker, Whole = Whole };
        Whole.Subscribe(result =>
        {
            if (part.Find(result.Iccid, result.Eid, result.Imei) is var place and >= 0)
            {
                part.TrySet(place, result.About(part.Profiles[place]));
            }
        });
        return part;
    }

    /// <summary>The same request, for the same profiles, as a connection knows it; null when it does not.</summary>
    internal EsimRequest? FindIn(EsimConnection connection) =>
        Tracker == connection.Tracker ? this : connection.FindRequest(DisplayId)?.Part(Profiles);

    /// <summary>Calls back for every outcome, those already known first, on whatever thread learns of it.</summary>
    internal void Subscribe(Action<EsimResult> observer)
    {
        lock (_lock)
        {
            foreach (var result in _results)
            {
                if (result is not null)
                {
                    observer(result);
                }
            }

            (_observers ??= []).Add(observer);
        }
    }

    /// <summary>Ends a subscription.</summary>
    internal void Unsubscribe(Action<EsimResult> observer)
    {
        lock (_lock)
        {
            _observers?.Remove(observer);
        }
    }

    /// <summary>The place of the profile that is known by a key; −1 when it is not in the request.</summary>
    internal int Find(IdentifierKey key)
    {
        lock (_lock)
        {
            _index ??= BuildIndex();
            return _index.TryGetValue(key, out var place) ? place : -1;
        }
    }

    /// <summary>The place of the profile with these identifiers, ICCID before EID before IMEI; −1 when it is not in the request.</summary>
    internal int Find(string? iccid, string? eid, string? imei)
    {
        lock (_lock)
        {
            _index ??= BuildIndex();
            foreach (var digits in (ReadOnlySpan<string?>)[iccid, eid, imei])
            {
                if (KeyOf(digits) is { } key && _index.TryGetValue(key, out var place) && place >= 0)
                {
                    return digits == iccid || Kind.IsForDevice || MayBeSame(iccid, Profiles[place].PackedIccid) ? place : -1;
                }
            }

            return -1;
        }
    }

    /// <summary>The outcome of one profile; null while it is not known.</summary>
    internal EsimResult? ResultAt(int place)
    {
        lock (_lock)
        {
            return _results[place];
        }
    }

    /// <summary>Sets an outcome; false when the outcome of that profile was known already.</summary>
    internal bool TrySet(int place, EsimResult result)
    {
        lock (_lock)
        {
            if (_results[place] is not null)
            {
                return false;
            }

            _results[place] = result;
            if (result.Status == OutcomeStatus.Succeeded)
            {
                _succeeded++;
            }
            else
            {
                _failed++;
            }

            if (_succeeded + _failed == Count)
            {
                _index = null;
            }

            _observers?.ForEach(observer => observer(result));
            return true;
        }
    }

    /// <summary>The places whose outcome is not known yet.</summary>
    internal IReadOnlyList<int> OpenPlaces()
    {
        lock (_lock)
        {
            var open = new List<int>();
            for (var i = 0; i < _results.Length; i++)
            {
                if (_results[i] is null)
                {
                    open.Add(i);
                }
            }

            return open;
        }
    }

    // A message may write an ICCID with or without its check digit; a different ICCID is another profile of the same card.
    private bool MayBeSame(string? said, in PackedIdentifier asked) =>
        said is null || asked.IsNone || (KeyOf(said) ?? default) == KeyOf(asked)
            || said.StartsWith(asked.Text!, StringComparison.Ordinal) || asked.Text!.StartsWith(said, StringComparison.Ordinal);

    private IdentifierKey? KeyOf(string? digits) => Tracker is null ? IdentifierKey.Of(digits) : Tracker.KeyOf(digits);

    private IdentifierKey KeyOf(in PackedIdentifier identifier) => Tracker is null ? identifier.Digits : Tracker.KeyOf(identifier);

    // EIDs and IMEIs may occur more than once in a request (several profiles of one card); such are marked as not telling.
    private Dictionary<IdentifierKey, int> BuildIndex()
    {
        var index = new Dictionary<IdentifierKey, int>(Count * 3);
        for (var i = 0; i < Profiles.Count; i++)
        {
            var profile = Profiles[i];
            foreach (var identifier in (ReadOnlySpan<PackedIdentifier>)[profile.PackedIccid, profile.PackedEid, profile.PackedImei])
            {
                if (KeyOf(identifier) is { IsNone: false } key)
                {
                    index[key] = index.ContainsKey(key) ? -1 : i;
                }
            }
        }

        return index;
    }
}
