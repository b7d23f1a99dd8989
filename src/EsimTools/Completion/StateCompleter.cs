// Completes -State with the service states that Verizon documents for the device list.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes service states.</summary>
public sealed class StateCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(
            wordToComplete,
            [("active", "service is running"), ("deactive", "service has ended"), ("suspend", "service is suspended"), ("pre-active", "ordered and not activated yet")]);
}
