# How a pipeline ends: one summary in place of a line for each profile, every success before the first failure ends a runbook, and each message of
# the connection once, however many cmdlets share it.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Rows = @(Get-TestRow 40)
    $script:Fleet = @(Get-TestRow 41)
    # Some of the profiles fail, and always the same.
    $script:Failing = @{ FailedProfiles = 0.3; Seed = 7 }
}

Describe 'Wait-EsimRequest -Summary' {
    BeforeAll {
        $script:Test = Connect-TestSandbox -Row $script:Fleet -Option $script:Failing
        $script:Run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force -BatchSize 10 -Reason 'CHG-1' | Wait-EsimRequest -Summary }
    }

    AfterAll {
        $script:Test.Connection | Disconnect-EsimService
    }

    It 'ends a pipeline in one object that counts all of it, and in no error for what failed' {
        $script:Run.Output.Count | Should -Be 1
        $script:Run.Errors | Should -BeNullOrEmpty
        $summary = $script:Run.Output[0]
        $summary.Reason | Should -Be 'CHG-1'
        $summary.Sent | Should -Be 40
        $summary.Failed | Should -BeGreaterThan 0
        $summary.Succeeded | Should -Be (40 - $summary.Failed)
        $summary.Stage | Should -Be 'Ended'
        $summary.Id | Should -Be (Get-EsimRun -Last).Id
    }

    It 'leads to what failed, by its id' {
        $failed = @($script:Run.Output[0] | Get-EsimResult -Status Failed)
        $failed.Count | Should -Be $script:Run.Output[0].Failed
    }

    It 'gives what failed back as rows of the inventory, which a file keeps and a command sends again as it was' {
        $inventory = $script:Rows | Select-Object @{ Name = 'SIM ICCID'; Expression = { $_.Iccid } }, @{ Name = 'Team'; Expression = { 'Berlin' } }
        $file = Join-Path $TestDrive 'failed.csv'
        $script:Run.Output[0] | Get-EsimResult -Status Failed -Inventory $inventory | Export-Csv $file
        $rows = @(Import-Csv $file)
        $rows.Count | Should -Be $script:Run.Output[0].Failed
        $rows[0].PSObject.Properties.Name | Should -Be 'SIM ICCID', 'Team', 'AccountName', 'ServicePlan', 'EsimAction', 'EsimStatus', 'EsimErrorCode', 'EsimErrorMessage', 'EsimRequestId', 'EsimRunId'
        ($rows.Team | Select-Object -Unique) | Should -Be 'Berlin'
        $rows.EsimErrorMessage | Should -Not -Contain ''
        $again = $rows | Disable-EsimProfile -Force
        $again.Count | Should -Be $rows.Count
        $again.AccountName | Should -Be $script:Account
    }

    It 'gives one object also where a command has skipped what an earlier one has done' {
        $done = @($script:Run.Output[0] | Get-EsimResult -Status Succeeded)[0].Iccid
        $new = $script:Fleet[40]
        $summary = @(@($script:Rows | Where-Object Iccid -EQ $done) + $new | Disable-EsimProfile -Force -Reason 'CHG-2' -WarningAction Ignore -ErrorAction Ignore | Wait-EsimRequest -Summary)
        $summary.Count | Should -Be 1
        "$($summary.Reason) $($summary.Given) $($summary.Skipped)" | Should -Be 'CHG-2 2 1'
    }

    It 'writes nothing where nothing was sent' {
        @() | Wait-EsimRequest -Summary | Should -BeNullOrEmpty
    }
}

Describe 'Wait-EsimRequest where an error ends the command' {
    BeforeEach {
        $script:Test = Connect-TestSandbox -Row $script:Rows -Option $script:Failing
    }

    AfterEach {
        $script:Test.Connection | Disconnect-EsimService
    }

    It 'has written every success before it fails: <Name>' -ForEach @(
        @{ Name = '$ErrorActionPreference'; Preference = 'Stop'; With = @{} }
        @{ Name = '-ErrorAction'; Preference = 'Continue'; With = @{ ErrorAction = 'Stop' } }
    ) {
        $file = Join-Path $TestDrive 'done.csv'
        $problem = $null
        try {
            & {
                $ErrorActionPreference = $Preference
                $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest @With | Export-Csv $file
            }
        }
        catch {
            $problem = $_
        }

        $problem | Get-ErrorId | Should -Be 'EsimActionFailed'
        @(Import-Csv $file).Count | Should -Be (Get-EsimRun -Last).Succeeded
    }

    It 'tells of each failure when it comes, where the command goes on' {
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force -BatchSize 1 | Wait-EsimRequest }
        $kinds = [bool[]] @($run.Everything | ForEach-Object { $_ -is [Management.Automation.ErrorRecord] })
        [array]::IndexOf($kinds, $true) | Should -BeLessThan ([array]::LastIndexOf($kinds, $false))
    }
}

Describe 'A message of the connection' {
    BeforeAll {
        $script:Test = Connect-TestSandbox -Row $script:Rows -Option @{ Throttled = 0.5; Seed = 10; RetryAfter = [timespan]::FromSeconds(1) }
        $loud = @{ Debug = $true; Verbose = $true }
        $script:Run = Invoke-Captured {
            $script:Rows | Disable-EsimProfile -Force -BatchSize 20 @loud | Wait-EsimRequest @loud | Remove-EsimProfile -Force @loud | Wait-EsimRequest @loud
        }
    }

    AfterAll {
        $script:Test.Connection | Disconnect-EsimService
    }

    It 'is said once by the four cmdlets of a pipeline: each call in the debug stream' {
        $posts = @($script:Run.Debug -match 'POST .*/devices/profile/actions/')
        $posts.Count | Should -Be @(Get-SentAction $script:Test.Sandbox).Count
        $script:Run.Verbose -match 'POST' | Should -BeNullOrEmpty
    }

    It 'is said once by the four cmdlets of a pipeline: each pause as a warning' {
        $pauses = @($script:Run.Warnings -match 'asks for fewer requests')
        $pauses.Count | Should -BeGreaterThan 0
        $pauses.Count | Should -BeLessOrEqual @($script:Run.Debug -match '-> 429').Count
    }
}
