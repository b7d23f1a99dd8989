# The runbooks of the package's folder Examples, as they are shipped: each is run in a PowerShell of its own against a sandbox over HTTP, where it
# succeeds and where it does not, and what counts is the exit code and what the sandbox says afterwards.

BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'PostgresServer.ps1')
    $script:isUnix = -not $IsWindows
    $script:programs = if ($script:isUnix) { Find-PostgresProgram }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    . (Join-Path $PSScriptRoot 'Job.ps1')
    . (Join-Path $PSScriptRoot 'PostgresServer.ps1')
    $script:Rows = @(Get-TestRow 40)
    # These fail whatever is done with them. One in each ten, so that every test has its own.
    $script:Failing = $script:Rows[2, 12, 22, 32]
    $script:Inventory = ConvertTo-Inventory $script:Rows
    $script:Server = Open-SandboxServer -Argument '--inventory', $script:Inventory, '--failed-iccids', ($script:Failing.Iccid -join ',')

    # What the sandbox says of profiles: STATE/STATUS, in their order.
    function Get-Truth([object[]] $Row) {
        foreach ($one in $Row) {
            $told = Invoke-RestMethod "$($script:Server.Root)/sandbox/profiles/$($one.Iccid)"
            "$($told.state)/$($told.profileStatus)"
        }
    }

    # The GitHub workflow, and the command of its step that cleans up.
    function Get-Workflow {
        $workflow = Get-Content (Join-Path $script:Examples 'nightly-cleanup.yml') -Raw
        $workflow, [regex]::Match($workflow, '(?m)^ +run: (.*Invoke-NightlyCleanup.+)$').Groups[1].Value
    }

    # As GitHub's shell pwsh does it.
    function Invoke-Step([string] $Step, [hashtable] $Environment, [string] $Folder) {
        $file = Join-Path $Folder 'step.ps1'
        Set-Content $file "`$ErrorActionPreference = 'stop'`n$Step"
        $command = @(& (Join-Path $script:Root 'tools/Get-PowerShellCommand.ps1')) + '-NoProfile', '-NonInteractive', '-Command', ". '$file'"
        Invoke-Program -Command $command -Environment ($Environment + @{ GITHUB_RUN_ID = '4711' }) -Folder $Folder
    }

    # The actions that the sandbox has accepted since it was last asked, by name, with the number of profiles.
    $script:Seen = 0
    function Get-NewAction {
        $log = @(Invoke-RestMethod "$($script:Server.Root)/sandbox/log" | ForEach-Object { $_ })
        $log | Select-Object -Skip $script:Seen | Where-Object { $_.action -and $_.accepted } | ForEach-Object { "$($_.action) $($_.profileCount)" }
        $script:Seen = $log.Count
    }
}

AfterAll {
    Close-Server $script:Server
}

Describe 'Examples' {
    It 'has the files that its README names, and no other' {
        $named = [regex]::Matches((Get-Content (Join-Path $script:Examples 'README.md') -Raw), '(?m)^\|.*?\|') |
            ForEach-Object { [regex]::Matches($_.Value, '`([^`]+)`') } | ForEach-Object { $_.Groups[1].Value }
        @($named) + 'README.md' | Sort-Object | Should -Be ((Get-ChildItem $script:Examples).Name | Sort-Object)
    }

    It 'has a receiver with the files that its own README names, and no other' {
        $folder = Join-Path $script:Examples 'Receiver'
        $table = ((Get-Content (Join-Path $folder 'README.md') -Raw) -split '(?m)^## ')[0]
        $named = [regex]::Matches($table, '(?m)^\| `([^`]+)` \|') | ForEach-Object { $_.Groups[1].Value }
        @($named) + 'README.md' | Sort-Object | Should -Be ((Get-ChildItem $folder).Name | Sort-Object)
    }

    It '<_> explains itself: a synopsis, each parameter, two examples, and no secret' -ForEach @(
        'Invoke-NightlyCleanup.ps1', 'Register-NightlyCleanup.ps1', 'Disable-FleetWithRetry.ps1', 'Move-Fleet.ps1', 'Receiver/Start-Receiver.ps1'
    ) {
        $path = Join-Path $script:Examples $_
        $tokens = $problems = $null
        $ast = [Management.Automation.Language.Parser]::ParseFile($path, [ref] $tokens, [ref] $problems)
        $problems | Should -BeNullOrEmpty
        $help = $ast.GetHelpContent()
        $help.Synopsis.Trim().Length | Should -BeGreaterThan 20
        $help.Examples.Count | Should -BeGreaterThan 0
        $help.Parameters.Keys | Sort-Object | Should -Be ($ast.ParamBlock.Parameters.Name.VariablePath.UserPath | Sort-Object)
        # A page and a half: two minutes.
        (Get-Content $path).Count | Should -BeLessThan 140
    }
}

