# Connections: which one serves, how they end, what is remembered between sessions, and that no secret ever shows.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:ModuleFile = Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1'
}

Describe 'Without a connection' {
    BeforeAll {
        Disconnect-EsimService
    }

    It 'Get-EsimConnection gives nothing and Disconnect-EsimService says nothing' {
        $run = Invoke-Captured { Get-EsimConnection; Disconnect-EsimService; Disconnect-EsimService }
        $run.Everything.Count | Should -Be 0
        $run.Terminating | Should -BeNullOrEmpty
    }

    It '<Name> ends with one error that says how to connect' -ForEach @(
        @{ Name = 'Get-EsimProfile'; Script = { Get-EsimProfile } }
        @{ Name = 'Get-EsimRequest'; Script = { Get-EsimRequest } }
        @{ Name = 'Wait-EsimRequest'; Script = { Wait-EsimRequest -RequestId 'a' } }
        @{ Name = 'Disable-EsimProfile'; Script = { Get-TestRow 3 | Disable-EsimProfile -Force } }
        @{ Name = 'Remove-EsimProfile'; Script = { Get-TestRow 3 | Remove-EsimProfile -WhatIf } }
    ) {
        $run = Invoke-Captured $Script
        $run.Errors | Should -BeNullOrEmpty
        $run.Terminating.FullyQualifiedErrorId | Should -BeLike "EsimNotConnected,EsimTools.$($Name -replace '-')Command"
        $run.Terminating.CategoryInfo.Category | Should -Be 'ConnectionError'
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Match 'Connect-EsimService'
    }

    It 'a refused -WhatIf or -Force makes no difference: Test-EsimProfile alone needs none' {
        (Get-TestRow 1 | Test-EsimProfile).Result | Should -Be 'AskService'
    }
}

