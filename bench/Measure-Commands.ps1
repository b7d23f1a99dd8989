<#
.SYNOPSIS
Measures whole commands of the staged module, each in a PowerShell of its own, and writes the table and the chart of docs/performance.md.

.DESCRIPTION
./build.ps1 Bench builds the module and runs this. What is compared is run in turns, and the median of -Runs is shown. The service is a
process of its own: bench/StandIn, which reads and accepts everything, where the client alone is measured; the sandbox where outcomes are waited
for. Where PostgreSQL's programs are found, a server is started on loopback and the same is measured with the journal in it. Speed is never a
test: it depends on the machine.

.EXAMPLE
./bench/Measure-Commands.ps1 -Runs 3 -Devices 1000, 10000
#>
[CmdletBinding()]
param(
    [string] $ModulePath = (Join-Path $PSScriptRoot '../output/EsimTools'),

    [ValidateRange(1, 100)]
    [int] $Runs = 5,

    # The sizes of the retirement, in devices.
    [int[]] $Devices = @(1000, 10000, 100000, 1000000),

    # Where performance.md is, whose figures are replaced, and performance.svg.
    [string] $OutputPath = (Join-Path $PSScriptRoot '../docs')
)

$ErrorActionPreference = 'Stop'
$program, [string[]] $first = & (Join-Path $PSScriptRoot '../tools/Get-PowerShellCommand.ps1')
$work = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "EsimTools-bench-$PID")
$servers = [Collections.Generic.List[Diagnostics.Process]]::new()
$postgres = Get-Item '/usr/lib/postgresql/*/bin' -ErrorAction Ignore | Select-Object -Last 1 -ExpandProperty FullName

function Publish-Program([string] $Project) {
    $output = Join-Path $work $Project
    & dotnet publish (Join-Path $PSScriptRoot "../$Project") --configuration Release --output $output --verbosity quiet -nologo -nodeReuse:false | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "$Project could not be built." }
    Join-Path $output "$(Split-Path $Project -Leaf).dll"
}

# Starts a service, and gives its address once it listens.
function Start-Service([string[]] $Arguments) {
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet', $Arguments)
    $start.RedirectStandardOutput = $true
    $server = [Diagnostics.Process]::Start($start)
    $servers.Add($server)
    while (($line = $server.StandardOutput.ReadLine()) -notmatch ' at (?<address>http\S+)') {
        if ($null -eq $line) { throw 'The service could not be started.' }
    }
    # Nobody reads what it says later, and it must not wait for that.
    $null = $server.StandardOutput.ReadToEndAsync()
    $Matches.address
}

function Stop-Service {
    foreach ($server in $servers) { $server.Kill($true); $server.WaitForExit(); $server.Dispose() }
    $servers.Clear()
}

# Runs a script in a new PowerShell, and gives the numbers that it writes.
function Measure-InNewShell([string] $Script) {
    $lines = & $program @first -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; $Script"
    if ($LASTEXITCODE -ne 0) { throw "The measurement failed: $lines" }
    , @($lines | ForEach-Object { [double] $_ })
}

function Get-Median([double[]] $Values) {
    ($Values | Sort-Object)[[int][math]::Floor(($Values.Count - 1) / 2)]
}

# Scripts by name, run in turns; gives the median of each number that a script writes.
function Measure-InTurns([Collections.IDictionary] $Scripts, [int] $Times = $Runs) {
    $figures = @{}
    foreach ($name in $Scripts.Keys) { $figures[$name] = @() }
    foreach ($run in 1..$Times) {
        foreach ($name in $Scripts.Keys) {
            $figures[$name] += , (Measure-InNewShell $Scripts[$name])
        }
    }
    $medians = @{}
    foreach ($name in $Scripts.Keys) {
        $medians[$name] = @(foreach ($i in 0..($figures[$name][0].Count - 1)) { Get-Median @(foreach ($found in $figures[$name]) { $found[$i] }) })
    }
    $medians
}

# PostgreSQL refuses to run as root.
function Invoke-AsServer([string] $Name, [string[]] $Arguments) {
    $tool = Join-Path $postgres $Name
    if ((& id -u) -eq 0) { & runuser -u postgres -- $tool @Arguments > $null } else { & $tool @Arguments > $null }
    if ($LASTEXITCODE -ne 0) { throw "$Name failed." }
}

