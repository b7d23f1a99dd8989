<#
.SYNOPSIS
Shows a fleet being retired on the built-in sandbox: what the guard refuses, the request objects, and a closing summary.

.DESCRIPTION
Needs no account and no network. ./build.ps1 Demo builds the module and runs this.

.EXAMPLE
./samples/Show-Retirement.ps1

.EXAMPLE
./samples/Show-Retirement.ps1 -Path ./my-fleet.csv -FailedShare 0.001
#>
[CmdletBinding()]
param(
    # The inventory; it also furnishes the sandbox.
    [string] $Path = (Join-Path $PSScriptRoot 'fleet.csv'),

    # The module to show.
    [string] $ModulePath = (Join-Path $PSScriptRoot '../output/EsimTools'),

    # The share of profiles whose actions the sandbox lets fail, so that there is something to see.
    [ValidateRange(0, 1)]
    [double] $FailedShare = 0.001
)

$ErrorActionPreference = 'Stop'
Import-Module $ModulePath -Force
$watch = [Diagnostics.Stopwatch]::StartNew()

# A delay before the callbacks makes the wait visible, as it would be with real devices.
Connect-EsimService -Sandbox -SandboxInventory $Path -SandboxOptions @{ CallbackDelay = '00:00:02'; FailedProfiles = $FailedShare }
try {
    Get-EsimConnection | Format-Table UserName, AccountName, BaseUri | Out-Host

    Write-Host '1. Too early: the guard refuses what is not proven disabled.' -ForegroundColor Cyan
    Import-Csv $Path | Select-Object -First 2 | Remove-EsimProfile -Force -ErrorAction SilentlyContinue -ErrorVariable refused
    $refused | ForEach-Object { Write-Host "   $($_.FullyQualifiedErrorId): $($_.Exception.Message)" -ForegroundColor Yellow }

    Write-Host "`n2. Disable, wait for every confirmation." -ForegroundColor Cyan
    $disabling = Import-Csv $Path | Disable-EsimProfile -ReasonCode FF -Force
    $disabling | Out-Host
    $disabled = $disabling | Wait-EsimRequest -ErrorAction SilentlyContinue -ErrorVariable notDisabled

    Write-Host '3. Remove what was confirmed, and wait again.' -ForegroundColor Cyan
    $removing = $disabled | Remove-EsimProfile -Force
    $removing | Out-Host
    $removed = $removing | Wait-EsimRequest -ErrorAction SilentlyContinue -ErrorVariable notRemoved

    Write-Host '4. Summary' -ForegroundColor Cyan
    Get-EsimRequest | Out-Host
    $failed = @($notDisabled) + @($notRemoved)
    $failed | Select-Object -First 3 | ForEach-Object { Write-Host "   $($_.FullyQualifiedErrorId): $($_.Exception.Message)" -ForegroundColor Yellow }
    Write-Host ('   {0:n0} disabled, {1:n0} removed, {2:n0} failed and left as they were, in {3:n1} s, with {4} requests.' -f
        @($disabled).Count, @($removed).Count, $failed.Count, $watch.Elapsed.TotalSeconds, @(Get-EsimRequest).Count)
    Write-Host '   Another run of the same commands on $failed.TargetObject would take up just those.'
} finally {
    Disconnect-EsimService
}
