# The mishaps that a service has, ordered through the sandbox's knobs, and what the cmdlets make of them; the knobs and inventories that make
# no sense; and the same machine behind HTTP.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Never = [timespan]::FromHours(1)
}

Describe 'Mishaps' {
    BeforeEach {
        $script:Rows = @(Get-TestRow 5)
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'lost callbacks: the wait ends by asking' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ LostCallbacks = 1 }
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 5
        ($run.Output.Source | Sort-Object -Unique) | Should -Be 'Poll'
        # What a confirmation proves without details is enough for the guard.
        @($run.Output | Remove-EsimProfile -Force).Count | Should -Be 1
    }

    It 'some lost callbacks: each profile is answered for once, whichever way its outcome came' {
        $rows = @(Get-TestRow 60)
        $null = Connect-TestSandbox -Row $rows -Option @{ LostCallbacks = 0.3 }
        $run = Invoke-Captured { $rows | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 }
        $run.Output.Count | Should -Be 60
        ($run.Output.Iccid | Sort-Object -Unique).Count | Should -Be 60
        ($run.Output.Source | Sort-Object -Unique) | Should -Be @('Poll', 'Callback')
    }

    It 'doubled callbacks change nothing' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ DuplicateCallbacks = 1 }
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 5
        (Get-EsimRequest).SucceededCount | Should -Be 5
    }

    It 'devices that are off: a warning first is "not yet", and the later success counts' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ UnreachableDevices = 1; UnreachableFor = [timespan]::FromMilliseconds(1500) }
        $request = $script:Rows | Disable-EsimProfile -Force
        $soon = Invoke-Captured { $request | Wait-EsimRequest -TimeoutSec 1 -PollingIntervalSec 1 }
        $soon.Errors | Get-ErrorId | Should -Be 'EsimWaitTimeout'
        $later = Invoke-Captured { $request | Wait-EsimRequest -PollingIntervalSec 1 }
        $later.Errors | Should -BeNullOrEmpty
        $later.Output.Count | Should -Be 5
    }

    It 'failures: one error for each profile with the service''s reason, <Nesting>' -ForEach @(
        @{ Nesting = 'in the usual nesting'; Nested = $false }
        @{ Nesting = 'in the other nesting'; Nested = $true }
    ) {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ FailedProfiles = 1; NestedFaults = $Nested }
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors.Count | Should -Be 5
        foreach ($record in $run.Errors) {
            $record.FullyQualifiedErrorId | Should -Be 'EsimActionFailed,EsimTools.WaitEsimRequestCommand'
            $record.Exception.ErrorCode | Should -Not -BeNullOrEmpty
            "$record" | Should -Match $record.TargetObject.Iccid
            $record.TargetObject.Status | Should -Be 'Failed'
        }
    }

    It 'too many requests (<Form>): one warning, a pause, and then the request is taken once' -ForEach @(
        @{ Form = 'Retry-After in seconds'; AsDate = $false }
        @{ Form = 'Retry-After as a date'; AsDate = $true }
    ) {
        # With this seed the first request is refused and the second is not.
        $test = Connect-TestSandbox -Row $script:Rows -Option @{ Throttled = 0.5; Seed = 10; RetryAfter = [timespan]::FromSeconds(1); RetryAfterAsDate = $AsDate }
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        (Get-SentAction $test.Sandbox).Status | Should -Be @(429, 200)
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 1
        $run.Warnings.Count | Should -Be 1
        $run.Warnings[0] | Should -Match 'fewer requests.*second'
        $test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1
    }

    It 'server errors after acceptance: in doubt, never repeated, refused the next time, sent with -Resubmit' {
        $test = Connect-TestSandbox -Row $script:Rows -Option @{ ServerErrorsAfterAcceptance = 1; CallbackDelay = $script:Never }
        $first = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $first.Output | Should -BeNullOrEmpty
        $first.Errors[0].FullyQualifiedErrorId | Should -Be 'EsimOutcomeUnknown,EsimTools.DisableEsimProfileCommand'
        $request = $first.Errors[0].TargetObject
        $request | Should -BeOfType EsimTools.EsimRequest
        $request.Status | Should -Be 'InDoubt'
        $request.Profiles.Iccid | Should -Be $script:Rows.Iccid
        (Get-EsimRequest -Status InDoubt) | Should -Be $request

        $test.Options.ServerErrorsAfterAcceptance = 0
        $second = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $second.Output | Should -BeNullOrEmpty
        ($second.Errors | Get-ErrorId) | Should -Be 'EsimOutcomeUnknown'
        $second.Errors[0].Exception.Message | Should -Match '5 profiles'
        $second.Errors[0].TargetObject.Profiles.Iccid | Should -Be $script:Rows.Iccid
        $second.Errors[0].ErrorDetails.RecommendedAction | Should -Match '-Resubmit'
        $test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1

        $third = Invoke-Captured { $script:Rows | Disable-EsimProfile -Resubmit -Force }
        $third.Errors | Should -BeNullOrEmpty
        $third.Output.Count | Should -Be 1
        $test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 2
    }

    It 'a request in doubt cannot be waited for, and the error says what to do' {
        $null = Connect-TestSandbox -Row $script:Rows -Option @{ ServerErrorsAfterAcceptance = 1; LostCallbacks = 1 }
        $null = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $run = Invoke-Captured { Get-EsimRequest | Wait-EsimRequest }
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown'
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It '<Knob> = 1: <ErrorId>, sent once' -ForEach @(
        @{ Knob = 'CutBeforeAcceptance'; ErrorId = 'EsimOutcomeUnknown' }
        @{ Knob = 'CutAfterAcceptance'; ErrorId = 'EsimOutcomeUnknown' }
        @{ Knob = 'ServerErrors'; ErrorId = 'EsimOutcomeUnknown' }
    ) {
        $test = Connect-TestSandbox -Row $script:Rows -Option @{ $Knob = 1 }
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be $ErrorId
        $run.Errors.Count | Should -Be 1
        @(Get-SentAction $test.Sandbox).Count | Should -Be 1
    }

    It 'one request of several in doubt does not touch the others' {
        $test = Connect-TestSandbox -Row $script:Rows
        $test.Sandbox.Script('CutAfterAcceptance', 1, 'deactivate')
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -BatchSize 2 -ThrottleLimit 1 -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown'
        ($run.Output | ForEach-Object { $_.Count }) | Should -Be @(2, 1)
    }

    It 'an answer that takes too long is in doubt (-TimeoutSec)' {
        $test = Connect-TestSandbox -Row $script:Rows -Parameter @{ TimeoutSec = 1 }
        $test.Sandbox.Script('SlowAnswer', 1, 'deactivate')
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown'
        "$($run.Errors[0])" | Should -Match 'within 1 second\b'
    }

    It 'tokens that end in mid-run are renewed without a word: <_>' -ForEach 'BearerExpired', 'SessionExpired' {
        $test = Connect-TestSandbox -Row $script:Rows
        $test.Sandbox.Script($_, 1, 'deactivate')
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest }
        $run.Errors | Should -BeNullOrEmpty
        $run.Warnings | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 5
        $test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1
    }

    It 'an answer that is none (<_>): in doubt, and not repeated' -ForEach 'HtmlAnswer', 'EmptyAnswer', 'TruncatedJson', 'MissingRequestId', 'WrongTypes' {
        $test = Connect-TestSandbox -Row $script:Rows
        $test.Sandbox.Script($_, 1, 'deactivate')
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown'
        @(Get-SentAction $test.Sandbox).Count | Should -Be 1
    }

    It 'a fleet with everything at once is accounted for, profile by profile' {
        $rows = @(Get-TestRow 200)
        $test = Connect-TestSandbox -Row $rows -Option @{
            LostCallbacks = 0.1; DuplicateCallbacks = 0.2; FailedProfiles = 0.1; ServerErrorsAfterAcceptance = 0.15; CutBeforeAcceptance = 0.1; CutAfterAcceptance = 0.1; Seed = 5
        }
        $sent = Invoke-Captured { $rows | Disable-EsimProfile -BatchSize 10 -Force }
        $waited = Invoke-Captured { $sent.Output | Wait-EsimRequest -PollingIntervalSec 1 }
        $doubtful = @($sent.Errors.TargetObject.Profiles)
        $doubtful.Count | Should -BeIn (10..190)
        $waited.Errors.Count | Should -BeGreaterThan 0
        $waited.Output.Count + $waited.Errors.Count + $doubtful.Count | Should -Be 200
        $all = @($waited.Output.Iccid) + @($waited.Errors.TargetObject.Iccid) + @($doubtful.Iccid)
        ($all | Sort-Object -Unique).Count | Should -Be 200
        foreach ($row in $rows) {
            $test.Sandbox.TimesAccepted('deactivate', $row.Iccid) | Should -BeLessOrEqual 1
        }
    }
}

