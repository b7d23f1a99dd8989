// Set-EsimPolicy: changes the policy. A change that allows more than before is asked about.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Changes what is given, and leaves the rest of the policy as it is.</summary>
[Cmdlet(VerbsCommon.Set, "EsimPolicy", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EsimPolicy))]
public sealed class SetEsimPolicyCommand : ConnectedCmdlet
{
    private static readonly string[] s_ofAction = [nameof(RequirePlan), nameof(Approvals), nameof(Approver), nameof(Cap), nameof(WavesFrom)];

    /// <summary>Nothing may be sent.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>The action that the rule is for, in ThingSpace's word.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string? Action { get; set; }

    /// <summary>With -Action: it is sent for a plan alone.</summary>
    [Parameter]
    public SwitchParameter RequirePlan { get; set; }

    /// <summary>With -Action: how many people have to approve of a plan.</summary>
    [Parameter]
    [PlainNumber]
    [ValidateRange(0, 16)]
    public int Approvals { get; set; }

    /// <summary>With -Action: who may approve. As long as a rule names nobody, whoever has a certificate that the machine trusts may.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[]? Approver { get; set; }

    /// <summary>With -Action: for how many profiles of an account it is sent in which time.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Cap { get; set; }

    /// <summary>With -Action: from how many profiles on it is sent in the waves of a plan alone; 0 never demands them.</summary>
    [Parameter]
    [PlainNumber]
    [ValidateRange(0, int.MaxValue)]
    public int WavesFrom { get; set; }

    /// <summary>Take away the rule for -Action, or without -Action the whole policy.</summary>
    [Parameter]
    public SwitchParameter Remove { get; set; }

    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Check();
            if (Remove && Action is null)
            {
                RemoveAll();
            }
            else
            {
                Change();
            }
        }
        catch (EsimException e)
        {
            Terminate(e, Service.Journal);
        }
    }

    private void Change()
    {
        // What is not understood is not changed either.
        var before = Service.GetPolicy() ?? new();
        var after = Changed(before);
        _ = after.ToJson();
        if (Ask(before.FindLoosened(after), after.ToString() is { Length: > 0 } text ? $"from now on: {text}" : "from now on nothing is demanded"))
        {
            EsimPolicy? written = null;
            Wait(token => Service.ChangePolicyAsync(policy => written = Changed(policy ?? new()), token));
            if (Approver is not null && written!.RuleFor(EsimAction.Find(Action)!)?.Approvers.Where(approver => approver.UserNames.Count == 0).ToArray() is { Length: > 0 } unnamed)
            {
                WriteWarning(
                    $"No user name is given for {string.Join(", ", unnamed.Select(approver => approver.Thumbprint))}: whether that approver has made a plan is then told by the names in the certificate alone. Give @{{ Certificate = ...; UserName = ... }}.");
            }

            WriteObject(written);
        }
    }

    private void RemoveAll()
    {
        IReadOnlyList<string> looser;
        try
        {
            looser = Service.GetPolicy()?.FindLoosened(null) ?? [];
        }
        catch (EsimException e) when (e.Error == EsimError.EsimPolicyUnusable)
        {
            looser = ["what it forbids is not known here"];
        }

        if (Ask(looser, "take the policy away"))
        {
            Wait(token => Service.RemovePolicyAsync(token));
        }
    }

    private bool Ask(IReadOnlyList<string> looser, string effect) =>
        Confirmation.Ask(this, Force || looser.Count == 0, $"policy in {Service.Journal}", looser.Count == 0 ? effect : $"{effect} (looser than before: {string.Join("; ", looser)})");

    private EsimPolicy Changed(EsimPolicy policy)
    {
        policy = IsGiven(nameof(ReadOnly)) ? policy with { IsReadOnly = ReadOnly } : policy;
        if (Action is null)
        {
            return policy;
        }

        var action = EsimAction.Find(Action) ?? throw new EsimException(
            EsimError.EsimParameterInvalid, $"There is no action '{Action}'.", $"Use one of: {string.Join(", ", EsimAction.All.Select(known => known.Name))}.");
        var rule = Remove ? new() { Action = action.Name } : policy.RuleFor(action) ?? new() { Action = action.Name };
        return policy.With(Remove ? rule : rule with
        {
            RequirePlan = IsGiven(nameof(RequirePlan)) ? RequirePlan : rule.RequirePlan,
            Approvals = IsGiven(nameof(Approvals)) ? Approvals : rule.Approvals,
            Approvers = Approver is null ? rule.Approvers : Approver.Select(ApproverInput.Read).ToArray(),
            Caps = Cap is null ? rule.Caps : Cap.Select(EsimPolicyCap.Parse).ToArray(),
            WavesFrom = IsGiven(nameof(WavesFrom)) ? (WavesFrom > 0 ? WavesFrom : null) : rule.WavesFrom,
        });
    }

    private void Check()
    {
        if (Action is null && Array.Find(s_ofAction, IsGiven) is { } needsAction)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"-{needsAction} goes with -Action only.", "Say which action the rule is for, for example -Action delete.");
        }

        if (Remove && Array.Find([nameof(ReadOnly), .. s_ofAction], IsGiven) is { } superfluous)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"-Remove does not go with -{superfluous}.", "Take it away first, and set it then.");
        }

        if (!Remove && !IsGiven(nameof(ReadOnly)) && !Array.Exists(s_ofAction, IsGiven))
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "Nothing was given to change.", "Give -ReadOnly, or -Action with what is demanded of it.");
        }
    }

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private void Wait(Func<CancellationToken, Task> work) => Await<object?>(async token =>
    {
        await work(token).ConfigureAwait(false);
        return null;
    });
}
