# Journals as a whole, in folders: Copy-EsimJournal and Clear-EsimJournal. Those in databases are in SharedStore.Tests.ps1.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # A journal with six profiles that have been disabled, and one that waits.
    function New-TestJournal([string] $Name) {
        $folder = Join-Path $TestDrive $Name
        $rows = @(Get-TestRow 7)
        $connection = Connect-EsimService -Sandbox -SandboxInventory (ConvertTo-Inventory $rows) -Journal $folder -PassThru -InformationAction Ignore
        $null = $rows[0..5] | Disable-EsimProfile -Force -Connection $connection | Wait-EsimRequest -PollingIntervalSec 1 -Connection $connection
        Disconnect-EsimService $connection
        $folder
    }

    function Get-Lines([string] $Folder) { @(Get-ChildItem $Folder -Filter *.jsonl | Get-Content) }
}

Describe 'Copy-EsimJournal' {
    BeforeEach {
        $script:Old = New-TestJournal ([guid]::NewGuid().ToString('N'))
        $script:New = "$($script:Old).new"
    }

    It 'copies, says what it has copied and that it is there, and adds nothing when it is given again' {
        $copy = Copy-EsimJournal $script:Old $script:New
        $copy | Should -BeOfType EsimTools.EsimJournalCopy
        $copy.IsVerified | Should -BeTrue
        $copy.Copied | Should -Be $copy.Lines
        $copy.LinesThere | Should -Be (Get-Lines $script:Old).Count
        $copy.DigestThere | Should -Be $copy.Digest
        Get-Lines $script:New | Should -Be (Get-Lines $script:Old)
        (Copy-EsimJournal $script:Old $script:New).Copied | Should -Be 0
    }

    It 'does nothing with -WhatIf' {
        Copy-EsimJournal $script:Old $script:New -WhatIf | Should -BeNullOrEmpty
        $script:New | Should -Not -Exist
    }

    It 'does not touch what somebody is at work in' {
        $busy = Connect-EsimService -Sandbox -Journal $script:Old -PassThru -InformationAction Ignore
        $null = Get-EsimDevice -Connection $busy | Select-Object -First 1 | Disable-EsimProfile -Force -Connection $busy
        $run = Invoke-Captured { Copy-EsimJournal $script:Old $script:New }
        Get-ErrorId $run.Terminating | Should -Be 'EsimJournalInUse'
        $run.Terminating.Exception.Message | Should -Match "process $PID on "
        Disconnect-EsimService $busy
        (Copy-EsimJournal $script:Old $script:New).IsVerified | Should -BeTrue
    }

    It 'wants a credential for a database alone, and says which parameter is meant' {
        $run = Invoke-Captured { Copy-EsimJournal $script:Old $script:New -SourceCredential (Get-TestCredential u p) }
        Get-ErrorId $run.Terminating | Should -Be 'EsimParameterInvalid'
        $run.Terminating.Exception.Message | Should -Match '-SourceCredential'
    }

    It 'says where there is no journal' {
        $run = Invoke-Captured { Copy-EsimJournal (Join-Path $TestDrive nowhere) $script:New }
        Get-ErrorId $run.Terminating | Should -Be 'EsimJournalUnavailable'
    }
}

Describe 'Clear-EsimJournal' {
    BeforeEach {
        $script:Old = New-TestJournal ([guid]::NewGuid().ToString('N'))
    }

    It 'keeps what is young and says so, whatever date is given' {
        $before = Get-Lines $script:Old
        $cleared = Clear-EsimJournal (Get-Date) -Journal $script:Old -Force -WarningVariable warned -WarningAction SilentlyContinue
        $cleared.LinesRemoved | Should -Be 0
        $cleared.LinesKept | Should -Be $before.Count
        "$warned" | Should -BeLike 'Only what is older than *'
        Get-Lines $script:Old | Should -Be $before
    }

    It 'removes what is old and has ended' {
        $path = @(Get-ChildItem $script:Old -Filter *.jsonl)[0].FullName
        $lines = Get-Content $path
        # As it would be in a year: with another request behind it, whose place is the last.
        $old = $lines -replace '"at":"20\d\d', '"at":"2020'
        $last = $old -replace '"seq":1,', '"seq":2,' -replace '("request(Id)?":")[0-9a-f]{4}', '${1}ffff' -replace '"89\d\d', '"8912'
        Set-Content $path (@($old) + $last)
        $cleared = Clear-EsimJournal (Get-Date).AddYears(-1) -Journal $script:Old -Force
        $cleared.RequestsRemoved | Should -Be 1
        $cleared.RequestsKept | Should -Be 1
        $cleared.LinesRemoved + $cleared.LinesKept | Should -Be (@($old) + $last).Count
        (Get-Lines $script:Old) -like '*"seq":1,*' | Should -BeNullOrEmpty
    }

    It 'takes the journal of ESIMTOOLS_JOURNAL where none is named, and does nothing with -WhatIf' {
        $env:ESIMTOOLS_JOURNAL = $script:Old
        try {
            Clear-EsimJournal (Get-Date) -WhatIf | Should -BeNullOrEmpty
            $run = Invoke-Captured { Clear-EsimJournal (Get-Date) -Force -WarningAction SilentlyContinue }
            $run.Output.Journal | Should -Be $script:Old
        }
        finally {
            $env:ESIMTOOLS_JOURNAL = $null
        }
    }
}
