// Which command stands before another one in the pipeline.

using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace EsimTools.Abstractions;

/// <summary>Looks at the command before a cmdlet.</summary>
/// <remarks>PowerShell knows it and tells nobody, so its own objects are read. In a PowerShell that has not got them nothing is known.</remarks>
internal static class Upstream
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Whether the rows that a cmdlet gets are those of a CSV text, all of them and in their order.</summary>
    public static bool ReadsCsv(PSCmdlet cmdlet) => Before(cmdlet) is "Import-Csv" or "ConvertFrom-Csv";

    private static string? Before(PSCmdlet cmdlet)
    {
        var commands = Get(Get(cmdlet.CommandRuntime, "PipelineProcessor"), "Commands") as IList;
        var index = cmdlet.MyInvocation.PipelinePosition - 2;
        return commands is not null && index >= 0 && index < commands.Count ? (Get(commands[index], "CommandInfo") as CommandInfo)?.Name : null;
    }

    private static object? Get(object? owner, string property)
    {
        for (var type = owner?.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetProperty(property, Any | BindingFlags.DeclaredOnly) is { } found)
            {
                return found.GetValue(owner);
            }
        }

        return null;
    }
}
