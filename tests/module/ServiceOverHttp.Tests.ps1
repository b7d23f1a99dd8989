# Over real HTTP on loopback: the main job against a server that follows the two documents and shares no code with this project, and what the
# user is told when credentials, addresses or answers are wrong.

BeforeDiscovery {
    $script:html = '<!DOCTYPE html><html><body><h1>Please log in to the guest network</h1></body></html>'
    # Bodies that are no answer, each with status 200.
    $script:nonsense = @(
        @{ What = 'a web page'; Answer = @{ Body = $html; Type = 'text/html' } }
        @{ What = 'nothing'; Answer = @{ Body = '' } }
        @{ What = 'JSON that stops in the middle'; Answer = @{ Body = '{"requestId":"1111' } }
        @{ What = 'an empty object'; Answer = @{ Body = '{}' } }
        @{ What = 'an array'; Answer = @{ Body = '[1,2,3]' } }
        @{ What = 'other types than documented'; Answer = @{ Body = '{"requestId":{"id":1},"access_token":[],"sessionToken":{},"hasMoreData":"perhaps","devices":"none"}' } }
    )
    # What an action can be answered with, and what is then known of it: only 400, 401, 403 and 429 prove that it was not taken.
    $script:actionAnswers = @(
        @{ What = '400'; Answer = @{ Status = 400; Body = '{"errorCode":"UnifiedWebService.INPUT_INVALID","errorMessage":"The plan is not known."}' }; ErrorId = 'EsimRequestRefused'; Says = 'The plan is not known'; Status = 'Failed' }
        @{ What = '403'; Answer = @{ Status = 403; Body = '{"errorCode":"403","errorMessage":"Forbidden."}' }; ErrorId = 'EsimRequestRefused'; Says = 'not allow'; Status = 'Failed' }
        @{ What = '404 with a web page'; Answer = @{ Status = 404; Body = $html; Type = 'text/html' }; ErrorId = 'EsimOutcomeUnknown'; Says = 'not known'; Status = 'InDoubt' }
        @{ What = 'a redirect'; Answer = @{ Status = 302; Body = ''; Location = 'http://127.0.0.1:1/elsewhere' }; ErrorId = 'EsimOutcomeUnknown'; Says = 'not known'; Status = 'InDoubt' }
        @{ What = '500'; Answer = @{ Status = 500; Body = '{"errorCode":"500","errorMessage":"Internal error."}' }; ErrorId = 'EsimOutcomeUnknown'; Says = 'not known'; Status = 'InDoubt' }
        @{ What = '502 with a web page'; Answer = @{ Status = 502; Body = $html; Type = 'text/html' }; ErrorId = 'EsimOutcomeUnknown'; Says = 'not known'; Status = 'InDoubt' }
        @{ What = '503 without a body'; Answer = @{ Status = 503; Body = '' }; ErrorId = 'EsimOutcomeUnknown'; Says = 'not known'; Status = 'InDoubt' }
        @{ What = 'a cut connection'; Answer = @{ Cut = $true }; ErrorId = 'EsimOutcomeUnknown'; Says = 'not known'; Status = 'InDoubt' }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Get-Text($Record) {
        # Everything that a person, a transcript or a log could show of an error.
        $exception = $Record.Exception
        $text = ($Record | Format-List * -Force | Out-String -Width 1000) + ($Record | ConvertTo-Json -Depth 4 -WarningAction Ignore)
        while ($exception) {
            $text += $exception.ToString()
            $exception = $exception.InnerException
        }

        $text
    }
}

Describe 'Against the document server' {
    BeforeAll {
        $script:Server = Open-DocumentServer (Join-Path $script:Samples 'fleet.csv')
        $script:Connection = Connect-TestServer $script:Server
        $script:Run = Invoke-Captured {
            Import-Csv (Join-Path $script:Samples 'fleet.csv') |
                Disable-EsimProfile -ServicePlan 'M2M Global' -ReasonCode FF -EtfWaiver -Force | Wait-EsimRequest -PollingIntervalSec 1 |
                Remove-EsimProfile -ServicePlan 'M2M Global' -Force | Wait-EsimRequest -PollingIntervalSec 1
        }
        $script:Summary = Invoke-RestMethod "$($script:Server.Root)/summary"
        $script:Log = Invoke-RestMethod "$($script:Server.Root)/log"
    }

    AfterAll {
        Disconnect-EsimService $script:Connection
        Close-Server $script:Server
    }

    It 'retires ten thousand devices without a word on another stream' {
        $script:Run.Terminating | Should -BeNullOrEmpty
        $script:Run.Errors | Should -BeNullOrEmpty
        $script:Run.Warnings | Should -BeNullOrEmpty
        $script:Run.Output.Count | Should -Be 10000
        ($script:Run.Output | Group-Object Action, Status -NoElement).Name | Should -Be 'delete, Succeeded'
    }

    It 'has deleted all of them in the service' {
        $script:Summary.profileStatuses.DELETE | Should -Be 10000
        $script:Summary.actions.deactivate.succeededDevices | Should -Be 10000
        $script:Summary.actions.delete.succeededDevices | Should -Be 10000
    }

    It 'has cost one request for each action, and each profile was accepted exactly once' {
        foreach ($action in 'deactivate', 'delete') {
            $script:Summary.actions.$action.acceptedRequests | Should -Be 1
            $script:Summary.actions.$action.acceptedDevices | Should -Be 10000
            $script:Summary.actions.$action.mostForOneProfile | Should -Be 1
        }
    }

    It 'has sent nothing that a strict reader of the documents refuses' {
        $script:Summary.refusedRequests | Should -Be 0
        $script:Log | Where-Object Status -NE 200 | Should -BeNullOrEmpty
    }

    It 'has logged in once' {
        @($script:Log | Where-Object Path -Like '*oauth2/token').Count | Should -Be 1
        @($script:Log | Where-Object Path -Like '*session/login').Count | Should -Be 1
    }

    It 'refuses a second deletion without asking' {
        $run = Invoke-Captured { Get-TestRow 2 | Remove-EsimProfile -Resubmit -Force }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -BeNullOrEmpty
        "$($run.Warnings)" | Should -Match '^2 profiles skipped: they are deleted already'
    }

    It 'survives sessions that end in mid-run' {
        # Pauses of the service longer than a session lives: the first call after each finds its session gone.
        $server = Open-DocumentServer (ConvertTo-Inventory @(Get-TestRow 3)) -Argument '--session-idle-seconds', '1', '--pending-polls', '0'
        try {
            $connection = Connect-TestServer $server
            $run = Invoke-Captured { Get-TestRow 3 | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 2 | Remove-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 2 }
            $run.Errors | Should -BeNullOrEmpty
            $run.Output.Count | Should -Be 3
            $log = Invoke-RestMethod "$($server.Root)/log"
            @($log | Where-Object Path -Like '*session/login').Count | Should -BeGreaterThan 1
            (Invoke-RestMethod "$($server.Root)/summary").actions.delete.mostForOneProfile | Should -Be 1
            Disconnect-EsimService $connection
        }
        finally {
            Close-Server $server
        }
    }
}

Describe 'Credentials' {
    BeforeAll {
        $script:Server = Open-DocumentServer (ConvertTo-Inventory @(Get-TestRow 3))
    }

    AfterAll {
        Close-Server $script:Server
    }

    It 'wrong <Which>: one clear error without a secret in it' -ForEach @(
        @{ Which = 'API secret'; Parameter = 'ApiCredential'; Name = 'doc-key'; Says = 'API key and secret' }
        @{ Which = 'password'; Parameter = 'UserCredential'; Name = 'doc-user'; Says = 'user name and password' }
    ) {
        $wrong = Get-TestCredential $Name 'canary-Wr0ng-Secret'
        $run = Invoke-Captured { Connect-TestServer $script:Server -Parameter @{ $Parameter = $wrong; Verbose = $true; Debug = $true } }
        $run.Output | Should -BeNullOrEmpty
        $run.Terminating.FullyQualifiedErrorId | Should -Be 'EsimLoginRefused,EsimTools.ConnectEsimServiceCommand'
        $run.Terminating.CategoryInfo.Category | Should -Be 'AuthenticationError'
        "$($run.Terminating)" | Should -Match $Says
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        (Get-Text $run.Terminating) + ($run.Everything | Out-String) | Should -Not -Match 'canary-|doc-secret|doc-password'
    }

    It 'behind a refused login no connection is in use, and the one before is still open' {
        $good = Connect-TestServer $script:Server
        $null = Invoke-Captured { Connect-TestServer $script:Server -Parameter @{ UserCredential = (Get-TestCredential 'doc-user' 'wrong') } }
        Get-EsimConnection | Should -BeNullOrEmpty
        { Get-EsimDevice -Connection $good -ErrorAction Stop } | Should -Not -Throw
        Disconnect-EsimService -Connection $good
    }

    It 'a login refused in mid-run ends the command at once and says what was accepted before' {
        $service = Open-ScriptedService @{ 'actions/deactivate' = @{ Body = '{"requestId":"11111111-1111-4111-8111-111111111111"}' } }
        try {
            $connection = Connect-TestServer $service
            $rows = @(Get-TestRow 6)
            $refusal = @{ Status = 401; Body = '{"errorCode":"UnifiedWebService.REQUEST_FAILED.Unauthorized","errorMessage":"No."}' }
            # With room for one request, the second leaves when the first has been written, and meets the refusal.
            $run = Invoke-Captured {
                $rows | Disable-EsimProfile -BatchSize 2 -ThrottleLimit 1 -Force | ForEach-Object {
                    $service.Answers['actions/deactivate'] = $refusal
                    $service.Answers['session/login'] = $refusal
                    $service.Answers['oauth2/token'] = $refusal
                    $_
                }
            }
            $run.Output.Count | Should -Be 1
            $run.Terminating | Get-ErrorId | Should -Be 'EsimLoginRefused'
            "$($run.Terminating)" | Should -Match 'Before that 2 profiles were accepted'
            @($service.Log | Where-Object Path -Like '*oauth2/token').Count | Should -BeLessOrEqual 3 -Because 'five refused logins lock the user'
            Disconnect-EsimService $connection
        }
        finally {
            Close-ScriptedService $service
        }
    }
}

Describe 'Addresses' {
    It '<Address>: <ErrorId>' -ForEach @(
        @{ Address = 'http://thingspace.example/api'; ErrorId = 'EsimAddressInvalid'; Says = 'not encrypted' }
        @{ Address = 'http://192.0.2.1/api'; ErrorId = 'EsimAddressInvalid'; Says = 'not encrypted' }
        @{ Address = 'ftp://thingspace.example/api'; ErrorId = 'EsimAddressInvalid'; Says = 'https' }
        @{ Address = 'thingspace.verizon.com/api'; ErrorId = 'EsimAddressInvalid'; Says = 'https' }
        @{ Address = 'https://user:pass@thingspace.example/api'; ErrorId = 'EsimAddressInvalid'; Says = 'user' }
        @{ Address = 'https://thingspace.example/api?key=1'; ErrorId = 'EsimAddressInvalid'; Says = 'query' }
        @{ Address = 'https://no-such-host.invalid/api'; ErrorId = 'EsimServiceUnreachable'; Says = 'did not answer' }
        @{ Address = 'http://127.0.0.1:1/api'; ErrorId = 'EsimServiceUnreachable'; Says = 'did not answer' }
    ) {
        $run = Invoke-Captured { Connect-TestServer ([pscustomobject]@{ BaseUri = $Address }) -Parameter @{ NoProxy = $true } }
        $run.Terminating | Get-ErrorId | Should -Be $ErrorId
        "$($run.Terminating)" | Should -Match $Says
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-Text $run.Terminating | Should -Not -Match 'doc-secret|doc-password'
    }

    It 'an address with a closing slash is the same address' {
        $service = Open-ScriptedService
        try {
            $connection = Connect-TestServer ([pscustomobject]@{ BaseUri = "$($service.BaseUri)/" })
            $service.Log.Path | Should -Be @('/api/ts/v1/oauth2/token', '/api/m2m/v1/session/login')
            Disconnect-EsimService $connection
        }
        finally {
            Close-ScriptedService $service
        }
    }

    It 'proxy parameters that exclude each other, or lack the proxy, are refused' {
        $service = [pscustomobject]@{ BaseUri = 'http://127.0.0.1:1/api' }
        foreach ($parameters in @{ NoProxy = $true; Proxy = [uri]'http://127.0.0.1:2' }, @{ ProxyUseDefaultCredentials = $true }) {
            (Invoke-Captured { Connect-TestServer $service -Parameter $parameters }).Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        }
    }
}

Describe 'Answers that are none' {
    BeforeAll {
        $script:Service = Open-ScriptedService
        $script:Usual = $script:Service.Answers.Clone()
    }

    AfterAll {
        Close-ScriptedService $script:Service
    }

    BeforeEach {
        $script:Service.Answers.Clear()
        foreach ($path in $script:Usual.Keys) { $script:Service.Answers[$path] = $script:Usual[$path] }
        $script:Service.Arrived.Clear()
    }

    It 'to the request for a token (<What>): nothing is sent, and the address is to be checked' -ForEach $nonsense {
        $script:Service.Answers['oauth2/token'] = $Answer
        $run = Invoke-Captured { Connect-TestServer $script:Service }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimAnswerInvalid'
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Match 'BaseUri'
        $script:Service.Log.Count | Should -Be 1
    }

    It 'to the login (<What>): nothing is sent' -ForEach $nonsense {
        $script:Service.Answers['session/login'] = $Answer
        (Invoke-Captured { Connect-TestServer $script:Service }).Terminating | Get-ErrorId | Should -Be 'EsimAnswerInvalid'
    }

    It 'to an action (<What>): its outcome is unknown, it is not repeated, and it is not forgotten' -ForEach $nonsense {
        $connection = Connect-TestServer $script:Service
        $script:Service.Answers['actions/deactivate'] = $Answer
        $run = Invoke-Captured { Get-TestRow 2 | Disable-EsimProfile -Force }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown'
        $run.Errors[0].TargetObject | Should -BeOfType EsimTools.EsimRequest
        $run.Errors[0].TargetObject.Status | Should -Be 'InDoubt'
        @($script:Service.Log | Where-Object Path -Like '*deactivate').Count | Should -Be 1
        (Get-EsimRequest).Profiles.Iccid | Should -Be (Get-TestRow 2).Iccid
        Disconnect-EsimService $connection
    }

    It 'to an action (<What>): <ErrorId>, sent once' -ForEach $actionAnswers {
        $connection = Connect-TestServer $script:Service
        $script:Service.Answers['actions/deactivate'] = $Answer
        $run = Invoke-Captured { Get-TestRow 2 | Disable-EsimProfile -Force }
        $run.Terminating | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be $ErrorId
        "$($run.Errors[0])" | Should -Match $Says
        "$($run.Errors[0])" | Should -Match 'deactivate'
        $run.Errors[0].TargetObject.Status | Should -Be $Status
        @($script:Service.Log | Where-Object Path -Like '*deactivate').Count | Should -Be 1
        @($script:Service.Log | Where-Object Path -NotMatch 'token|login|deactivate') | Should -BeNullOrEmpty

        # What was refused may be tried again; what is in doubt may not.
        $script:Service.Answers['actions/deactivate'] = @{ Body = '{"requestId":"99999999-9999-4999-8999-999999999999"}' }
        $again = Invoke-Captured { Get-TestRow 2 | Disable-EsimProfile -Force }
        if ($Status -eq 'Failed') {
            $again.Output.Count | Should -Be 1
        }
        else {
            ($again.Errors | Get-ErrorId) | Should -Be 'EsimOutcomeUnknown'
            $again.Output | Should -BeNullOrEmpty
        }

        Disconnect-EsimService $connection
    }

    It 'to a look-up (<What>): nothing is deleted because of a doubt' -ForEach $nonsense {
        $connection = Connect-TestServer $script:Service
        $script:Service.Answers['actions/list'] = $Answer
        $run = Invoke-Captured { Get-TestRow 1 | Remove-EsimProfile -Force }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -BeIn 'EsimAnswerInvalid', 'EsimProfileStateUnknown'
        @($script:Service.Log | Where-Object Path -Like '*delete') | Should -BeNullOrEmpty
        Disconnect-EsimService $connection
    }

    It 'to the list (<What>): an error, not an empty list' -ForEach ($nonsense | Where-Object What -NE 'an empty object') {
        $connection = Connect-TestServer $script:Service
        $script:Service.Answers['actions/list'] = $Answer
        $run = Invoke-Captured { Get-EsimProfile }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimAnswerInvalid'
        Disconnect-EsimService $connection
    }

    It 'to the question for a status (<What>): one warning, and the wait goes on' -ForEach ($nonsense | Where-Object What -Match 'web page|stops') {
        $connection = Connect-TestServer $script:Service
        $script:Service.Answers['actions/deactivate'] = @{ Body = '{"requestId":"11111111-1111-4111-8111-111111111111"}' }
        $script:Service.Answers['/status'] = $Answer
        $run = Invoke-Captured { Get-TestRow 1 | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 -TimeoutSec 2 }
        $run.Errors | Get-ErrorId | Should -Be 'EsimWaitTimeout'
        $run.Warnings.Count | Should -Be 1
        $run.Warnings[0] | Should -Match 'Waiting goes on'
        Disconnect-EsimService $connection
    }

    It 'a token refused once is renewed and the request sent once more; refused twice it ends the command' {
        $connection = Connect-TestServer $script:Service
        $script:Service.Answers['actions/deactivate'] = @{ Status = 401; Body = '{"errorCode":"401","errorMessage":"Token expired."}' }
        $run = Invoke-Captured { Get-TestRow 1 | Disable-EsimProfile -Force }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimLoginRefused'
        @($script:Service.Log | Where-Object Path -Like '*deactivate').Count | Should -Be 2
        @($script:Service.Log | Where-Object Path -Like '*oauth2/token').Count | Should -Be 2
        Disconnect-EsimService $connection
    }
}

Describe 'Errors as input' {
    BeforeAll {
        $script:Server = Open-DocumentServer (ConvertTo-Inventory @(Get-TestRow 4))
    }

    AfterAll {
        Close-Server $script:Server
    }

    BeforeEach {
        $script:Connection = Connect-TestServer $script:Server
    }

    AfterEach {
        Disconnect-EsimService $script:Connection
    }

    It '-ErrorAction Stop ends at the first bad row, before the batch is sent' {
        $before = @((Invoke-RestMethod "$($script:Server.Root)/log") | Where-Object Path -Like '*profile/actions*').Count
        $rows = @(Get-TestRow 2) + [pscustomobject]@{ Iccid = '8.9E+19' } + @(Get-TestRow 1 -Skip 2)
        $run = Invoke-Captured { $rows | Disable-EsimProfile -Force -ErrorAction Stop }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimIccidInvalid'
        $run.Output | Should -BeNullOrEmpty
        @((Invoke-RestMethod "$($script:Server.Root)/log") | Where-Object Path -Like '*profile/actions*').Count | Should -Be $before
    }

    It 'rows that were refused can be exported, and are the rows that came in' {
        $rows = @(Get-TestRow 3 -With @{ ProfileStatus = 'ENABLE' })
        Remove-EsimProfile -InputObject $rows -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $retry = Join-Path $TestDrive 'retry.csv'
        $failed.TargetObject | Export-Csv $retry -NoTypeInformation
        (Get-Content $retry) | Should -Be ($rows | ConvertTo-Csv -NoTypeInformation)
    }

    It 'results that failed can be exported, and bind again' {
        # Unknown to the service: accepted with the rest, failed by itself.
        $stranger = Get-TestRow 1 -Skip 77
        $results = $stranger | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 -ErrorAction SilentlyContinue -ErrorVariable failed
        $results | Should -BeNullOrEmpty
        $failed.Count | Should -Be 1
        $retry = Join-Path $TestDrive 'failed.csv'
        $failed.TargetObject | Export-Csv $retry -NoTypeInformation
        $again = Import-Csv $retry
        $again.Iccid | Should -Be $stranger.Iccid
        ($again | Test-EsimProfile -Action deactivate).Result | Should -Be 'Allowed'
    }

    It 'one error ends nobody else''s turn: the others of the same request succeed' {
        $rows = @(Get-TestRow 2 -Skip 2) + @(Get-TestRow 1 -Skip 78)
        $run = Invoke-Captured { $rows | Disable-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1 }
        $run.Output.Iccid | Should -Be $rows[0..1].Iccid
        $run.Errors | Get-ErrorId | Should -Be 'EsimActionFailed'
        (Get-EsimRequest)[-1].Status | Should -Be 'PartlyFailed'
    }
}

Describe 'The verbose and debug streams' {
    It 'tell each call with its outcome, and no secret, token or body' {
        $service = Open-ScriptedService @{
            'oauth2/token'       = @{ Body = '{"access_token":"canary-bearer","token_type":"Bearer","expires_in":3600}' }
            'session/login'      = @{ Body = '{"sessionToken":"canary-session"}' }
            'actions/deactivate' = @{ Status = 400; Body = '{"errorCode":"X","errorMessage":"No."}' }
        }
        try {
            $all = Invoke-Captured {
                $connection = Connect-TestServer $service -Parameter @{ Verbose = $true; Debug = $true }
                Get-TestRow 1 | Disable-EsimProfile -Force -Verbose -Debug
                $connection | ConvertTo-Json -Depth 4 -WarningAction Ignore
                $connection | Format-List * -Force | Out-String
                $connection | Get-Member | Out-String
                Get-EsimRequest | ConvertTo-Json -Depth 4
                Disconnect-EsimService -Verbose -Debug
            }
            $all.Terminating | Should -BeNullOrEmpty
            $all.Debug | Where-Object { $_ -match 'POST .*/devices/profile/actions/deactivate -> 400' } | Should -Not -BeNullOrEmpty
            $all.Debug | Where-Object { $_ -match 'oauth2/token -> 200' } | Should -Not -BeNullOrEmpty
            $text = ($all.Everything | Out-String -Width 2000) + (Get-Text $all.Errors[0])
            $text | Should -Not -Match 'canary-|doc-secret|doc-password|doc-key'
        }
        finally {
            Close-ScriptedService $service
        }
    }
}

Describe 'What the service says' {
    BeforeAll {
        # A terminal's command, a second line, another order of reading, and what is not seen; in JSON, so that it comes as it is.
        $script:hostile = 'X\u001b[2J\u0007\r\nPS> \u202egnp\u2066\u2028\u0085\u200b\u009b'
        $script:unseen = '[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]'
    }

    It 'shows in tables, lists, errors and messages with what is not seen made visible' {
        $row = @"
{ "accountName": "$hostile", "carrierInformations": [ { "servicePlan": "$hostile", "state": "$hostile" } ], "ipAddress": "$hostile",
  "deviceIds": [ { "id": "$hostile", "kind": "mdn" }, { "id": "89141390780800784259", "kind": "iccId" }, { "id": "$hostile", "kind": "eid" } ],
  "extendedAttributes": [ { "key": "ProfileStatus", "value": "$hostile" } ] }
"@
        $service = Open-ScriptedService @{
            'devices/actions/list' = @{ Body = "{ ""hasMoreData"": false, ""devices"": [ $row ] }" }
            'actions/deactivate'   = @{ Status = 400; Body = "{ ""errorCode"": ""$hostile"", ""errorMessage"": ""$hostile"" }" }
        }
        try {
            $all = Invoke-Captured {
                Connect-TestServer $service
                $script:device = Get-EsimDevice
                $script:device | Format-Table | Out-String -Width 500
                $script:device | Format-List * -Force | Out-String -Width 500
                $script:device | ConvertTo-Csv
                Get-TestRow 1 | Disable-EsimProfile -Force -Verbose
                Disconnect-EsimService
            }
            $all.Terminating | Should -BeNullOrEmpty
            $script:device.State | Should -Be 'X\u001b[2J\u0007\u000d\u000aPS> \u202egnp\u2066\u2028\u0085\u200b\u009b'
            $all.Errors.Count | Should -Be 1
            $all.Errors[0].Exception.Message | Should -Match ([regex]::Escape('X\u001b[2J'))
            ($all.Everything | Out-String -Width 2000) + $all.Errors[0].Exception.Message + $all.Errors[0].Exception.ErrorCode | Should -Not -Match $unseen
        }
        finally {
            Close-ScriptedService $service
        }
    }

    It 'ends a listing that repeats itself with an error' {
        $row = '{ "deviceIds": [ { "id": "89141390780800784259", "kind": "iccId" } ], "extendedAttributes": [ { "key": "DeviceId", "value": "7" } ] }'
        $service = Open-ScriptedService @{ 'devices/actions/list' = @{ Body = "{ ""hasMoreData"": true, ""devices"": [ $row ] }" } }
        try {
            $all = Invoke-Captured {
                Connect-TestServer $service
                Get-EsimDevice | Select-Object -ExpandProperty Iccid
                Get-EsimProfile -Eid 89034011560010000000000000000121
                Disconnect-EsimService
            }
            $all.Errors | Get-ErrorId | Should -Be @('EsimAnswerInvalid', 'EsimAnswerInvalid')
            @($service.Log | Where-Object Path -Like '*actions/list').Count | Should -Be 4
        }
        finally {
            Close-ScriptedService $service
        }
    }
}
