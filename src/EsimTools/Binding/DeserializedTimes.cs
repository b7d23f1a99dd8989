// Gives objects that come back from a file, a job or another machine their times again.

using System.ComponentModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace EsimTools.Binding;

/// <summary>What PowerShell is told to make of this module's objects when it reads them back.</summary>
/// <remarks>
/// PowerShell reads a <see cref="DateTimeOffset"/> back as a heap of numbers, which cannot be compared, sorted or cast. It is told here and not in
/// the types file, because PowerShell reads that one before the assembly with the converter is there.
/// </remarks>
[TypeConverter(typeof(DeserializedTimesConverter))]
internal static class DeserializedTimes
{
    private static readonly string[] s_typeNames = Array.ConvertAll(
        new[]
        {
            typeof(EsimCallback), typeof(EsimCallbackListener), typeof(EsimConnection), typeof(EsimDevice), typeof(EsimProfile), typeof(EsimRequest), typeof(EsimResolution),
            typeof(EsimResult), typeof(EsimRunInfo), typeof(EsimPlan), typeof(EsimPlanChange), typeof(EsimPlanProfile), typeof(EsimRunSummary), typeof(EsimJournalClearance),
        },
        static type => "Deserialized." + type.FullName);

    /// <summary>Tells this runspace's PowerShell. It is not taken back when the module is removed.</summary>
    /// <remarks>
    /// Where it was taken back, now and then one or two of the types were still there when the module's types file had left, in 5 of 120 shells: what
    /// comes and goes is there or not by chance. What stays does no harm: the assembly stays, too.
    /// </remarks>
    public static void Register()
    {
        // All in one: PowerShell goes through its types anew for each call.
        var types = Array.ConvertAll(s_typeNames, static name => new TypeData(name) { TargetTypeForDeserialization = typeof(DeserializedTimes) });
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(@"Microsoft.PowerShell.Utility\Update-TypeData").AddParameter("TypeData", types).AddParameter("Force");
        try
        {
            shell.Invoke();
        }
        catch (CommandNotFoundException)
        {
            // A session that has no such command reads times back as PowerShell does.
        }
    }
}
