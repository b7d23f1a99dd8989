# The ways a pipeline can end, for every exported cmdlet: by itself, by Select-Object -First, by a neighbour that throws, by Ctrl+C. None may
# hang, leave a worker behind, hide another's exception, or forget what was sent. A new cmdlet has to be entered into the tables here.

BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $commands = Get-Command -Module EsimTools
    $script:exported = @($commands.Name)

    # How each cmdlet is stopped in mid-work: what the service does not answer, and the command that then waits for it. Where nothing is asked
    # of the service, something behind the cmdlet waits. $Ready is set when the command has got that far.
    $script:stopped = @(
        @{ Name = 'Connect-EsimService'; Holds = 'oauth2/token'; Script = 'Connect-EsimService $Api $User 0000123456-00001 -BaseUri $Uri -JournalPath $Journal' }
        @{ Name = 'Connect-EsimService'; Holds = 'session/login'; Script = 'Connect-EsimService $Api $User 0000123456-00001 -BaseUri $Uri -JournalPath $Journal' }
        @{ Name = 'Disconnect-EsimService'; Holds = 'session/logout'; Script = 'Disconnect-EsimService $Connection' }
        @{ Name = 'Get-EsimConnection'; Holds = $null; Script = 'Connect-EsimService -Sandbox; Get-EsimConnection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Get-EsimDevice'; Holds = 'actions/list'; Script = 'Get-EsimDevice -Connection $Connection' }
        @{ Name = 'Get-EsimProfile'; Holds = 'actions/list'; Script = 'Get-EsimProfile -Connection $Connection' }
        @{ Name = 'Get-EsimProfile'; Holds = 'actions/list'; Script = '$Rows | Get-EsimProfile -Connection $Connection' }
        @{ Name = 'Get-EsimRequest'; Holds = '/status'; Script = 'Get-EsimRequest $Id -Connection $Connection' }
        @{ Name = 'Resolve-EsimRequest'; Holds = '/status'; Script = 'Resolve-EsimRequest -RequestId $Id -Connection $Connection' }
        @{ Name = 'Wait-EsimRequest'; Holds = '/status'; Script = 'Wait-EsimRequest -RequestId $Id -PollingIntervalSec 1 -Connection $Connection' }
        @{ Name = 'Test-EsimProfile'; Holds = $null; Script = '$Rows | Test-EsimProfile | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Register-EsimCallback'; Holds = '/callbacks/'; Script = 'Register-EsimCallback https://listener.example/cb -Force -Connection $Connection' }
        @{ Name = 'Unregister-EsimCallback'; Holds = '/callbacks/'; Script = 'Unregister-EsimCallback -Force -Connection $Connection' }
        @{ Name = 'Get-EsimCallback'; Holds = '/callbacks/'; Script = 'Get-EsimCallback -Connection $Connection' }
        @{ Name = 'Import-EsimCallback'; Holds = $null; Script = '$Message | Import-EsimCallback -PassThru -Connection $Connection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Start-EsimCallbackListener'; Holds = $null; Script = 'Start-EsimCallbackListener $Prefix -Connection $Connection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Stop-EsimCallbackListener'; Holds = $null; Script = '& { $Ready.Set(); Wait-Event -SourceIdentifier never } | Stop-EsimCallbackListener -Connection $Connection' }
        @{ Name = 'New-EsimPlan'; Holds = 'actions/list'; Script = '$Fresh | New-EsimPlan -Action delete -Path $File -Connection $Connection' }
        @{ Name = 'Get-EsimPlan'; Holds = $null; Script = '$Fresh | New-EsimPlan -Action deactivate -ReasonCode FF -Path $File -Connection $Connection | Get-EsimPlan | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Approve-EsimPlan'; Holds = $null; Script = '$Fresh | New-EsimPlan -Action deactivate -ReasonCode FF -Path $File -Connection $Connection | Approve-EsimPlan -Certificate $Signer -Force | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Compare-EsimPlan'; Holds = $null; Script = '$Fresh | New-EsimPlan -Action deactivate -ReasonCode FF -Path $File -Connection $Connection; & { $Ready.Set(); Wait-Event -SourceIdentifier never } | Compare-EsimPlan $File' }
        @{ Name = 'Invoke-EsimPlan'; Holds = 'profile/actions/'; Script = '$Fresh | New-EsimPlan -Action deactivate -ReasonCode FF -Path $File -Connection $Connection; Invoke-EsimPlan $File -Force -Connection $Connection' }
        @{ Name = 'Invoke-EsimPlan'; Holds = '/status'; Script = '$Fresh | New-EsimPlan -Action deactivate -ReasonCode FF -Wave 1 -Path $File -Connection $Connection; Invoke-EsimPlan $File -Force -PollingIntervalSec 1 -Connection $Connection' }
        @{ Name = 'Get-EsimPolicy'; Holds = $null; Script = '$null = Set-EsimPolicy -Action enable -RequirePlan -Force -Connection $Connection; Get-EsimPolicy -Connection $Connection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Set-EsimPolicy'; Holds = $null; Script = 'Set-EsimPolicy -Action enable -RequirePlan -Force -Connection $Connection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Copy-EsimJournal'; Holds = $null; Script = '$null = New-Item (Join-Path $File journal.lock) -Force; Copy-EsimJournal $File "$File.copy" | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Clear-EsimJournal'; Holds = $null; Script = '$null = New-Item (Join-Path $File journal.lock) -Force; Clear-EsimJournal 2020-01-01 -Journal $File -Force | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Get-EsimRun'; Holds = $null; Script = 'Get-EsimRun -Connection $Connection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Get-EsimResult'; Holds = $null; Script = 'Get-EsimResult -Connection $Connection | ForEach-Object { $Ready.Set(); Wait-Event -SourceIdentifier never }' }
        @{ Name = 'Test-EsimRun'; Holds = 'actions/list'; Script = 'Get-EsimRun -Connection $Connection | Test-EsimRun -Connection $Connection' }
        @{ Name = 'Export-EsimReport'; Holds = $null; Script = '& { Get-EsimRun -Connection $Connection; $Ready.Set(); Wait-Event -SourceIdentifier never } | Export-EsimReport -Path $File -Connection $Connection' }
        @{ Name = 'Remove-EsimProfile'; Holds = 'actions/list'; Script = '$Rows | Remove-EsimProfile -Resubmit -Force -Connection $Connection' }
        @{ Name = 'Remove-EsimProfile'; Holds = 'actions/delete'; Script = '$Disabled | Remove-EsimProfile -Resubmit -Force -Connection $Connection' }
        @{ Name = 'Remove-EsimProfile'; Holds = '/status'; Script = '$Rows | Remove-EsimProfile -DisableFirst -Resubmit -PollingIntervalSec 1 -Force -Connection $Connection' }
    )

    # The other cmdlets that send an action all do it alike.
    $senders = @($commands | Where-Object { $_.ImplementingType.BaseType.Name -eq 'ProfileActionCmdlet' }).Name
    $script:stopped += foreach ($name in $senders | Where-Object { $_ -ne 'Remove-EsimProfile' }) {
        $plan = if ($name -eq 'Set-EsimProfile') { " -ServicePlan 'Another plan'" }
        @{ Name = $name; Holds = 'profile/actions/'; Script = "`$Fresh | $name$plan -Resubmit -BatchSize 1 -Force -Connection `$Connection" }
    }

    $script:missing = @($exported | Where-Object { $_ -notin $stopped.Name } | ForEach-Object { @{ Name = $_ } })
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # Each line is one cmdlet in the middle of a pipeline; $args[0] gives the objects that come from in front of it.
    $script:Lines = @{
        'Connect-EsimService'        = { & $args[0] | ForEach-Object { Connect-EsimService -Sandbox -PassThru } }
        'Disconnect-EsimService'     = { & $args[0] | Disconnect-EsimService }
        'Get-EsimConnection'         = { & $args[0] | ForEach-Object { Get-EsimConnection } }
        'Get-EsimDevice'             = { & $args[0] | Get-EsimDevice }
        'Get-EsimProfile'            = { & $args[0] | Get-EsimProfile }
        'Get-EsimRequest'            = { & $args[0] | Get-EsimRequest }
        'Resolve-EsimRequest'        = { & $args[0] | Resolve-EsimRequest }
        'Wait-EsimRequest'           = { & $args[0] | Wait-EsimRequest }
        'Test-EsimProfile'           = { & $args[0] | Test-EsimProfile }
        'Register-EsimCallback'      = { & $args[0] | ForEach-Object { Register-EsimCallback $_ -Force } }
        'Unregister-EsimCallback'    = { & $args[0] | ForEach-Object { Unregister-EsimCallback -Force } }
        'Get-EsimCallback'           = { & $args[0] | ForEach-Object { Get-EsimCallback } }
        'Import-EsimCallback'        = { & $args[0] | Import-EsimCallback -PassThru }
        'Start-EsimCallbackListener' = { & $args[0] | ForEach-Object { Start-EsimCallbackListener $_ } }
        'Stop-EsimCallbackListener'  = { & $args[0] | Stop-EsimCallbackListener }
        'New-EsimPlan'               = { & $args[0] | New-EsimPlan -Action deactivate -ReasonCode FF -Path (Get-FreeFile) }
        'Get-EsimPlan'               = { & $args[0] | Get-EsimPlan }
        'Approve-EsimPlan'           = { & $args[0] | Approve-EsimPlan -Certificate $script:Signer -Force }
        'Compare-EsimPlan'           = { & $args[0] | Compare-EsimPlan (Get-TestPlan 0) }
        'Invoke-EsimPlan'            = { & $args[0] | Invoke-EsimPlan -Force }
        'Get-EsimPolicy'             = { & $args[0] | ForEach-Object { Get-EsimPolicy } }
        'Set-EsimPolicy'             = { & $args[0] | ForEach-Object { Set-EsimPolicy -Action $_ -RequirePlan -Force } }
        'Copy-EsimJournal'           = { & $args[0] | ForEach-Object { Copy-EsimJournal $_ (Get-FreeFile) } }
        'Clear-EsimJournal'          = { & $args[0] | ForEach-Object { Clear-EsimJournal 2020-01-01 -Journal $_ -Force } }
        'Get-EsimRun'                = { & $args[0] | Get-EsimRun }
        'Get-EsimResult'             = { & $args[0] | Get-EsimResult }
        'Test-EsimRun'               = { & $args[0] | Test-EsimRun }
        'Export-EsimReport'          = { & $args[0] | Export-EsimReport -Path (Get-FreeFile) }
        'Remove-EsimProfile'         = { & $args[0] | Remove-EsimProfile -BatchSize 1 -DisableFirst -PollingIntervalSec 1 -Force }
        'Set-EsimProfile'            = { & $args[0] | Set-EsimProfile -ServicePlan 'Another plan' -BatchSize 1 -Force }
    }

    # What each of them takes.
    $script:Sources = @{
        'Connect-EsimService'        = { 1..3 }
        'Disconnect-EsimService'     = { 1..3 | ForEach-Object { Connect-EsimService -Sandbox -PassThru } }
        'Get-EsimConnection'         = { 1..3 }
        'Get-EsimDevice'             = { Get-TestRow 4 }
        'Get-EsimProfile'            = { Get-TestRow 30 }
        'Get-EsimRequest'            = { Get-TestRow 3 | Disable-EsimProfile -BatchSize 1 -Force -Connection $script:Test.Connection }
        'Resolve-EsimRequest'        = { Get-TestRow 3 | Disable-EsimProfile -BatchSize 1 -Force -Connection $script:Test.Connection }
        'Wait-EsimRequest'           = { Get-TestRow 3 | Disable-EsimProfile -BatchSize 1 -Force -Connection $script:Test.Connection }
        'Test-EsimProfile'           = { Get-TestRow 30 }
        'Register-EsimCallback'      = { 1..3 | ForEach-Object { "https://listener$_.example/cb" } }
        'Unregister-EsimCallback'    = { $null = Register-EsimCallback https://listener.example/cb -Force; 1 }
        'Get-EsimCallback'           = { $null = Register-EsimCallback https://listener.example/cb -Force; 1..3 }
        'Import-EsimCallback'        = { 1..3 | ForEach-Object { '{{"requestId":"77777777-7777-4777-8777-77777777777{0}","status":"Success","deviceIds":[{{"kind":"iccid","id":"89445380933990550165"}}]}}' -f $_ } }
        'Start-EsimCallbackListener' = { 1..3 | ForEach-Object { Get-FreePrefix } }
        'Stop-EsimCallbackListener'  = { 1..3 | ForEach-Object { Start-EsimCallbackListener (Get-FreePrefix) } }
        'New-EsimPlan'               = { Get-TestRow 12 }
        'Get-EsimPlan'               = { 1..3 | ForEach-Object { Get-TestPlan $_ } }
        'Approve-EsimPlan'           = { 1..3 | ForEach-Object { Get-TestPlan $_ } }
        'Compare-EsimPlan'           = { 1..3 | ForEach-Object { Get-TestPlan $_ } }
        'Invoke-EsimPlan'            = { 1..3 | ForEach-Object { Get-TestPlan $_ } }
        'Get-EsimPolicy'             = { $null = Set-EsimPolicy -Action enable -RequirePlan -Force; 1..3 }
        'Set-EsimPolicy'             = { 'enable', 'download', 'activate' }
        'Copy-EsimJournal'           = { 1..3 | ForEach-Object { Get-TestJournal } }
        'Clear-EsimJournal'          = { 1..3 | ForEach-Object { Get-TestJournal } }
        'Get-EsimRun'                = { 1..3 | ForEach-Object { Get-TestRun $_ } }
        'Get-EsimResult'             = { 1..3 | ForEach-Object { Get-TestRun $_ } }
        'Test-EsimRun'               = { 1..3 | ForEach-Object { Get-TestRun $_ } }
        'Export-EsimReport'          = { 1..3 | ForEach-Object { Get-TestRun $_ } }
    }

    $script:Signer = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
        'CN=Somebody', [Security.Cryptography.RSA]::Create(2048), 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1).CreateSelfSigned([DateTimeOffset]::Now.AddDays(-1), [DateTimeOffset]::Now.AddDays(1))

    function Get-FreeFile {
        Join-Path $TestDrive ('{0}.file' -f [guid]::NewGuid().ToString('N'))
    }

    # A plan for two profiles of its own.
    function Get-TestPlan([int] $Number) {
        Get-TestRow 2 -Skip (2 * $Number) | New-EsimPlan -Action deactivate -ReasonCode FF -Path (Get-FreeFile) -Connection $script:Test.Connection
    }

    # A journal in which nothing stands.
    function Get-TestJournal {
        $folder = Get-FreeFile
        $null = New-Item (Join-Path $folder 'journal.lock') -Force
        $folder
    }

    # A run over two profiles of its own, confirmed.
    function Get-TestRun([int] $Number) {
        $null = Get-TestRow 2 -Skip (2 * $Number) | Disable-EsimProfile -Force -Connection $script:Test.Connection | Wait-EsimRequest -PollingIntervalSec 1 -Connection $script:Test.Connection
        Get-EsimRun -Last -Connection $script:Test.Connection
    }

    # These write one object, whatever they are given.
    $script:Single = 'New-EsimPlan', 'Export-EsimReport'

    # These write nothing.
    $script:Silent = 'Disconnect-EsimService', 'Stop-EsimCallbackListener', 'Unregister-EsimCallback'

    # All that send an action take profiles, in a state from which the action is allowed.
    foreach ($command in Get-Command -Module EsimTools | Where-Object { $_.ImplementingType.BaseType.Name -eq 'ProfileActionCmdlet' }) {
        $script:Sources[$command.Name] = { Get-TestRow 12 }
        if (-not $script:Lines.ContainsKey($command.Name)) {
            $script:Lines[$command.Name] = [scriptblock]::Create("& `$args[0] | $($command.Name) -BatchSize 1 -Force")
        }
    }

    $script:States = @{
        'Enable-EsimProfile'  = @{ State = 'DEACTIVE' }
        'Install-EsimProfile' = @{ ProfileStatus = 'NOT_DOWNLOADED' }
        'Switch-EsimProfile'  = @{ ProfileStatus = 'DISABLE' }
        'Resume-EsimProfile'  = @{ State = 'SUSPEND' }
        'Resume-EsimDevice'   = @{ State = 'SUSPEND' }
    }

    # A worker that outlives its cmdlet goes on calling the service. After one more call, which takes as long as any of its calls, the log has
    # exactly one more line; and every request that the service took is known here.
    function Assert-NothingLeft {
        $log = $script:Test.Sandbox.Log
        $null = Get-EsimProfile -Iccid (Get-TestRow 1).Iccid -Connection $script:Test.Connection
        $after = $script:Test.Sandbox.Log
        ($after | Select-Object -Skip $log.Count).Path | Should -Be '/api/m2m/v1/devices/actions/list'
        $taken = @($after | Where-Object { $_.Accepted -and $_.RequestId -and $_.Path -like '*devices/profile/actions*' }).RequestId | Sort-Object
        $known = @(Get-EsimRequest -Connection $script:Test.Connection).RequestId | Where-Object { $_ } | Sort-Object
        "$known" | Should -Be "$taken"
    }
}