Describe 'Which connection serves' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'the last one opened is the runspace''s own, and -PassThru gives it' {
        Connect-EsimService -Sandbox | Should -BeNullOrEmpty
        $connection = Connect-EsimService -Sandbox -PassThru
        Get-EsimConnection | Should -Be $connection
        $connection.IsOpen | Should -BeTrue
        $connection.IsSandbox | Should -BeTrue
        $connection.AccountName | Should -Be $script:Account
        "$connection" | Should -Match 'sandbox-user.*0000123456-00001'
    }

    It 'one that fails leaves none: what follows it is not for the connection before, perhaps the real service' {
        $before = Connect-TestSandbox -Row @(Get-TestRow 2)
        (Invoke-Captured { Connect-EsimService -Sandbox -SandboxInventory (Join-Path $TestDrive 'nothing.csv') }).Terminating | Get-ErrorId | Should -Be 'EsimSandboxInvalid'
        Get-EsimConnection | Should -BeNullOrEmpty
        (Invoke-Captured { Get-TestRow 2 | Disable-EsimProfile -Force }).Terminating | Get-ErrorId | Should -Be 'EsimNotConnected'
        Get-SentAction $before.Sandbox | Should -BeNullOrEmpty
        Get-EsimDevice -Connection $before.Connection | Should -Not -BeNullOrEmpty
        Disconnect-EsimService $before.Connection
    }

    It 'one that PowerShell refuses leaves none either: <What>' -ForEach @(
        @{ What = 'a parameter that is none'; Line = { Connect-EsimService -Sandbocks } }
        @{ What = 'a number that is none'; Line = { Connect-EsimService -Sandbox -TimeoutSec soon } }
        @{ What = 'parameters that do not go together'; Line = { Connect-EsimService -Sandbox -SandboxInventory fleet.csv -VaultName one } }
        @{ What = 'a command behind it that is refused'; Line = { Connect-EsimService -Sandbox -PassThru | Get-EsimDevice -First 0 } }
    ) {
        $before = Connect-TestSandbox -Row @(Get-TestRow 2)
        (Invoke-Captured $Line).Terminating | Should -Not -BeNullOrEmpty
        Get-EsimConnection | Should -BeNullOrEmpty
        $before.Connection.IsOpen | Should -BeTrue
        Disconnect-EsimService $before.Connection
    }

    It 'stays where Connect-EsimService is only looked at: <What>' -ForEach @(
        @{ What = 'tab completion'; Line = { (TabExpansion2 'Connect-EsimService -Sandbox -' 30).CompletionMatches } }
        @{ What = 'completion of a value'; Line = { (TabExpansion2 'Connect-EsimService -Sandbox -SandboxOptions ' 45).CompletionMatches } }
        @{ What = 'Get-Command'; Line = { Get-Command Connect-EsimService -Syntax; (Get-Command Connect-EsimService).ParameterSets } }
        @{ What = 'Get-Help'; Line = { Get-Help Connect-EsimService -Full } }
        @{ What = 'the help of -?'; Line = { Connect-EsimService -? } }
        @{ What = 'New-Object'; Line = { New-Object EsimTools.ConnectEsimServiceCommand } }
    ) {
        $mine = Connect-EsimService -Sandbox -PassThru
        & $Line | Should -Not -BeNullOrEmpty
        Get-EsimConnection | Should -Be $mine
    }

    It 'is not what a -Connection that is null means, that is an error: <What>' -ForEach @(
        @{ What = 'given to a command'; Line = { Get-EsimProfile -Connection $null } }
        @{ What = 'to an action'; Line = { Get-TestRow 1 | Disable-EsimProfile -Connection $null -Force } }
        @{ What = 'to one that needs none'; Line = { Get-TestRow 1 | Test-EsimProfile -Connection $null } }
        @{ What = 'to the one that closes'; Line = { Disconnect-EsimService -Connection $null } }
        @{ What = 'as a default'; Line = { $PSDefaultParameterValues = @{ '*-Esim*:Connection' = $null }; Get-EsimDevice } }
        @{ What = 'as a default of the one that closes'; Line = { $PSDefaultParameterValues = @{ '*-Esim*:Connection' = $null }; Disconnect-EsimService } }
    ) {
        $mine = Connect-EsimService -Sandbox -PassThru
        $run = Invoke-Captured $Line
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        $run.Output | Should -BeNullOrEmpty
        $mine.IsOpen | Should -BeTrue
    }

    It 'the one that is piped in is it, also where there is no other' {
        $one = Connect-TestSandbox -Row @(Get-TestRow 1)
        $two = Connect-TestSandbox -Row @(Get-TestRow 1 -Skip 10)
        $wanted = (Get-EsimDevice -Connection $one.Connection).Iccid
        ($one.Connection | Get-EsimDevice).Iccid | Should -Be $wanted
        @($one.Connection, $two.Connection | Get-EsimDevice).Iccid | Should -Be (@($wanted) + (Get-EsimDevice -Connection $two.Connection).Iccid)
        # What stands behind it is again for the runspace's own.
        $one.Connection, [pscustomobject]@{ AccountName = $script:Account } | Get-EsimDevice | Select-Object -Last 1 |
            ForEach-Object Iccid | Should -BeIn (Get-EsimDevice -Connection $two.Connection).Iccid
        Disconnect-EsimService $two.Connection
        ($one.Connection | Get-EsimDevice).Iccid | Should -Be $wanted
        @($one.Connection | Register-EsimCallback -Uri https://callbacks.example.com/x -Force).Count | Should -Be 2
        @($one.Connection | Get-EsimCallback).Count | Should -Be 2
        $one.Connection | Unregister-EsimCallback -Force
        $one.Connection | Get-EsimCallback | Should -BeNullOrEmpty
        (Invoke-Captured { Get-TestRow 1 | Get-EsimDevice }).Terminating | Get-ErrorId | Should -Be 'EsimNotConnected'
        Disconnect-EsimService $one.Connection
        (Invoke-Captured { $one.Connection | Get-EsimCallback }).Terminating | Get-ErrorId | Should -Be 'EsimNotConnected'
    }

    It 'is neither where one is piped in beside another -Connection: <_>' -ForEach 'Get-EsimDevice', 'Get-EsimCallback', 'Unregister-EsimCallback -Force',
    'Register-EsimCallback https://new.example.com/ -Force' {
        $one = Connect-TestSandbox -Row @(Get-TestRow 1)
        $two = Connect-TestSandbox -Row @(Get-TestRow 1)
        $null = Register-EsimCallback https://old.example.com/ -Force
        $run = Invoke-Captured ([scriptblock]::Create("`$one.Connection | $_ -Connection `$two.Connection"))
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        $run.Output | Should -BeNullOrEmpty
        (Get-EsimCallback).Uri.Host | Should -Be @('old.example.com', 'old.example.com')
        Disconnect-EsimService $one.Connection
    }

    It 'removes no callback for what is no connection and names no callback service: <_>' -ForEach '$null', "'CarrierService'", '([pscustomobject]@{ Site = 1 })' {
        $null = Connect-TestSandbox -Row @(Get-TestRow 1)
        $null = Register-EsimCallback https://old.example.com/ -Force
        $run = Invoke-Captured ([scriptblock]::Create("$_ | Unregister-EsimCallback -Force"))
        @($run.Errors).Count | Should -Be 1
        @(Get-EsimCallback).Count | Should -Be 2
    }

    It 'two at once are two services: -Connection chooses' {
        $one = Connect-TestSandbox -Row @(Get-TestRow 2)
        $two = Connect-TestSandbox -Row @(Get-TestRow 3 -Skip 10)
        @(Get-TestRow 2 | Disable-EsimProfile -Force -Connection $one.Connection | Wait-EsimRequest -Connection $one.Connection).Count | Should -Be 2
        Get-EsimRequest | Should -BeNullOrEmpty
        @(Get-EsimRequest -Connection $one.Connection).Count | Should -Be 1
        Get-SentAction $two.Sandbox | Should -BeNullOrEmpty
        Disconnect-EsimService $one.Connection
        Get-EsimConnection | Should -Be $two.Connection
    }

    It 'a request of one connection is not known to another, and the error names the way out' {
        $one = Connect-TestSandbox -Row @(Get-TestRow 2)
        $request = Get-TestRow 2 | Disable-EsimProfile -Force
        $null = Connect-TestSandbox -Row @(Get-TestRow 2)
        $run = Invoke-Captured { $request | Wait-EsimRequest }
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestNotFound'
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match '-Connection'
        Disconnect-EsimService $one.Connection
    }

    It '$PSDefaultParameterValues[''*-Esim*:Connection''] reaches every cmdlet that talks' {
        $one = Connect-TestSandbox -Row @(Get-TestRow 2)
        $two = Connect-TestSandbox -Row @(Get-TestRow 2)
        $PSDefaultParameterValues = @{ '*-Esim*:Connection' = $one.Connection }
        $run = Invoke-Captured { Get-TestRow 2 | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest; Get-EsimRequest; $null = Get-EsimProfile -Iccid (Get-TestRow 1).Iccid }
        $PSDefaultParameterValues = @{}
        $run.Errors | Should -BeNullOrEmpty
        @(Get-SentAction $one.Sandbox).Count | Should -Be 2
        Get-SentAction $two.Sandbox | Should -BeNullOrEmpty
        Disconnect-EsimService $one.Connection
    }

    It 'parallel runspaces have none of their own, and $using: carries one that all may use at once' {
        $rows = @(Get-TestRow 40)
        $test = Connect-TestSandbox -Row $rows
        $connection = $test.Connection
        $module = $script:ModuleFile
        $chunks = 0..3 | ForEach-Object { , @($rows[($_ * 10)..($_ * 10 + 9)]) }
        $results = $chunks | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            if (Get-EsimConnection) { throw 'There is a default connection here.' }
            $_ | Disable-EsimProfile -Connection $using:connection -Force | Wait-EsimRequest -Connection $using:connection
        }
        $results.Count | Should -Be 40
        ($results.Iccid | Sort-Object -Unique).Count | Should -Be 40
        @(Get-EsimRequest).Count | Should -Be 4
        Get-EsimConnection | Should -Be $connection
    }

    It 'a runspace''s own connection is not seen, replaced or closed by another''s' {
        $mine = Connect-EsimService -Sandbox -PassThru
        $shell = [powershell]::Create()
        $null = $shell.AddScript('param($Module) Import-Module $Module; Connect-EsimService -Sandbox; (Get-EsimConnection).IsOpen; Disconnect-EsimService; $null -eq (Get-EsimConnection)').AddArgument($script:ModuleFile)
        $shell.Invoke() | Should -Be @($true, $true)
        $shell.Dispose()
        Get-EsimConnection | Should -Be $mine
    }

    It 'the same profile in two runspaces at once is accepted once' {
        $rows = @(Get-TestRow 10)
        $test = Connect-TestSandbox -Row $rows -Option @{ CallbackDelay = [timespan]::FromHours(1) }
        $connection = $test.Connection
        $module = $script:ModuleFile
        $null = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            $using:rows | Disable-EsimProfile -Connection $using:connection -BatchSize 3 -Force -ErrorAction SilentlyContinue
        }
        foreach ($row in $rows) {
            $test.Sandbox.TimesAccepted('deactivate', $row.Iccid) | Should -Be 1
        }
    }
}

