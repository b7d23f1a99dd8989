<#
.SYNOPSIS
Disables the profiles of an inventory, tries those that have failed again, and leaves a file of what is left.

.DESCRIPTION
What fails goes to a CSV file and is read from there for the next attempt: account, service plan and all columns of the
inventory stay, and the reason stands beside them. So the file can be sent again by hand too, tomorrow or by a colleague:
./Disable-FleetWithRetry.ps1 -Path ./failed.csv

Exit code 0: all are disabled. 1: the file has rows, or errors were written about others.

.PARAMETER Path
The inventory, or the file of an earlier run.

.PARAMETER FailedPath
The file of what has failed. It is gone when nothing has.

.PARAMETER Attempts
How often each profile is tried at most.

.PARAMETER Reason
What the journal says of why.

.PARAMETER TimeoutSec
How long each attempt waits for the service.

.EXAMPLE
./Disable-FleetWithRetry.ps1 -Path ./fleet.csv -Reason CHG-4711

.EXAMPLE
./Disable-FleetWithRetry.ps1 -Path ./fleet.csv -WhatIf
#>
#Requires -Modules EsimTools
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Path,
    [string] $FailedPath = './failed.csv',
    [ValidateRange(1, 10)] [int] $Attempts = 2,
    [string] $Reason = 'Disable a fleet',
    [int] $TimeoutSec = 3600
)

$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv -LiteralPath $Path)

# Take the connection that is there, of a sandbox for example, or open one with what the environment says.
if (-not (Get-EsimConnection -ErrorAction Ignore)) { Connect-EsimService }

$problems = @()
for ($attempt = 1; $attempt -le $Attempts -and $rows; $attempt++) {
    $begun = [DateTimeOffset]::UtcNow

    # -Force asks nobody; -ErrorAction Continue lets the others go on where one is refused. -WhatIf is passed on.
    $run = $rows |
        Disable-EsimProfile -ReasonCode FF -Reason "$Reason, attempt $attempt" -Force `
            -WhatIf:$WhatIfPreference -ErrorAction Continue -ErrorVariable +problems |
        Wait-EsimRequest -Summary -TimeoutSec $TimeoutSec -ErrorAction Continue -ErrorVariable +problems |
        Where-Object StartedAt -GE $begun
    if ($WhatIfPreference) { return }
    $run

    # What a profile lacked at the first attempt it lacks at the second: only what was sent and has failed is tried again.
    $failed = @($run | Get-EsimResult -Status Failed, NotDone -Inventory $rows)
    Remove-Item -LiteralPath $FailedPath -ErrorAction Ignore
    $rows = @()
    if ($failed) {
        $failed | Export-Csv -LiteralPath $FailedPath -NoTypeInformation -Encoding utf8
        $rows = @(Import-Csv -LiteralPath $FailedPath)
    }
}

if ($rows) { "$($rows.Count) profiles have failed; $FailedPath says why." }
exit [int] [bool] ($rows -or $problems)