AfterAll {
    # Closes what was opened along the way.
    Remove-Module EsimTools
}

Describe 'The tables' {
    It 'have a row for every exported cmdlet: <_.Name> is missing' -ForEach $missing {
        $_.Name | Should -BeNullOrEmpty
    }

    It 'name every exported cmdlet' -ForEach @{ exported = $exported } {
        $script:Lines.Keys | Sort-Object | Should -Be ($exported | Sort-Object)
        $script:Sources.Keys | Sort-Object | Should -Be ($script:Lines.Keys | Sort-Object)
    }
}

Describe '<_>' -ForEach $exported {
    BeforeEach {
        $state = if ($script:States.ContainsKey($_)) { $script:States[$_] } else { @{} }
        $script:Test = Connect-TestSandbox -Row @(Get-TestRow 30 -With $state)
        $script:Test.Options.Latency = [timespan]::FromMilliseconds(15)
        $script:Line = $script:Lines[$_]
        $script:Source = $script:Sources[$_]
    }

    AfterEach {
        Disconnect-EsimService
        Disconnect-EsimService $script:Test.Connection
    }

    It 'ends by itself' {
        $run = Invoke-Captured { & $script:Line $script:Source }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Errors | Should -BeNullOrEmpty
        if ($_ -notin $script:Silent) {
            $run.Output.Count | Should -BeGreaterOrEqual ($_ -in $script:Single ? 1 : 3)
        }

        Assert-NothingLeft
    }

    It 'ends when enough has been seen (Select-Object -First)' {
        $run = Invoke-Captured { & $script:Line $script:Source | Select-Object -First 1 }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Errors | Should -BeNullOrEmpty
        if ($_ -notin $script:Silent) {
            $run.Output.Count | Should -Be 1
        }

        Assert-NothingLeft
    }

    It 'ends when what stands behind it throws' {
        $run = Invoke-Captured { & $script:Line $script:Source | ForEach-Object { throw 'thrown behind' } }
        if ($_ -notin $script:Silent) {
            "$($run.Terminating)" | Should -Be 'thrown behind'
        }

        $run.Errors | Should -BeNullOrEmpty
        Assert-NothingLeft
    }

    It 'ends when what stands before it throws' {
        $source = $script:Source
        $run = Invoke-Captured { & $script:Line { & $source; throw 'thrown before' } }
        "$($run.Terminating)" | Should -Be 'thrown before'
        $run.Errors | Should -BeNullOrEmpty
        Assert-NothingLeft
    }

    It 'can be used again in the same session' {
        $null = Invoke-Captured { & $script:Line $script:Source | Select-Object -First 1 }
        @(Get-EsimProfile -Connection $script:Test.Connection | Select-Object -First 2).Count | Should -Be 2
        # The first run may have reserved some profiles; what it did must not stand in the way of others.
        if ($script:Sources[$_].ToString().Trim() -eq 'Get-TestRow 12') {
            $again = Invoke-Captured { & $script:Line { Get-TestRow 2 -Skip 20 } }
            $again.Errors | Should -BeNullOrEmpty
            $again.Output.Count | Should -BeGreaterOrEqual ($_ -in $script:Single ? 1 : 2)
        }
    }
}

