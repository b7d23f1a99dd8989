// Clear-EsimJournal: removes from a journal what is old and decides nothing any more.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Removes requests that have ended, with their answers and outcomes, and the ends of runs and plans.</summary>
[Cmdlet(VerbsCommon.Clear, "EsimJournal", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EsimJournalClearance))]
public sealed class ClearEsimJournalCommand : EsimCmdlet
{
    /// <summary>What is older may go.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "A moment, for example (Get-Date).AddDays(-400).")]
    public DateTimeOffset Before { get; set; }

    /// <summary>The folder of the journal, or the connection string of its database; without it the environment's ESIMTOOLS_JOURNAL, or the user's own folder.</summary>
    [Parameter]
    [Alias("JournalPath")]
    [ValidateNotNullOrEmpty]
    public string? Journal { get; set; }

    /// <summary>User and password of the journal's database.</summary>
    [Parameter]
    [Credential]
    public PSCredential? JournalCredential { get; set; }

    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => RefuseNull(nameof(JournalCredential));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var journal = JournalTarget.Of(this, Journal ?? new EnvironmentSettings().FindJournal(isGiven: false), JournalCredential).ToPlace();
            if (Confirmation.Ask(this, Force, $"the journal in {journal}", $"remove for good what is older than {Clock.ToIso(Before)} and no longer needed"))
            {
                WriteObject(Await(token => EsimJournal.ClearAsync(journal, Before, message => Keep(new PendingMessage(message)), cancellationToken: token)));
            }
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }
}
