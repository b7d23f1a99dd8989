# What has become of commands: Get-EsimRun, Get-EsimResult, Test-EsimRun, on the sandbox.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Rows = @(Get-TestRow 12)
    $script:Test = Connect-TestSandbox -Row $script:Rows

    # A command whose requests are waited for.
    function Invoke-Disable($Row, [string] $Reason) {
        $Row | Disable-EsimProfile -ReasonCode FF -Force -Reason $Reason | Wait-EsimRequest | Out-Null
    }

    Invoke-Disable ($script:Rows | Select-Object -First 5) 'CHG-1'
    Invoke-Disable ($script:Rows | Select-Object -Skip 5 -First 2) 'CHG-2'
}

AfterAll {
    $script:Test.Connection | Disconnect-EsimService
}

Describe 'Get-EsimRun' {
    It 'gives the last command behind it, and all of them newest last, as Get-EsimRequest does' {
        $last = Get-EsimRun -Last
        @($last).Count | Should -Be 1
        $last.Reason | Should -Be 'CHG-2'
        "$($last.Action) $($last.Stage) $($last.Given) $($last.Succeeded) $($last.Failed)" | Should -Be 'deactivate Ended 2 2 0'
        (Get-EsimRun).Reason | Should -Be 'CHG-1', 'CHG-2'
        (Get-EsimRequest).Run.Reason | Should -Be 'CHG-1', 'CHG-2'
    }

    It 'finds by reason, user, action and time' {
        (Get-EsimRun -Reason '*-1').Reason | Should -Be 'CHG-1'
        @(Get-EsimRun -UserName 'nobody*').Count | Should -Be 0
        @(Get-EsimRun -UserName "$((Get-EsimRun -Last).UserName)").Count | Should -Be 2
        @(Get-EsimRun -Action delete).Count | Should -Be 0
        @(Get-EsimRun -Action DEACTIVATE).Count | Should -Be 2
        @(Get-EsimRun -Since (Get-Date).AddHours(1)).Count | Should -Be 0
        @(Get-EsimRun -Since (Get-Date).AddHours(-1)).Count | Should -Be 2
    }

    It 'takes ids and its own objects, also read back from a file, and names one that it does not know' {
        $run = Get-EsimRun -Last
        (Get-EsimRun $run.Id).Id | Should -Be $run.Id
        ($run | Get-EsimRun).Id | Should -Be $run.Id
        $file = Join-Path $TestDrive 'run.xml'
        $run | Export-Clixml $file
        (Import-Clixml $file | Get-EsimRun).Id | Should -Be $run.Id
        Get-EsimRun 'nothing' -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -Be 'EsimRequestNotFound,EsimTools.GetEsimRunCommand'
    }

    It 'completes ids, newest first' {
        $found = (TabExpansion2 'Get-EsimRun -Run ' 17).CompletionMatches.CompletionText
        $found | Should -Be (Get-EsimRun).Id[1..0]
    }

    It 'fits 80 columns' {
        $shown = (Get-EsimRun | Out-String -Width 80) -split "`r?`n"
        ($shown | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $shown -match 'CHG-1' | Should -Not -BeNullOrEmpty
    }

    It 'leaves no run of a command that sent nothing' {
        $script:Rows | Select-Object -Last 1 | Disable-EsimProfile -ReasonCode FF -WhatIf
        @(Get-EsimRun).Count | Should -Be 2
    }

    It 'counts what the guard kept back, by reason' {
        $script:Rows | Select-Object -First 1 | Remove-EsimProfile -Force -Reason 'CHG-3' | Wait-EsimRequest | Out-Null
        $script:Rows | Select-Object -Skip 1 -First 1 -Property *, @{ n = 'x'; e = { 1 } } | Remove-EsimProfile -Force -Reason 'CHG-4' | Wait-EsimRequest | Out-Null
        ($script:Rows[2], $script:Rows[10]) | Remove-EsimProfile -Force -Reason 'CHG-5' -ErrorAction SilentlyContinue | Wait-EsimRequest | Out-Null
        $run = Get-EsimRun -Reason 'CHG-5'
        "$($run.Succeeded) $($run.KeptBack) $($run.Refusals.ErrorId) $($run.Refusals.Count)" | Should -Be '1 1 EsimProfileNotDisabled 1'
    }
}

Describe 'Get-EsimResult' {
    It 'writes flat objects with run, account and plan' {
        $results = @(Get-EsimRun -Reason 'CHG-1' | Get-EsimResult)
        $results.Count | Should -Be 5
        $results[0].RunId | Should -Be (Get-EsimRun -Reason 'CHG-1').Id
        $results[0].AccountName | Should -Not -BeNullOrEmpty
        $results.Iccid | Sort-Object | Should -Be ($script:Rows[0..4].Iccid | Sort-Object)
    }

    It 'narrows by status, request, action and time' {
        $run = Get-EsimRun -Reason 'CHG-1'
        @(Get-EsimResult -Run $run.Id -Status Failed).Count | Should -Be 0
        @(Get-EsimResult -RequestId $run.RequestIds[0]).Count | Should -Be 5
        @(Get-EsimResult -Run $run.Id -Action delete).Count | Should -Be 0
        @(Get-EsimResult -Since (Get-Date).AddHours(1)).Count | Should -Be 0
    }

    It 'takes no filter for all, as an empty variable is one: <_>' -ForEach 'Get-EsimResult -Status', 'Get-EsimResult -Action', 'Get-EsimRequest -Status', 'Get-EsimRequest -Action', 'Get-EsimRun -Action' {
        foreach ($none in '@()', '$null') {
            $run = Invoke-Captured ([scriptblock]::Create("$_ $none"))
            $run.Output | Should -BeNullOrEmpty
            "$($run.Terminating.FullyQualifiedErrorId)" | Should -BeLike 'ParameterArgumentValidationError*'
        }
    }

    It 'binds to the next command' {
        Get-EsimResult -Run (Get-EsimRun -Reason 'CHG-2').Id | Remove-EsimProfile -Force -Reason 'CHG-6' | Wait-EsimRequest | Out-Null
        (Get-EsimRun -Last).Succeeded | Should -Be 2
    }
}

Describe 'Test-EsimRun' {
    It 'verifies what is as it was left, and names the command of a difference' {
        Invoke-Disable $script:Rows[7, 8] 'CHG-7'
        @(Get-EsimRun -Last | Test-EsimRun).Verdict | Should -Be 'Verified', 'Verified'
        $script:Rows[7] | Enable-EsimProfile -Force -MdnZipCode '12345' -Reason 'back again' | Wait-EsimRequest | Out-Null
        $different = Get-EsimRun -Reason 'CHG-7' | Test-EsimRun -Verdict Different
        $different.Iccid | Should -Be $script:Rows[7].Iccid
        "$($different.Expected) $($different.Because)" | Should -Match '^DEACTIVE .activate. was sent for it later .*back again'
    }

    It 'takes a deleted profile that is gone for verified' {
        @(Get-EsimRun -Reason 'CHG-3' | Test-EsimRun).Verdict | Should -Be 'Verified'
    }
}