Describe 'Closing' {
    It 'closes for a null that is piped in not the runspace''s own, and the others all the same' {
        $one = Connect-EsimService -Sandbox -PassThru
        $two = Connect-EsimService -Sandbox -PassThru
        $run = Invoke-Captured { $null, $one | Disconnect-EsimService }
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        $one.IsOpen | Should -BeFalse
        $two.IsOpen | Should -BeTrue
        Disconnect-EsimService
    }

    It 'may be done twice, by pipeline and by argument' {
        $connection = Connect-EsimService -Sandbox -PassThru
        $run = Invoke-Captured { $connection | Disconnect-EsimService; Disconnect-EsimService $connection; Disconnect-EsimService }
        $run.Everything.Count | Should -Be 0
        $connection.IsOpen | Should -BeFalse
        Get-EsimConnection | Should -BeNullOrEmpty
    }

    It 'logs out' {
        $test = Connect-TestSandbox
        Disconnect-EsimService
        $test.Sandbox.Log[-1].Path | Should -BeLike '*/session/logout'
        $test.Sandbox.Log[-1].Status | Should -Be 200
    }

    It 'goes through although the service does not answer any more' {
        $service = Open-ScriptedService
        $connection = Connect-TestServer $service
        Close-ScriptedService $service
        $run = Invoke-Captured { Disconnect-EsimService }
        $run.Everything.Count | Should -Be 0
        $connection.IsOpen | Should -BeFalse
    }

    It 'makes the connection useless, and every cmdlet says so' {
        $connection = Connect-EsimService -Sandbox -PassThru
        Disconnect-EsimService
        foreach ($script in { Get-EsimProfile -Connection $connection }, { Get-TestRow 1 | Disable-EsimProfile -Force -Connection $connection },
            { Get-EsimRequest -Connection $connection }, { Wait-EsimRequest -RequestId a -Connection $connection }, { Get-TestRow 1 | Test-EsimProfile -Connection $connection }) {
            $run = Invoke-Captured $script
            $run.Terminating | Get-ErrorId | Should -Be 'EsimNotConnected'
            "$($run.Terminating)" | Should -Match 'closed'
            $run.Terminating.TargetObject | Should -Be $connection
        }
    }

    It 'leaves request objects readable' {
        $null = Connect-TestSandbox -Row @(Get-TestRow 2)
        $request = Get-TestRow 2 | Disable-EsimProfile -Force
        $null = $request | Wait-EsimRequest
        Disconnect-EsimService
        $request.Status | Should -Be 'Succeeded'
        $request.GetResults().Count | Should -Be 2
    }

    It 'throws the journal of a sandbox away, and keeps one whose path was given' {
        $temporary = (Connect-EsimService -Sandbox -PassThru).JournalPath
        $null = Get-EsimProfile | Select-Object -First 1 | Disable-EsimProfile -Force
        Test-Path $temporary | Should -BeTrue
        Disconnect-EsimService
        Test-Path $temporary | Should -BeFalse

        $kept = Join-Path $TestDrive 'kept'
        Connect-EsimService -Sandbox -JournalPath $kept
        Disconnect-EsimService
        Test-Path $kept | Should -BeTrue
    }
}

