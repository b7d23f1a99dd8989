// A plan as it is given to a command: by its file, as a string or what Get-ChildItem gives, or as an object that was read from one.

using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Reads plans that commands are given. The file counts: it may have been signed since an object was read from it.</summary>
internal static class PlanInput
{
    private const string Wanted = "Give the file that New-EsimPlan has written, or what Get-EsimPlan gives.";

    /// <summary>Reads a plan.</summary>
    /// <param name="cmdlet">Whose location relative paths start from.</param>
    /// <param name="input">What was given.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimInputInvalid"/>: it is neither a plan nor a path; <see cref="EsimError.EsimPlanUnusable"/>, <see cref="EsimError.EsimPlanChanged"/>.
    /// </exception>
    public static EsimPlan Read(PSCmdlet cmdlet, object input)
    {
        var given = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (given is EsimPlan { Path: null })
        {
            throw new EsimException(EsimError.EsimPlanUnusable, "The plan is in no file.", "Make it with New-EsimPlan -Path, without -WhatIf.");
        }

        var loaded = EsimPlan.Load(PathOf(cmdlet, input, given));
        var seen = given is EsimPlan plan ? plan.Digest : ReadBack(input, nameof(EsimPlan.Digest));
        if (seen is not null && seen != loaded.Digest)
        {
            throw new EsimException(EsimError.EsimPlanChanged, $"Another plan is in '{loaded.Path}' now than the one that was given.", "Read it again with Get-EsimPlan, and look at it.");
        }

        return loaded;
    }

    private static string PathOf(PSCmdlet cmdlet, object input, object given) => given switch
    {
        EsimPlan plan => plan.Path!,
        FileInfo file => file.FullName,
        PathInfo path => path.ProviderPath,
        string path => Resolve(cmdlet, path),
        _ when (ReadBack(input, nameof(EsimPlan.Path)) ?? ReadBack(input, nameof(FileInfo.FullName))) is { } path => Resolve(cmdlet, path),
        _ => throw new EsimException(EsimError.EsimInputInvalid, $"An object of type {PSObject.AsPSObject(input).TypeNames[0]} is no plan and no path of one.", Wanted),
    };

    // What a file, a job or another machine has left of a plan.
    private static string? ReadBack(object input, string property) => input is PSObject { BaseObject: PSCustomObject } readBack ? readBack.Properties[property]?.Value as string : null;

    private static string Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            return cmdlet.GetUnresolvedProviderPathFromPSPath(path);
        }
        catch (Exception e) when (e is SessionStateException or ArgumentException or InvalidOperationException)
        {
            throw new EsimException(EsimError.EsimInputInvalid, $"'{path}' is no path of a plan: {e.Message}", Wanted, e);
        }
    }
}
