// The base of the cmdlets that change where the service posts its callbacks: question, one error for each callback service.

using System.Management.Automation;

namespace EsimTools;

/// <summary>A cmdlet that changes what is registered for callbacks.</summary>
public abstract class CallbackChangeCmdlet : CallbackCmdlet
{
    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Asks the user, or not with -Force. Says what would happen under -WhatIf.</summary>
    private protected bool MayProceed(string serviceName, string effect)
    {
        var isAskedAnyway = MyInvocation.BoundParameters.ContainsKey("Confirm") || IsWhatIf;
        return (Force && !isAskedAnyway) || ShouldProcess($"{serviceName}, account {AccountName ?? Service.AccountName}", effect);
    }

    private bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
            ? given is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));
}
