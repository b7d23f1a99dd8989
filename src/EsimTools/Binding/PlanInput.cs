// A plan as it is given to a command: by its file, as a string or what Get-ChildItem gives, or as an object that was read from one.

using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Reads plans that commands are given. The file counts: it may have been signed since an object was read from it.</summary>
internal static class PlanInput
{
    /// <summary>Reads a plan.</summary>
    /// <param name="cmdlet">Whose location relative paths start from.</param>
    /// <param name="input">What was given.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPlanUnusable"/>, <see cref="EsimError.EsimPlanChanged"/>.</exception>
    public static EsimPlan Read(PSCmdlet cmdlet, object input)
    {
        var given = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (given is EsimPlan { Path: null })
        {
            throw new EsimException(EsimError.EsimPlanUnusable, "The plan is in no file.", "Make it with New-EsimPlan -Path, without -WhatIf.");
        }

        var path = given switch
        {
            EsimPlan plan => plan.Path!,
            FileInfo file => file.FullName,
            _ => cmdlet.GetUnresolvedProviderPathFromPSPath(
                input is PSObject { BaseObject: PSCustomObject } deserialized && deserialized.Properties["Path"]?.Value is string named ? named : LanguagePrimitives.ConvertTo<string>(given)),
        };
        var loaded = EsimPlan.Load(path);
        if (given is EsimPlan { Digest: { } digest } && digest != loaded.Digest)
        {
            throw new EsimException(EsimError.EsimPlanChanged, $"Another plan is in '{path}' now than the one that was given.", "Read it again with Get-EsimPlan, and look at it.");
        }

        return loaded;
    }
}
