<#
.SYNOPSIS
The project's one entry point: Build, Install, Test, Cover, Mutate, Analyze, Bench, Demo, Pack.

.DESCRIPTION
Build    stages the publishable module in output/EsimTools, and its companion for databases in output/EsimTools.Postgres.
Install  stages them in the user's own module folder, where every new shell and -Parallel find them by their names.
Test     runs every test: dotnet test EsimPS.sln, which runs the Pester suites too. With -Long it tries much more of what chance
         decides (kills, faults, inputs, a soak), which takes hours, and prints the figures of docs/testing.md.
Cover    counts which lines of the client and the cmdlets run while xunit and Pester do, and prints the share (coverlet).
Mutate   changes the code of the proof, the guard, the in-doubt rule and the taking in of outcomes, one small thing at a time, and tells which
         changes no test notices (Stryker); docs/testing.md explains those that are left. Takes more than an hour.
Analyze  runs PSScriptAnalyzer over the project's scripts; any finding fails.
Bench    measures speed and memory and replaces the figures of docs/performance.md.
Demo     retires samples/fleet.csv on the built-in sandbox, as an administrator would.
Pack     makes output/EsimTools.<version>.nupkg for a PowerShell repository and a zip of the same files, compiled ahead of time for the usual
         platforms and not only this one, and the same two of EsimTools.Postgres. The same staged files give the same bytes. Needs PowerShell 7.5
         or later.

.EXAMPLE
./build.ps1 Build

.EXAMPLE
./build.ps1 Demo
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Install', 'Test', 'Cover', 'Mutate', 'Analyze', 'Bench', 'Demo', 'Pack')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # With Test: the long run.
    [switch] $Long,

    # Where the module is staged; the tests use a folder of their own.
    [string] $OutputPath = (Join-Path $PSScriptRoot 'output')
)

$ErrorActionPreference = 'Stop'
$manifestPath = Join-Path $PSScriptRoot 'EsimTools.psd1'
$version = (Import-PowerShellDataFile $manifestPath).ModuleVersion
# The build runs in another folder, so the path has to be whole.
$OutputPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath)
$staged = Join-Path $OutputPath 'EsimTools'

function Invoke-DotNet([string[]] $Arguments) {
    & dotnet $Arguments
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($Arguments[0]) failed with exit code $LASTEXITCODE." }
}

# Where this PowerShell looks for the modules of its user alone.
function Get-UserModulePath {
    if ($PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows) {
        return [Management.Automation.Platform]::SelectProductNameForDirectory('USER_MODULES')
    }

    $product = if ($PSVersionTable.PSEdition -eq 'Core') { 'PowerShell' } else { 'WindowsPowerShell' }
    Join-Path ([Environment]::GetFolderPath('MyDocuments')) "$product/Modules"
}

function Build-Module([string[]] $Platform, [string] $Path = $staged, [string] $CompanionPath = "$staged.Postgres") {
    $arguments = @(
        'msbuild', (Join-Path $PSScriptRoot 'src/EsimTools/EsimTools.csproj'), '-restore', '-target:StageModule', '-verbosity:quiet', '-nologo'
        # Nothing that was started stays behind: whoever waits for the output of this script would wait for it too.
        '-nodeReuse:false'
        "-property:Configuration=$Configuration", "-property:StagePath=$Path", "-property:CompanionPath=$CompanionPath"
        if ($Platform) { "-property:PrecompileFor=$($Platform -join '+')" }
    )
    Invoke-DotNet -Arguments $arguments
    Write-Host "Staged EsimTools $version in $Path."
}

function Invoke-Test {
    $figures = New-TemporaryFile
    $env:ESIMTOOLS_TEST_FIGURES = $figures.FullName
    $env:ESIMTOOLS_TEST_LONG = [int] $Long.IsPresent
    try {
        Invoke-DotNet -Arguments 'test', (Join-Path $PSScriptRoot 'EsimPS.sln'), '--configuration', $Configuration
    }
    finally {
        Get-Content $figures | Sort-Object | Write-Host
        Remove-Item $figures, Env:ESIMTOOLS_TEST_FIGURES, Env:ESIMTOOLS_TEST_LONG
    }
}

function Invoke-Mutation {
    # Stryker takes the test project, and its settings, from the folder that it is started in.
    Push-Location (Join-Path $PSScriptRoot 'tests/EsimTools.Client.Tests')
    try {
        Invoke-DotNet -Arguments 'tool', 'restore'
        Invoke-DotNet -Arguments 'stryker', '--output', (Join-Path $PSScriptRoot 'artifacts/mutation')
    }
    finally { Pop-Location }
}

switch ($Task) {
    'Build' { Build-Module; Write-Host "Import it with: Import-Module $staged" }
    'Install' { $modules = Get-UserModulePath; Build-Module -Path (Join-Path $modules "EsimTools/$version") -CompanionPath (Join-Path $modules "EsimTools.Postgres/$version"); Write-Host 'Import it with: Import-Module EsimTools' }
    'Test' { Invoke-Test }
    'Cover' { Invoke-DotNet -Arguments 'msbuild', (Join-Path $PSScriptRoot 'tools/Coverage.proj'), '-restore', '-target:Measure', '-nologo', '-verbosity:minimal', '-property:Configuration=Debug' }
    'Mutate' { Invoke-Mutation }
    'Analyze' {
        if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { throw 'Analyze needs PSScriptAnalyzer: Install-Module PSScriptAnalyzer.' }
        $scripts = Get-ChildItem $PSScriptRoot -Recurse -File -Include '*.ps1', '*.psm1', '*.psd1' |
            # The manifest finds its files only where it is staged; the Pester suites test it there.
            Where-Object { $_.FullName -notmatch '[\\/](artifacts|output)[\\/]' -and $_.Name -ne 'EsimTools.psd1' }
        $findings = $scripts | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Settings (Join-Path $PSScriptRoot 'PSScriptAnalyzerSettings.psd1') }
        if ($findings) {
            $findings | Format-Table -AutoSize ScriptName, Line, RuleName, Message | Out-String -Width 200 | Write-Host
            throw "PSScriptAnalyzer has $(@($findings).Count) findings."
        }
        Write-Host "PSScriptAnalyzer has no findings in $(@($scripts).Count) files."
    }
    'Bench' { Build-Module; & (Join-Path $PSScriptRoot 'bench/Measure-Commands.ps1') -ModulePath $staged }
    'Demo' { Build-Module; & (Join-Path $PSScriptRoot 'samples/Show-Retirement.ps1') -ModulePath $staged }
    'Pack' {
        Build-Module -Platform 'win-x64', 'linux-x64', 'linux-arm64', 'osx-arm64'
        foreach ($module in $staged, "$staged.Postgres") {
            foreach ($file in & (Join-Path $PSScriptRoot 'tools/New-Package.ps1') -ModulePath $module -OutputPath $OutputPath) {
                Write-Host "Packed $($file.FullName), SHA-256 $((Get-FileHash $file.FullName).Hash)."
            }
        }
    }
}
