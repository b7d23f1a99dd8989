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
        'Approve-EsimPlan'
        'Compare-EsimPlan'
        'Connect-EsimService'
        'Disable-EsimProfile'
        'Disconnect-EsimService'
        'Enable-EsimProfile'
        'Get-EsimCallback'
        'Get-EsimConnection'
        'Get-EsimDevice'
        'Get-EsimPlan'
        'Get-EsimPolicy'
        'Get-EsimProfile'
        'Get-EsimRequest'
        'Import-EsimCallback'
        'Install-EsimProfile'
        'New-EsimPlan'
        'Register-EsimCallback'
        'Remove-EsimProfile'
        'Resolve-EsimRequest'
        'Resume-EsimDevice'
        'Resume-EsimProfile'
        'Set-EsimFallbackProfile'
        'Set-EsimPolicy'
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
            # A repository finds a module by the commands that its tags name.
            Tags         = @(
                'eSIM', 'eUICC', 'ThingSpace', 'Verizon', 'IoT', 'ICCID', 'EID', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS'
                'PSIncludes_Cmdlet'
                'PSCmdlet_Approve-EsimPlan', 'PSCommand_Approve-EsimPlan'
                'PSCmdlet_Compare-EsimPlan', 'PSCommand_Compare-EsimPlan'
                'PSCmdlet_Connect-EsimService', 'PSCommand_Connect-EsimService'
                'PSCmdlet_Disable-EsimProfile', 'PSCommand_Disable-EsimProfile'
                'PSCmdlet_Disconnect-EsimService', 'PSCommand_Disconnect-EsimService'
                'PSCmdlet_Enable-EsimProfile', 'PSCommand_Enable-EsimProfile'
                'PSCmdlet_Get-EsimCallback', 'PSCommand_Get-EsimCallback'
                'PSCmdlet_Get-EsimConnection', 'PSCommand_Get-EsimConnection'
                'PSCmdlet_Get-EsimDevice', 'PSCommand_Get-EsimDevice'
                'PSCmdlet_Get-EsimPlan', 'PSCommand_Get-EsimPlan'
                'PSCmdlet_Get-EsimPolicy', 'PSCommand_Get-EsimPolicy'
                'PSCmdlet_Get-EsimProfile', 'PSCommand_Get-EsimProfile'
                'PSCmdlet_Get-EsimRequest', 'PSCommand_Get-EsimRequest'
                'PSCmdlet_Import-EsimCallback', 'PSCommand_Import-EsimCallback'
                'PSCmdlet_Install-EsimProfile', 'PSCommand_Install-EsimProfile'
                'PSCmdlet_New-EsimPlan', 'PSCommand_New-EsimPlan'
                'PSCmdlet_Register-EsimCallback', 'PSCommand_Register-EsimCallback'
                'PSCmdlet_Remove-EsimProfile', 'PSCommand_Remove-EsimProfile'
                'PSCmdlet_Resolve-EsimRequest', 'PSCommand_Resolve-EsimRequest'
                'PSCmdlet_Resume-EsimDevice', 'PSCommand_Resume-EsimDevice'
                'PSCmdlet_Resume-EsimProfile', 'PSCommand_Resume-EsimProfile'
                'PSCmdlet_Set-EsimFallbackProfile', 'PSCommand_Set-EsimFallbackProfile'
                'PSCmdlet_Set-EsimPolicy', 'PSCommand_Set-EsimPolicy'
                'PSCmdlet_Set-EsimProfile', 'PSCommand_Set-EsimProfile'
                'PSCmdlet_Start-EsimCallbackListener', 'PSCommand_Start-EsimCallbackListener'
                'PSCmdlet_Stop-EsimCallbackListener', 'PSCommand_Stop-EsimCallbackListener'
                'PSCmdlet_Suspend-EsimDevice', 'PSCommand_Suspend-EsimDevice'
                'PSCmdlet_Suspend-EsimProfile', 'PSCommand_Suspend-EsimProfile'
                'PSCmdlet_Switch-EsimProfile', 'PSCommand_Switch-EsimProfile'
                'PSCmdlet_Test-EsimProfile', 'PSCommand_Test-EsimProfile'
                'PSCmdlet_Unregister-EsimCallback', 'PSCommand_Unregister-EsimCallback'
                'PSCmdlet_Wait-EsimRequest', 'PSCommand_Wait-EsimRequest'
            )
            ReleaseNotes = '0.1.0: the first version. Every action of the ThingSpace eSIM profile API, ten thousand profiles to a request; a guard that deletes only what is proven disabled; a journal written ahead of what is sent, outcomes by callback and poll, and a sandbox that needs no account. Not run against a real account yet. CHANGELOG.md in the module folder has the details.'
        }
    }
}
