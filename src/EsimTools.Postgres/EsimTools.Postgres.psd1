# The companion of EsimTools for a journal in a PostgreSQL database. It has no commands: Connect-EsimService -Journal finds it and loads it when it is asked for.
@{
    ModuleVersion        = '0.0.0' # Staged with that of EsimTools.
    GUID                 = '5d7a3c0e-8f43-4a62-b8d5-2f0f6a1f7c94'
    Author               = 'EsimTools contributors'
    CompanyName          = 'EsimTools contributors'
    Copyright            = '(c) EsimTools contributors. MIT licence.'
    Description          = 'Lets EsimTools keep its journal in a PostgreSQL database, for several machines that work on one fleet. It has no commands of its own and belongs to the EsimTools of the same version.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion    = '7.4'
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{ PSData = @{ Tags = @('eSIM', 'ThingSpace', 'PostgreSQL', 'PSEdition_Core') } }
}
