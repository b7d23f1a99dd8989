// Completes -PlanId from the plans that runs in the journal have carried out, newest first.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes the ids of plans.</summary>
public sealed class PlanIdCompleter : IArgumentCompleter
{
    private const int MostCompletions = 50;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(
            wordToComplete,
            (Completions.Connection(fakeBoundParameters)?.GetRuns(run => run.PlanId is not null) ?? [])
                .GroupBy(run => run.PlanId!, StringComparer.OrdinalIgnoreCase)
                .Take(MostCompletions)
                .Select(runs => (runs.Key, Completions.TipOf(runs.First()))));
}
