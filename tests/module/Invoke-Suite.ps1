<#
.SYNOPSIS
Runs one Pester suite against the staged module; the exit code is the number of tests that failed.

.DESCRIPTION
tests/EsimTools.Module.Tests starts it, with the module to test in ESIMTOOLS_MODULE: dotnet test tests/EsimTools.Module.Tests
#>
param(
    [Parameter(Mandatory)]
    [string] $Path,

    # Pester's manifest. Its NuGet package has no module folder, so it is not found by its name.
    [Parameter(Mandatory)]
    [string] $Pester
)

$ErrorActionPreference = 'Stop'
# Modules that somebody has installed on this machine are not part of what is tested, except where they are meant.
$env:PSModulePath = @(@($env:ESIMTOOLS_TEST_MODULES) -ne '') + (Join-Path $PSHOME 'Modules') -join [IO.Path]::PathSeparator
Import-Module $Pester
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
