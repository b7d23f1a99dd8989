// Whether a person has to be asked: -Force skips the question, and neither -WhatIf nor -Confirm.

using System.Management.Automation;

namespace EsimTools.Abstractions;

/// <summary>Asks.</summary>
internal static class Confirmation
{
    /// <summary>Asks the user, or not where nothing needs a question. Says what would happen under -WhatIf.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="skips">Whether the question of the cmdlet's own impact is skipped.</param>
    /// <param name="target">What is changed.</param>
    /// <param name="effect">What becomes of it.</param>
    public static bool Ask(EsimCmdlet cmdlet, bool skips, string target, string effect)
    {
        var given = cmdlet.MyInvocation.BoundParameters;
        var isWhatIf = given.TryGetValue("WhatIf", out var whatIf) ? whatIf is SwitchParameter { IsPresent: true } : LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));
        return (skips && !isWhatIf && !given.ContainsKey("Confirm")) || cmdlet.ShouldProcess(target, effect);
    }
}
