<#
.SYNOPSIS
What starts another PowerShell like this one: its program, and the arguments that have to come first.

.DESCRIPTION
A PowerShell that is installed as a .NET tool runs inside dotnet, so the program of its process is not the one to start.

.EXAMPLE
$program, [string[]] $first = ./tools/Get-PowerShellCommand.ps1; & $program @first -NoProfile -Command 'Get-Date'
#>
$program = [Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
$program
if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') {
    Join-Path $PSHOME 'pwsh.dll'
}
