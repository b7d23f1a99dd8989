// Completes -AccountName from the connection's own account and those that requests of its journal have named. Completers never ask the service.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes account names.</summary>
public sealed class AccountNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.Connection(fakeBoundParameters) is { } connection
            ? Completions.From(
                wordToComplete,
                connection.GetRequests().Select(request => (request.AccountName, "account of an earlier request"))
                    .Prepend((connection.AccountName, "the connection's own account"))
                    .GroupBy(account => account.AccountName).Select(same => same.First()))
            : [];
}