# A database server of this measurement, with the settings that it comes with; gives its port.
function Start-Database {
    $probe = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $probe.Start(); $port = $probe.LocalEndpoint.Port; $probe.Stop()
    $null = New-Item -ItemType Directory "$work/database"
    if ((& id -u) -eq 0) { & chmod 711 $work; & chown postgres "$work/database" }
    Invoke-AsServer initdb '--pgdata', "$work/database/data", '--username', 'esim', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'
    Invoke-AsServer pg_ctl '--pgdata', "$work/database/data", '--wait', '--log', "$work/database/log", '--options', "-h 127.0.0.1 -p $port -k $work/database", 'start'
    $port
}

function New-Fleet([int] $Count) {
    $folder = Join-Path $work "fleet-$Count"
    if (-not (Test-Path $folder)) {
        $null = New-Item -ItemType Directory $folder
        $null = & (Join-Path $PSScriptRoot '../samples/New-SampleFleet.ps1') -Path $folder -Count $Count
    }
    Join-Path $folder 'fleet.csv'
}

# A journal for each measurement: nothing of an earlier one may be known.
function Get-Connect([string] $Address, [string] $Journal) {
    @"
`$api, `$user = @('sandbox-key', 'sandbox-secret'), @('sandbox-user', 'sandbox-password') |
    ForEach-Object { [pscredential]::new(`$_[0], (ConvertTo-SecureString `$_[1] -AsPlainText -Force)) }
`$watch = [Diagnostics.Stopwatch]::StartNew()
Connect-EsimService -InformationAction Ignore -WarningAction Ignore -ApiCredential `$api -UserCredential `$user -AccountName 0000123456-00001 -BaseUri '$Address' -Journal '$Journal'
`$connected = `$watch.Elapsed.TotalMilliseconds
"@
}

$import = "Import-Module '$ModulePath'"
$peak = '[Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB'
$rows = [Collections.Generic.List[string]]::new()
function Add-Row([string] $Case, [string] $Measured, [string] $Beside, [string] $Ratio) {
    $rows.Add("| $Case | $Measured | $Beside | $Ratio |")
    Write-Host "$Case`: $Measured; $Beside; $Ratio"
}

# --- A new shell

function Measure-NewShell {
    $command = { param($module, $line) "`$watch = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$module'; `$watch.Elapsed.TotalMilliseconds; `$watch.Restart(); $line; `$watch.Elapsed.TotalMilliseconds" }
    $baseline = Publish-Program 'bench/Baseline'
    $times = Measure-InTurns ([ordered]@{
            EsimTools = & $command $ModulePath 'Get-EsimConnection -ErrorAction Ignore | Out-Null'
            Sandbox   = & $command $ModulePath 'Connect-EsimService -Sandbox -InformationAction Ignore | Out-Null'
            Baseline  = & $command $baseline 'Out-Nothing'
        }) -Times (2 * $Runs)
    $own, $connect, $other = $times.EsimTools, $times.Sandbox, $times.Baseline
    Add-Row '`Import-Module` in a new shell' ('{0:n0} ms' -f $own[0]) ('an empty binary module: {0:n0} ms' -f $other[0]) ('{0:+0;-0} ms' -f ($own[0] - $other[0]))
    Add-Row 'the first command, `Get-EsimConnection`' ('{0:n0} ms' -f $own[1]) ('a cmdlet that does nothing: {0:n0} ms' -f $other[1]) ('{0:+0;-0} ms' -f ($own[1] - $other[1]))
    Add-Row 'the first command, `Connect-EsimService -Sandbox`' ('{0:n0} ms' -f $connect[1]) ('the same: {0:n0} ms' -f $other[1]) ('{0:+0;-0} ms' -f ($connect[1] - $other[1]))
    $baseline
}

# --- From the inventory to the accepted requests

