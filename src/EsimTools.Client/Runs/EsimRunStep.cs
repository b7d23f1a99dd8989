// What a run is about to do with one profile, for the question that is put to a person.

namespace EsimTools;

/// <summary>What is about to be done with one profile.</summary>
public readonly struct EsimRunStep
{
    private readonly EsimRun _run;

    internal EsimRunStep(EsimRun run, EsimProfile profile, string accountName, bool disablesFirst)
    {
        _run = run;
        Profile = profile;
        AccountName = accountName;
        DisablesFirst = disablesFirst;
    }

    /// <summary>The profile.</summary>
    public EsimProfile Profile { get; }

    /// <summary>The account that the request names.</summary>
    public string AccountName { get; }

    /// <summary>The service plan that the request names; null where it names none.</summary>
    public string? ServicePlan => _run.PlanOf(Profile);

    /// <summary>Whether the profile is deactivated, and that confirmed, before it is deleted.</summary>
    public bool DisablesFirst { get; }

    /// <summary>What is done, in ThingSpace's word and in the words of a question.</summary>
    public string Effect => DisablesFirst
        ? $"{EsimAction.Deactivate} ({EsimAction.Deactivate.Effect}), then {_run.Action} ({_run.Action.Effect})"
        : $"{_run.Action} ({_run.Action.Effect})";

    /// <summary>To what: the profile, its account, the service plan where the request names one, and for a deletion what proves that it is allowed.</summary>
    public string Target => $"{Profile}, account {AccountName}" + (ServicePlan is { } plan ? $", service plan '{plan}'" : string.Empty) + (Because is { } because ? $", because {because}" : string.Empty);

    /// <summary>What proves that a deletion is allowed, to be put behind "because"; null for another action, which needs no proof.</summary>
    public string? Because => _run.Action == EsimAction.Delete && !DisablesFirst ? _run.Explain(Profile, AccountName).ToString() : null;
}
