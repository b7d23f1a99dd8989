// Copy-EsimJournal: brings a journal from a folder into a database, back, or into another of the same kind.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Copies all lines of a journal that are not in another one yet, and verifies that they are.</summary>
[Cmdlet(VerbsCommon.Copy, "EsimJournal", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimJournalCopy))]
public sealed class CopyEsimJournalCommand : EsimCmdlet
{
    /// <summary>The folder of the journal that is copied, or the connection string of its database.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The folder of a journal, as (Get-EsimConnection).JournalPath shows it, or 'Host=db.example.com;Database=esim'.")]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = string.Empty;

    /// <summary>The folder that it is copied to, or the connection string of the database; what is missing is made.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "A folder, or a database as in 'Host=db.example.com;Database=esim'.")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>User and password of the source's database.</summary>
    [Parameter]
    [Credential]
    public PSCredential? SourceCredential { get; set; }

    /// <summary>User and password of the destination's database.</summary>
    [Parameter]
    [Credential]
    public PSCredential? DestinationCredential { get; set; }

    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => RefuseNull(nameof(SourceCredential), nameof(DestinationCredential));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var source = JournalTarget.Of(this, Source, SourceCredential, nameof(Source)).ToPlace();
            var destination = JournalTarget.Of(this, Destination, DestinationCredential, nameof(Destination)).ToPlace();
            if (Confirmation.Ask(this, Force, destination.ToString(), $"copy the journal in {source}"))
            {
                WriteObject(Await(token => EsimJournal.CopyAsync(source, destination, message => Keep(new PendingMessage(message)), cancellationToken: token)));
            }
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }
}
