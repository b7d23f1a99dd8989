// Completes -AllowedAddress with the word for Verizon's own addresses.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes senders' addresses.</summary>
public sealed class SenderAddressCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(wordToComplete, [(SenderAddressAttribute.Verizon, string.Join(", ", EsimCallbackListener.VerizonAddresses))]);
}
