# What the project's scripts are held to. Scripts must run in Windows PowerShell 5.1 too.
@{
    Severity     = @('Error', 'Warning', 'Information')
    # build.ps1, the demo and the benchmark talk to a person at a console. A script's parameters are used in its functions, which the rule
    # on unused parameters does not see.
    ExcludeRules = @('PSAvoidUsingWriteHost', 'PSReviewUnusedParameter')
    Rules        = @{
        # Helpers of tests, each with one order in which its two or three values are read.
        PSAvoidUsingPositionalParameters = @{ Enable = $true; CommandAllowList = @('Compare-Copy', 'Compare-Value', 'Send-Callback') }
        PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('5.1', '7.4') }
    }
}
