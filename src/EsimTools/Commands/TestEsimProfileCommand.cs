// Test-EsimProfile: a preflight of identifiers and guard that asks nobody and changes nothing.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Says of each profile whether an action would be sent for it, by its identifiers and by what is known here.</summary>
[Cmdlet(VerbsDiagnostic.Test, "EsimProfile", DefaultParameterSetName = InputSet)]
[OutputType(typeof(EsimProfileCheck), typeof(bool), typeof(EsimColumn))]
public sealed class TestEsimProfileCommand : ProfileFileCmdlet
{
    private readonly ColumnExplainer _explainer = new();
    private EsimAction _action = EsimAction.Delete;

    /// <summary>The action to test for, in ThingSpace's word.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string Action { get; set; } = EsimAction.Delete.Name;

    /// <summary>Write a Boolean for each profile in place of the check: whether the action is allowed by what is known here.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Write in place of the checks which column of the input is read as what, with the first row's value: once for rows with the same columns.</summary>
    [Parameter]
    public SwitchParameter Explain { get; set; }

    /// <inheritdoc/>
    private protected override bool NeedsConnection => false;

    /// <inheritdoc/>
    private protected override bool TellsEach => true;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Quiet && Explain)
        {
            Terminate(new EsimException(EsimError.EsimParameterInvalid, "-Quiet and -Explain do not go together.", "Give one of them."));
        }

        if (EsimAction.Find(Action) is { } action)
        {
            _action = action;
        }
        else
        {
            Terminate(new EsimException(
                EsimError.EsimParameterInvalid, $"There is no action '{Action}'.", $"Use one of: {string.Join(", ", EsimAction.All.Select(known => known.Name))}."));
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessProfile(EsimProfile profile, object input)
    {
        if (Explain)
        {
            WriteColumns(input);
            return;
        }

        var verdict = HasConnection
            ? Service.Judge(_action, profile)
            : Guard.Judge(_action, profile, DateTimeOffset.UtcNow);
        var why = HasConnection && _action == EsimAction.Delete && verdict.Decision != GuardDecision.Refused ? Service.Explain(profile).ToString() : null;
        var problem = _action.FindMissing(profile)
            ?? (verdict.Decision == GuardDecision.Refused ? new GuardRefusal(profile, verdict).ToException(_action) : null);
        Write(profile, problem, problem is not null ? EsimProfileCheckResult.Refused : verdict.Decision == GuardDecision.AskService ? EsimProfileCheckResult.AskService : EsimProfileCheckResult.Allowed, input, why);
    }

    /// <inheritdoc/>
    private protected override void ProcessUnusable(EsimException problem, object? input)
    {
        if (Explain)
        {
            WriteColumns(input);
            return;
        }

        Write(null, problem, EsimProfileCheckResult.Invalid, input, null);
    }

    private void WriteColumns(object? input)
    {
        foreach (var column in _explainer.Explain(input, Columns))
        {
            WriteObject(column);
        }
    }

    private void Write(EsimProfile? profile, EsimException? problem, EsimProfileCheckResult result, object? input, string? why)
    {
        if (Quiet)
        {
            WriteObject(result == EsimProfileCheckResult.Allowed);
            return;
        }

        WriteObject(new EsimProfileCheck
        {
            Profile = profile,
            IsIccidEmpty = LastHadEmptyIccid,
            Action = _action.Name,
            Result = result,
            CheckDigitsOk = profile is not null && !LastHadWrongCheckDigit,
            ErrorId = problem?.Error,
            Message = problem?.Message ?? why ?? (profile is null ? null : LastLeftOut),
            RecommendedAction = problem?.RecommendedAction,
            InputObject = input,
        });
    }
}