Describe 'The journal' {
    BeforeEach {
        $script:Journal = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
        $script:Rows = @(Get-TestRow 3)

        function Read-Journal {
            Get-ChildItem $script:Journal -Filter '*.jsonl' | Sort-Object Name | Get-Content | ConvertFrom-Json
        }
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'can be read with Get-Content | ConvertFrom-Json, and says what was sent, accepted, and what became of it' {
        $null = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        $request = $script:Rows | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
        $null = $request | Wait-EsimRequest
        Disconnect-EsimService
        $lines = @(Read-Journal)
        $accepted = @($lines | Where-Object event -EQ accepted)
        $lines[0].event | Should -Be sending
        $accepted.Count | Should -Be 1
        # An outcome that overtakes the answer stands before it.
        ($lines | Where-Object event -NotIn sending, accepted).event | Sort-Object -Unique | Should -Be 'outcome', 'run'
        $lines[0].action | Should -Be 'deactivate'
        $lines[0].account | Should -Be $script:Account
        $lines[0].plan | Should -Be 'M2M Global'
        $lines[0].profiles.iccid | Should -Be $script:Rows.Iccid
        $accepted[0].requestId | Should -Be $request.RequestId
        $accepted[0].request | Should -Be $lines[0].request
        ($lines | Where-Object event -EQ outcome).ids | Sort-Object | Should -Be ($script:Rows.Iccid | Sort-Object)
        $lines.v | Sort-Object -Unique | Should -Be 1
    }

    It 'has the line before the request leaves: a request that the service has not answered yet is there' {
        $service = Open-ScriptedService @{ 'actions/deactivate' = @{ Hold = $true } }
        $shell = [powershell]::Create()
        try {
            $connection = Connect-TestServer $service -Parameter @{ JournalPath = $script:Journal }
            $null = $shell.AddScript('param($Module, $Connection, $Rows); Import-Module $Module; $Rows | Disable-EsimProfile -Force -Connection $Connection').
                AddArgument($script:ModuleFile).AddArgument($connection).AddArgument($script:Rows)
            $null = $shell.BeginInvoke()
            $service.Held.Wait($script:Limit) | Should -BeTrue
            (Read-Journal).event | Should -Be 'sending'
        }
        finally {
            Clear-ScriptedService $service
            $shell.Dispose()
            Close-ScriptedService $service
        }
    }

    It 'tells a new session of earlier requests, and an open one keeps its profiles busy for everything else' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ CallbackDelay = [timespan]::FromHours(1) } -Parameter @{ JournalPath = $script:Journal }
        $request = $script:Rows[0..1] | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
        Disconnect-EsimService

        $test = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        $seen = Get-EsimRequest
        $seen.RequestId | Should -Be $request.RequestId
        $seen.Status | Should -Be 'Accepted'
        $seen.Count | Should -Be 2
        # The journal keeps thousandths of a second.
        $seen.SubmittedAt.ToUnixTimeMilliseconds() | Should -Be $request.SubmittedAt.ToUnixTimeMilliseconds()
        $seen.Profiles.Eid | Should -Be $script:Rows[0..1].Eid
        $run = Invoke-Captured { $script:Rows | Suspend-EsimProfile -Force }
        ($run.Errors | Get-ErrorId) | Should -Be @('EsimProfileBusy', 'EsimProfileBusy')
        $run.Output[0].Profiles.Iccid | Should -Be $script:Rows[2].Iccid
        $test.Sandbox.TimesAccepted('profile_suspend', $script:Rows[0].Iccid) | Should -Be 0
    }

    It 'tells a new session of outcomes, so that a confirmed profile can be deleted there without a look-up' {
        $null = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        Disconnect-EsimService
        $test = Connect-TestSandbox -Row @(Get-TestRow 3 -With @{ State = 'DEACTIVE' }) -Parameter @{ JournalPath = $script:Journal }
        (Get-EsimRequest).Status | Should -Be 'Succeeded'
        @($script:Rows | Remove-EsimProfile -Force | Wait-EsimRequest).Count | Should -Be 3
        @($test.Sandbox.Log | Where-Object Path -Like '*actions/list') | Should -BeNullOrEmpty
    }

    It 'tells a new session what is in doubt' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ CutAfterAcceptance = 1; LostCallbacks = 1 } -Parameter @{ JournalPath = $script:Journal }
        $null = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        Disconnect-EsimService
        $test = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        (Get-EsimRequest).Status | Should -Be 'InDoubt'
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        ($run.Errors | Get-ErrorId | Sort-Object -Unique) | Should -Be 'EsimOutcomeUnknown'
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }

    It 'takes a request that was sent and never answered for, because the process was killed, to be in doubt' {
        $null = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        $null = $script:Rows | Disable-EsimProfile -Force
        Disconnect-EsimService
        $file = Get-ChildItem $script:Journal -Filter '*.jsonl'
        $first = @(Get-Content $file.FullName)[0]
        [IO.File]::WriteAllText($file.FullName, "$first`n")
        $null = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        (Get-EsimRequest).Status | Should -Be 'InDoubt'
    }

    It 'survives a line that was torn by a crash, and says so once' {
        $null = Connect-TestSandbox -Row $script:Rows -Parameter @{ JournalPath = $script:Journal }
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest
        Disconnect-EsimService
        $file = Get-ChildItem $script:Journal -Filter '*.jsonl'
        [IO.File]::AppendAllText($file.FullName, '{"v":1,"at":"2026-01-01T00:0')
        $run = Invoke-Captured { Connect-EsimService -Sandbox -JournalPath $script:Journal }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Warnings.Count | Should -Be 1
        $run.Warnings[0] | Should -Match ([regex]::Escape($file.Name))
        (Get-EsimRequest).Status | Should -Be 'Succeeded'
    }

    It 'never mixes two services: the requests of one are unknown at the other''s address' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ CallbackDelay = [timespan]::FromHours(1) } -Parameter @{ JournalPath = $script:Journal }
        $null = $script:Rows | Disable-EsimProfile -Force
        Disconnect-EsimService
        $service = Open-ScriptedService
        try {
            $null = Connect-TestServer $service -Parameter @{ JournalPath = $script:Journal }
            Get-EsimRequest | Should -BeNullOrEmpty
            Disconnect-EsimService
        }
        finally {
            Close-ScriptedService $service
        }
    }

    It 'that cannot be written ends the connecting, so that nothing can be sent' {
        $file = Join-Path $TestDrive 'a-file'
        $null = New-Item $file -Force
        $run = Invoke-Captured { Connect-EsimService -Sandbox -JournalPath $file }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimJournalUnavailable'
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Match '-Journal'
    }
}