Describe 'Invoke-NightlyCleanup.ps1' {
    BeforeAll {
        $null = Get-NewAction
    }

    It 'fails where a profile fails, when all others are gone; the next night, without it, succeeds and sends nothing twice' {
        $folder = Get-WorkFolder
        $rows = $script:Rows[0..4]
        $list = ConvertTo-Inventory $rows
        $environment = Get-JobEnvironment
        $output = Join-Path $folder 'out'

        $first = Invoke-Example Invoke-NightlyCleanup.ps1 -Argument '-Path', $list, '-Reason', 'CHG-1', '-OutputPath', $output -Environment $environment -Folder $folder

        $first.ExitCode | Should -Be 1 -Because $first.Text
        $first.Text | Should -Match 'Not all is done: 1 profiles failed, 0 are in doubt, 0 still open'
        $first.Text | Should -Match "1 x Esim\w+, the first: .*$($rows[2].Iccid)"
        Get-Truth $rows | Should -Be @('UNKNOWN/DELETE', 'UNKNOWN/DELETE', 'ACTIVE/ENABLE', 'UNKNOWN/DELETE', 'UNKNOWN/DELETE')
        $failed = @(Import-Csv (Join-Path $output 'failed.csv'))
        $failed.Iccid | Should -Be $rows[2].Iccid
        $failed[0].Site, $failed[0].ServicePlan, $failed[0].EsimAction | Should -Be $rows[2].Site, 'M2M Global', 'deactivate'
        Join-Path $output 'report.html' | Should -FileContentMatch 'CHG-1'
        Get-NewAction | Should -Be 'deactivate 5', 'delete 4'

        $rows | Where-Object Iccid -NE $rows[2].Iccid | Export-Csv $list
        $second = Invoke-Example Invoke-NightlyCleanup.ps1 -Argument '-Path', $list, '-OutputPath', $output -Environment $environment -Folder $folder

        $second.ExitCode | Should -Be 0 -Because $second.Text
        Join-Path $output 'failed.csv' | Should -Not -Exist -Because 'what it told is not true any more'
        Get-NewAction | Should -BeNullOrEmpty
    }

    It 'with -WhatIf sends nothing and fails not' {
        $run = Invoke-Example Invoke-NightlyCleanup.ps1 -Argument '-Path', (ConvertTo-Inventory $script:Rows[5, 6]), '-WhatIf'
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Text | Should -Match 'What if'
        Get-NewAction | Should -BeNullOrEmpty
    }

    It 'fails before anything is sent where there is <What>' -ForEach @(
        @{ What = 'no list'; List = 'no-such.csv'; Environment = @{}; Expected = 'no-such.csv' }
        @{ What = 'no account'; List = ''; Environment = @{ ESIMTOOLS_ACCOUNT = $null }; Expected = 'ESIMTOOLS_ACCOUNT' }
    ) {
        $all = Get-JobEnvironment
        $Environment.Keys | ForEach-Object { $all[$_] = $Environment[$_] }
        $run = Invoke-Example Invoke-NightlyCleanup.ps1 -Argument '-Path', $(if ($List) { $List } else { ConvertTo-Inventory $script:Rows[5] }) -Environment $all
        $run.ExitCode | Should -Be 1
        $run.Text | Should -Match $Expected
        Get-NewAction | Should -BeNullOrEmpty
    }

    It 'takes its credentials from the assets of an Azure Automation account, where there is one' {
        $wrapped = Join-Path $TestDrive 'azure.ps1'
        Set-Content $wrapped @"
function Get-AutomationPSCredential(`$Name) {
    `$pair = @{ ThingSpaceApi = 'sandbox-key', 'sandbox-secret'; ThingSpaceUser = 'sandbox-user', 'sandbox-password' }[`$Name]
    [pscredential]::new(`$pair[0], (ConvertTo-SecureString `$pair[1] -AsPlainText -Force))
}
function Get-AutomationVariable { [CmdletBinding()] param(`$Name) if (`$Name -eq 'ThingSpaceAccount') { '$script:Account' } }
& '$(Join-Path $script:Examples 'Invoke-NightlyCleanup.ps1')' -Path '$(ConvertTo-Inventory $script:Rows[5])' -OutputPath '$(Get-WorkFolder)'
"@
        $command = @(& (Join-Path $script:Root 'tools/Get-PowerShellCommand.ps1')) + '-NoProfile', '-NonInteractive', '-File', $wrapped
        $run = Invoke-Program -Command $command -Environment (Get-JobEnvironment -WithoutSecrets)
        $run.ExitCode | Should -Be 0 -Because $run.Text
        Get-Truth $script:Rows[5] | Should -Be 'UNKNOWN/DELETE'
    }

    It 'is run by the step of the GitHub workflow, which names secrets and holds none' {
        $workflow, $step = Get-Workflow
        $set = [regex]::Matches($workflow, '(?m)^ +(ESIMTOOLS_\w+): (.+)$')
        $set | ForEach-Object { $_.Groups[2].Value | Should -MatchExactly "^\`$\{\{ (secrets|vars)\.$($_.Groups[1].Value) \}\}$" }
        $needed = (Get-JobEnvironment).Keys | Where-Object { $_ -match '^ESIMTOOLS_(API|USER|PASS|ACC|JOURNAL)' } | Sort-Object
        $set | ForEach-Object { $_.Groups[1].Value } | Sort-Object | Should -Be $needed

        $folder = Get-WorkFolder
        Copy-Item (Join-Path $script:Examples 'Invoke-NightlyCleanup.ps1') $folder
        Copy-Item (ConvertTo-Inventory $script:Rows[6, 32]) (Join-Path $folder 'retired.csv')
        $run = Invoke-Step -Step $step -Environment (Get-JobEnvironment) -Folder $folder
        $run.ExitCode | Should -Be 1 -Because $run.Text
        Get-Truth $script:Rows[6, 32] | Should -Be 'UNKNOWN/DELETE', 'ACTIVE/ENABLE'
        Join-Path $folder 'report.html' | Should -FileContentMatch 'run 4711'
        $workflow -split '\s+' | Where-Object { $_ -in 'failed.csv', 'report.html' } | Should -Be 'failed.csv', 'report.html'
    }
}

Describe 'Invoke-NightlyCleanup.ps1 on machines that share a database' -Skip:(-not $programs) -ForEach @{ Programs = $programs } {
    BeforeAll {
        $script:Postgres = Open-PostgresServer $Programs
        # Each machine has a folder of its own, and nothing of the others but the database.
        function Get-MachineEnvironment([switch] $WithoutSecrets) {
            (Get-JobEnvironment -Journal $script:Postgres.Address -WithoutSecrets:$WithoutSecrets) + @{ XDG_DATA_HOME = Get-WorkFolder }
        }
    }

    AfterAll {
        Close-PostgresServer $script:Postgres
    }

    It 'is carried on by each from where the others have left it: a pod of Kubernetes, a runner of GitHub, a sandbox of Azure' {
        $null = Get-NewAction
        $rows = $script:Rows[15..18]
        $folder = Get-WorkFolder
        $list = Join-Path $folder 'retired.csv'

        # The CronJob's own words, with its volume elsewhere.
        $job = Get-Content (Join-Path $script:Examples 'nightly-cleanup-cronjob.yaml') -Raw
        $command, $arguments = 'command', 'args' | ForEach-Object { , ([regex]::Match($job, "(?m)^ +${_}: \[(.+)\]`$").Groups[1].Value -split ', ') }
        $command[0], (Split-Path $command[-1] -Leaf) | Should -Be 'pwsh', 'Invoke-NightlyCleanup.ps1'
        $job | Should -Match '(?m)^ +- secretRef: \{ name: esimtools \}$'
        $rows[0, 1] | Export-Csv $list
        $pod = Invoke-Example Invoke-NightlyCleanup.ps1 -Argument ($arguments -replace '^/lists', $folder) -Environment (Get-MachineEnvironment)
        $pod.ExitCode | Should -Be 0 -Because $pod.Text
        Get-NewAction | Should -Be 'deactivate 2', 'delete 2'
        Join-Path $folder 'out/report.html' | Should -Exist

        # Two more are on the list by now, and the other two are known to be done.
        $rows[0..2] | Export-Csv $list
        Copy-Item (Join-Path $script:Examples 'Invoke-NightlyCleanup.ps1') $folder
        $runner = Invoke-Step -Step (Get-Workflow)[1] -Environment (Get-MachineEnvironment) -Folder $folder
        $runner.ExitCode | Should -Be 0 -Because $runner.Text
        Get-NewAction | Should -Be 'deactivate 1', 'delete 1'

        $rows | Export-Csv $list
        $wrapped = Join-Path $folder 'azure.ps1'
        Set-Content $wrapped @"
function Get-AutomationPSCredential(`$Name) {
    `$pair = @{ ThingSpaceApi = 'sandbox-key', 'sandbox-secret'; ThingSpaceUser = 'sandbox-user', 'sandbox-password'; EsimToolsJournal = 'esim', 'any' }[`$Name]
    [pscredential]::new(`$pair[0], (ConvertTo-SecureString `$pair[1] -AsPlainText -Force))
}
function Get-AutomationVariable { [CmdletBinding()] param(`$Name) @{ ThingSpaceAccount = '$script:Account'; EsimToolsJournal = '$($script:Postgres.Address -replace ';Username=esim')' }[`$Name] }
& '$(Join-Path $script:Examples 'Invoke-NightlyCleanup.ps1')' -Path '$list' -OutputPath '$folder'
"@
        $environment = Get-MachineEnvironment -WithoutSecrets
        $environment.Remove('ESIMTOOLS_JOURNAL')
        $shell = @(& (Join-Path $script:Root 'tools/Get-PowerShellCommand.ps1')) + '-NoProfile', '-NonInteractive', '-File', $wrapped
        $azure = Invoke-Program -Command $shell -Environment $environment
        $azure.ExitCode | Should -Be 0 -Because $azure.Text
        Get-NewAction | Should -Be 'deactivate 1', 'delete 1'
        Get-Truth $rows | Should -Be (@('UNKNOWN/DELETE') * 4)
    }
}

Describe 'Register-NightlyCleanup.ps1' -Skip:(-not $isUnix) {
    BeforeAll {
        # A crontab that is a file, and a pwsh that is this PowerShell.
        $script:Bin = Get-WorkFolder
        $script:Table = Join-Path $script:Bin 'table'
        Set-Content (Join-Path $script:Bin 'crontab') "#!/bin/sh`ncase `"`$1`" in -l) cat '$script:Table' ;; -) cat > '$script:Table' ;; esac"
        $shell = @(& (Join-Path $script:Root 'tools/Get-PowerShellCommand.ps1')) | ForEach-Object { "'$_'" }
        Set-Content (Join-Path $script:Bin 'pwsh') "#!/bin/sh`nexec $($shell -join ' ') `"`$@`""
        & chmod +x (Join-Path $script:Bin 'crontab') (Join-Path $script:Bin 'pwsh')
        $script:List = ConvertTo-Inventory $script:Rows[7, 8]
        $script:Secrets = Join-Path $script:Bin 'secrets of the job.env'
        $script:JobEnvironment = Get-JobEnvironment
        $script:JobEnvironment.Keys | Where-Object { $_ -like 'ESIMTOOLS_*' } | ForEach-Object { "export $_='$($script:JobEnvironment[$_])'" } | Set-Content $script:Secrets
        $script:Environment = @{ PATH = $script:Bin + ':' + $env:PATH; PSModulePath = $script:JobEnvironment.PSModulePath }
        Set-Content $script:Table '5 4 * * * somebody-elses-job'
    }

    It 'with -WhatIf registers nothing' {
        $run = Invoke-Example Register-NightlyCleanup.ps1 -Argument '-Path', $script:List, '-WhatIf' -Environment $script:Environment
        $run.ExitCode | Should -Be 0 -Because $run.Text
        Get-Content $script:Table | Should -Be '5 4 * * * somebody-elses-job'
    }

    It 'registers a line that runs the clean-up, in place of the one before and beside those of others' {
        foreach ($at in '01:15', '02:30') {
            $run = Invoke-Example Register-NightlyCleanup.ps1 -Argument '-Path', $script:List, '-At', $at, '-SecretsPath', $script:Secrets -Environment $script:Environment
            $run.ExitCode | Should -Be 0 -Because $run.Text
        }

        $lines = @(Get-Content $script:Table)
        $lines.Count | Should -Be 2
        $lines[0] | Should -Be '5 4 * * * somebody-elses-job'
        $lines[1] | Should -Match '^30 2 \* \* \* '
        $lines[1] | Should -Not -Match 'sandbox-secret'

        # As cron does it.
        $job = Invoke-Program -Command '/bin/sh', '-c', ($lines[1] -replace '^30 2 \* \* \* ' -replace '\\%', '%') -Environment @{ PSModulePath = $script:Environment.PSModulePath }
        $log = Get-Content (Join-Path (Split-Path $script:List) 'nightly.log') -Raw
        $job.ExitCode | Should -Be 0 -Because $log
        Get-Truth $script:Rows[7, 8] | Should -Be 'UNKNOWN/DELETE', 'UNKNOWN/DELETE'
        $log | Should -Match 'delete'
    }
}

Describe 'Disable-FleetWithRetry.ps1' {
    It 'tries again what has failed and that alone, leaves it in a file that can be sent again, and says so by its exit code' {
        $null = Get-NewAction
        $folder = Get-WorkFolder
        $rows = @($script:Rows[10..13] | ForEach-Object { $_ | Select-Object *, @{ n = 'Owner'; e = { 'depot 7' } } })
        $environment = Get-JobEnvironment

        $run = Invoke-Example Disable-FleetWithRetry.ps1 -Argument '-Path', (ConvertTo-Inventory $rows) -Environment $environment -Folder $folder

        $run.ExitCode | Should -Be 1 -Because $run.Text
        Get-NewAction | Should -Be 'deactivate 4', 'deactivate 1'
        Get-Truth $rows | Should -Be 'DEACTIVE/ENABLE', 'DEACTIVE/ENABLE', 'ACTIVE/ENABLE', 'DEACTIVE/ENABLE'
        $failed = @(Import-Csv (Join-Path $folder 'failed.csv'))
        $failed.Count | Should -Be 1
        foreach ($column in $rows[2].PSObject.Properties.Name) {
            $failed[0].$column | Should -Be $rows[2].$column -Because $column
        }

        # The file goes round by hand: what stands in it, with another row that can be done.
        @($failed) + @($script:Rows[14] | Select-Object -Property $failed[0].PSObject.Properties.Name) | Export-Csv (Join-Path $folder 'again.csv')
        $again = Invoke-Example Disable-FleetWithRetry.ps1 -Argument '-Path', 'again.csv', '-Attempts', '1' -Environment $environment -Folder $folder
        $again.ExitCode | Should -Be 1 -Because $again.Text
        Get-NewAction | Should -Be 'deactivate 2'
        Get-Truth $script:Rows[14] | Should -Be 'DEACTIVE/ENABLE'

        # What has failed is taken off: nothing is left to do, and that is a success.
        $rows | Where-Object Iccid -NE $rows[2].Iccid | Export-Csv (Join-Path $folder 'rest.csv')
        $rest = Invoke-Example Disable-FleetWithRetry.ps1 -Argument '-Path', 'rest.csv' -Environment $environment -Folder $folder
        $rest.ExitCode | Should -Be 0 -Because $rest.Text
        Join-Path $folder 'failed.csv' | Should -Not -Exist
        Get-NewAction | Should -BeNullOrEmpty
    }

    It 'takes the connection that is there, so that it can be tried in a shell with a sandbox' {
        $folder = Get-WorkFolder
        $list = ConvertTo-Inventory $script:Rows[0..9]
        $shell = Invoke-NewShell @"
`$env:PSModulePath = '$((Get-JobEnvironment).PSModulePath)'
`$PSStyle.OutputRendering = 'PlainText'
Import-Module EsimTools
Connect-EsimService -Sandbox -SandboxInventory '$list' -InformationAction Ignore
& '$(Join-Path $script:Examples 'Disable-FleetWithRetry.ps1')' -Path '$list' -WhatIf | Out-Null
& '$(Join-Path $script:Examples 'Disable-FleetWithRetry.ps1')' -Path '$list' -FailedPath '$folder/failed.csv' | Format-List Succeeded
"exit code `$LASTEXITCODE"
"@
        $shell.Text | Should -Match 'Succeeded\s*:\s*10' -Because 'the trial before has sent nothing'
        $shell.Text | Should -Match 'exit code 0'
    }
}

Describe 'Move-Fleet.ps1' {
    BeforeAll {
        $null = Get-NewAction
        # On each eUICC the US profile, which the sandbox has made, is the new one.
        Connect-TestServer $script:Server sandbox | Out-Null
        $us = @{}
        Get-EsimProfile | Where-Object ServicePlan -EQ 'M2M US' | ForEach-Object { $us[$_.Eid] = $_.Iccid }
        Disconnect-EsimService
        function Get-Move([object[]] $Row) {
            $Row | Select-Object Iccid, Eid, AccountName, ServicePlan, Site, @{ n = 'NewIccid'; e = { $us[$_.Eid] } }, @{ n = 'NewServicePlan'; e = { 'M2M US' } }
        }
    }

    It 'moves what it can, and leaves the rest in a file with the step at which it stayed' {
        $folder = Get-WorkFolder
        $rows = $script:Rows[20..24]

        $run = Invoke-Example Move-Fleet.ps1 -Argument '-Path', (ConvertTo-Inventory (Get-Move $rows)), '-MaxFailedPercent', '30' -Folder $folder

        $run.ExitCode | Should -Be 1 -Because $run.Text
        Get-NewAction | Should -Be 'enable 5', 'deactivate 5', 'delete 4'
        Get-Truth $rows | Should -Be 'UNKNOWN/DELETE', 'UNKNOWN/DELETE', 'ACTIVE/DISABLE', 'UNKNOWN/DELETE', 'UNKNOWN/DELETE'
        Get-Truth ($rows | ForEach-Object { @{ Iccid = $us[$_.Eid] } }) | Should -Be (@('ACTIVE/ENABLE') * 5)
        $left = @(Import-Csv (Join-Path $folder 'not-moved.csv'))
        $left.Count | Should -Be 1
        $left[0].Iccid, $left[0].Site, $left[0].NotMoved | Should -Be $rows[2].Iccid, $rows[2].Site, 'disable was not confirmed'
    }

    It 'stops where a step fails for too many, given again goes on where it stayed, and succeeds' {
        $folder = Get-WorkFolder
        $rows = $script:Rows[30..34]
        $environment = Get-JobEnvironment

        $run = Invoke-Example Move-Fleet.ps1 -Argument '-Path', (ConvertTo-Inventory (Get-Move $rows)) -Environment $environment -Folder $folder

        $run.ExitCode | Should -Be 2 -Because $run.Text
        Get-NewAction | Should -Be 'enable 5', 'deactivate 5'
        Get-Truth $rows[0] | Should -Be 'DEACTIVE/DISABLE' -Because 'nothing is deleted behind a step that has failed for too many'
        $left = Import-Csv (Join-Path $folder 'not-moved.csv')
        $left | Group-Object NotMoved | Sort-Object Count | ForEach-Object { "$($_.Count) $($_.Name)" } | Should -Be '1 disable was not confirmed', '4 stopped behind disable'

        $left | Where-Object NotMoved -Like 'stopped*' | Export-Csv (Join-Path $folder 'rest.csv')
        $rest = Invoke-Example Move-Fleet.ps1 -Argument '-Path', 'rest.csv' -Environment $environment -Folder $folder
        $rest.ExitCode | Should -Be 0 -Because $rest.Text
        Get-NewAction | Should -Be 'delete 4' -Because 'the switch and the deactivation were confirmed before'
        Join-Path $folder 'not-moved.csv' | Should -Not -Exist
    }

    It 'with -WhatIf sends nothing' {
        $run = Invoke-Example Move-Fleet.ps1 -Argument '-Path', (ConvertTo-Inventory (Get-Move $script:Rows[35, 36])), '-WhatIf'
        $run.ExitCode | Should -Be 0 -Because $run.Text
        ([regex]::Matches($run.Text, 'What if')).Count | Should -BeGreaterOrEqual 2
        Get-NewAction | Should -BeNullOrEmpty
    }
}
