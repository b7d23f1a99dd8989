# Loads the cmdlets that were built for this PowerShell: .NET 8 for PowerShell 7.4 and later, .NET Framework for Windows PowerShell.
# From PowerShell 7.6 on (.NET 10) they are there for the usual platforms with native code too, which saves compiling them in every shell.
# Cmdlets of other modules and comparisons of versions would be a third of the import's time.

$folder = "$PSScriptRoot/bin/net472"
if ($PSEdition -eq 'Core') {
    $folder = "$PSScriptRoot/bin/net8.0"
    $version = $PSVersionTable.PSVersion
    $minor = 100 * $version.Major + $version.Minor
    if ($minor -lt 704) {
        throw "EsimTools needs Windows PowerShell 5.1, or PowerShell 7.4 or later; this is $version."
    }

    if ($minor -ge 706) {
        $precompiled = "$folder/$([Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier)"
        if ([IO.Directory]::Exists($precompiled)) { $folder = $precompiled }
    }
}

Import-Module -Name "$folder/EsimTools.dll" -ErrorAction Stop
