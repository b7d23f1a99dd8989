<#
.SYNOPSIS
Measures the staged module: speed of the way from CSV to accepted request, whole retirement, memory.

.DESCRIPTION
Each figure comes from a pwsh of its own, so that runs do not warm each other up; the median of -Runs is shown. ./build.ps1 Bench
builds the module and runs this. Speed is never a test: it depends on the machine.

.EXAMPLE
./bench/Measure-EsimTools.ps1 -Runs 5
#>
[CmdletBinding()]
param(
    [string] $ModulePath = (Join-Path $PSScriptRoot '../output/EsimTools'),

    [ValidateRange(1, 100)]
    [int] $Runs = 5,

    # The sizes of the memory run, in devices.
    [int[]] $Devices = @(100000, 200000, 400000)
)

$ErrorActionPreference = 'Stop'
$fleet = Join-Path $PSScriptRoot '../samples/fleet.csv'

function Measure-InNewShell([string] $Script) {
    $lines = & ([Diagnostics.Process]::GetCurrentProcess().Path) -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; `$fleet = '$fleet'; $Script"
    if ($LASTEXITCODE -ne 0) { throw "The measurement failed: $lines" }
    , @($lines | ForEach-Object { [double] $_ })
}

function Get-Median([double[]] $Values) {
    ($Values | Sort-Object)[[int][math]::Floor($Values.Count / 2)]
}

# The same shell measures both, first cold and then warm, because they share what PowerShell compiles.
$speed = @'
function Clock([scriptblock] $Block) { $watch = [Diagnostics.Stopwatch]::StartNew(); $null = & $Block; $watch.Elapsed.TotalMilliseconds }
$importCold = Clock { Import-Csv $fleet }
Connect-EsimService -Sandbox -SandboxInventory $fleet
$acceptCold = Clock { $script:request = Import-Csv $fleet | Disable-EsimProfile -ServicePlan 'M2M Global' -ReasonCode FF -Force }
$null = $request | Wait-EsimRequest
$warm = foreach ($i in 1..15) {
    Connect-EsimService -Sandbox -SandboxInventory $fleet
    $import = Clock { Import-Csv $fleet }
    $accept = Clock { $script:request = Import-Csv $fleet | Disable-EsimProfile -ServicePlan 'M2M Global' -ReasonCode FF -Force }
    $null = $request | Wait-EsimRequest
    Disconnect-EsimService
    if ($i -gt 5) { [pscustomobject]@{ Import = $import; Accept = $accept } }
}
$importCold; $acceptCold
($warm.Import | Sort-Object)[5]; ($warm.Accept | Sort-Object)[5]
'@
$results = @(foreach ($run in 1..$Runs) { , (Measure-InNewShell $speed) })
$importCold = Get-Median ($results | ForEach-Object { $_[0] })
$acceptCold = Get-Median ($results | ForEach-Object { $_[1] })
$importWarm = Get-Median ($results | ForEach-Object { $_[2] })
$acceptWarm = Get-Median ($results | ForEach-Object { $_[3] })
Write-Host ('10,000 devices, first time in a shell:  Import-Csv alone {0,6:n0} ms; to the accepted request {1,6:n0} ms ({2:n1} times).' -f $importCold, $acceptCold, ($acceptCold / $importCold))
Write-Host ('10,000 devices, later:                  Import-Csv alone {0,6:n0} ms; to the accepted request {1,6:n0} ms ({2:n1} times).' -f $importWarm, $acceptWarm, ($acceptWarm / $importWarm))

$retire = @'
Connect-EsimService -Sandbox -SandboxInventory $fleet
$watch = [Diagnostics.Stopwatch]::StartNew()
$removed = @(Import-Csv $fleet | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest)
if ($removed.Count -ne 10000) { throw "$($removed.Count) removed." }
$watch.Elapsed.TotalMilliseconds
'@
$whole = Get-Median (1..$Runs | ForEach-Object { (Measure-InNewShell $retire)[0] })
Write-Host ('10,000 devices disabled, confirmed, removed, confirmed: {0:n0} ms.' -f $whole)

# Devices made on the fly, requests let go: what stays is the module's own memory of them. The service is a sandbox that knows none of
# them, so its own memory does not count; every profile ends as failed, which the module has to remember all the same.
$memory = @'
Connect-EsimService -Sandbox
$make = { param($count) $iccid = [decimal]89441234567891234567; for ($i = 0; $i -lt $count; $i++) { [pscustomobject]@{ Iccid = ($iccid + $i).ToString() } } }
& $make 20000 | Disable-EsimProfile -Force -WarningAction SilentlyContinue -ErrorAction SilentlyContinue | Out-Null
[GC]::Collect(); $before = [GC]::GetTotalMemory($true)
& $make COUNT | Disable-EsimProfile -Force -WarningAction SilentlyContinue -ErrorAction SilentlyContinue | Out-Null
[GC]::Collect(); ([GC]::GetTotalMemory($true) - $before) / 1MB
[Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB
'@
foreach ($count in $Devices) {
    $figures = Measure-InNewShell ($memory -replace 'COUNT', $count)
    $heap, $peak = $figures[0], $figures[1]
    Write-Host ('{0,9:n0} devices, requests not kept: heap grows by {1,5:n0} MB, that is {2,4:n0} bytes a device; peak working set {3:n0} MB.' -f $count, $heap, ($heap * 1MB / $count), $peak)
}