Describe 'Secrets' {
    BeforeAll {
        $script:Canaries = @{ ApiKey = 'canary-key-11'; ApiSecret = 'canary-secret-22'; Password = 'canary-password-33' }
        $script:Journal = Join-Path $TestDrive 'secrets'

        # Everything a session can show: normal work, failures, every stream, every way to look at an object.
        $script:Run = Invoke-Captured {
            $VerbosePreference = 'Continue'
            $DebugPreference = 'Continue'
            $connection = Connect-EsimService -Sandbox -SandboxOptions ($script:Canaries + @{ ServerErrorsAfterAcceptance = 0.5; Seed = 2 }) -JournalPath $script:Journal -PassThru -Verbose -Debug
            $profiles = Get-EsimProfile -Verbose -Debug | Select-Object -First 6
            $profiles | Disable-EsimProfile -BatchSize 1 -Force -Verbose -Debug | Wait-EsimRequest -Verbose -Debug
            $profiles | Remove-EsimProfile -Force -Verbose -Debug
            $connection
            $connection | Format-List * -Force | Out-String -Width 500
            $connection | Format-Custom -Depth 6 | Out-String -Width 500
            $connection | ConvertTo-Json -Depth 6 -WarningAction SilentlyContinue
            $connection | ConvertTo-Csv
            $connection | Get-Member -Force | Out-String -Width 500
            $connection.PSObject.Properties | ForEach-Object { "$($_.Name)=$($_.Value)" }
            [Management.Automation.PSSerializer]::Serialize($connection, 4)
            Get-EsimRequest | ConvertTo-Json -Depth 6
            Connect-EsimService -ApiCredential (Get-TestCredential 'k' 'canary-secret-22') -UserCredential (Get-TestCredential 'u' 'canary-password-33') -AccountName a -BaseUri http://127.0.0.1:1/api -NoProxy -JournalPath $script:Journal -Verbose -Debug
        }
        $script:Text = ($script:Run.Everything | Out-String -Width 2000)
        foreach ($record in @($script:Run.Errors) + $script:Run.Terminating | Where-Object { $_ }) {
            $script:Text += ($record | Format-List * -Force | Out-String -Width 2000) + $record.Exception.ToString() + ($record.ScriptStackTrace)
        }
        Disconnect-EsimService
    }

    It 'were really in use, and the session did fail in places' {
        $script:Run.Terminating | Get-ErrorId | Should -Be 'EsimServiceUnreachable'
        $script:Run.Errors.Count | Should -BeGreaterThan 0
        $script:Run.Debug.Count | Should -BeGreaterThan 5
        $script:Text | Should -Match 'sandbox-user'
    }

    It 'are in no stream, no error and no view of an object' {
        $script:Text | Should -Not -Match 'canary'
    }

    It 'nor are the tokens' {
        $script:Text | Should -Not -Match 'Bearer\s+\S{8}|VZ-M2M-Token'
    }

    It 'are not in the journal' {
        $text = Get-ChildItem $script:Journal -Filter '*.jsonl' | Get-Content -Raw | Out-String
        $text | Should -Match 'sending'
        $text | Should -Not -Match 'canary|[Bb]earer|password'
    }

    It 'are not in a transcript' {
        $transcript = Join-Path $TestDrive 'transcript.txt'
        $script = @"
Start-Transcript '$transcript' | Out-Null
Import-Module '$($script:ModuleFile)'
Connect-EsimService -Sandbox -SandboxOptions @{ ApiSecret = 'canary-' + 'secret'; Password = 'canary-' + 'password' } -PassThru -Verbose -Debug | Format-List *
Get-EsimProfile | Select-Object -First 2 | Disable-EsimProfile -Force -Verbose -Debug | Wait-EsimRequest
Disconnect-EsimService -Verbose
Stop-Transcript
"@
        (Invoke-NewShell $script).ExitCode | Should -Be 0
        $text = Get-Content $transcript -Raw
        $text | Should -Match 'deactivate'
        # The line that was typed is in a transcript; the words put together at run time must not be.
        $text | Should -Not -Match 'canary-secret|canary-password'
    }
}