Describe 'A batch that is not full when the pipeline breaks' {
    It 'is not sent: <_>' -ForEach $senders {
        $state = if ($_ -eq 'Remove-EsimProfile') { @{ State = 'DEACTIVE' } } elseif ($script:States.ContainsKey($_)) { $script:States[$_] } else { @{} }
        $script:Test = Connect-TestSandbox -Row @(Get-TestRow 5 -With $state)
        $command = $_
        $parameters = @{ Force = $true }
        if ($_ -eq 'Set-EsimProfile') { $parameters['ServicePlan'] = 'Another plan' }
        $run = Invoke-Captured { & { Get-TestRow 5; throw 'the file ends in the middle' } | & $command @parameters }
        "$($run.Terminating)" | Should -Be 'the file ends in the middle'
        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
        Get-EsimRequest | Should -BeNullOrEmpty
        Disconnect-EsimService
    }
}

Describe 'A wait that is given up' {
    It 'asks for nothing any more (<How>)' -ForEach @(
        @{ How = 'Select-Object -First'; Line = { $script:Soon, $script:Late | Wait-EsimRequest -PollingIntervalSec 1 | Select-Object -First 1 } }
        @{ How = 'what stands behind it throws'; Line = { $script:Soon, $script:Late | Wait-EsimRequest -PollingIntervalSec 1 | ForEach-Object { throw 'behind' } } }
        @{ How = 'what stands before it throws'; Line = { & { $script:Late; throw 'before' } | Wait-EsimRequest -PollingIntervalSec 1 } }
    ) {
        $test = Connect-TestSandbox -Row @(Get-TestRow 3)
        $script:Soon = Get-TestRow 1 | Disable-EsimProfile -Force
        $test.Options.CallbackDelay = [timespan]::FromHours(1)
        $script:Late = Get-TestRow 1 -Skip 1 | Disable-EsimProfile -Force
        $other = Get-TestRow 1 -Skip 2 | Disable-EsimProfile -Force
        $null = Invoke-Captured $Line

        # Another wait for long enough to ask twice, which takes longer on a busy machine: a worker that was left behind would ask in the same time.
        $before = $test.Sandbox.Log.Count
        for ($asked = @(); $asked.Count -lt 2;) {
            $null = Invoke-Captured { $other | Wait-EsimRequest -PollingIntervalSec 1 -TimeoutSec 3 }
            $asked = @($test.Sandbox.Log | Select-Object -Skip $before | Where-Object Path -Like '*/status').Path
        }

        $asked | Where-Object { $_ -like "*$($script:Late.RequestId)*" } | Should -BeNullOrEmpty
        Disconnect-EsimService
    }
}

