<#
.SYNOPSIS
Runs a Pester suite against the staged module and writes one record for each test to a JSON file.

.DESCRIPTION
tests/EsimTools.Module.Tests starts it, with the module to test in ESIMTOOLS_MODULE: dotnet test tests/EsimTools.Module.Tests
The exit code tells only of what failed outside of any test. ESIMTOOLS_TEST_NAME chooses tests by their names (Pester's Filter.FullName).
#>
param(
    [Parameter(Mandatory)]
    [string] $Path,

    # Pester's manifest. Its NuGet package has no module folder, so it is not found by its name.
    [Parameter(Mandatory)]
    [string] $Pester,

    [Parameter(Mandatory)]
    [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
# Modules that somebody has installed on this machine are not part of what is tested, except where they are meant.
$env:PSModulePath = @(@($env:ESIMTOOLS_TEST_MODULES) -ne '') + (Join-Path $PSHOME 'Modules') -join [IO.Path]::PathSeparator
Import-Module $Pester

function Get-FullName([object] $Test) {
    $names = [Collections.Generic.List[string]]::new()
    for ($part = $Test; $part -and -not $part.IsRoot; $part = if ($part -eq $Test) { $Test.Block } else { $part.Parent }) {
        # What did not run has no name with its data filled in.
        $names.Insert(0, ($part.ExpandedName ? $part.ExpandedName : $part.Name))
    }

    # What a console or an XML file cannot show is not part of a name.
    $names -join ' | ' -replace '\p{C}+', ' '
}

function Get-Problem([object] $Test) {
    # A test whose block could not be prepared has no word of its own.
    $records = @($Test.ErrorRecord)
    for ($block = $Test.Block; $block; $block = $block.Parent) { $records += $block.ErrorRecord }
    $records | Where-Object { $_ } | ForEach-Object {
        if ($_.DisplayErrorMessage) { $_.DisplayErrorMessage; $_.DisplayStackTrace } else { "$_"; $_.ScriptStackTrace }
    }
}

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.CIFormat = 'None'
if ($env:ESIMTOOLS_TEST_NAME) { $configuration.Filter.FullName = $env:ESIMTOOLS_TEST_NAME }
$result = Invoke-Pester -Configuration $configuration

$seen = @{}
$records = foreach ($test in $result.Tests | Where-Object ShouldRun) {
    $name = Get-FullName $test
    $seen[$name]++
    [ordered]@{
        Name    = if ($seen[$name] -gt 1) { "$name #$($seen[$name])" } else { $name }
        Line    = $test.StartLine
        Result  = $test.Result
        Message = @(Get-Problem $test) -join "`n"
        Seconds = $test.Duration.TotalSeconds
    }
}

ConvertTo-Json @($records) | Set-Content $ResultPath -Encoding utf8

# What went wrong outside of any test: a file that cannot be read, a block that cannot be prepared or cleaned up.
$others = @($result.Containers) + @($result.FailedBlocks) | ForEach-Object ErrorRecord | Where-Object { $_ }
$others | ForEach-Object { "OUTSIDE OF ANY TEST: $_ $($_.ScriptStackTrace)" }
exit [int] (@($others).Count -gt 0)
