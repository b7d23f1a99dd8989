<#
.SYNOPSIS
Runs one Pester suite against the staged module; the exit code is the number of tests that failed.

.EXAMPLE
./build.ps1 Build; ./tests/module/Invoke-Suite.ps1 ./tests/module/Guard.Tests.ps1
#>
param(
    [Parameter(Mandatory)]
    [string] $Path
)

$ErrorActionPreference = 'Stop'
if (-not $env:ESIMTOOLS_MODULE) {
    $env:ESIMTOOLS_MODULE = Join-Path $PSScriptRoot '../../output/EsimTools'
}

Import-Module Pester -MinimumVersion 5.0.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.CIFormat = 'None'
$result = Invoke-Pester -Configuration $configuration

# A suite that ran nothing has proven nothing.
if ($result.TotalCount -eq 0) {
    throw "No test ran in $Path."
}

exit $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
