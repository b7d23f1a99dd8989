<#
.SYNOPSIS
Runs Pester suites against the staged module, or lists what is in them, and writes one record for each test to a JSON file.

.DESCRIPTION
tests/EsimTools.Module.Tests starts it, with the module to test in ESIMTOOLS_MODULE: dotnet test tests/EsimTools.Module.Tests
A record has the same name whether it was listed or run, so that one can tell what was listed and did not run. The exit code tells only of
what failed outside of any test.
#>
param(
    [Parameter(Mandatory)]
    [string] $Path,

    # Pester's manifest. Its NuGet package has no module folder, so it is not found by its name.
    [Parameter(Mandatory)]
    [string] $Pester,

    [Parameter(Mandatory)]
    [string] $ResultPath,

    [switch] $List
)

$ErrorActionPreference = 'Stop'
# Modules that somebody has installed on this machine are not part of what is tested, except where they are meant.
$env:PSModulePath = @(@($env:ESIMTOOLS_TEST_MODULES) -ne '') + (Join-Path $PSHOME 'Modules') -join [IO.Path]::PathSeparator
Import-Module $Pester

# A name with the data of its -ForEach case filled in, as Pester does it when a test runs; a list has to do it before.
function Expand-Name([string] $Name, [object[]] $Data) {
    [regex]::Replace($Name, '<(?<Key>\w+)(?<Members>(?:\.\w+)*)>', {
            param($match)
            $key = $match.Groups['Key'].Value
            foreach ($case in $Data) {
                if ($key -ne '_' -and -not ($case -is [Collections.IDictionary] -and $case.Contains($key))) { continue }
                $value = if ($key -eq '_') { $case } else { $case[$key] }
                foreach ($member in $match.Groups['Members'].Value.Split('.', [StringSplitOptions]::RemoveEmptyEntries)) { $value = $value.$member }
                return "$value"
            }
            $match.Value
        })
}

function Get-FullName([object] $Test) {
    # The innermost case comes first, because it hides the others.
    $data = @(if ($null -ne $Test.Data) { , $Test.Data })
    $names = [Collections.Generic.List[string]]::new()
    $blocks = [Collections.Generic.List[object]]::new()
    for ($block = $Test.Block; $block -and -not $block.IsRoot; $block = $block.Parent) { $blocks.Add($block) }
    for ($i = $blocks.Count - 1; $i -ge 0; $i--) {
        $cases = @($blocks[$i..($blocks.Count - 1)] | Where-Object { $null -ne $_.Data } | ForEach-Object { , $_.Data })
        $names.Add((Expand-Name $blocks[$i].Name $cases))
        if ($i -eq 0) { $data += $cases }
    }

    $names.Add((Expand-Name $Test.Name $data))
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
$configuration.Run.SkipRun = $List.IsPresent
$configuration.Output.Verbosity = if ($List) { 'None' } else { 'Detailed' }
$configuration.Output.CIFormat = 'None'
$result = Invoke-Pester -Configuration $configuration

$seen = @{}
$records = foreach ($test in $result.Tests) {
    $suite = Split-Path $test.ScriptBlock.File -Leaf
    $name = Get-FullName $test
    $seen["$suite|$name"]++
    [ordered]@{
        Suite   = $suite
        Name    = if ($seen["$suite|$name"] -gt 1) { "$name #$($seen["$suite|$name"])" } else { $name }
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
