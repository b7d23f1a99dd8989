// A run's host that lets nothing be sent and writes down what would have become of every profile.

using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Plans;

/// <summary>Records verdicts. What a person should know is passed on.</summary>
internal sealed class PlanRecorder(RequestTracker tracker, EsimRunHost host) : EsimRunHost
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<EsimProfile, int> _places = [];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private Dictionary<IdentifierKey, int>? _byKey;

    /// <inheritdoc/>
    public override bool WantsDetails => host.WantsDetails;

    /// <inheritdoc/>
    public override bool IsRehearsal => true;

    /// <inheritdoc/>
    internal override bool MakesPlan => true;

    /// <summary>Notes a profile of the input.</summary>
    public void Given(EsimProfile profile)
    {
        _places[profile] = _entries.Count;
        _entries.Add(new(profile));
    }

    /// <summary>Notes a profile that the run is not asked about.</summary>
    public void Leave(EsimProfile profile, EsimError error, string because)
    {
        Given(profile);
        _entries[_entries.Count - 1].Note(EsimPlanVerdict.Refused, error, Shared(because));
    }

    /// <inheritdoc/>
    public override bool Confirm(in EsimRunStep step)
    {
        _entries[_places[step.Profile]].Note(step.DisablesFirst ? EsimPlanVerdict.DisablesFirst : EsimPlanVerdict.Allowed, null, Shared(step.Because));
        return false;
    }

    /// <inheritdoc/>
    public override void OnSkipped(EsimRequest request)
    {
        var because = $"its '{request.Action}' request {request.DisplayId} is open or was confirmed lately";
        foreach (var profile in request.Profiles)
        {
            Note(profile, EsimPlanVerdict.Skipped, null, because);
        }
    }

    /// <inheritdoc/>
    public override void OnProblem(EsimException problem, object? target)
    {
        switch (target)
        {
            case EsimProfile profile:
                Refuse(profile, problem);
                break;
            case EsimRequest request:
                // Nobody knows what became of it, and it holds them.
                request.Profiles.ToList().ForEach(profile => Refuse(profile, problem));
                break;
            case IEnumerable<object> profiles when problem.Error == EsimError.EsimOutcomeUnknown:
                profiles.OfType<EsimProfile>().ToList().ForEach(profile => Refuse(profile, problem));
                break;
            case IEnumerable<object> profiles:
                // Their state could not be asked for.
                profiles.OfType<EsimProfile>().ToList().ForEach(profile => Note(profile, EsimPlanVerdict.Unknown, problem.Error, problem.Message));
                host.OnProblem(problem, target);
                break;
            default:
                host.OnProblem(problem, target);
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnWarning(string text) => host.OnWarning(text);

    /// <inheritdoc/>
    public override void OnDetail(string text) => host.OnDetail(text);

    /// <inheritdoc/>
    public override void OnProgress(EsimRun run) => host.OnProgress(run);

    /// <summary>The profiles with what was decided, in the order of the input.</summary>
    public IReadOnlyList<EsimPlanProfile> ToProfiles(EsimAction action, Func<EsimProfile, string> accountOf, Func<EsimProfile, string?> planOf)
    {
        var profiles = new List<EsimPlanProfile>(_entries.Count);
        foreach (var entry in _entries)
        {
            // Of the rows for one device the run takes the first; a profile that is deleted already is passed over without a word.
            if (entry.Verdict is null && action.IsForDevice)
            {
                continue;
            }

            var statement = tracker.Profiles.StatementOf(entry.Profile);
            profiles.Add(new()
            {
                Iccid = entry.Profile.Iccid,
                Eid = entry.Profile.Eid,
                Imei = entry.Profile.Imei,
                AccountName = accountOf(entry.Profile),
                ServicePlan = planOf(entry.Profile),
                Verdict = entry.Verdict ?? EsimPlanVerdict.Skipped,
                ErrorId = entry.Error,
                Because = entry.Verdict is null ? "it is deleted already" : entry.Because,
                Known = statement.Source == EvidenceSource.None ? entry.Profile.Known : statement,
            });
        }

        return profiles;
    }

    private void Refuse(EsimProfile profile, EsimException problem) =>
        Note(profile, problem.Error == EsimError.EsimProfileStateUnknown ? EsimPlanVerdict.Unknown : EsimPlanVerdict.Refused, problem.Error, problem.Message);

    // The run names a profile by the object that was given, or, where it speaks of an earlier request, by that request's own.
    private void Note(EsimProfile profile, EsimPlanVerdict verdict, EsimError? error, string because)
    {
        if (!_places.TryGetValue(profile, out var place))
        {
            _byKey ??= ByKey();
            if (!_byKey.TryGetValue(profile.Keys.First, out place))
            {
                return;
            }
        }

        _entries[place].Note(verdict, error, Shared(because));
    }

    private Dictionary<IdentifierKey, int> ByKey()
    {
        var places = new Dictionary<IdentifierKey, int>(_entries.Count);
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            places[_entries[i].Profile.Keys.First] = i;
        }

        return places;
    }

    // Ten thousand profiles have one reason.
    private string? Shared(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!_texts.TryGetValue(text, out var shared))
        {
            _texts[text] = shared = text;
        }

        return shared;
    }

    private sealed class Entry(EsimProfile profile)
    {
        public EsimProfile Profile { get; } = profile;

        public EsimPlanVerdict? Verdict { get; private set; }

        public EsimError? Error { get; private set; }

        public string? Because { get; private set; }

        public void Note(EsimPlanVerdict verdict, EsimError? error, string? because) => (Verdict, Error, Because) = (verdict, error, because);
    }
}
