# The same command again, doubts and their end, runs that fail throughout: what an administrator sees of "sent once".

BeforeAll {
    $ErrorActionPreference = 'Stop'
    . (Join-Path $PSScriptRoot 'Common.ps1')
}

Describe 'The same command again' {
    BeforeEach {
        $script:Rows = Get-TestRow 4
        $script:Test = Connect-TestSandbox -Row $script:Rows
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'skips what is open, says how many, returns their request for those alone, and sends the rest' {
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $first = $script:Rows[0..2] | Disable-EsimProfile -Force
        $run = Invoke-Captured { $script:Rows[1, 3] | Disable-EsimProfile -Force }
        $run.Errors | Should -BeNullOrEmpty
        "$($run.Warnings)" | Should -Match '^1 profile skipped: .*open'
        $run.Output.Count | Should -Be 2
        $new, $old = $run.Output
        $new.Profiles.Iccid | Should -Be $script:Rows[3].Iccid
        $old.RequestId | Should -Be $first.RequestId
        $old.Profiles.Iccid | Should -Be $script:Rows[1].Iccid
        $script:Test.Sandbox.TimesAccepted('deactivate', $script:Rows[1].Iccid) | Should -Be 1
    }

    It 'goes on with the profiles that were named, and with no other one of their request' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        $run = Invoke-Captured { $script:Rows[2] | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest }
        $run.Output.Iccid | Should -Be $script:Rows[2].Iccid
        @($script:Rows | Where-Object { $script:Test.Sandbox.TimesAccepted('delete', $_.Iccid) -eq 1 }).Iccid | Should -Be $script:Rows[2].Iccid
        $ended = Invoke-Captured { $script:Rows[2] | Disable-EsimProfile -Force -Resubmit | Get-EsimRequest }
        $ended.Errors | Should -BeNullOrEmpty
        "$($ended.Warnings)" | Should -Match '^1 profile skipped: it is deleted already'
    }

    It 'keeps a request narrow when it is looked up' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        ($script:Rows[2] | Disable-EsimProfile -Force -WarningAction Ignore | Get-EsimRequest).Count | Should -Be 1
    }

    It 'finds nothing to do after a run that went through' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -Force | Wait-EsimRequest }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 4
        @(Get-SentAction $script:Test.Sandbox).Count | Should -Be 2
    }

    It 'writes no request under -WhatIf, and says what it would skip' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -WhatIf }
        $run.Output | Should -BeNullOrEmpty
        "$($run.Warnings)" | Should -Match '^4 profiles skipped'
    }

    It 'writes what is skipped batch by batch, and counts it once' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        $run = Invoke-Captured { $script:Rows[0, 1, 1, 2, 3] | Disable-EsimProfile -Force -BatchSize 3 }
        $run.Output.Count | Should -Be 2
        $run.Output[0].Profiles.Iccid | Should -Be $script:Rows[0..2].Iccid
        $run.Output[1].Profiles.Iccid | Should -Be $script:Rows[3].Iccid
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileDuplicate'
        "$($run.Warnings)" | Should -Match '^4 profiles skipped'
    }

    It 'hands a full batch of skipped ones on while the input still comes' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        $script:Read = 0
        $first = $script:Rows | ForEach-Object { $script:Read++; $_ } | Disable-EsimProfile -Force -BatchSize 2 -WarningAction Ignore | Select-Object -First 1
        $first.Count | Should -Be 2
        $script:Read | Should -Be 2
    }

    It 'sends what was confirmed with -SkipConfirmedWithin 0 and with -Resubmit' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        ($script:Rows | Disable-EsimProfile -Force -SkipConfirmedWithin 0 -WarningAction Ignore).Count | Should -Be 4
        ($script:Rows | Disable-EsimProfile -Force -Resubmit -WarningAction Ignore).Count | Should -Be 4
        $script:Test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 3
    }

    It 'takes <Value> for <Expected>' -ForEach @(
        @{ Value = 90; Expected = '00:01:30' }
        @{ Value = '90'; Expected = '00:01:30' }
        @{ Value = '1.00:00:00'; Expected = '1.00:00:00' }
        @{ Value = [timespan]::FromHours(2); Expected = '02:00:00' }
    ) {
        $command = [EsimTools.DisableEsimProfileCommand]::new()
        $attribute = $command.GetType().GetProperty('SkipConfirmedWithin').GetCustomAttributes($false) | Where-Object { $_ -is [Management.Automation.ArgumentTransformationAttribute] }
        [timespan] $attribute.Transform($null, $Value) | Should -Be ([timespan] $Expected)
    }

    It 'waits with -DisableFirst for a deactivation that is open already, and then deletes' {
        $script:Test.Options.CallbackDelay = [timespan]::FromSeconds(1)
        $null = $script:Rows | Disable-EsimProfile -Force
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -DisableFirst -Force | Wait-EsimRequest }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 4
        $script:Test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1
    }
}

