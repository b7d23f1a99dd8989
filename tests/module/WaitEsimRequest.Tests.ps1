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

    It 'says that nothing was sent where everything was skipped, and whose summary it is' {
        $done = @($script:Run.Output[0] | Get-EsimResult -Status Succeeded)
        $run = Invoke-Captured { $done | Disable-EsimProfile -Force -WarningAction Ignore | Wait-EsimRequest -Summary }
        $run.Output.Id | Should -Be $script:Run.Output[0].Id
        $run.Warnings | Should -Be "Nothing was sent: $($done.Count) profiles were skipped, because earlier commands have served them or still do. The summary is that of the newest of these, $($run.Output[0].Id)."
    }

    It 'writes nothing where nothing was sent' {
        @() | Wait-EsimRequest -Summary | Should -BeNullOrEmpty
    }
}

Describe 'Wait-EsimRequest -Summary of requests that are older than the command' {
    It 'says what has failed meanwhile of what was skipped because it was open, where the summary is another run''s' {
        $before, $new = (Get-TestRow 1), (Get-TestRow 1 -Skip 1)
        $test = Connect-TestSandbox -Row @($before; $new) -Option @{ FailedIccids = @($before.Iccid); LostCallbacks = 1.0 }
        $with = @{ Connection = $test.Connection }
        $open = $before | Disable-EsimProfile -Force @with
        $run = Invoke-Captured { $before, $new | Disable-EsimProfile -Force -WarningAction Ignore @with | Wait-EsimRequest -Summary -PollingIntervalSec 1 @with }
        Disconnect-EsimService -Connection $test.Connection
        "$($run.Output[0].Skipped) $($run.Output[0].Sent) $($run.Output[0].Failed)" | Should -Be '1 1 0'
        $run.Warnings | Should -Be "1 of those skipped failed in an earlier command, and the summary does not count them: Get-EsimResult -Run $($open.Run.Id) -Status Failed"
    }
}

