// Completes -VaultName with the vaults that are registered with SecretManagement on this machine. No vault is opened, which is why the names of secrets
// are not completed: Get-SecretInfo asks the vault's own module for them, and one that is locked, as SecretStore after its timeout, prompts.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Completion;

namespace EsimTools;

/// <summary>Completes vault names.</summary>
public sealed class VaultNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.From(wordToComplete, Vaults().Select(vault => (vault, "a vault of SecretManagement")));

    private static IReadOnlyList<string> Vaults()
    {
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            return [.. shell.AddCommand("Microsoft.PowerShell.SecretManagement\\Get-SecretVault").Invoke().Select(vault => vault.Properties["Name"]?.Value as string).OfType<string>()];
        }
        catch (RuntimeException)
        {
            // It is not installed.
            return [];
        }
    }
}
