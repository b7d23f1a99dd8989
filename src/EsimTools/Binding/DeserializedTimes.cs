// Gives objects that come back from a file, a job or another machine their times again.

using System.ComponentModel;
using System.Management.Automation;

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
            typeof(EsimResult), typeof(EsimRunInfo),
        },
        static type => "Deserialized." + type.FullName);

    /// <summary>Tells this runspace's PowerShell.</summary>
    public static void Register() => ForEachType("Update-TypeData", static command => command.AddParameter("TargetTypeForDeserialization", typeof(DeserializedTimes)).AddParameter("Force"));

    /// <summary>Takes it back.</summary>
    public static void Unregister() => ForEachType("Remove-TypeData", static command => command.AddParameter("ErrorAction", ActionPreference.Ignore));

    private static void ForEachType(string command, Func<PowerShell, PowerShell> addParameters)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        foreach (var name in s_typeNames)
        {
            addParameters(shell.AddStatement().AddCommand(@"Microsoft.PowerShell.Utility\" + command).AddParameter("TypeName", name));
        }

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
