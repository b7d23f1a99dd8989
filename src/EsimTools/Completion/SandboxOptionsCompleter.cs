// Completes -SandboxOptions with what a newcomer wants to see. Inside the braces PowerShell itself completes the names of all knobs.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace EsimTools;

/// <summary>Completes knobs of the sandbox.</summary>
public sealed class SandboxOptionsCompleter : IArgumentCompleter
{
    private static readonly (string Text, string ToolTip)[] s_knobs =
    [
        ("@{ FailedProfiles = 0.05 }", "One profile in twenty fails"),
        ("@{ FailedIccids = '89445380933990550165' }", "The profiles with these ICCIDs fail"),
        ("@{ CallbackDelay = 5 }", "Actions take five seconds"),
        ("@{ LostCallbacks = 0.05 }", "One callback in twenty never comes: the service is polled"),
        ("@{ ServerErrorsAfterAcceptance = 0.2 }", "One request in five is in doubt"),
        ("@{ Throttled = 0.2 }", "One request in five is throttled (429)"),
        ("@{ StrictDeletion = $true }", "Only what is disabled on its eUICC can be deleted"),
        ("@{ SuspensionEndsAfter = 60 }", "A suspension ends by itself after a minute"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        s_knobs
            .Where(knob => knob.Text.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase))
            .Select(knob => new CompletionResult(knob.Text, knob.Text, CompletionResultType.ParameterValue, knob.ToolTip));
}
