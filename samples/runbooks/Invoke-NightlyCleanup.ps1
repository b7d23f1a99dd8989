<#
.SYNOPSIS
Disables and deletes the profiles on a list, night after night, and ends as a failed job where one of them is still there.

.DESCRIPTION
One script for Azure Automation, GitHub Actions, Kubernetes, Task Scheduler and cron; README.md beside it tells how each starts it.

What is done already is skipped, so the list may stay as it is. All that can be done is done before the script fails: then
failed.csv has the rows of profiles that failed, with the reason and all columns of the list, and report.html all the rest.

Credentials come from the assets of an Automation account where there is one (credentials ThingSpaceApi and ThingSpaceUser,
variable ThingSpaceAccount), and otherwise from the environment (ESIMTOOLS_API_KEY, ESIMTOOLS_API_SECRET, ESIMTOOLS_USER,
ESIMTOOLS_PASSWORD, ESIMTOOLS_ACCOUNT). The journal knows what was sent: it has to outlive the job. Where the machine does not, it is
in a database: ESIMTOOLS_JOURNAL, or in an Automation account the variable and the credential EsimToolsJournal.

.PARAMETER Path
The list: a CSV file with a column Iccid, and where they are known Eid, Imei, AccountName and ServicePlan.

.PARAMETER OutputPath
The folder for failed.csv and report.html. It is made where it is missing.

.PARAMETER Reason
What the journal and the report say of why.

.PARAMETER TimeoutSec
How long to wait for the service. What is open then is taken up by the next run.

.EXAMPLE
pwsh -NonInteractive -File ./Invoke-NightlyCleanup.ps1 -Path ./retired.csv

.EXAMPLE
./Invoke-NightlyCleanup.ps1 -Path ./retired.csv -WhatIf
#>
#Requires -Modules EsimTools
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Path,
    [string] $OutputPath = '.',
    [string] $Reason = 'Nightly clean-up',
    [int] $TimeoutSec = 3600
)

$ErrorActionPreference = 'Stop'
$begun = [DateTimeOffset]::UtcNow
$failedPath = Join-Path $OutputPath 'failed.csv'
$reportPath = Join-Path $OutputPath 'report.html'

$assets = @{}
if (Get-Command Get-AutomationPSCredential -ErrorAction Ignore) {
    $assets = @{
        ApiCredential  = Get-AutomationPSCredential -Name ThingSpaceApi
        UserCredential = Get-AutomationPSCredential -Name ThingSpaceUser
        AccountName    = Get-AutomationVariable -Name ThingSpaceAccount
    }
    if ($journal = Get-AutomationVariable -Name EsimToolsJournal -ErrorAction Ignore) {
        $assets += @{ Journal = $journal; JournalCredential = Get-AutomationPSCredential -Name EsimToolsJournal }
    }
}

$list = @(Import-Csv -LiteralPath $Path)
if (-not $list) { return 'The list is empty.' }
$null = New-Item -ItemType Directory -Path $OutputPath -Force -WhatIf:$false
Remove-Item -LiteralPath $failedPath, $reportPath -ErrorAction Ignore

Connect-EsimService @assets
try {
    # What an earlier night has left: doubts are settled, and what is open is waited for.
    if (-not $WhatIfPreference) {
        Get-EsimRequest -Status InDoubt | Resolve-EsimRequest -ErrorAction Continue | Out-Null
        Get-EsimRequest -Status Accepted | Wait-EsimRequest -Summary -TimeoutSec $TimeoutSec -ErrorAction Continue | Out-Null
    }

    # -Force, because nobody is there to be asked; the guard refuses what is not proven disabled all the same.
    # -ErrorAction, because one profile that is refused must not keep the others; the log gets a line for each kind below. -WhatIf is passed on.
    $run = $list |
        Remove-EsimProfile -DisableFirst -ReasonCode FF -Reason $Reason -TimeoutSec $TimeoutSec -Force `
            -WhatIf:$WhatIfPreference -ErrorAction SilentlyContinue -ErrorVariable refused |
        Wait-EsimRequest -Summary -TimeoutSec $TimeoutSec -ErrorAction Continue |
        Where-Object StartedAt -GE $begun
    $refused | Group-Object { $_.FullyQualifiedErrorId -replace ',.*' } |
        ForEach-Object { Write-Warning "$($_.Count) x $($_.Name), the first: $($_.Group[0])" }
    if ($WhatIfPreference) { return }

    if ($run) {
        $run
        $failed = @($run | Get-EsimResult -Status Failed, NotDone -Inventory $list)
        if ($failed) { $failed | Export-Csv -LiteralPath $failedPath -NoTypeInformation -Encoding utf8 }
        $run | Export-EsimReport -Path $reportPath -Force
    }

    if ($refused -or $run.Failed + $run.InDoubt + $run.Open) {
        # An error and no exit code, because Azure Automation looks at errors alone; pwsh -File makes exit code 1 of it.
        throw "Not all is done: $([int]$run.Failed) profiles failed, $([int]$run.InDoubt) are in doubt, $([int]$run.Open) still open; the rest is in the warnings. See $OutputPath."
    }
}
finally {
    Disconnect-EsimService
}
