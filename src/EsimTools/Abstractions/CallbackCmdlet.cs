// The base of the cmdlets about where the service posts its callbacks: which connection, which account.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>A cmdlet about what is registered for callbacks.</summary>
public abstract class CallbackCmdlet : ConnectedCmdlet
{
    /// <summary>A connection: it is used as with -Connection.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public EsimConnection? InputObject { get; set; }

    /// <summary>The account; without it the connection's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias(ColumnNames.Account)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountNameCompleter))]
    public string? AccountName { get; set; }

    /// <inheritdoc/>
    private protected override bool NeedsConnection => !MyInvocation.ExpectingInput;

    /// <summary>Uses the connection that is piped in.</summary>
    protected override void ProcessRecord() => UsePiped(InputObject);
}
