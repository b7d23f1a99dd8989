# The module manifest: the one source of the version, and the exact list of what is exported.
@{
    RootModule             = 'EsimTools.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = '9c8de720-d6ef-4171-b87c-c8cdfb703972'
    Author                 = 'EsimTools contributors'
    CompanyName            = 'EsimTools contributors'
    Copyright              = '(c) EsimTools contributors. MIT licence.'
    Description            = 'Manages the eSIM profiles of IoT fleets on Verizon ThingSpace. Refuses to delete a profile that is not proven disabled, never repeats by itself a request that may have been taken, and keeps a journal of what it sends.'
    CompatiblePSEditions   = @('Desktop', 'Core')
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess       = @('EsimTools.Format.ps1xml')
    TypesToProcess         = @('EsimTools.Types.ps1xml')
    CmdletsToExport        = @(
        'Connect-EsimService'
        'Disable-EsimProfile'
        'Disconnect-EsimService'
        'Enable-EsimProfile'
        'Get-EsimCallback'
        'Get-EsimConnection'
        'Get-EsimDevice'
        'Get-EsimProfile'
        'Get-EsimRequest'
        'Import-EsimCallback'
        'Install-EsimProfile'
        'Register-EsimCallback'
        'Remove-EsimProfile'
        'Resolve-EsimRequest'
        'Resume-EsimDevice'
        'Resume-EsimProfile'
        'Set-EsimFallbackProfile'
        'Set-EsimProfile'
        'Start-EsimCallbackListener'
        'Stop-EsimCallbackListener'
        'Suspend-EsimDevice'
        'Suspend-EsimProfile'
        'Switch-EsimProfile'
        'Test-EsimProfile'
        'Unregister-EsimCallback'
        'Wait-EsimRequest'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('eSIM', 'eUICC', 'ThingSpace', 'Verizon', 'IoT', 'ICCID', 'EID', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