Describe 'Secrets from a vault' {
    BeforeAll {
        # SecretManagement is not installed everywhere; a module of that name with that command is what the cmdlet asks for.
        $folder = Join-Path $TestDrive 'modules/Microsoft.PowerShell.SecretManagement'
        $null = New-Item $folder -ItemType Directory -Force
        Set-Content (Join-Path $folder 'Microsoft.PowerShell.SecretManagement.psm1') @'
function Get-Secret {
    [CmdletBinding()]
    param([string] $Name, [string] $Vault)
    switch ($Name) {
        'api' { [pscredential]::new('doc-key', [Net.NetworkCredential]::new('', $(if ($Vault -eq 'mine') { 'doc-secret' } else { 'other' })).SecurePassword) }
        'user' { [pscredential]::new('doc-user', [Net.NetworkCredential]::new('', 'doc-password').SecurePassword) }
        'text' { 'just a text' }
        default { Write-Error "The secret $Name was not found." }
    }
}
'@
        $script:Before = $env:PSModulePath
        $script:Service = Open-DocumentServer (ConvertTo-Inventory @(Get-TestRow 1))
        $script:Address = @{ AccountName = $script:Account; BaseUri = $script:Service.BaseUri; JournalPath = Join-Path $TestDrive 'vault-journal' }
    }

    AfterAll {
        $env:PSModulePath = $script:Before
        Remove-Module Microsoft.PowerShell.SecretManagement -ErrorAction Ignore
        Close-Server $script:Service
    }

    It 'that is not there: the error says what to install' {
        if (Get-Module Microsoft.PowerShell.SecretManagement -ListAvailable) {
            Set-ItResult -Skipped -Because 'SecretManagement is installed here'
        }

        $run = Invoke-Captured { $address = $script:Address; Connect-EsimService -ApiSecretName api -UserSecretName user @address }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimVaultUnavailable'
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Match 'SecretManagement'
    }

    It 'are read by name' {
        $env:PSModulePath = (Join-Path $TestDrive 'modules') + [IO.Path]::PathSeparator + $script:Before
        $address = $script:Address
        $connection = Connect-EsimService -VaultName mine -ApiSecretName api -UserSecretName user @address -PassThru
        $connection.UserName | Should -Be 'doc-user'
        Disconnect-EsimService
    }

    It '<Name>: named in the error' -ForEach @(@{ Name = 'missing'; Says = "'missing' could not be read" }, @{ Name = 'text'; Says = "'text' is not a PSCredential" }) {
        $env:PSModulePath = (Join-Path $TestDrive 'modules') + [IO.Path]::PathSeparator + $script:Before
        $name = $Name
        $run = Invoke-Captured { $address = $script:Address; Connect-EsimService -ApiSecretName $name -UserSecretName user @address }
        "$($run.Terminating)" | Should -Match $Says
    }
}

