// Completes -ServicePlan from the plans that this session's requests have used. Completers never ask the service.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes service plans.</summary>
public sealed class ServicePlanCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(
            wordToComplete,
            (Completions.Connection(fakeBoundParameters)?.KnownServicePlans ?? []).Select(plan => (plan, "service plan of an earlier request")));
}