function Measure-Acceptance([string] $Baseline) {
    $inventory = New-Fleet 100000
    $address = Start-Service @(Publish-Program 'bench/StandIn')
    $timed = { param($line) "[GC]::Collect(); `$watch = [Diagnostics.Stopwatch]::StartNew(); $line; `$watch.Elapsed.TotalMilliseconds" }
    # What people write when they have the documents alone: no guard, no journal, no second try.
    $script = @"
`$ProgressPreference = 'SilentlyContinue'
`$rows = Import-Csv '$inventory'
for (`$i = 0; `$i -lt `$rows.Count; `$i += 10000) {
    `$devices = foreach (`$row in `$rows[`$i..([math]::Min(`$i + 10000, `$rows.Count) - 1)]) {
        @{ ids = @(@{ id = `$row.Eid; kind = 'eid' }, @{ id = `$row.Iccid; kind = 'iccid' }, @{ id = `$row.Imei; kind = 'imei' }) }
    }
    `$body = @{ accountName = '0000123456-00001'; servicePlan = 'M2M Global'; reasonCode = 'FF'; devices = @(`$devices) } | ConvertTo-Json -Depth 5 -Compress
    `$null = Invoke-RestMethod -Method Post -Uri '$address/m2m/v1/devices/profile/actions/deactivate' -Body `$body -ContentType 'application/json'
}
"@
    $send = "`$sent = @(Import-Csv '$inventory' | Disable-EsimProfile -ServicePlan 'M2M Global' -ReasonCode FF -Force)"
    $check = 'if ($sent.Count -ne 10) { throw "$($sent.Count) requests." }; $path = (Get-EsimConnection).JournalPath; Disconnect-EsimService; Remove-Item -Recurse $path'
    $sides = [ordered]@{
        Folder = "$import; $(Get-Connect $address "$work/journal"); $(& $timed $send); $check"
        Bind   = "Import-Module '$Baseline'; $(& $timed "Import-Csv '$inventory' | Out-Nothing")"
        Script = & $timed $script
    }
    $times = Measure-InTurns $sides
    Stop-Service
    $own, $bind, $other = $times.Folder[0], $times.Bind[0], $times.Script[0]
    Add-Row '100,000 rows of CSV to accepted requests, first time in a shell' ('{0:n0} ms' -f $own) ('`Import-Csv` and a cmdlet that binds the same columns and does nothing: {0:n0} ms' -f $bind) ('{0:n2} times' -f ($own / $bind))
    Add-Row 'the same' ('{0:n0} ms' -f $own) ('the script people write, with hashtables, `ConvertTo-Json` and `Invoke-RestMethod`: {0:n0} ms' -f $other) ('{0:n1} times as fast' -f ($other / $own))
}

# --- Whole retirements, and connecting to what they leave behind

function Measure-Retirement {
    $server = Publish-Program 'src/EsimTools.Sandbox.Server'
    $retire = @'
$watch.Restart()
$removed = (Import-Csv 'INVENTORY' | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 | Remove-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 | Measure-Object).Count
if ($removed -ne COUNT) { throw "$removed removed." }
$watch.Elapsed.TotalMilliseconds
'@
    $port = if ($postgres) { Start-Database }
    foreach ($count in $Devices) {
        $inventory = New-Fleet $count
        $found = @{ Folder = @(); Database = @() }
        foreach ($run in 1..$(if ($count -ge 100000) { [math]::Min($Runs, 3) } else { $Runs })) {
            foreach ($side in @('Folder'; if ($postgres) { 'Database' })) {
                $name = "bench_${count}_$run"
                if ($side -eq 'Database') { Invoke-AsServer createdb '-h', '127.0.0.1', '-p', $port, '-U', 'esim', $name }
                $address = Start-Service @($server, '--inventory', $inventory)
                $connect = Get-Connect $address $(if ($side -eq 'Folder') { "$work/journal" } else { "Host=127.0.0.1;Port=$port;Database=$name;Username=esim" })
                $retired = Measure-InNewShell "$import; $connect; $($retire -creplace 'INVENTORY', $inventory -creplace 'COUNT', $count); $peak; Disconnect-EsimService"
                $connected = Measure-InNewShell "$import; $connect; `$connected; $peak; Disconnect-EsimService"
                $found[$side] += , ($retired + $connected)
                Stop-Service
                if ($side -eq 'Folder') { Remove-Item -Recurse "$work/journal" } else { Invoke-AsServer dropdb '-h', '127.0.0.1', '-p', $port, '-U', 'esim', $name }
            }
        }
        Remove-Item -Recurse (Split-Path $inventory)
        $result = [ordered]@{ Devices = $count }
        foreach ($side in $found.Keys | Where-Object { $found[$_].Count }) {
            $medians = [ordered]@{}
            foreach ($i in 0..3) { $medians[('Retired', 'Peak', 'Connected', 'ConnectedPeak')[$i]] = Get-Median @(foreach ($figures in $found[$side]) { $figures[$i] }) }
            $result[$side] = [pscustomobject] $medians
        }
        $result = [pscustomobject] $result
        Write-Host ($result | ConvertTo-Json -Compress -Depth 3)
        $result
    }
    if ($postgres) { Invoke-AsServer pg_ctl '--pgdata', "$work/database/data", '--mode', 'immediate', 'stop' }
}

function Add-Retirements([object[]] $Results) {
    $large = $Results[-1]
    $n = '{0:n0} devices: disabled, confirmed, deleted, confirmed' -f $large.Devices
    if ($tenth = $Results | Where-Object Devices -EQ ($large.Devices / 10)) {
        Add-Row $n ('{0:n1} s, peak {1:n0} MB' -f ($large.Folder.Retired / 1000), $large.Folder.Peak) ('{0:n0} devices: {1:n2} s, peak {2:n0} MB' -f $tenth.Devices, ($tenth.Folder.Retired / 1000), $tenth.Folder.Peak) ('{0:n1} times' -f ($large.Folder.Retired / $tenth.Folder.Retired))
    }
    if ($large.Database) {
        Add-Row 'the same with the journal on PostgreSQL' ('{0:n1} s, peak {1:n0} MB' -f ($large.Database.Retired / 1000), $large.Database.Peak) ('the folder: {0:n1} s' -f ($large.Folder.Retired / 1000)) ('{0:n2} times' -f ($large.Database.Retired / $large.Folder.Retired))
    }
    $outcomes = 2 * $large.Devices
    Add-Row ('connecting to what it leaves behind, {0:n0} outcomes' -f $outcomes) ('folder {0:n0} ms, peak {1:n0} MB' -f $large.Folder.Connected, $large.Folder.ConnectedPeak) ($(if ($large.Database) { 'database {0:n0} ms, peak {1:n0} MB' -f $large.Database.Connected, $large.Database.ConnectedPeak })) ''
}

# --- The page

function Set-Figures([string] $Name, [string[]] $Lines) {
    $page = Join-Path $OutputPath 'performance.md'
    $text = [IO.File]::ReadAllText($page)
    $begin, $end = "<!-- $Name -->", "<!-- end of $Name -->"
    if ($text.IndexOf($begin) -lt 0 -or $text.IndexOf($end) -lt 0) { throw "$page has no place for $Name." }
    $before, $after = $text.Substring(0, $text.IndexOf($begin) + $begin.Length), $text.Substring($text.IndexOf($end))
    [IO.File]::WriteAllText($page, "$before`n$($Lines -join "`n")`n$after")
}

function Measure-Parts {
    & dotnet run --configuration Release --project (Join-Path $PSScriptRoot 'Parts') | Out-Host
    if ($LASTEXITCODE -ne 0) { throw 'The parts could not be measured.' }
    foreach ($report in Get-Item 'artifacts/benchmarks/results/*-report-github.md') {
        ''
        Get-Content $report | Where-Object { $_ -match '^\|' }
    }
}

Push-Location (Join-Path $PSScriptRoot '..')
try {
    $parts = @(Measure-Parts)
    $baseline = Measure-NewShell
    Measure-Acceptance $baseline
    $results = @(Measure-Retirement)
    Add-Retirements $results
    $processor = Get-Content /proc/cpuinfo -ErrorAction Ignore | Where-Object { $_ -match '^model name' } | Select-Object -First 1
    $machine = '{0}, {1} processors ({2}), PowerShell {3}, .NET {4}{5}; {6:yyyy-MM-dd}.' -f [Runtime.InteropServices.RuntimeInformation]::OSDescription,
        [Environment]::ProcessorCount, ($processor -replace '.*: '), $PSVersionTable.PSVersion, [Environment]::Version, $(if ($postgres) { ", $(& "$postgres/postgres" --version)" }), (Get-Date)
    Set-Figures 'machine' $machine
    Set-Figures 'commands' @('| Case | Measured | Beside | |'; '|---|---|---|---|'; $rows)
    Set-Figures 'retirements' @(
        '| Devices | Folder | a device | Database | a device |'; '|---|---|---|---|---|'
        foreach ($result in $results) {
            '| {0:n0} | {1:n2} s | {2:n0} µs | {3} | {4} |' -f $result.Devices, ($result.Folder.Retired / 1000), ($result.Folder.Retired * 1000 / $result.Devices),
                $(if ($result.Database) { '{0:n2} s' -f ($result.Database.Retired / 1000) }), $(if ($result.Database) { '{0:n0} µs' -f ($result.Database.Retired * 1000 / $result.Devices) })
        })
    Set-Figures 'parts' $parts
    & (Join-Path $PSScriptRoot 'New-Chart.ps1') -Results $results -Path (Join-Path $OutputPath 'performance.svg')
}
finally {
    Pop-Location
    Stop-Service
    if ($postgres -and (Test-Path "$work/database/data/postmaster.pid")) { Invoke-AsServer pg_ctl '--pgdata', "$work/database/data", '--mode', 'immediate', 'stop' }
    Remove-Item -Recurse -Force $work
}