Describe 'A message that PowerShell asks about where nobody can answer' {
    BeforeAll {
        # Another shell, which says in its last line what came out of the command: PowerShell gives its errors and messages to the same console.
        function Invoke-Unattended([string] $Command) {
            $inventory = ConvertTo-Inventory @(Get-TestRow 3 -With @{ State = 'DEACTIVE' })
            $run = Invoke-NewShell @"
`$ErrorActionPreference = 'Stop'
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
Connect-EsimService -InformationAction Ignore -Sandbox -SandboxInventory '$inventory'
`$rows = @(Import-Csv '$inventory')
`$bad = [pscustomobject]@{ Iccid = 'none' }
`$doubtful = [pscustomobject]@{ Iccid = '8944538000000000001'; Eid = `$rows[0].Eid }
`$ErrorActionPreference = 'Continue'
`$out = @($Command)
ConvertTo-Json -Compress @{ Out = @(`$out.RequestId); Sent = @((Get-EsimRequest).RequestId); Errors = `$Error.Count }
"@
            $line = $run.Text -split '\r?\n' | Where-Object { $_ -like '{*}' } | Select-Object -Last 1
            $line | Should -Not -BeNullOrEmpty -Because $run.Text
            $line | ConvertFrom-Json | Add-Member -NotePropertyName Text -NotePropertyValue $run.Text -PassThru
        }
    }

    It 'is written, and what was sent is told: <Command>' -ForEach @(
        @{ Shown = 'DEBUG: POST '; Command = '$rows | Remove-EsimProfile -Force -BatchSize 1 -ThrottleLimit 1 -Debug' }
        @{ Shown = 'DEBUG: POST '; Command = '& { $DebugPreference = "Inquire"; $rows | Remove-EsimProfile -Force -BatchSize 1 }' }
        @{ Shown = 'WARNING: 1 profile has a wrong check digit'; Command = '@($rows) + $doubtful | Disable-EsimProfile -Force -BatchSize 1 -WarningAction Inquire' }
        @{ Shown = "The ICCID 'none'"; Command = '$rows[0..1] + $bad + $rows[2] | Remove-EsimProfile -Force -BatchSize 1 -ErrorAction Inquire' }
    ) {
        $told = Invoke-Unattended $Command
        $told.Text | Should -BeLike "*$Shown*"
        $told.Out.Count | Should -BeGreaterOrEqual 3
        $told.Out | Sort-Object | Should -Be ($told.Sent | Sort-Object)
        $told.Errors | Should -Be ([int] ($Command -like '*$bad*'))
    }
}

Describe 'Ctrl+C' {
    BeforeAll {
        $script:Service = Open-ScriptedService
        # Long enough, on a busy machine too, for a stop that waits for nothing but its own grace, and shorter than the call that is held would take.
        $script:StopLimit = [timespan]::FromSeconds(60)
        $rows = @(Get-TestRow 2)
        $devices = foreach ($row in $rows) {
            @{
                accountName         = $script:Account
                deviceIds           = @(@{ kind = 'iccId'; id = $row.Iccid }, @{ kind = 'eid'; id = $row.Eid })
                carrierInformations = @(@{ state = 'active'; servicePlan = 'M2M Global' })
                extendedAttributes  = @(@{ key = 'ProfileStatus'; value = 'ENABLE' }, @{ key = 'DeviceId'; value = '1' })
            }
        }
        $requestId = '22222222-2222-4222-8222-222222222222'
        $script:Normal = @{
            'actions/'           = @{ Body = '{"requestId":"66666666-6666-4666-8666-666666666666"}' }
            'actions/deactivate' = @{ Body = "{`"requestId`":`"$requestId`"}" }
            'actions/delete'     = @{ Body = '{"requestId":"33333333-3333-4333-8333-333333333333"}' }
            'actions/list'       = @{ Body = (@{ hasMoreData = $false; devices = @($devices[0]) } | ConvertTo-Json -Depth 8) }
            'oauth2/token'       = $script:Service.Answers['oauth2/token']
            'session/login'      = $script:Service.Answers['session/login']
            'session/logout'     = $script:Service.Answers['session/logout']
        }
        # An answer counts only for the request that it names.
        foreach ($id in '22222222-2222-4222-8222-222222222222', '44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555') {
            $script:Normal["requests/$id/status"] = @{ Body = "{`"requestId`":`"$id`",`"status`":`"Pending`",`"subRequests`":[]}" }
        }
    }

    AfterAll {
        Close-ScriptedService $script:Service
    }

    BeforeEach {
        $script:Service.Answers.Clear()
        foreach ($path in $script:Normal.Keys) {
            $script:Service.Answers[$path] = $script:Normal[$path]
        }

        $script:Connection = Connect-TestServer $script:Service
        $script:Rows = @(Get-TestRow 1)
        $script:Request = $script:Rows | Disable-EsimProfile -Force
        # Two that are proven disabled, so that deleting them needs no look-up.
        $script:Disabled = @(Get-TestRow 1 -Skip 5)
        $script:Service.Answers['actions/deactivate'] = @{ Body = '{"requestId":"44444444-4444-4444-8444-444444444444"}' }
        $null = $script:Disabled | Disable-EsimProfile -Force
        $script:Connection.ReceiveCallback((@{
                    requestId = '44444444-4444-4444-8444-444444444444'; status = 'Success'; deviceIds = @(@{ kind = 'Iccid'; id = $script:Disabled[0].Iccid })
                } | ConvertTo-Json -Depth 5))
        $script:Service.Answers['actions/deactivate'] = @{ Body = '{"requestId":"55555555-5555-4555-8555-555555555555"}' }
        Clear-ScriptedService $script:Service
    }

    It 'ends <Name> at once while <Holds> is not answered' -ForEach $stopped {
        if ($Holds) {
            foreach ($path in @($script:Service.Answers.Keys) + $Holds | Where-Object { $_.Contains($Holds) -or ($Holds -eq 'profile/actions/' -and $_ -like 'actions/*') }) {
                $script:Service.Answers[$path] = @{ Hold = $true }
            }
        }

        $ready = if ($Holds) { $script:Service.Held } else { [Threading.ManualResetEventSlim]::new($false) }
        $variables = @{
            Connection = $script:Connection; Rows = $script:Rows; Fresh = @(Get-TestRow 1 -Skip 9); Disabled = $script:Disabled; Id = $script:Request.RequestId; Uri = $script:Service.BaseUri
            Api = Get-TestCredential 'key' 'secret'; User = Get-TestCredential 'user' 'password'; Journal = Join-Path $TestDrive ([guid]::NewGuid().ToString('N')); Ready = $ready
            Prefix = Get-FreePrefix; File = Join-Path $TestDrive ([guid]::NewGuid().ToString('N')); Signer = $script:Signer; Message = '{"requestId":"77777777-7777-4777-8777-777777777777","status":"Success","deviceIds":[{"kind":"iccid","id":"89445380933990550165"}]}'
        }
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                    param($Module, $Variables, $Text)
                    Import-Module $Module
                    foreach ($name in $Variables.Keys) { Set-Variable -Name $name -Value $Variables[$name] }
                    . ([scriptblock]::Create($Text))
                }).AddArgument((Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')).AddArgument($variables).AddArgument($Script)
            $running = $shell.BeginInvoke()
            $ready.Wait($script:Limit) | Should -BeTrue -Because 'the command must come to where it waits'
            $running.IsCompleted | Should -BeFalse

            $stopping = $shell.BeginStop($null, $null)
            $stopping.AsyncWaitHandle.WaitOne($script:StopLimit) | Should -BeTrue -Because 'a stop must not wait for the service'
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $shell.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            foreach ($path in @($script:Service.Answers.Keys)) { $script:Service.Answers[$path] = @{ Status = 410; Body = '' } }
            Clear-ScriptedService $script:Service
            # One that does not stop would take this session with it.
            if ($stopping -and $stopping.IsCompleted) { $shell.Dispose() }
        }
    }

    It 'leaves a request that was on its way in doubt, in the session and in the journal' {
        $script:Service.Answers['actions/deactivate'] = @{ Hold = $true }
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($Module, $Connection, $Rows); Import-Module $Module; $Rows | Disable-EsimProfile -Force -Connection $Connection').
                AddArgument((Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')).AddArgument($script:Connection).AddArgument(@(Get-TestRow 1 -Skip 8))
            $null = $shell.BeginInvoke()
            $script:Service.Held.Wait($script:Limit) | Should -BeTrue
            $stopping = $shell.BeginStop($null, $null)
            $stopping.AsyncWaitHandle.WaitOne($script:StopLimit) | Should -BeTrue
        }
        finally {
            Clear-ScriptedService $script:Service
            $shell.Dispose()
        }

        $doubtful = Get-EsimRequest -Status InDoubt
        $doubtful.Profiles.Iccid | Should -Be (Get-TestRow 1 -Skip 8).Iccid
        $lines = Get-ChildItem $script:Connection.JournalPath -Filter '*.jsonl' | Get-Content | ConvertFrom-Json
        $lines[-2].event | Should -Be 'inDoubt'
        $lines[-1].event | Should -Be 'run'
        $lines[-1].stage | Should -Be 'stopped'
    }
}
