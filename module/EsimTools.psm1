# Loads the cmdlets that were built for this PowerShell: .NET 8 for PowerShell 7.4 and later, .NET Framework for Windows PowerShell.

$framework = if ($PSEdition -eq 'Core') { 'net8.0' } else { 'net472' }
if ($PSEdition -eq 'Core' -and $PSVersionTable.PSVersion -lt [version]'7.4') {
    throw "EsimTools needs Windows PowerShell 5.1, or PowerShell 7.4 or later; this is $($PSVersionTable.PSVersion)."
}

Import-Module -Name (Join-Path $PSScriptRoot "bin/$framework/EsimTools.dll") -ErrorAction Stop
