// Completes -Run from the runs that the journal knows, newest first.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes the ids of runs.</summary>
public sealed class RunIdCompleter : IArgumentCompleter
{
    private const int MostCompletions = 50;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(
            wordToComplete,
            (Completions.Connection(fakeBoundParameters)?.GetRuns() ?? [])
                .Take(MostCompletions)
                .Select(run => (run.Id, Completions.TipOf(run))));
}
