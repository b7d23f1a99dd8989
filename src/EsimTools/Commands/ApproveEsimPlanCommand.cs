// Approve-EsimPlan: signs plans.

using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Adds a signature over the plan's digest to its file.</summary>
[Cmdlet(VerbsLifecycle.Approve, "EsimPlan", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimPlan))]
public sealed class ApproveEsimPlanCommand : EsimCmdlet
{
    private const string InputSet = "InputObject";
    private const string PathSet = "Path";

    /// <summary>The plans: their files, or objects of Get-EsimPlan, which are signed only while they are what is in their files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet, HelpMessage = "The file of a plan, as New-EsimPlan has written it, for example retire.plan.")]
    [ValidateNotNullOrEmpty]
    public object[] InputObject { get; set; } = [];

    /// <summary>The files, by their paths.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet, HelpMessage = "The file of a plan, as New-EsimPlan has written it, for example retire.plan.")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The certificate to sign with, whose private key is here: the object, or its thumbprint in the user's or the machine's store.</summary>
    [Parameter(Mandatory = true, HelpMessage = "Your certificate with its private key, or its thumbprint: 40 or 64 hexadecimal digits.")]
    [ValidateNotNull]
    [CertificateTransformation]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    // Who approves need not be connected; who is has the policy that names the approvers.
    private static EsimPolicy? Policy
    {
        get
        {
            try
            {
                return DefaultConnection.Current?.GetPolicy();
            }
            catch (EsimException e) when (e.Error == EsimError.EsimPolicyUnusable)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var given in ParameterSetName == PathSet ? Path : InputObject)
        {
            try
            {
                var plan = PlanInput.Read(this, given);
                Warn(plan, Policy);

                var waves = plan.Waves is { } limits ? $" in waves ({limits})" : " at once";
                if (Confirmation.Ask(this, Force, plan.Path!, $"approve of '{plan.Action}' for {plan.Allowed} of {plan.Count} profiles{waves}, made by {plan.Author}, as {Certificate!.Subject}"))
                {
                    WriteObject(plan.Approve(Certificate!));
                }
            }
            catch (EsimException e)
            {
                WriteFailure(e, given);
            }
        }
    }

    // The signature is made all the same: the policy may change before the plan is carried out, and may be another one there.
    private void Warn(EsimPlan plan, EsimPolicy? policy)
    {
        if (plan.FindAuthor(Certificate!, policy) is { } author)
        {
            WriteWarning($"'{author}' has made the plan, so an approval as {Certificate!.Subject} does not count where the policy demands one.");
        }

        if (plan.FindActionOfOtherApprovers(Certificate!, policy) is { } action)
        {
            WriteWarning($"The policy names others who may approve of '{action}', so an approval as {Certificate!.Subject} does not count. Get-EsimPolicy shows whom.");
        }
    }
}
