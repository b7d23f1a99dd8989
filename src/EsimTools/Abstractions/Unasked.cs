// Messages where nobody can be asked. Under -Debug, or a preference of Inquire, PowerShell asks at each message whether to go on, and throws where
// there is nobody to answer. What the message tells of has happened by then: a request may have left, and what became of it must still be told.

using System.Management.Automation;
using System.Management.Automation.Host;

namespace EsimTools.Abstractions;

/// <summary>Writes to the streams of a cmdlet, also where a question about it could not be asked.</summary>
internal static class Unasked
{
    /// <summary>Writes a message; what a person answers to a question about it counts.</summary>
    /// <param name="write">Writes it.</param>
    /// <returns>False when nobody could be asked; PowerShell has shown warnings, verbose lines and progress by then.</returns>
    public static bool Tell(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (MeansNobody(e))
        {
            return false;
        }
    }

    /// <summary>Whether PowerShell says so that there is nobody to answer a question: a console without one, or a host that has no way to ask and was written to throw.</summary>
    public static bool MeansNobody(Exception problem) => problem is HostException or PSInvalidOperationException or NotImplementedException;

    /// <summary>Whether it is known without asking that there is nobody: a console that was started so, or a runspace that has none. Other hosts have to be asked.</summary>
    /// <remarks>A console prints what a question is about before it says that nobody can answer, and a log of such a job would hold half a question.</remarks>
    public static bool IsNobodyAt(PSHost host) => host.Name switch
    {
        "Default Host" => true,
        "ConsoleHost" => Array.Exists(Environment.GetCommandLineArgs(), static argument => argument.TrimStart('-', '/') is { Length: >= 4 } name
            && name.Length < argument.Length && "NonInteractive".StartsWith(name, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    /// <summary>Writes an error without a question about it.</summary>
    public static void WriteError(PSCmdlet cmdlet, ErrorRecord record) =>
        cmdlet.InvokeCommand.InvokeScript(
            useLocalScope: true,
            ScriptBlock.Create("param($record) Microsoft.PowerShell.Utility\\Write-Error -ErrorRecord $record -ErrorAction Continue"),
            null,
            record);
}
