# Callbacks from end to end: the sandbox behind HTTP posts to a listener of this session, which settles requests without a single poll;
# where the service posts to; messages from files and the pipeline; what must not bring the listener down; and where no password shows.

BeforeDiscovery {
    $iccid = '89141390780800784259'
    $script:garbage = @(
        @{ Name = 'text'; Body = 'hello'; Status = 400 }
        @{ Name = 'nothing'; Body = ''; Status = 400 }
        @{ Name = 'an array'; Body = '[]'; Status = 400 }
        @{ Name = 'half a message'; Body = '{"requestId":"r","deviceIds":['; Status = 400 }
        @{ Name = 'a thousand levels'; Body = ('{"a":' * 1000) + '1' + ('}' * 1000); Status = 400 }
        @{ Name = 'wrong types'; Body = '{"requestId":[1],"deviceIds":"x","username":"hook-user","password":"hook-CANARY"}'; Status = 400 }
        @{ Name = 'ten megabytes'; Body = 'x' * 10MB; Status = 413 }
        @{ Name = 'no credentials'; Body = "{`"requestId`":`"r`",`"deviceIds`":[{`"id`":`"$iccid`",`"kind`":`"Iccid`"}]}"; Status = 401 }
        @{ Name = 'a wrong password'; Body = '{"requestId":"r","username":"hook-user","password":"wrong"}'; Status = 401 }
        @{ Name = 'a wrong user'; Body = '{"requestId":"r","username":"wrong","password":"hook-CANARY"}'; Status = 401 }
        @{ Name = 'an unknown request'; Body = '{"requestId":"unknown","brandNew":{"x":[1]},"username":"hook-user","password":"hook-CANARY"}'; Status = 200 }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Canary = 'hook-CANARY'

    function Get-HookCredential {
        Get-TestCredential 'hook-user' $script:Canary
    }

    function Open-TestListener([hashtable] $Parameter = @{}) {
        if (-not $Parameter.Prefix) {
            $Parameter.Prefix = "http://127.0.0.1:$(Get-FreePort)/hook"
        }

        Start-EsimCallbackListener -Credential (Get-HookCredential) @Parameter
    }

    # The address as it is registered: without the slash at the end.
    function Get-Hook($Listener) {
        $Listener.Prefix.TrimEnd('/')
    }

    function Send-Message($Listener, $Body) {
        [int](Invoke-WebRequest (Get-Hook $Listener) -Method Post -Body ([Text.Encoding]::UTF8.GetBytes($Body)) -ContentType 'application/json' -SkipHttpErrorCheck).StatusCode
    }

    function Get-Message([string] $RequestId, [string] $Iccid, [string] $Status = 'SUCCESS', [hashtable] $With = @{}) {
        $message = [ordered]@{
            requestId      = $RequestId
            deviceIds      = @(@{ id = $Iccid; kind = 'Iccid' })
            deviceResponse = @{ deviceProfileResponse = @{ deviceIdentifierCollection = @(@{ id = $Iccid; kind = 'Iccid' }); state = 'DEACTIVE'; profileStatus = 'DISABLE'; profileRole = 'LOCAL' } }
            status         = $Status
            callbackCount  = 1
        }
        foreach ($name in $With.Keys) {
            $message[$name] = $With[$name]
        }

        $message | ConvertTo-Json -Depth 9 -Compress
    }

    # A request that is open and that nothing but a message settles: the sandbox keeps its callbacks to itself.
    function Get-OpenRequest([int] $Count = 3) {
        $script:Test = Connect-TestSandbox -Row (Get-TestRow $Count) -Option @{ LostCallbacks = 1 }
        Get-TestRow $Count | Disable-EsimProfile -Force
    }
}

Describe 'A service over HTTP that posts to a listener of this session' {
    BeforeAll {
        $script:server = Open-SandboxServer
        $script:connection = Connect-TestServer $script:server 'sandbox'
        $script:listener = Open-TestListener
    }

    AfterAll {
        Disconnect-EsimService
        Close-Server $script:server
    }

    It 'is told where to post, and tells it' {
        $registered = Register-EsimCallback -Uri (Get-Hook $script:listener) -Credential (Get-HookCredential)

        $registered.ServiceName | Should -Be @('DeviceProfileService', 'CarrierService')
        $listed = Get-EsimCallback
        $listed.ServiceName | Sort-Object | Should -Be @('CarrierService', 'DeviceProfileService')
        $listed.UserName | Sort-Object -Unique | Should -Be 'hook-user'
        $listed.AccountName | Sort-Object -Unique | Should -Be $script:Account
        $listed.Uri | Sort-Object -Unique | Should -Be ([uri](Get-Hook $script:listener))
        (Get-EsimCallback -Service Device*).ServiceName | Should -Be 'DeviceProfileService'
        (Get-EsimCallback CARRIERservice).ServiceName | Should -Be 'CarrierService'
    }

    It 'settles a request of a hundred profiles that is never polled' {
        $request = Get-EsimProfile | Select-Object -First 100 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force

        $results = @($request | Wait-EsimRequest -PollingIntervalSec 3600 -TimeoutSec 60)

        $results.Count | Should -Be 100
        $results.Source | Sort-Object -Unique | Should -Be 'Callback'
        $script:listener.Recorded | Should -Be 100
        $script:listener.Refused + $script:listener.Invalid | Should -Be 0
    }

    It 'keeps the record without the user name and password in each message' {
        $text = Get-Content $script:listener.RecordPath -Raw
        $text | Should -Match '"event":"callback"'
        $text | Should -Not -Match $script:Canary
        $text | Should -Not -Match 'username'
    }

    It 'shows the password in no stream, object, view or file' {
        $run = Invoke-Captured {
            $VerbosePreference = 'Continue'
            $DebugPreference = 'Continue'
            $listener = Open-TestListener
            $listener
            Register-EsimCallback -Uri (Get-Hook $listener) -Credential (Get-HookCredential) -Force
            Register-EsimCallback -Uri (Get-Hook $listener) -Credential (Get-HookCredential) -WhatIf
            Register-EsimCallback -Uri (Get-Hook $listener) -Credential (Get-TestCredential ('x' * 41) $script:Canary)
            Get-EsimCallback
            Send-Message $listener (Get-Message 'r' '89141390780800784259' -With @{ username = 'hook-user'; password = $script:Canary })
            Send-Message $listener (Get-Message 'r' '89141390780800784259' -With @{ username = 'wrong'; password = $script:Canary })
            $listener | ConvertTo-Json -Depth 2
            Get-EsimConnection
            $listener | Stop-EsimCallbackListener
            "{`"password`":`"$($script:Canary)`"}" | Import-EsimCallback
        }

        $text = ($run.Everything + $run.Terminating | ForEach-Object { $_ | Format-List * -Force | Out-String -Width 500; $_ | Out-String -Width 500 }) -join "`n"
        $text | Should -Match 'DeviceProfileService'
        $text | Should -Not -Match $script:Canary
        Get-ChildItem $script:connection.JournalPath -Filter *.jsonl | Get-Content -Raw | Should -Not -Match $script:Canary
        # The first listener again.
        Register-EsimCallback -Uri (Get-Hook $script:listener) -Credential (Get-HookCredential) | Out-Null
    }

    It 'posts no more after it has been told so' {
        Unregister-EsimCallback -WhatIf
        @(Get-EsimCallback).Count | Should -Be 2

        Get-EsimCallback -Service CarrierService | Unregister-EsimCallback
        (Get-EsimCallback).ServiceName | Should -Be 'DeviceProfileService'
        Unregister-EsimCallback
        Get-EsimCallback | Should -BeNullOrEmpty

        $run = Invoke-Captured { Unregister-EsimCallback; Unregister-EsimCallback -Service CarrierService }
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestRefused'
        "$($run.Errors)" | Should -Match 'CarrierService'
    }

    It 'says what is wrong with an address before anything is sent: <Uri>' -ForEach @(
        @{ Uri = 'ftp://hooks.example.com'; Text = 'no absolute http or https address' }
        @{ Uri = 'https://me:CANARY@hooks.example.com'; Text = 'holds a user name or password' }
        @{ Uri = 'https://hooks.example.com/#x'; Text = 'a fragment' }
    ) {
        $run = Invoke-Captured { Register-EsimCallback -Uri $Uri -WhatIf }

        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        "$($run.Terminating)" | Should -Match $Text
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $run.Everything + $run.Terminating | Format-List * -Force | Out-String -Width 500 | Should -Not -Match 'CANARY'
    }
}