Describe 'Knobs and inventories' {
    It 'an unknown knob is named in the error' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxOptions @{ LostCallback = 1 } }
        "$($run.Terminating)" | Should -Match "no knob 'LostCallback'\. Did you mean LostCallbacks\?"
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxOptions @{ Colour = 1 } }
        "$($run.Terminating)" | Should -Match "no knob 'Colour'\. It has AccountName, .+, UserName\."
    }

    It 'Tab offers what a newcomer wants to see, and the names of all knobs' {
        $line = 'Connect-EsimService -Sandbox -SandboxOptions '
        $offered = (TabExpansion2 $line $line.Length).CompletionMatches
        $offered[0].CompletionText | Should -BeExactly '@{ FailedProfiles = 0.05 }'
        foreach ($match in $offered) {
            # Each can be taken as it stands.
            & ([scriptblock]::Create($line + $match.CompletionText + ' -InformationAction Ignore'))
            Disconnect-EsimService
        }

        (TabExpansion2 ($line + '@{ Fai') ($line.Length + 6)).CompletionMatches.CompletionText | Should -Be 'FailedIccids', 'FailedProfiles'
    }

    It 'profiles fail by list, and a deactivated one that is enabled cannot be deleted where deletion is strict' {
        $rows = Get-TestRow 3
        $test = Connect-TestSandbox -Row $rows -Option @{ FailedIccids = $rows[1].Iccid; StrictDeletion = $true }
        $disabled = Invoke-Captured { $rows | Disable-EsimProfile -Force | Wait-EsimRequest }
        $disabled.Output.Iccid | Should -Be $rows[0, 2].Iccid
        $disabled.Errors.TargetObject.Iccid | Should -Be $rows[1].Iccid
        $deleted = Invoke-Captured { $rows[0] | Remove-EsimProfile -Force | Wait-EsimRequest }
        $deleted.Errors.TargetObject.ErrorMessage | Should -Be 'Profile must be disabled before it can be deleted'
        $test.Sandbox.TimesAccepted('delete', $rows[0].Iccid) | Should -Be 1
        Disconnect-EsimService
    }

    It 'a value that makes no sense is named in the error: <Knob>' -ForEach @(
        @{ Knob = 'LostCallbacks'; Value = 1.5 }
        @{ Knob = 'FailedProfiles'; Value = -0.1 }
        @{ Knob = 'PageSize'; Value = 0 }
        @{ Knob = 'AccountName'; Value = ' ' }
        @{ Knob = 'CallbackDelay'; Value = [timespan]::FromSeconds(-1) }
    ) {
        $options = @{ $Knob = $Value }
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxOptions $options }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimSandboxInvalid'
        "$($run.Terminating)" | Should -Match $Knob
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Not -Match 'CSV' -Because 'it is the knob that is wrong'
    }

    It 'a number for a time means seconds, or is refused; never a ten-millionth of one' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxOptions @{ CallbackDelay = 3600 } }
        if (-not $run.Terminating) {
            $request = Get-EsimProfile | Where-Object ProfileStatus -EQ 'ENABLE' | Select-Object -First 1 | Disable-EsimProfile -Force
            $waited = Invoke-Captured { $request | Wait-EsimRequest -TimeoutSec 1 -PollingIntervalSec 1 }
            $waited.Errors | Get-ErrorId | Should -Be 'EsimWaitTimeout'
            Disconnect-EsimService
        }
    }

    It 'a missing inventory is named' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxInventory (Join-Path $TestDrive 'no-such.csv') }
        $run.Terminating.FullyQualifiedErrorId | Should -Be 'EsimSandboxInvalid,EsimTools.ConnectEsimServiceCommand'
        "$($run.Terminating)" | Should -Match 'no-such\.csv'
    }

    It 'an inventory without an ICCID column is refused with the columns it has' {
        $path = Join-Path $TestDrive 'wrong.csv'
        Set-Content $path 'Name,Colour', 'a,b'
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxInventory $path }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimSandboxInvalid'
        "$($run.Terminating)" | Should -Match 'Name, Colour'
    }

    It 'an empty inventory is refused' {
        $path = Join-Path $TestDrive 'empty.csv'
        $null = New-Item $path
        (Invoke-Captured { Connect-EsimService -Sandbox -SandboxInventory $path }).Terminating | Get-ErrorId | Should -Be 'EsimSandboxInvalid'
    }

    It 'damaged rows are left out with one warning that names the first' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox -SandboxInventory (Join-Path $script:Samples 'fleet-damaged.csv') -PassThru }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Warnings.Count | Should -Be 1
        $run.Warnings[0] | Should -Match '^\d+ rows of the inventory are not in the sandbox \(the first is row 5:'
        @(Get-EsimProfile).Count | Should -BeGreaterThan 60
        Disconnect-EsimService
    }

    It 'the path may be relative, or on a drive of PowerShell' {
        Copy-Item (ConvertTo-Inventory @(Get-TestRow 2)) (Join-Path $TestDrive 'two.csv')
        Push-Location $TestDrive
        try {
            Connect-EsimService -Sandbox -SandboxInventory ./two.csv -JournalPath ./journal-of-two
            @(Get-EsimProfile | Where-Object ServicePlan -EQ 'M2M Global').Count | Should -Be 2
            (Get-EsimConnection).JournalPath | Should -Be (Join-Path $TestDrive 'journal-of-two')
            Disconnect-EsimService
            Connect-EsimService -Sandbox -SandboxInventory 'TestDrive:/two.csv'
            @(Get-EsimProfile | Where-Object ServicePlan -EQ 'M2M Global').Count | Should -Be 2
            Disconnect-EsimService
        }
        finally {
            Pop-Location
        }
    }

    It 'without anything there are a hundred devices that are always the same' {
        Connect-EsimService -Sandbox
        $first = @(Get-EsimProfile)
        Disconnect-EsimService
        Connect-EsimService -Sandbox
        $second = @(Get-EsimProfile)
        Disconnect-EsimService
        $first.Count | Should -Be 200
        $second.Iccid | Should -Be $first.Iccid
        ($first | Test-EsimProfile | Where-Object Result -EQ 'Invalid') | Should -BeNullOrEmpty
    }

    It '-AccountName names the account of rows without one' {
        $rows = @(Get-TestRow 1 -With @{ AccountName = '' })
        $test = Connect-TestSandbox -Row $rows -Parameter @{ AccountName = '0000999999-00001' }
        $test.Connection.AccountName | Should -Be '0000999999-00001'
        @(Get-EsimProfile -Iccid $rows[0].Iccid).AccountName | Should -Be '0000999999-00001'
        Disconnect-EsimService
    }

    It 'is a sandbox whatever address stands beside -Sandbox, so that a script may choose with a switch' {
        $connection = Connect-EsimService -Sandbox -BaseUri 'https://thingspace.verizon.com/api' -PassThru
        try {
            $connection.IsSandbox | Should -BeTrue
            $connection.BaseUri.Host | Should -Not -Be 'thingspace.verizon.com'
        }
        finally {
            Disconnect-EsimService $connection
        }
    }
}

