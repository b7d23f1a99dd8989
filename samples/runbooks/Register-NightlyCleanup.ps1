<#
.SYNOPSIS
Has this machine run Invoke-NightlyCleanup.ps1 every night: by Task Scheduler on Windows, by cron elsewhere.

.DESCRIPTION
The job runs as you, with your journal, and writes what it says to nightly.log beside the list.

Secrets stand neither in the task nor in the crontab. On Windows they are variables of your user (in a shell of yours, once for
each: [Environment]::SetEnvironmentVariable('ESIMTOOLS_API_KEY', '...', 'User')). Elsewhere they are in a file that is yours alone
(chmod 600), with a line for each: export ESIMTOOLS_API_KEY='...'

Given again, it replaces the job that it has registered before.

.PARAMETER Path
The list of profiles, as Invoke-NightlyCleanup.ps1 reads it.

.PARAMETER At
The time of the day at which it starts.

.PARAMETER SecretsPath
With cron: the file with the secrets.

.PARAMETER PowerShellPath
The PowerShell that runs it.

.EXAMPLE
./Register-NightlyCleanup.ps1 -Path ./retired.csv -At 02:30

.EXAMPLE
./Register-NightlyCleanup.ps1 -Path ./retired.csv -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Path,
    [datetime] $At = '02:30',
    [string] $SecretsPath = '~/.config/esimtools.env',
    [string] $PowerShellPath = (Get-Command pwsh -CommandType Application | Select-Object -First 1).Source
)

$ErrorActionPreference = 'Stop'
$script = Join-Path $PSScriptRoot 'Invoke-NightlyCleanup.ps1'
$list = (Resolve-Path -LiteralPath $Path).ProviderPath
$folder = Split-Path $list
$log = Join-Path $folder 'nightly.log'

if ($env:OS -eq 'Windows_NT') {
    $command = "& '{0}' -Path '{1}' -OutputPath '{2}' *>> '{3}'" -f ($script, $list, $folder, $log -replace "'", "''")
    $job = @{
        TaskName = 'EsimTools nightly clean-up'
        Trigger  = New-ScheduledTaskTrigger -Daily -At $At
        Action   = New-ScheduledTaskAction -Execute $PowerShellPath -Argument "-NoProfile -NonInteractive -Command `"$command`""
        Settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit '03:00'
    }
    if ($PSCmdlet.ShouldProcess($job.TaskName, "Run every day at $($At.ToString('HH:mm'))")) {
        Register-ScheduledTask @job -Force
    }
    return
}

$quoted = $SecretsPath, $PowerShellPath, $script, $list, $folder, $log | ForEach-Object {
    # For sh, and a percent sign for cron.
    "'" + ($PSCmdlet.GetUnresolvedProviderPathFromPSPath($_) -replace "'", "'\''" -replace '%', '\%') + "'"
}
$line = '{0} {1} * * * . {2} && {3} -NoProfile -NonInteractive -File {4} -Path {5} -OutputPath {6} >> {7} 2>&1' -f (@($At.Minute, $At.Hour) + $quoted)
if ($PSCmdlet.ShouldProcess('crontab', "Add the line: $line")) {
    $others = @(crontab -l 2>$null) | Where-Object { $_ -notlike '*Invoke-NightlyCleanup.ps1*' }
    @($others) + $line | Where-Object { $_ } | crontab -
    if ($LASTEXITCODE) { throw "crontab has failed with exit code $LASTEXITCODE." }
    $line
}