Describe 'A listener' {
    BeforeAll {
        $script:Test = Connect-TestSandbox
        $script:listener = Open-TestListener
    }

    AfterAll {
        Disconnect-EsimService
    }

    It 'answers <Status> to <Name> and goes on' -ForEach $script:garbage {
        Send-Message $script:listener $Body | Should -Be $Status
        Send-Message $script:listener (Get-Message ([guid]::NewGuid()) '89141390780800784259' -With @{ username = 'hook-user'; password = $script:Canary }) | Should -Be 200
    }

    It 'takes nothing but a POST' {
        [int](Invoke-WebRequest (Get-Hook $script:listener) -SkipHttpErrorCheck).StatusCode | Should -Be 405
    }

    It 'says what was wrong last, and counts' {
        Send-Message $script:listener 'garbage' | Should -Be 400
        $script:listener.LastProblem | Should -Match 'not valid JSON'
        $script:listener.Invalid | Should -BeGreaterThan 0
        $script:listener.Refused | Should -BeGreaterThan 0
    }

    It 'acknowledges a repeated message and records it once' {
        $message = Get-Message 'again' '89141390780800784259' -With @{ username = 'hook-user'; password = $script:Canary }
        $before = $script:listener.Recorded, $script:listener.Duplicates

        1..5 | ForEach-Object { Send-Message $script:listener $message } | Should -Be @(200, 200, 200, 200, 200)

        $script:listener.Recorded - $before[0] | Should -Be 1
        $script:listener.Duplicates - $before[1] | Should -Be 4
    }

    It 'hears only those it may hear: <Allowed>' -ForEach @(
        @{ Allowed = '127.0.0.1'; Status = 200 }
        @{ Allowed = '10.1.2.3', '127.0.0.1'; Status = 200 }
        @{ Allowed = 'Verizon'; Status = 403 }
        @{ Allowed = 'verizon', '127.0.0.1'; Status = 200 }
    ) {
        $one = Open-TestListener @{ AllowedAddress = $Allowed }
        Send-Message $one (Get-Message 'r' '89141390780800784259' -With @{ username = 'hook-user'; password = $script:Canary }) | Should -Be $Status
        $one | Stop-EsimCallbackListener
    }

    It 'believes a proxy on this machine only when told to' {
        $message = Get-Message 'r' '89141390780800784259' -With @{ username = 'hook-user'; password = $script:Canary }
        foreach ($trust in $true, $false) {
            $one = Open-TestListener @{ AllowedAddress = 'Verizon'; TrustForwardedFor = $trust }
            $status = (Invoke-WebRequest (Get-Hook $one) -Method Post -Body $message -Headers @{ 'X-Forwarded-For' = '1.2.3.4, 3.87.163.45' } -SkipHttpErrorCheck).StatusCode
            $status | Should -Be $(if ($trust) { 200 } else { 403 })
            $one | Stop-EsimCallbackListener
        }
    }

    It 'takes in the former user name and password too, where they are given' {
        $former = Get-TestCredential 'hook-user' 'former-CANARY'
        $one = Open-TestListener @{ FormerCredential = $former }
        foreach ($password in $script:Canary, 'former-CANARY', 'another') {
            Send-Message $one (Get-Message ([guid]::NewGuid()) '89141390780800784259' -With @{ username = 'hook-user'; password = $password }) |
                Should -Be $(if ($password -eq 'another') { 401 } else { 200 })
        }

        $one | Format-List * -Force | Out-String | Should -Not -Match 'CANARY'
        $one | Stop-EsimCallbackListener
    }

    It 'is refused with the reason: <Prefix>' -ForEach @(
        @{ Prefix = 'nonsense'; ErrorId = 'EsimParameterInvalid' }
        @{ Prefix = 'ftp://127.0.0.1:9001/'; ErrorId = 'EsimParameterInvalid' }
        @{ Prefix = 'https://127.0.0.1:9001/'; ErrorId = 'EsimParameterInvalid' }
        @{ Prefix = '{in use}'; ErrorId = 'EsimListenerUnavailable' }
    ) {
        $where = if ($Prefix -eq '{in use}') { $script:listener.Prefix } else { $Prefix }
        $run = Invoke-Captured { Start-EsimCallbackListener $where }
        $run.Terminating | Get-ErrorId | Should -Be $ErrorId
        "$($run.Terminating)" | Should -Match ([regex]::Escape($where))
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'speaks https where it is given a certificate, and wants https then' {
        $name = [Security.Cryptography.HashAlgorithmName]::SHA256
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=here', [Security.Cryptography.RSA]::Create(2048), $name, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $made = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
        $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new($made.Export('Pfx'))

        $one = Open-TestListener @{ Prefix = "https://127.0.0.1:$(Get-FreePort)/hook"; Certificate = $certificate }
        $message = Get-Message 'over-https' '89141390780800784259' -With @{ username = 'hook-user'; password = $script:Canary }
        (Invoke-WebRequest (Get-Hook $one) -Method Post -Body $message -SkipCertificateCheck).StatusCode | Should -Be 200
        $one.Recorded | Should -Be 1
        $one | Stop-EsimCallbackListener

        $run = Invoke-Captured { Start-EsimCallbackListener http://127.0.0.1:9001/ -Certificate $certificate }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Match 'https'
    }

    It 'stops, once and again, and all together' {
        $one = Open-TestListener
        $two = Open-TestListener
        $one | Stop-EsimCallbackListener
        $one.IsListening | Should -BeFalse
        Stop-EsimCallbackListener $one
        $two.IsListening | Should -BeTrue
        (Invoke-Captured { Stop-EsimCallbackListener; Stop-EsimCallbackListener }).Everything | Should -BeNullOrEmpty
        $two.IsListening, $script:listener.IsListening | Should -Be @($false, $false)
    }

    It 'ends with its connection and with the module' {
        $listener = Open-TestListener
        Disconnect-EsimService
        $listener.IsListening | Should -BeFalse
        $script:Test = Connect-TestSandbox

        $port = Get-FreePort
        $run = Invoke-NewShell @"
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
Connect-EsimService -InformationAction Ignore -Sandbox
`$l = Start-EsimCallbackListener http://127.0.0.1:$port/
`$l.IsListening
Remove-Module EsimTools
`$l.IsListening
"@
        $run.Text -split '\s+' | Should -Be @('True', 'False')
    }

    It 'is shown within 80 columns, its address whole' {
        $listener = Open-TestListener
        $text = $listener | Format-Table | Out-String -Width 80
        $text | Should -Match ([regex]::Escape("Prefix: $($listener.Prefix)"))
        $text | Should -Match 'LastProblem'
        $text | Should -Match 'Received'
        $text | Should -Match 'Invalid'
        ($text -split "`n" | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 81
    }

    It 'completes callback services, those for profiles first' {
        (TabExpansion2 'Register-EsimCallback -Service ').CompletionMatches.CompletionText | Select-Object -First 2 | Should -Be @('DeviceProfileService', 'CarrierService')
        (TabExpansion2 'Get-EsimCallback -Service Nid').CompletionMatches.CompletionText | Should -Be 'NiddService'
    }
}

Describe 'A listener without a credential' {
    It 'warns where nobody has to prove anything, but not in a sandbox' {
        $script:Test = Connect-TestSandbox
        (Invoke-Captured { Start-EsimCallbackListener "http://127.0.0.1:$(Get-FreePort)/" }).Warnings | Should -BeNullOrEmpty
        Disconnect-EsimService
        $service = Open-ScriptedService
        $connection = Connect-TestServer $service
        $run = Invoke-Captured { Start-EsimCallbackListener "http://127.0.0.1:$(Get-FreePort)/" -Connection $connection }
        $run.Warnings | Should -Match 'Without -Credential'
        Disconnect-EsimService $connection
        Close-ScriptedService $service
        $run.Output[0].IsListening | Should -BeFalse
    }
}

Describe 'Waiting' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'ends when messages that were posted in any order, twice and with warnings first, have all come' {
        $request = Get-OpenRequest 3
        $listener = Open-TestListener
        $with = @{ username = 'hook-user'; password = $script:Canary }
        $iccids = (Get-TestRow 3).Iccid
        $sent = @(
            @{ Iccid = $iccids[2]; Status = 'Failed' }
            @{ Iccid = $iccids[0]; Status = 'warning' }
            @{ Iccid = $iccids[1]; Status = 'SUCCESS' }
            @{ Iccid = $iccids[1]; Status = 'SUCCESS' }
            @{ Iccid = $iccids[0]; Status = 'success' }
            @{ Iccid = $iccids[0]; Status = 'warning' }
        )
        foreach ($one in $sent) {
            $message = Get-Message -RequestId $request.RequestId -With $with @one
            Send-Message $listener $message | Should -Be 200
        }

        $run = Invoke-Captured { $request | Wait-EsimRequest -PollingIntervalSec 3600 -TimeoutSec 30 }
        $run.Output.Count | Should -Be 2
        $run.Errors | Get-ErrorId | Should -Be 'EsimActionFailed'
        $listener.Duplicates | Should -Be 2
    }

    It 'ends when the messages are imported, from <Name>' -ForEach @(
        @{ Name = 'strings' }, @{ Name = 'one string of an array' }, @{ Name = 'objects' }, @{ Name = 'hashtables' }
        @{ Name = 'JSON Lines' }, @{ Name = 'a JSON file' }, @{ Name = 'a file of Windows PowerShell' }, @{ Name = 'Get-ChildItem' }, @{ Name = 'Get-Content' }, @{ Name = 'a literal path' }
    ) {
        $request = Get-OpenRequest 3
        $messages = (Get-TestRow 3).Iccid | ForEach-Object { Get-Message $request.RequestId $_ -With @{ username = 'hook-user'; password = $script:Canary } }
        $file = Join-Path $TestDrive ('messages [1] {0}.json' -f [guid]::NewGuid())
        $messages | Set-Content -LiteralPath $file

        $run = Invoke-Captured {
            switch ($Name) {
                'strings' { $messages | Import-EsimCallback }
                'one string of an array' { "[$($messages -join ',')]" | Import-EsimCallback }
                'objects' { $messages | ConvertFrom-Json | Import-EsimCallback }
                'hashtables' { $messages | ConvertFrom-Json -AsHashtable | ForEach-Object { Import-EsimCallback -InputObject $_ } }
                'JSON Lines' { Import-EsimCallback ($file -replace '\[1\]', '?1?') }
                'a JSON file' { $messages | ConvertFrom-Json | ConvertTo-Json -Depth 9 | Set-Content -LiteralPath $file; Import-EsimCallback -Path ($file -replace '\[1\]', '*') }
                'a file of Windows PowerShell' { $messages | Set-Content -LiteralPath $file -Encoding unicode; Import-EsimCallback -LiteralPath $file }
                'Get-ChildItem' { Get-Item -LiteralPath $file | Import-EsimCallback }
                'Get-Content' { Get-Content -LiteralPath $file | Import-EsimCallback }
                'a literal path' { Import-EsimCallback -LiteralPath $file }
            }
        }

        $run.Everything | Should -BeNullOrEmpty
        @($request | Wait-EsimRequest -PollingIntervalSec 3600 -TimeoutSec 30).Count | Should -Be 3
    }
}

Describe 'Import-EsimCallback' {
    BeforeAll {
        $script:Test = Connect-TestSandbox
    }

    AfterAll {
        Disconnect-EsimService
    }

    It 'gives one error for each bad line, with file and line, and takes in the rest' {
        $file = Join-Path $TestDrive 'damaged.jsonl'
        Get-Message 'r' '89141390780800784259' | Set-Content $file
        'garbage', '{"requestId":"r"}', (Get-Message 'r' '89141390780800784259').Substring(0, 40) | Add-Content $file
        Get-Message 'r' '89141390780800784267' | Add-Content $file

        $run = Invoke-Captured { Import-EsimCallback $file -PassThru }

        $run.Output.Iccid | Should -Be @('89141390780800784259', '89141390780800784267')
        $run.Errors | Get-ErrorId | Should -Be @('EsimCallbackInvalid', 'EsimCallbackInvalid', 'EsimCallbackInvalid')
        $run.Errors.TargetObject | Should -Be @('damaged.jsonl, line 2', 'damaged.jsonl, line 3', 'damaged.jsonl, line 4')
        $run.Terminating | Should -BeNullOrEmpty
    }

    It 'tells which message of the input was bad, without showing it' {
        $bad = [pscustomobject]@{ requestId = 'r'; password = $script:Canary }
        $run = Invoke-Captured { $bad, 'no message', 7, (Get-Date), @{ a = 1 } | Import-EsimCallback }

        $run.Errors.Count | Should -Be 5
        $run.Errors.TargetObject | Should -Be @(1..5 | ForEach-Object { "message $_ of the input" })
        $run.Errors | Format-List * -Force | Out-String | Should -Not -Match $script:Canary
    }

    It 'ends on an object that holds itself' {
        $loop = @{ requestId = 'r' }
        $loop.deviceIds = $loop
        $run = Invoke-Captured { Import-EsimCallback -InputObject $loop }
        "$($run.Errors)" | Should -Match 'nested too deep'
    }

    It 'says that a file is not there, and goes on with the others' {
        $file = Join-Path $TestDrive 'good.json'
        Get-Message 'r' '89141390780800784259' | Set-Content $file
        $run = Invoke-Captured { Import-EsimCallback (Join-Path $TestDrive 'missing.json'), $file -PassThru; Import-EsimCallback -LiteralPath (Join-Path $TestDrive 'missing.json') }
        $run.Errors | Get-ErrorId | Should -Be @('EsimCallbackInvalid', 'EsimCallbackInvalid')
        $run.Output.Count | Should -Be 1
    }

    It 'stops where the pipeline stops' {
        $file = Join-Path $TestDrive 'many.jsonl'
        1..500 | ForEach-Object { Get-Message "r$_" '89141390780800784259' } | Set-Content $file
        @(Import-EsimCallback $file -PassThru | Select-Object -First 3).Count | Should -Be 3
    }

    It 'is shown within 80 columns' {
        $text = Get-Message '5f75e34b-38ee-4e74-986b-0f427a7d734b' '89141390780800784259' | Import-EsimCallback -PassThru | Out-String -Width 80
        $text | Should -Match '89141390780800784259 Succeeded DEACTIVE   DISABLE'
    }

    It 'never takes an old message for today''s state' {
        $row = Get-TestRow 1
        $test = Connect-TestSandbox -Row $row
        $old = $row | Disable-EsimProfile -Force
        $old | Wait-EsimRequest -TimeoutSec 60 | Out-Null
        $row | Enable-EsimProfile -Force | Wait-EsimRequest -TimeoutSec 60 | Out-Null

        Get-Message $old.RequestId $row.Iccid | Import-EsimCallback

        $run = Invoke-Captured { $row | Remove-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileNotDisabled'
        $test.Sandbox.TimesAccepted('delete', $row.Iccid) | Should -Be 0
        Disconnect-EsimService
    }
}

Describe 'A process that is killed' {
    BeforeAll {
        $script:server = Open-SandboxServer
    }

    AfterAll {
        Close-Server $script:server
    }

    It 'loses nothing that its listener has acknowledged' {
        $journal = Join-Path $TestDrive 'killed'
        $port = Get-FreePort
        $script = @"
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
function Pair(`$n, `$t) { [pscredential]::new(`$n, [Net.NetworkCredential]::new('', `$t).SecurePassword) }
Connect-EsimService -InformationAction Ignore (Pair sandbox-key sandbox-secret) (Pair sandbox-user sandbox-password) '$script:Account' -BaseUri $($script:server.BaseUri) -JournalPath '$journal'
`$l = Start-EsimCallbackListener http://127.0.0.1:$port/hook -Credential (Pair hook-user $script:Canary)
`$null = Register-EsimCallback http://127.0.0.1:$port/hook -Credential (Pair hook-user $script:Canary)
`$r = Get-EsimProfile | Select-Object -First 50 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
while (`$l.Recorded -lt 50) { Start-Sleep -Milliseconds 5 }
"recorded `$(`$r.RequestId)"
`$null = [Console]::In.ReadToEnd()
"@
        $process = Start-NewShell '-NonInteractive', '-Command', $script -Confirm:$false
        try {
            $line = $process.StandardOutput.ReadLineAsync()
            $line.Wait($script:Limit) | Should -BeTrue
            $line.Result | Should -Match '^recorded '
            $requestId = ($line.Result -split ' ')[1]
        }
        finally {
            $process.Kill($true)
            $process.WaitForExit([int] $script:Limit.TotalMilliseconds) | Should -BeTrue
        }

        Connect-TestServer $script:server 'sandbox' @{ JournalPath = $journal } | Out-Null
        $request = Get-EsimRequest | Where-Object RequestId -EQ $requestId
        $request.Status | Should -Be 'Succeeded'
        $request.SucceededCount | Should -Be 50
        Disconnect-EsimService
    }
}
