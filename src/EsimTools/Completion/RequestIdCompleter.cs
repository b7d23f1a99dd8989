// Completes -RequestId, and -InputObject where it stands for a request, from the requests that this connection knows, open ones first.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes request ids; of a request that has none, because its answer was not heard, the id that the journal has given it.</summary>
public sealed class RequestIdCompleter : IArgumentCompleter
{
    private const int MostCompletions = 50;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(
            wordToComplete,
            (Completions.Connection(fakeBoundParameters)?.GetRequests() ?? [])
                .OrderByDescending(request => request.Status == EsimRequestStatus.Accepted)
                .ThenByDescending(request => request.SubmittedAt)
                .Take(MostCompletions)
                .Select(request => (request.RequestId ?? request.LocalId, request.ToString())));
}
