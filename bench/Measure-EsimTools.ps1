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
    [int[]] $Devices = @(100000, 300000, 1000000)
)

$ErrorActionPreference = 'Stop'
$fleet = Join-Path $PSScriptRoot '../samples/fleet.csv'
$program, $first = & (Join-Path $PSScriptRoot '../tools/Get-PowerShellCommand.ps1')

function Measure-InNewShell([string] $Script) {
    $lines = & $program @first -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; `$fleet = '$fleet'; $Script"
    if ($LASTEXITCODE -ne 0) { throw "The measurement failed: $lines" }
    , @($lines | ForEach-Object { [double] $_ })
}

function Get-Median([double[]] $Values) {
    ($Values | Sort-Object)[[int][math]::Floor($Values.Count / 2)]
}

# The same shell measures both, again and again, because they share what PowerShell compiles: nothing yet the first time, and then better and
# better code in the background, until there is nothing left to do. Prints two figures for each time. What measures is itself compiled before,
# and neither pays for the garbage of the other or of the sandbox's fleet.
$speed = @'
$null = Measure-Command { }
foreach ($i in 1..40) {
    Connect-EsimService -InformationAction Ignore -Sandbox -SandboxInventory $fleet
    [GC]::Collect()
    (Measure-Command { ALONE }).TotalMilliseconds
    $rows = $null
    [GC]::Collect()
    (Measure-Command { $request = Import-Csv $inventory | Disable-EsimProfile -ServicePlan 'M2M Global' -ReasonCode FF -Force }).TotalMilliseconds
    $null = $request | Wait-EsimRequest
    Disconnect-EsimService
}
'@

# Rows that are kept cost the garbage collector time; the way to the request keeps none of them.
function Measure-Speed([string] $Inventory, [string] $Name) {
    foreach ($alone in @{ Text = 'rows kept'; Script = '$rows = Import-Csv $inventory' }, @{ Text = 'rows thrown away'; Script = 'Import-Csv $inventory' }) {
        $shells = @(foreach ($run in 1..$Runs) { , (Measure-InNewShell "`$inventory = '$Inventory'; $($speed -creplace 'ALONE', $alone.Script.Replace('$', '$$'))") })
        foreach ($time in @{ Text = 'first time in a shell'; Times = 1..1 }, @{ Text = 'second to fifth time'; Times = 2..5 }, @{ Text = 'when all is compiled'; Times = 21..40 }) {
            $import, $accept = foreach ($figure in -2, -1) {
                Get-Median @(foreach ($shell in $shells) { foreach ($i in $time.Times) { $shell[2 * $i + $figure] } })
            }
            $line = '10,000 devices, {0}, {1}: Import-Csv alone ({2}) {3:n0} ms, to the accepted request {4:n0} ms ({5:n1} times).'
            Write-Host ($line -f $Name, $time.Text, $alone.Text, $import, $accept, ($accept / $import))
        }
    }
}

Measure-Speed -Inventory $fleet -Name 'samples/fleet.csv with its 7 columns'

# What a command makes of a row does not depend on columns that it has no use for; Import-Csv alone does.
$wide = New-TemporaryFile
try {
    $header, $rows = Get-Content $fleet
    @("$header,Model,Firmware,Customer,Region,Street,City,Postcode,Country,InstalledOn,Technician,Msisdn,Imsi,Note") +
        @($rows | ForEach-Object { "$_,EDMI Mk10E,4.2.1,Utility 7,NL-ZH,Weena 1,Rotterdam,3013 AL,NL,2024-03-01,T0012,+3197010000001,204040000000001," }) | Set-Content $wide
    Measure-Speed -Inventory $wide.FullName -Name 'the same with 20 columns'
}
finally {
    Remove-Item $wide
}

$retire = @'
Connect-EsimService -InformationAction Ignore -Sandbox -SandboxInventory $fleet
$watch = [Diagnostics.Stopwatch]::StartNew()
$removed = @(Import-Csv $fleet | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest)
if ($removed.Count -ne 10000) { throw "$($removed.Count) removed." }
$watch.Elapsed.TotalMilliseconds
'@
$whole = Get-Median (1..$Runs | ForEach-Object { (Measure-InNewShell $retire)[0] })
Write-Host ('10,000 devices disabled, confirmed, removed, confirmed: {0:n0} ms.' -f $whole)

# Devices made on the fly, requests let go: what stays is the module's own memory of them. The service is a process of its own, so that what
# it remembers does not count; it knows none of the devices, and every profile ends as failed, which the module has to remember all the same.
$memory = @'
$api, $user = @('sandbox-key', 'sandbox-secret'), @('sandbox-user', 'sandbox-password') |
    ForEach-Object { [pscredential]::new($_[0], (ConvertTo-SecureString $_[1] -AsPlainText -Force)) }
$journal = Join-Path ([IO.Path]::GetTempPath()) "EsimTools-bench-$PID"
Connect-EsimService -InformationAction Ignore -ApiCredential $api -UserCredential $user -AccountName 0000123456-00001 -BaseUri 'ADDRESS' -JournalPath $journal
$make = { param($count) $iccid = [decimal]89441234567891234567; for ($i = 0; $i -lt $count; $i++) { [pscustomobject]@{ Iccid = ($iccid + 10 * $i).ToString() } } }
$quiet = @{ WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue' }
$send = { param($count) & $make $count | Disable-EsimProfile -Force @quiet | Wait-EsimRequest -PollingIntervalSec 1 @quiet | Out-Null; $Error.Clear() }
& $send 20000
[GC]::Collect(); $before = [GC]::GetTotalMemory($true)
$watch = [Diagnostics.Stopwatch]::StartNew()
& $send COUNT
$time = $watch.Elapsed.TotalMilliseconds
[GC]::Collect(); ([GC]::GetTotalMemory($true) - $before) / 1MB
[Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB
$time
Disconnect-EsimService
Remove-Item $journal -Recurse
'@
$start = [Diagnostics.ProcessStartInfo]::new('dotnet', "run --configuration Release --project `"$(Join-Path $PSScriptRoot '../src/EsimTools.Sandbox.Server')`"")
$start.RedirectStandardOutput = $true
$server = [Diagnostics.Process]::Start($start)
try {
    while (($line = $server.StandardOutput.ReadLine()) -notmatch ' at (?<address>http\S+)') {
        if ($null -eq $line) { throw 'The sandbox server could not be started.' }
    }
    $address = $Matches.address
    foreach ($count in $Devices) {
        $figures = Measure-InNewShell ($memory -creplace 'COUNT', $count -creplace 'ADDRESS', $address)
        $heap, $peak, $time = $figures
        Write-Host ('{0,9:n0} devices, requests not kept: heap grows by {1,5:n0} MB, that is {2,4:n0} bytes a device; peak working set {3:n0} MB; {4:n0} microseconds a device.' -f $count, $heap, ($heap * 1MB / $count), $peak, ($time * 1000 / $count))
    }
}
finally {
    $server.Kill($true)
}