Describe 'A doubt' {
    BeforeEach {
        $script:Rows = Get-TestRow 3
        $script:Test = Connect-TestSandbox -Row $script:Rows -Option @{ LostCallbacks = 1 }
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'about what was taken ends as done, and the command that is run again has nothing to do' {
        $script:Test.Options.CutAfterAcceptance = 1
        $null = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $script:Test.Options.CutAfterAcceptance = 0
        Wait-Sandbox $script:Test.Sandbox
        $told = Resolve-EsimRequest
        $told.Resolution | Should -Be @('Done', 'Done', 'Done')
        $told.Evidence | Should -Match 'lists state'
        Get-EsimRequest -Status InDoubt | Should -BeNullOrEmpty
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 3
        $script:Test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1
    }

    It 'about what was not taken stays for a day, and ends sooner when the user says so' {
        $script:Test.Options.CutBeforeAcceptance = 1
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $script:Test.Options.CutBeforeAcceptance = 0
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Resolve-EsimRequest'
        ($run.Errors[0].TargetObject | Resolve-EsimRequest).Resolution | Should -Be @('Unknown', 'Unknown', 'Unknown')
        $refused = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        ($refused.Errors | Get-ErrorId | Sort-Object -Unique) | Should -Be 'EsimOutcomeUnknown'
        $id = (Get-EsimRequest -Status InDoubt).LocalId
        "$($refused.Errors[0].ErrorDetails.RecommendedAction)" | Should -Match $id
        (Resolve-EsimRequest -RequestId $id -NotDoneAfter 0).Resolution | Should -Be @('NotDone', 'NotDone', 'NotDone')
        $wait = Invoke-Captured { Get-EsimRequest | Wait-EsimRequest }
        ($wait.Errors | Get-ErrorId | Sort-Object -Unique) | Should -Be 'EsimActionFailed'
        "$($wait.Errors[0])" | Should -Match 'was not carried out'
        ($script:Rows | Disable-EsimProfile -Force).Count | Should -Be 3
    }

    It 'is not there: Resolve-EsimRequest writes nothing' {
        Resolve-EsimRequest | Should -BeNullOrEmpty
    }

    It 'about an unknown request is an error that names it' {
        $run = Invoke-Captured { Resolve-EsimRequest -RequestId nobody }
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestNotFound'
        "$($run.Errors)" | Should -Match 'nobody'
    }

    It 'is shown in a table that tells the evidence' {
        $script:Test.Options.CutAfterAcceptance = 1
        $null = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $script:Test.Options.CutAfterAcceptance = 0
        Wait-Sandbox $script:Test.Sandbox
        $text = Resolve-EsimRequest | Out-String -Width 160
        $text | Should -Match 'Resolution\s+Iccid\s+Action\s+Evidence'
    }
}

Describe 'A run that fails throughout' {
    BeforeEach {
        $script:Rows = Get-TestRow 20
        $script:Test = Connect-TestSandbox -Row $script:Rows -Option @{ LostCallbacks = 1 }
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'ends after <Limit> requests in a row, and says what was and was not sent' -ForEach @(
        @{ Limit = 10; Parameter = @{} }
        @{ Limit = 3; Parameter = @{ MaxErrorCount = 3 } }
    ) {
        $script:Test.Options.ServerErrors = 1
        $parameter = $Parameter
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -BatchSize 1 -ThrottleLimit 1 -Force @parameter }
        "$($run.Terminating.FullyQualifiedErrorId)" | Should -BeLike 'EsimTooManyErrors,*'
        "$($run.Terminating)" | Should -Match "because $Limit requests in a row .* Before that 0 profiles were accepted"
        @($run.Errors | Get-ErrorId | Where-Object { $_ -eq 'EsimOutcomeUnknown' }).Count | Should -Be $Limit
        @(Get-SentAction $script:Test.Sandbox).Count | Should -Be $Limit
    }

    It 'goes on with -MaxErrorCount 0' {
        $script:Test.Options.ServerErrors = 1
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -BatchSize 1 -Force -MaxErrorCount 0 }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Errors.Count | Should -Be 20
    }

    It 'goes on when only some fail' {
        $script:Test.Options.ServerErrors = 0.5
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -BatchSize 1 -ThrottleLimit 1 -Force -MaxErrorCount 20 }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Output.Count + $run.Errors.Count | Should -Be 20
    }
}