Describe 'Credentials of the environment' {
    BeforeAll {
        $script:Service = Open-ScriptedService
        $script:Names = 'API_KEY', 'API_SECRET', 'USER', 'PASSWORD', 'ACCOUNT', 'BASE_URI', 'JOURNAL' | ForEach-Object { "ESIMTOOLS_$_" }
    }

    BeforeEach {
        $script:Journal = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
        $values = 'env-key', 'env-secret', 'env-user', 'env-password', '0000123456-00001', "$($script:Service.BaseUri)", $script:Journal
        for ($i = 0; $i -lt $script:Names.Count; $i++) { Set-Item "Env:$($script:Names[$i])" $values[$i] }
        Clear-ScriptedService $script:Service
    }

    AfterEach {
        $script:Names | ForEach-Object { Remove-Item "Env:$_" -ErrorAction Ignore }
        Disconnect-EsimService -ErrorAction Ignore
    }

    AfterAll {
        Close-ScriptedService $script:Service
    }

    It 'open a connection without a parameter and without a question, to the address and journal that they name' {
        $connection = Connect-EsimService -PassThru 6>$null
        "$($connection.UserName) $($connection.AccountName) $($connection.BaseUri) $($connection.JournalPath)" |
            Should -Be "env-user 0000123456-00001 $($script:Service.BaseUri) $($script:Journal)"
        $login = $script:Service.Log | Where-Object Path -Like '*session/login'
        $login.Body | Should -Match 'env-password'
    }

    It 'give way to parameters, and a warning names those that do not count' {
        $run = Invoke-Captured { Connect-TestServer $script:Service }
        $run.Output.UserName | Should -Be 'doc-user'
        $run.Warnings.Count | Should -Be 1
        $script:Names | ForEach-Object { $run.Warnings[0] | Should -Match "\b$_\b" }
        $run.Warnings[0] | Should -Not -Match 'env-'
    }

    It 'are an error where half of a pair is missing' {
        Remove-Item Env:ESIMTOOLS_API_SECRET
        $run = Invoke-Captured { Connect-EsimService }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        $run.Terminating.Exception.Message | Should -Match 'ESIMTOOLS_API_SECRET is not'
    }

    It 'are not those of whoever gives -<_> from a variable that is not set' -ForEach 'ApiCredential', 'UserCredential', 'JournalCredential', 'ProxyCredential' {
        $parameters = @{ $_ = $null }
        $run = Invoke-Captured { Connect-EsimService @parameters -PassThru }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        "$($run.Terminating)" | Should -Match "-$_ was given, and it is null"
        $run.Output | Should -BeNullOrEmpty
    }

    It 'and parameters are for the service with -Sandbox:$false, and not with -Sandbox: a switch chooses' {
        (Connect-EsimService -Sandbox:$false -PassThru).UserName | Should -Be 'env-user'
        Disconnect-EsimService
        $connect = @{
            ApiCredential  = Get-TestCredential doc-key doc-secret
            UserCredential = Get-TestCredential doc-user doc-password
            AccountName    = $script:Account
            BaseUri        = $script:Service.BaseUri
            PassThru       = $true
        }
        $connection = Connect-EsimService @connect -Sandbox:$false -WarningAction Ignore
        "$($connection.IsSandbox) $($connection.UserName)" | Should -Be 'False doc-user'
        Disconnect-EsimService
        (Connect-EsimService @connect -Sandbox).IsSandbox | Should -BeTrue
    }

    It 'are not used in place of a sandbox that -Sandbox:$false does not open: -<_>' -ForEach 'SandboxInventory', 'SandboxOptions' {
        $parameters = @{ $_ = @{ SandboxInventory = 'fleet.csv'; SandboxOptions = @{} }[$_] }
        $run = Invoke-Captured { Connect-EsimService -Sandbox:$false @parameters -PassThru }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        $run.Output | Should -BeNullOrEmpty
    }

    It 'are none of a sandbox' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox -PassThru }
        $run.Warnings | Should -BeNullOrEmpty
        $run.Output.JournalPath | Should -Not -Be $script:Journal
    }

    It 'or parameters or a person are needed: where nobody can answer, there is an error that names the variables, and no question' {
        $script:Names | ForEach-Object { Remove-Item "Env:$_" }
        $text = (Invoke-NewShell "Import-Module '$env:ESIMTOOLS_MODULE/EsimTools.psd1'; try { Connect-EsimService } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }").Text -replace '\s+', ' '
        $text | Should -Match '^EsimNobodyToAsk,EsimTools.ConnectEsimServiceCommand Set ESIMTOOLS_API_KEY, ESIMTOOLS_API_SECRET'
    }

    It 'or parameters or a person are needed: in a runspace without a console, too, there is nothing but the error' {
        $script:Names | ForEach-Object { Remove-Item "Env:$_" }
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($Module) Import-Module $Module; Connect-EsimService').AddParameter('Module', "$env:ESIMTOOLS_MODULE/EsimTools.psd1")
            $null = $shell.Invoke()
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be 'EsimNobodyToAsk,EsimTools.ConnectEsimServiceCommand'
            $shell.Streams.Information | Should -BeNullOrEmpty
        }
        finally {
            $shell.Dispose()
        }
    }

    It 'or parameters or a person are needed: who can be asked is told first what is asked for and where it is' {
        $script:Names | ForEach-Object { Remove-Item "Env:$_" }
        $text = (Invoke-NewShell "Import-Module '$env:ESIMTOOLS_MODULE/EsimTools.psd1'; Connect-EsimService" -Answer 'key').Text -replace '\s+', ' '
        $text | Should -Match 'ThingSpace wants three things: .*key management.*API key as user name'
    }
}

Describe 'What Connect-EsimService says' {
    It 'is where to, the account and the journal, and what an earlier session has left open' {
        $journal = Join-Path $TestDrive 'left'
        $row = Get-TestRow 3
        $said = Connect-EsimService -Sandbox -SandboxInventory (ConvertTo-Inventory $row) -SandboxOptions @{ CallbackDelay = '1:00:00' } -JournalPath $journal 6>&1
        "$said" | Should -BeLike "Connected to a sandbox in this process, account *. Journal: $journal."
        $null = $row | Disable-EsimProfile -Force
        Disconnect-EsimService
        $said = Connect-EsimService -Sandbox -SandboxInventory (ConvertTo-Inventory $row) -JournalPath $journal 6>&1
        "$said" | Should -BeLike '*From before: 1 request is open: Get-EsimRequest -Status Accepted | Wait-EsimRequest.'
        Disconnect-EsimService
    }
}
