// Completes -Service with the callback services that Verizon documents, those for actions on profiles first.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes callback services.</summary>
public sealed class CallbackServiceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(wordToComplete, EsimCallbackRegistration.KnownServices.Select(name => (name, ToolTip(name))));

    private static string ToolTip(string name) =>
        EsimCallbackRegistration.DefaultServices.Contains(name) ? "outcomes of actions on profiles" : "another of ThingSpace's callback services";
}