Describe 'Wait-EsimRequest -Verbose' {
    BeforeEach {
        $script:Test = Connect-TestSandbox -Row $script:Rows -Option $script:Failing
    }

    AfterEach {
        $script:Test.Connection | Disconnect-EsimService
    }

    It 'says in a line what each request is waited for, how, and in another how it ended' {
        # Nothing is known before the service is asked.
        $script:Test.Options.LostCallbacks = 1
        $request = @($script:Rows | Disable-EsimProfile -Force -BatchSize 20)
        $run = Invoke-Captured { $request | Wait-EsimRequest -PollingIntervalSec 1 -Verbose }
        foreach ($one in $request) {
            $lines = @($run.Verbose -match $one.RequestId)
            $lines.Count | Should -Be 2
            $lines[0] | Should -Be "Waiting for deactivate $($one.RequestId) (20 profiles, Accepted): 0 of 20 outcomes known. Callbacks arrive at this connection; the service is asked 1 s from now, then less often, up to once in 60 s."
            $lines[1] | Should -Be "Waited for deactivate $($one.RequestId) (20 profiles, $($one.Status)): $($one.SucceededCount) succeeded, $($one.FailedCount) failed."
        }
    }

    It 'says of a request that has ended before only how, and of one whose time is over what is not known' {
        $done = Get-TestRow 1 | Disable-EsimProfile -Force
        $null = $done | Wait-EsimRequest -ErrorAction Ignore
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $open = Get-TestRow 2 -Skip 1 | Disable-EsimProfile -Force
        $run = Invoke-Captured { $done, $open | Wait-EsimRequest -TimeoutSec 1 -Verbose }
        @($run.Verbose -match $done.RequestId) | Should -Match '^Waited for '
        @($run.Verbose -match $open.RequestId)[0] | Should -Match '; the wait ends after 1 s\.$'
        @($run.Verbose -match $open.RequestId)[1] | Should -Match ': 0 succeeded, 0 failed, 2 not known\.$'
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

Describe 'A wait that goes on' {
    BeforeAll {
        # A host of which a test sees what a command says when its streams are closed already.
        . ([scriptblock]::Create(@'
class KeptUI : System.Management.Automation.Host.PSHostUserInterface {
    [Collections.Generic.List[string]] $Warnings = [Collections.Generic.List[string]]::new()
    [System.Management.Automation.Host.PSHostRawUserInterface] get_RawUI() { return $null }
    [string] ReadLine() { return '' }
    [securestring] ReadLineAsSecureString() { return $null }
    [void] Write([string] $value) { }
    [void] Write([ConsoleColor] $f, [ConsoleColor] $b, [string] $value) { }
    [void] WriteLine([string] $value) { }
    [void] WriteErrorLine([string] $value) { }
    [void] WriteDebugLine([string] $message) { }
    [void] WriteProgress([long] $sourceId, [System.Management.Automation.ProgressRecord] $record) { }
    [void] WriteVerboseLine([string] $message) { }
    [void] WriteWarningLine([string] $message) { $this.Warnings.Add($message) }
    [Collections.Generic.Dictionary[string, psobject]] Prompt([string] $c, [string] $m, [Collections.ObjectModel.Collection[System.Management.Automation.Host.FieldDescription]] $d) { return $null }
    [pscredential] PromptForCredential([string] $c, [string] $m, [string] $u, [string] $t) { return $null }
    [pscredential] PromptForCredential([string] $c, [string] $m, [string] $u, [string] $t, [System.Management.Automation.PSCredentialTypes] $a, [System.Management.Automation.PSCredentialUIOptions] $o) { return $null }
    [int] PromptForChoice([string] $c, [string] $m, [Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription]] $h, [int] $d) { return 0 }
}

class KeptHost : System.Management.Automation.Host.PSHost {
    [KeptUI] $Kept = [KeptUI]::new()
    [guid] $Id = [guid]::NewGuid()
    [Globalization.CultureInfo] get_CurrentCulture() { return [Globalization.CultureInfo]::InvariantCulture }
    [Globalization.CultureInfo] get_CurrentUICulture() { return [Globalization.CultureInfo]::InvariantCulture }
    [guid] get_InstanceId() { return $this.Id }
    [string] get_Name() { return 'kept' }
    [System.Management.Automation.Host.PSHostUserInterface] get_UI() { return $this.Kept }
    [version] get_Version() { return [version]'1.0' }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
    [void] SetShouldExit([int] $exitCode) { }
}

function New-KeptHost { [KeptHost]::new() }
'@))
        $script:Module = Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1'
    }

    BeforeEach {
        # The first is confirmed at once, the second never.
        $script:Test = Connect-TestSandbox -Row @(Get-TestRow 2)
        $done = Get-TestRow 1 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
        $null = $done | Wait-EsimRequest
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $open = Get-TestRow 1 -Skip 1 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
        $script:Arguments = @{ Module = $script:Module; Connection = $script:Test.Connection; Requests = @($done, $open) }
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'shows how much is known, the time so far and left, and the next poll' {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($Module, $Connection, $Requests); Import-Module $Module; $Requests | Wait-EsimRequest -Connection $Connection -TimeoutSec 2 -PollingIntervalSec 60').AddParameters($script:Arguments)
            $null = $shell.Invoke()
            $shell.Streams.Error.FullyQualifiedErrorId | Should -BeLike 'EsimWaitTimeout,*'
            $shown = $shell.Streams.Progress | Where-Object RecordType -EQ Processing | Select-Object -Last 1
            $shown.Activity | Should -Be 'Wait-EsimRequest'
            $shown.StatusDescription | Should -Match '^1 of 2 known, next poll in [12] s \(.*\d:\d\d:\d\d\)$'
            $shown.PercentComplete | Should -Be 50
            $shown.SecondsRemaining | Should -BeGreaterOrEqual 0
        }
        finally {
            $shell.Dispose()
        }
    }

    It 'and the command before it show their numbers in so few words that 80 columns hold them' {
        $test = Connect-TestSandbox -Row $script:Rows -Option @{ Latency = [timespan]::FromMilliseconds(300) }
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($Module, $Connection, $Rows); Import-Module $Module; $Rows | Disable-EsimProfile -Force -BatchSize 10 -ThrottleLimit 1 -Connection $Connection').
                AddParameters(@{ Module = $script:Module; Connection = $test.Connection; Rows = $script:Rows })
            $null = $shell.Invoke()
            $shell.Streams.Error | Should -BeNullOrEmpty
            $shown = @($shell.Streams.Progress | Where-Object RecordType -EQ Processing)
            $shown.Count | Should -BeGreaterThan 0
            $shown.StatusDescription | Should -Match '^\d+ accepted(, \d+ under way)? \((\d+/s, )?\d:\d\d:\d\d\)$'
        }
        finally {
            $shell.Dispose()
            Disconnect-EsimService -Connection $test.Connection
        }
    }

    It 'says, when it is stopped, that the requests go on and how to wait again' {
        $keptHost = New-KeptHost
        $runspace = [runspacefactory]::CreateRunspace($keptHost)
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        try {
            $heard = [Threading.ManualResetEventSlim]::new()
            $null = $shell.AddScript('param($Module, $Connection, $Requests, $Heard); Import-Module $Module; $Requests | Wait-EsimRequest -Connection $Connection | ForEach-Object { $Heard.Set() }').
                AddParameters($script:Arguments).AddParameter('Heard', $heard)
            $running = $shell.BeginInvoke()
            $heard.Wait($script:Limit) | Should -BeTrue
            $shell.Stop()
            $running.IsCompleted | Should -BeTrue
            $keptHost.Kept.Warnings | Should -Be 'Wait-EsimRequest was stopped: 1 of 2 outcomes known. The requests go on. To wait for the rest: Get-EsimRequest -Status Accepted | Wait-EsimRequest'
        }
        finally {
            $shell.Dispose()
            $runspace.Dispose()
        }
    }
}
