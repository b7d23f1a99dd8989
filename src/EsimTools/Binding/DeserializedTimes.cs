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
            typeof(EsimResult), typeof(EsimRunInfo),
        },
        static type => "Deserialized." + type.FullName);

    /// <summary>Tells this runspace's PowerShell.</summary>
    public static void Register()
    {
        // All in one: PowerShell goes through its types anew for each call.
        var types = Array.ConvertAll(s_typeNames, static name => new TypeData(name) { TargetTypeForDeserialization = typeof(DeserializedTimes) });
        Run(shell => shell.AddCommand(@"Microsoft.PowerShell.Utility\Update-TypeData").AddParameter("TypeData", types).AddParameter("Force"));
    }

    /// <summary>Takes it back.</summary>
    public static void Unregister() => Run(static shell =>
    {
        foreach (var name in s_typeNames)
        {
            shell.AddStatement().AddCommand(@"Microsoft.PowerShell.Utility\Remove-TypeData").AddParameter("TypeName", name).AddParameter("ErrorAction", ActionPreference.Ignore);
        }
    });

    private static void Run(Action<PowerShell> add)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        add(shell);
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
