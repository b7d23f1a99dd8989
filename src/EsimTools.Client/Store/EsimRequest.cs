// One request of up to 10,000 profiles: what was asked, and what has become of each profile so far.

using System.Collections.ObjectModel;
using System.Globalization;
using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools;

/// <summary>A request for one action on many profiles.</summary>
public sealed class EsimRequest
{
    private readonly RequestStage _stage;
    private readonly RequestOutcomes _outcomes;

    // The places of its profiles among those of the whole; null where this is the whole.
    private readonly int[]? _places;

    internal EsimRequest(
        string localId, EsimAction action, string accountName, string? servicePlan, IReadOnlyList<EsimProfile> profiles, DateTimeOffset submittedAt, RequestStage stage)
    {
        LocalId = localId;
        Kind = action;
        AccountName = accountName;
        ServicePlan = servicePlan;

        // Whom it is about stays as it was, whoever gets to see it.
        foreach (var profile in profiles)
        {
            profile.Fix();
        }

        Profiles = new ReadOnlyCollection<EsimProfile>(profiles as IList<EsimProfile> ?? [.. profiles]);
        SubmittedAt = submittedAt;
        _stage = stage;
        _outcomes = new(profiles.Count);
        Whole = this;
    }

    private EsimRequest(EsimRequest whole, IReadOnlyList<EsimProfile> profiles, int[]? places)
    {
        LocalId = whole.LocalId;
        Kind = whole.Kind;
        AccountName = whole.AccountName;
        ServicePlan = whole.ServicePlan;
        Profiles = profiles;
        SubmittedAt = whole.SubmittedAt;
        Number = whole.Number;
        Tracker = whole.Tracker;
        Run = whole.Run;
        Wave = whole.Wave;
        Whole = whole;
        _stage = whole._stage;
        _outcomes = whole._outcomes;
        _places = places;
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
    public string? RequestId => _stage.RequestId;

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

    /// <summary>The run that sent it; null for a request of a journal from before there were runs.</summary>
    public EsimRunInfo? Run { get; internal init; }

    /// <summary>The wave of the plan in which it was sent, from 1 on; 0 where there were no waves.</summary>
    public int Wave { get; internal init; }

    /// <summary>Whether a command has written it in place of sending these profiles again, because this earlier request has served them or still does.</summary>
    public bool WasSkipped { get; private init; }

    /// <summary>Where it stands now; changes as outcomes arrive.</summary>
    public EsimRequestStatus Status
    {
        get
        {
            var phase = _stage.Phase;
            var (succeeded, failed) = _outcomes.CountOf(_places);
            return phase switch
            {
                Phase.Refused => EsimRequestStatus.Failed,
                _ when succeeded + failed < Count => phase == Phase.Accepted ? EsimRequestStatus.Accepted : EsimRequestStatus.InDoubt,
                _ when failed == 0 => EsimRequestStatus.Succeeded,
                _ => succeeded == 0 ? EsimRequestStatus.Failed : EsimRequestStatus.PartlyFailed,
            };
        }
    }

    /// <summary>The profiles it was sent for.</summary>
    public IReadOnlyList<EsimProfile> Profiles { get; }

    /// <summary>How many profiles have succeeded so far.</summary>
    public int SucceededCount => _outcomes.CountOf(_places).Succeeded;

    /// <summary>How many profiles have failed so far, or are known not to have been acted on.</summary>
    public int FailedCount => _outcomes.CountOf(_places).Failed;

    /// <summary>The outcomes known so far, in the order of <see cref="Profiles"/>.</summary>
    public IReadOnlyList<EsimResult> GetResults() =>
        _places is null ? _outcomes.Known() : Enumerable.Range(0, Count).Select(ResultAt).OfType<EsimResult>().ToArray();

    /// <summary>
    /// The outcomes of those profiles that failed so far, or are known not to have been acted on, with the service's reason; as many as
    /// <see cref="FailedCount"/> tells.
    /// </summary>
    public IReadOnlyList<EsimResult> Failures => FailedCount == 0 ? [] : GetResults().Where(static result => result.Status != OutcomeStatus.Succeeded).ToArray();

    /// <inheritdoc/>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0} {1} ({2}, {3})", Action, DisplayId, Quantity.Of(Count, "profile"), Status);

    /// <summary>The id that the journal knows it by from before the service answered; the only one of a request in doubt.</summary>
    public string LocalId { get; }

    /// <summary>The action.</summary>
    internal EsimAction Kind { get; }

    /// <summary>The number under which the tracker keeps it.</summary>
    internal int Number { get; init; }

    /// <summary>The place in the line of all requests of the journal's folder, taken under its lock; 0 when it is not known.</summary>
    internal long Sequence { get; init; }

    /// <summary>Whether an action that can end "disabled" was not settled when it was sent behind it: then its confirmation proves nothing.</summary>
    internal bool IsOverOpen { get; init; }

    /// <summary>The memory of the connection that it was sent over.</summary>
    internal RequestTracker? Tracker { get; init; }

    /// <summary>The request that was sent, where this is a part of it; otherwise itself.</summary>
    internal EsimRequest Whole { get; }

    /// <summary>The service's id, or the journal's while there is none.</summary>
    internal string DisplayId => RequestId ?? LocalId;

    /// <summary>Whether its answer is still being waited for, here or in another process.</summary>
    internal bool IsOnItsWay => _stage.Phase == Phase.Sending;

    /// <summary>Whether it is proven that the service did not take it.</summary>
    internal bool IsRefused => _stage.Phase == Phase.Refused;

    /// <summary>Whether every outcome is known.</summary>
    internal bool IsComplete
    {
        get
        {
            if (IsRefused)
            {
                return true;
            }

            var (succeeded, failed) = _outcomes.CountOf(_places);
            return succeeded + failed == Count;
        }
    }

    /// <summary>
    /// The same request for some of its profiles only. Who names five profiles of a request of ten thousand must not get the other ones to
    /// act on.
    /// </summary>
    internal EsimRequest Part(IReadOnlyList<EsimProfile> profiles)
    {
        if (profiles.Count == Count && !profiles.Where((profile, i) => profile.Iccid != Profiles[i].Iccid || profile.Eid != Profiles[i].Eid).Any())
        {
            return this;
        }

        return new(Whole, profiles, [.. profiles.Select(profile => Whole.Find(profile.Iccid, profile.Eid, profile.Imei).Place)]);
    }

    /// <summary>The same request for those of its profiles whose outcome is not known; as it is where that is none of them.</summary>
    internal EsimRequest OpenPart => OpenPlaces() is { Count: > 0 } open ? Part([.. open.Select(place => Profiles[place])]) : this;

    /// <summary>The same request, as it is written in place of sending its profiles again.</summary>
    internal EsimRequest AsSkipped() => new(Whole, Profiles, _places) { WasSkipped = true };

    /// <summary>The same request for those of its profiles that are named; null when it has none of them.</summary>
    internal EsimRequest? Only(IReadOnlyList<EsimProfile> named) =>
        named.Where(profile => Whole.Find(profile.Iccid, profile.Eid, profile.Imei).Place >= 0).ToArray() is { Length: > 0 } own ? Part(own) : null;

    /// <summary>
    /// Calls back for every outcome, those already known first, one after the other, on whatever thread learns of it and outside every lock.
    /// Disposing what is returned ends it.
    /// </summary>
    internal OutcomeSubscription Subscribe(Action<EsimResult> observer)
    {
        // Both hold the request, so that it lives as long as somebody listens: of one that is gone the memory tells nobody.
        if (_places is null)
        {
            return _outcomes.Subscribe(result =>
            {
                observer(result);
                GC.KeepAlive(this);
            });
        }

        var wanted = Enumerable.Range(0, Count).ToLookup(own => _places[own]);
        return _outcomes.Subscribe((result, place) =>
        {
            foreach (var own in wanted[place])
            {
                observer(result.About(Profiles[own]));
            }
        });
    }

    /// <summary>The place of the profile that is known by a key; −1 when it is not in the request.</summary>
    internal int Find(IdentifierKey key) => _outcomes.Find(key, BuildIndex);

    /// <summary>
    /// The place of the profile that a message names. A message that names an ICCID is about that profile alone; one that names none is about
    /// the one profile of the request with its EID or IMEI, by the inventory's word.
    /// </summary>
    /// <returns>The place, −1 when it is none or several; and whether the ICCID (for a device, the EID) itself was named.</returns>
    internal (int Place, bool IsNamed) Find(string? iccid, string? eid, string? imei)
    {
        if (Kind.IsForDevice)
        {
            return (FindBy(eid, static profile => profile.Eid), true);
        }

        if (iccid is not null)
        {
            return (FindBy(iccid, static profile => profile.Iccid), true);
        }

        var byEid = FindBy(eid, static profile => profile.Eid);
        var byImei = FindBy(imei, static profile => profile.Imei);
        return (byEid >= 0 && byImei >= 0 && byEid != byImei ? -1 : Math.Max(byEid, byImei), false);
    }

    // The table knows a profile by all its identifiers. One of another kind than the message says it is does not name it.
    private int FindBy(string? text, Func<EsimProfile, string?> kind) =>
        text is not null && KeyOf(text) is { } key && Find(key) is >= 0 and var place && KeyOf(kind(Profiles[place])) == key ? place : -1;

    /// <summary>The outcome of one profile; null while it is not known.</summary>
    internal EsimResult? ResultAt(int place) =>
        _places is null ? _outcomes[place] : _places[place] >= 0 ? _outcomes[_places[place]]?.About(Profiles[place]) : null;

    /// <summary>Sets an outcome; false when the outcome of that profile was known already. Who subscribes is told by <see cref="Deliver"/>.</summary>
    internal bool TrySet(int place, EsimResult result) => _outcomes.TrySet(place, result);

    /// <summary>How many profiles of the whole request have succeeded and were said to have failed, too.</summary>
    internal int DisputedCount => _outcomes.CountDisputed();

    /// <summary>Whether each profile of the whole request has an outcome, and each that has failed is said to have succeeded, too.</summary>
    internal bool IsEachFailureDisputed => _outcomes.IsEachFailureDisputed();

    /// <summary>Notes that the outcome of a profile is disputed; false when that was noted before.</summary>
    internal bool TryDispute(int place) => _outcomes.TryDispute(place);

    /// <summary>Tells those who subscribe what has come since. Called outside every lock.</summary>
    internal void Deliver() => _outcomes.Deliver();

    /// <summary>The places whose outcome is not known yet.</summary>
    internal IReadOnlyList<int> OpenPlaces()
    {
        var open = new List<int>();
        for (var i = 0; i < Count; i++)
        {
            if ((_places is null ? _outcomes[i] : _places[i] >= 0 ? _outcomes[_places[i]] : null) is null)
            {
                open.Add(i);
            }
        }

        return open;
    }

    private IdentifierKey? KeyOf(string? digits) => Tracker is null ? IdentifierKey.Of(digits)?.ForAnySpelling() : Tracker.KeyOf(digits);

    // EIDs and IMEIs may occur more than once in a request (several profiles of one eUICC); such are marked as not telling.
    private Dictionary<IdentifierKey, int> BuildIndex()
    {
        var index = new Dictionary<IdentifierKey, int>(Count * 3);
        for (var i = 0; i < Profiles.Count; i++)
        {
            var profile = Profiles[i];
            foreach (var identifier in (ReadOnlySpan<string?>)[profile.Iccid, profile.Eid, profile.Imei])
            {
                if (KeyOf(identifier) is { } key)
                {
                    index[key] = index.ContainsKey(key) ? -1 : i;
                }
            }
        }

        return index;
    }
}