Describe 'A journal of hashes' {
    BeforeAll {
        # The folder in which a session that has ended has disabled profiles.
        function Write-HashedJournal([object[]] $Row) {
            $journal = Join-Path $TestDrive ([guid]::NewGuid())
            $null = Connect-TestSandbox -Row $Row -Parameter @{ JournalPath = $journal; HashIdentifiers = $true }
            $null = $Row | Disable-EsimProfile -Force | Wait-EsimRequest
            Disconnect-EsimService
            $journal
        }
    }

    It 'names no profile, and a later session skips and settles all the same' {
        $rows = Get-TestRow 3
        $journal = Write-HashedJournal $rows
        $text = Get-ChildItem $journal -Filter *.jsonl | Get-Content -Raw
        $text | Should -Match 'hmac:'
        foreach ($id in $rows.Iccid + $rows.Eid + $rows.Imei) {
            $text | Should -Not -Match $id
        }

        $null = Connect-TestSandbox -Row $rows -Parameter @{ JournalPath = $journal }
        $run = Invoke-Captured { $rows | Disable-EsimProfile -Force }
        "$($run.Warnings)" | Should -Match '^3 profiles skipped'
        $run.Output.Profiles.Iccid | Should -Be $rows.Iccid
        Disconnect-EsimService
    }

    It 'sends no hash to the service: what is known by its hash alone is left out' {
        $rows = Get-TestRow 2
        $journal = Write-HashedJournal $rows
        $test = Connect-TestSandbox -Row $rows -Parameter @{ JournalPath = $journal }
        foreach ($command in { Get-EsimRequest | Remove-EsimProfile -Force }, { (Get-EsimRequest).GetResults() | Remove-EsimProfile -Force }, { Get-EsimRequest | Get-EsimProfile }) {
            $run = Invoke-Captured $command
            $run.Output | Should -BeNullOrEmpty
            $run.Errors | Get-ErrorId | Should -Be @('EsimInputInvalid', 'EsimInputInvalid')
            "$($run.Errors[1])" | Should -Match '^Input 2 \(ICCID hmac:[0-9a-f]{30}, EID hmac:[0-9a-f]{30}\) was left out: its identifiers are known by their hashes alone\.'
        }

        $test.Sandbox.Log.Path | Should -Not -Match 'actions|devices'
        Disconnect-EsimService
    }
}
