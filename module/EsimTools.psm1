# Loads the cmdlets that were built for this PowerShell: .NET 8 for PowerShell 7.4 and later, .NET Framework for Windows PowerShell.
# From PowerShell 7.6 on (.NET 10) they are there for the usual platforms with native code too, which saves compiling them in every shell.

$framework = if ($PSEdition -eq 'Core') { 'net8.0' } else { 'net472' }
if ($PSEdition -eq 'Core' -and $PSVersionTable.PSVersion -lt [version]'7.4') {
    throw "EsimTools needs Windows PowerShell 5.1, or PowerShell 7.4 or later; this is $($PSVersionTable.PSVersion)."
}

$folder = Join-Path $PSScriptRoot "bin/$framework"
if ($PSEdition -eq 'Core' -and $PSVersionTable.PSVersion -ge [version]'7.6') {
    $precompiled = Join-Path $folder ([Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier)
    if (Test-Path -LiteralPath $precompiled) { $folder = $precompiled }
}

Import-Module -Name (Join-Path $folder 'EsimTools.dll') -ErrorAction Stop