Describe 'The same machine behind HTTP' {
    BeforeAll {
        $script:Rows = @(Get-TestRow 50)
        $script:Server = Open-SandboxServer -Argument '--inventory', (ConvertTo-Inventory $script:Rows)
    }

    AfterAll {
        Close-Server $script:Server
    }

    It 'retires its fleet by polling alone' {
        $connection = Connect-TestServer $script:Server -Prefix sandbox
        $run = Invoke-Captured {
            $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 | Remove-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Count | Should -Be 50
        $log = Invoke-RestMethod "$($script:Server.Root)/sandbox/log"
        ($log | Where-Object action).action | Should -Be @('deactivate', 'delete')
        (Invoke-RestMethod "$($script:Server.Root)/sandbox/profiles/$($script:Rows[0].Iccid)").profileStatus | Should -Be 'DELETE'
        Disconnect-EsimService $connection
    }

    It 'locks the user after five refused logins, and says so' {
        $server = Open-SandboxServer -Argument '--max-failed-logins', '5'
        try {
            $wrong = @{ UserCredential = Get-TestCredential 'sandbox-user' 'wrong' }
            $texts = foreach ($attempt in 1..5) {
                $run = Invoke-Captured { Connect-TestServer $server -Prefix sandbox -Parameter $wrong }
                $run.Terminating | Get-ErrorId | Should -Be 'EsimLoginRefused'
                $run.Terminating.ErrorDetails.RecommendedAction | Should -Match 'lock' -Because "attempt $attempt"
                "$($run.Terminating)"
            }

            $texts.Count | Should -Be 5
            # Even the right password does not help now.
            $right = Invoke-Captured { Connect-TestServer $server -Prefix sandbox }
            $right.Terminating | Get-ErrorId | Should -Be 'EsimLoginRefused'
        }
        finally {
            Close-Server $server
        }
    }
}

Describe 'The folder of a sandbox among the temporary files' {
    BeforeAll {
        $script:Temporary = (New-Item -ItemType Directory (Join-Path $TestDrive 'temporary')).FullName

        # A sandbox in a process of its own that has sent something and stays open.
        function Open-SandboxProcess {
            $script = @"
`$env:TMPDIR = `$env:TMP = `$env:TEMP = '$($script:Temporary)'
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
Connect-EsimService -Sandbox -InformationAction Ignore
Get-EsimProfile | Where-Object ProfileStatus -EQ ENABLE | Select-Object -First 1 | Disable-EsimProfile -Force | Out-Null
(Get-EsimConnection).JournalPath
`$null = [Console]::In.ReadLine()
"@
            $process = Start-NewShell '-NonInteractive', '-Command', $script -Confirm:$false
            $line = $process.StandardOutput.ReadLineAsync()
            if (-not $line.Wait($script:Limit) -or -not $line.Result) {
                $process.Kill($true)
                throw 'The sandbox did not say where its journal is.'
            }

            [pscustomobject]@{ Process = $process; Folder = $line.Result }
        }

        function Close-SandboxProcess([object] $Started) {
            if ($Started) {
                $Started.Process.Kill($true)
                $Started.Process.WaitForExit([int] $script:Limit.TotalMilliseconds) | Should -BeTrue
            }
        }
    }

    It 'is gone when the next one starts, if its process was killed; that of a process that lives stays, and so does what is none' {
        $killed = $living = $next = $null
        $foreign = (New-Item -ItemType Directory (Join-Path $script:Temporary 'EsimTools-sandbox-of-somebody')).FullName
        try {
            $killed = Open-SandboxProcess
            $living = Open-SandboxProcess
            Close-SandboxProcess $killed
            $killed.Folder, $living.Folder | Split-Path | Should -Be @($script:Temporary, $script:Temporary)
            $killed.Folder, $living.Folder | Should -Exist -Because 'nobody has looked since the one was killed'

            $next = Open-SandboxProcess
            $killed.Folder, "$($killed.Folder).open" | Should -Not -Exist
            $living.Folder, $next.Folder, $foreign | Should -Exist
            @(Get-ChildItem $living.Folder -Filter *.jsonl).Count | Should -Be 1

            # Who ends by itself leaves nothing.
            $living.Process.StandardInput.WriteLine()
            $living.Process.WaitForExit([int] $script:Limit.TotalMilliseconds) | Should -BeTrue
            $living.Folder, "$($living.Folder).open" | Should -Not -Exist
        }
        finally {
            $killed, $living, $next | ForEach-Object { Close-SandboxProcess $_ }
        }
    }
}
