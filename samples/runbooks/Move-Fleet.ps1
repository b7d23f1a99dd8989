<#
.SYNOPSIS
Moves devices to another carrier: makes the new profile the enabled one, ends the service of the old one, and deletes it.

.DESCRIPTION
The three steps go one after the other, for all rows that are left. A row goes on only when the service has confirmed the step
before, so no device is left without a profile: where the switch fails the old profile stays as it is. The script stops before
the next step where too many rows have failed.

not-moved.csv has the rows that are not done, with the step at which they stayed behind. Send it again: what is done is skipped.

Exit code 0: all are moved. 1: some are not. 2: it was stopped, because a step failed for too many.

.PARAMETER Path
A CSV file with a row for each device: Eid; Iccid and ServicePlan of the old profile; NewIccid and NewServicePlan of the new one,
which is on the eUICC already; AccountName where it is not the connection's. Identifiers are digits alone.

.PARAMETER MaxFailedPercent
How many of its rows, in percent, a step may fail for.

.PARAMETER NotMovedPath
The file of what is left. It is gone when nothing is.

.PARAMETER Reason
What the journal says of why.

.PARAMETER TimeoutSec
How long each step waits for the service. What is open then has not been confirmed.

.EXAMPLE
./Move-Fleet.ps1 -Path ./move.csv -MaxFailedPercent 2 -Reason CHG-4712

.EXAMPLE
./Move-Fleet.ps1 -Path ./move.csv -WhatIf
#>
#Requires -Modules EsimTools
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Path,
    [ValidateRange(0, 100)] [double] $MaxFailedPercent = 5,
    [string] $NotMovedPath = './not-moved.csv',
    [string] $Reason = 'Move to another carrier',
    [int] $TimeoutSec = 3600
)

$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv -LiteralPath $Path)
if (-not $rows) { return 'The list is empty.' }
$notMoved = [Collections.Generic.List[object]]::new()
if (-not (Get-EsimConnection -ErrorAction Ignore)) { Connect-EsimService }

# -Force asks nobody; the guard judges all the same. A confirmation counts for a month, so that a row which is given again goes on.
$always = @{ Force = $true; Reason = $Reason; ErrorAction = 'Continue'; SkipConfirmedWithin = '30.00:00:00'; WhatIf = $WhatIfPreference }
$new = @{ Iccid = 'NewIccid'; ServicePlan = 'NewServicePlan' }
$steps = @(
    @{ Name = 'switch'; Column = 'NewIccid'; Send = { $input | Switch-EsimProfile -Property $new @always } }
    @{ Name = 'disable'; Column = 'Iccid'; Send = { $input | Disable-EsimProfile -ReasonCode FF @always } }
    @{ Name = 'remove'; Column = 'Iccid'; Send = { $input | Remove-EsimProfile @always } }
)
if ($WhatIfPreference) {
    # What may be deleted is known when it is disabled, so a trial ends before that.
    $steps[0, 1] | ForEach-Object { $rows | & $_.Send }
    return
}

function Add-NotMoved([object[]] $Row, [string] $Because) {
    $Row | ForEach-Object { $notMoved.Add(($_ | Select-Object *, @{ n = 'NotMoved'; e = { $Because } } -ExcludeProperty NotMoved)) }
}

$isStopped = $false
foreach ($step in $steps) {
    # Each success is an object, each failure an error that says why.
    $results = @($rows | & $step.Send | Wait-EsimRequest -TimeoutSec $TimeoutSec -ErrorAction Continue)
    $confirmed = [Collections.Generic.HashSet[string]]::new([string[]] @($results.Iccid))
    $done, $behind = $rows.Where({ $confirmed.Contains($_.($step.Column)) }, 'Split')
    '{0}: {1} done, {2} not' -f $step.Name, $done.Count, $behind.Count
    Add-NotMoved $behind "$($step.Name) was not confirmed"
    $isStopped = 100 * $behind.Count / $rows.Count -gt $MaxFailedPercent
    $rows = $done
    if ($isStopped) {
        "Stopped: '$($step.Name)' has failed for more than $MaxFailedPercent % of its rows."
        Add-NotMoved $rows "stopped behind $($step.Name)"
    }
    if ($isStopped -or -not $rows) { break }
}

Remove-Item -LiteralPath $NotMovedPath -ErrorAction Ignore
if ($notMoved) { $notMoved | Export-Csv -LiteralPath $NotMovedPath -NoTypeInformation -Encoding utf8 }
exit $(if ($isStopped) { 2 } else { [int] ($notMoved.Count -gt 0) })
