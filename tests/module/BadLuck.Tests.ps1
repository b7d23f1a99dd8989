# Ordinary bad luck in an ordinary PowerShell: unset variables, objects of another kind or connection, numbers as people write them. On the sandbox.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # Gives what the end of a test closes.
    $script:Open = [Collections.Generic.List[object]]::new()
    function Open-Fleet([object[]] $Row, [hashtable] $Option = @{}, [hashtable] $Parameter = @{}) {
        $test = Connect-TestSandbox -Row $Row -Option $Option -Parameter $Parameter
        $script:Open.Add($test.Connection)
        $test
    }

    function Close-Fleet {
        $script:Open | Disconnect-EsimService
        $script:Open.Clear()
        Disconnect-EsimService
    }

    # What a variable holds that nobody has set.
    $script:unset = $null
}

Describe 'Connect-EsimService' {
    AfterEach {
        Close-Fleet
    }

    It 'leaves no connection of before where one of its parameters is refused: <What>' -ForEach @(
        @{ What = 'an inventory from a variable that is not set'; Line = { Connect-EsimService -Sandbox -SandboxInventory $script:unset } }
        @{ What = 'an account from a variable that is not set'; Line = { Connect-EsimService -Sandbox -AccountName $script:unset } }
        @{ What = 'options from a variable that is not set'; Line = { Connect-EsimService -Sandbox -SandboxOptions $script:unset } }
        @{ What = 'an unknown knob'; Line = { Connect-EsimService -Sandbox -SandboxOptions @{ FailedProfile = 0.05 } } }
        @{ What = 'a journal from a variable that is not set'; Line = { Connect-EsimService -Sandbox -Journal $script:unset } }
        @{ What = 'a time that is none'; Line = { Connect-EsimService -Sandbox -TimeoutSec 0 } }
    ) {
        $real = Open-Fleet @(Get-TestRow 3)
        $run = Invoke-Captured $Line
        "$($run.Terminating)" | Should -Not -BeNullOrEmpty
        # The script goes on: its author means the sandbox that has not come.
        $null = Invoke-Captured { Get-TestRow 3 | Disable-EsimProfile -Force }
        Get-SentAction $real.Sandbox | Should -BeNullOrEmpty
        Get-EsimConnection | Should -BeNullOrEmpty
    }

    It 'opens no sandbox with -Sandbox:$false' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox:$false -PassThru }
        $script:Open.AddRange(@($run.Output))
        $run.Output | Where-Object IsSandbox | Should -BeNullOrEmpty
    }
}

Describe 'Two connections' {
    AfterEach {
        Close-Fleet
    }

    BeforeEach {
        $script:first = Open-Fleet @(Get-TestRow 3)
        # Opened last, so it is the runspace's own.
        $script:own = Open-Fleet @(Get-TestRow 4 -Skip 20)
    }

    It 'are kept apart by a default -Connection that is not set: nothing goes to the runspace''s own' {
        $run = Invoke-Captured {
            $PSDefaultParameterValues = @{ '*-Esim*:Connection' = $script:unset }
            Get-TestRow 1 -Skip 20 | Suspend-EsimProfile
        }
        Get-SentAction $script:own.Sandbox | Should -BeNullOrEmpty
        $run.Output | Should -BeNullOrEmpty
    }

    It 'are kept apart where one is piped in: Get-EsimDevice lists its devices' {
        $run = Invoke-Captured { $script:first.Connection | Get-EsimDevice }
        $others = (Get-EsimDevice -Connection $script:own.Connection).Iccid
        $run.Output | Where-Object Iccid -In $others | Should -BeNullOrEmpty
    }

    It 'are kept apart where one is piped in: Unregister-EsimCallback' {
        $null = Register-EsimCallback https://callbacks.example.com/x -Force -Connection $script:own.Connection
        $null = Invoke-Captured { $script:first.Connection | Unregister-EsimCallback -Force }
        @(Get-EsimCallback -Connection $script:own.Connection).Count | Should -Be 2
    }

    It 'are kept apart where one is piped in: Register-EsimCallback' {
        $null = Invoke-Captured { $script:first.Connection | Register-EsimCallback -Uri https://callbacks.example.com/x -Force }
        @(Get-EsimCallback -Connection $script:own.Connection).Count | Should -Be 0
    }

    It 'are kept apart by their requests: an action on one of the other is an error, as waiting for it is' {
        $third = Open-Fleet @(Get-TestRow 3)
        $request = Get-TestRow 3 | Suspend-EsimProfile -Connection $script:first.Connection
        $null = $request | Wait-EsimRequest -Connection $script:first.Connection
        $run = Invoke-Captured { $request | Resume-EsimProfile -Connection $third.Connection }
        Get-SentAction $third.Sandbox | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestNotFound'
        # Kept in a file it is the same.
        $file = Join-Path $TestDrive 'request.xml'
        $request | Export-Clixml $file
        $run = Invoke-Captured { Import-Clixml $file | Resume-EsimProfile -Connection $third.Connection }
        Get-SentAction $third.Sandbox | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestNotFound'
        @(Import-Clixml $file | Resume-EsimProfile -Connection $script:first.Connection).Count | Should -Be 1
    }

    It 'are kept apart by their requests, and one journal is one memory: what another connection has sent goes on' {
        $journal = Join-Path $TestDrive 'shared'
        $one = Open-Fleet @(Get-TestRow 3) @{} @{ Journal = $journal }
        $other = Open-Fleet @(Get-TestRow 3) @{} @{ Journal = $journal }
        $request = Get-TestRow 3 | Suspend-EsimProfile -Connection $one.Connection
        $null = $request | Wait-EsimRequest -Connection $one.Connection
        ($request | Resume-EsimProfile -Connection $other.Connection).Count | Should -Be 3
    }
}

Describe 'A request' {
    AfterEach {
        Close-Fleet
    }

    It 'is no run: <Name> tells how its run is named' -ForEach @(
        @{ Name = 'Test-EsimRun'; Line = { $args[0] | Test-EsimRun } }
        @{ Name = 'Export-EsimReport'; Line = { $args[0] | Export-EsimReport (Join-Path $TestDrive 'part.html') } }
        @{ Name = 'New-EsimPlan -UndoOf'; Line = { New-EsimPlan -UndoOf $args[0] -Path (Join-Path $TestDrive 'undo.plan') } }
    ) {
        $null = Open-Fleet @(Get-TestRow 4)
        $requests = Get-TestRow 4 | Suspend-EsimProfile -BatchSize 2
        $null = $requests | Wait-EsimRequest
        $run = Invoke-Captured { & $Line $requests[0] }
        $run.Output | Should -BeNullOrEmpty
        $problem = @($run.Errors) + @($run.Terminating) | Where-Object { $_ }
        $problem | Get-ErrorId | Should -Be 'EsimInputInvalid'
        "$($problem[0].ErrorDetails.RecommendedAction)" | Should -BeLike '*Get-EsimRun*'
        @($requests[0] | Get-EsimRun | Get-EsimResult).Count | Should -Be 4
    }

    It 'stands for its profiles as they were sent, also where -<Name> overruled their rows' -ForEach @(
        @{ Name = 'AccountName'; Value = '0000654321-00001' }
        @{ Name = 'ServicePlan'; Value = 'Another plan' }
    ) {
        $null = Open-Fleet @(Get-TestRow 2 -With @{ AccountName = '0000654321-00001' })
        $parameters = @{ $Name = $Value }
        $request = Get-TestRow 2 -With @{ AccountName = ($Name -eq 'AccountName' ? $script:Account : '0000654321-00001') } | Suspend-EsimProfile @parameters
        $request.$Name | Should -Be $Value
        ($request | Wait-EsimRequest).$Name | Select-Object -Unique | Should -Be $Value
        ($request | Resume-EsimProfile).$Name | Should -Be $Value
    }
}

Describe 'A hashtable that was to be splatted' {
    AfterEach {
        Close-Fleet
    }

    It 'is no profile to act on where it says -WhatIf' {
        $test = Open-Fleet @(Get-TestRow 2)
        $row = @(Get-TestRow 1)[0]
        $parameters = @{ Iccid = $row.Iccid; Eid = $row.Eid; WhatIf = $true }
        # A dollar sign in the place of the at sign.
        $null = Invoke-Captured { Suspend-EsimProfile $parameters }
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }

    It 'is no profile to act on where it says -Connection' {
        $sandbox = Open-Fleet @(Get-TestRow 2)
        $real = Open-Fleet @(Get-TestRow 2)
        $row = @(Get-TestRow 1)[0]
        $parameters = @{ Iccid = $row.Iccid; Eid = $row.Eid; Connection = $sandbox.Connection }
        $null = Invoke-Captured { Suspend-EsimProfile $parameters }
        Get-SentAction $real.Sandbox | Should -BeNullOrEmpty
    }
}

Describe 'Get-EsimProfile' {
    AfterEach {
        Close-Fleet
    }

    BeforeEach {
        $script:test = Open-Fleet @(Get-TestRow 4)
    }

    It 'lists no account where -AccountName is a variable that is not set (<_>)' -ForEach '$null', "''" {
        $run = Invoke-Captured ([scriptblock]::Create("Get-EsimProfile -AccountName $_ | Disable-EsimProfile -Force"))
        Get-SentAction $script:test.Sandbox | Should -BeNullOrEmpty
        $run.Output | Should -BeNullOrEmpty
    }

    It 'gives no profile beside the one that is meant where -Iccid is not set and -Eid is' {
        $row = @(Get-TestRow 1)[0]
        # An eUICC holds several.
        @(Get-EsimProfile -Eid $row.Eid).Count | Should -BeGreaterThan 1
        $run = Invoke-Captured { Get-EsimProfile -Iccid $script:unset -Eid $row.Eid }
        $run.Output | Should -BeNullOrEmpty
        @($run.Errors).Count + @($run.Terminating).Count | Should -BeGreaterThan 0
    }

    It 'gives no profile beside the one that is meant where the cell of a row''s ICCID is empty' {
        $rows = @(Get-TestRow 2)
        $whole, $empty = $rows
        $empty.Iccid = ''
        # The second example of its help.
        $null = Invoke-Captured { $rows | Get-EsimProfile | Where-Object State -NE 'deactive' | Disable-EsimProfile -ReasonCode FF -Force }
        (Get-EsimRequest).Profiles.Iccid | Should -Be $whole.Iccid
    }
}

Describe 'Get-EsimDevice' {
    AfterEach {
        Close-Fleet
    }

    It 'gives no profile beside the one that is meant where the cell of a row''s ICCID is empty: <_>' -ForEach 'piped', 'of a file', 'a check' {
        $null = Open-Fleet @(Get-TestRow 2)
        $row = [pscustomobject]@{ sim_iccid = ' '; Eid = @(Get-TestRow 1)[0].Eid }
        $file = ConvertTo-Inventory $row
        $given = $_
        $run = Invoke-Captured {
            switch ($given) {
                'piped' { $row | Get-EsimDevice }
                'of a file' { Get-EsimDevice -Path $file }
                'a check' { $row | Test-EsimProfile -Action device_suspend | Get-EsimDevice }
            }
        }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimIccidMissing'
    }

    It 'takes the stars of an inventory whose ICCIDs were masked for no pattern, as every other cmdlet does' {
        $null = Open-Fleet @(Get-TestRow 4)
        $masked = [pscustomobject]@{ Site = 'Lyon'; Iccid = '8944538*************' }
        $run = Invoke-Captured { $masked | Get-EsimDevice }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimIccidInvalid'
    }
}

Describe 'An inventory' {
    AfterEach {
        Close-Fleet
    }

    It 'of which one column was sorted alone suspends no device that the service has just listed with other profiles' {
        $test = Open-Fleet @(Get-TestRow 4)
        $null = Get-EsimProfile
        $one, $other = @(Get-TestRow 2)
        $row = [pscustomobject]@{ Iccid = $one.Iccid; Eid = $other.Eid }
        $null = Invoke-Captured { $row | Suspend-EsimDevice | Wait-EsimRequest }
        Get-EsimProfile -Eid $other.Eid | Where-Object State -Like 'susp*' | Should -BeNullOrEmpty
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }

    It 'with a quotation mark that is never closed is told of: the rows behind it are in one cell' {
        $null = Open-Fleet @(Get-TestRow 3)
        $rows = @(Get-TestRow 3)
        $path = Join-Path $TestDrive 'quote.csv'
        'Iccid,Eid,Note', "$($rows[0].Iccid),$($rows[0].Eid),`"Lyon", "$($rows[1].Iccid),$($rows[1].Eid),Paris", "$($rows[2].Iccid),$($rows[2].Eid),Nice" | Set-Content $path
        $run = Invoke-Captured { Disable-EsimProfile -Path $path -Force }
        # Served or told of, but not lost without a word.
        @($run.Errors).Count + @($run.Warnings).Count + @($run.Terminating | Where-Object { $_ }).Count | Should -BeGreaterThan 0
    }
}

Describe 'Get-EsimResult' {
    AfterEach {
        Close-Fleet
    }

    It 'gives the outcomes of the request that is piped in, and not those of its whole run' {
        $null = Open-Fleet @(Get-TestRow 6)
        $requests = Get-TestRow 6 | Disable-EsimProfile -Force -BatchSize 2
        $null = $requests | Wait-EsimRequest
        @($requests[0] | Get-EsimResult).Count | Should -Be 2
        $file = Join-Path $TestDrive 'requests.xml'
        $requests[1] | Export-Clixml $file
        (Import-Clixml $file | Get-EsimResult).Iccid | Should -Be $requests[1].Profiles.Iccid
    }

    It 'gives the outcomes of what a command has skipped, and not those of the command that sent it: one row is not a fleet' {
        $test = Open-Fleet @(Get-TestRow 6)
        $null = Get-TestRow 6 | Disable-EsimProfile -Force | Wait-EsimRequest
        # One row, given again: it is skipped, and its part of the request is written.
        $null = Invoke-Captured { Get-TestRow 1 | Disable-EsimProfile -Force | Get-EsimResult -Status Succeeded | Remove-EsimProfile -Force | Wait-EsimRequest }
        Wait-Sandbox $test.Sandbox
        $deleted = (Get-EsimRequest -Action delete).Profiles.Iccid
        $deleted | Should -Be @(Get-TestRow 1).Iccid
    }

    It 'gives a failed row as it was sent, also where -<Name> overruled it' -ForEach @(
        @{ Name = 'ServicePlan'; Value = 'Another plan' }
    ) {
        $rows = @(Get-TestRow 2 -With @{ State = 'DEACTIVE'; ServicePlan = 'M2M Global' })
        $null = Open-Fleet $rows @{ FailedProfiles = 1 }
        $rows | ForEach-Object { $_.State = '' }
        $parameters = @{ $Name = $Value }
        $null = Invoke-Captured { $rows | Enable-EsimProfile @parameters | Wait-EsimRequest }
        $again = Invoke-Captured { Get-EsimRun -Last | Get-EsimResult -Status Failed -Inventory $rows | Enable-EsimProfile }
        @($again.Output).Count | Should -Be 1
        $again.Output.$Name | Should -Be $Value

        # Under whatever name the row has it.
        $named = $rows | Select-Object Iccid, Eid, @{ Name = 'rate_plan'; Expression = { $_.ServicePlan } }
        Get-EsimRun -Last | Get-EsimResult -Status Failed -Inventory $named | ForEach-Object { $_.rate_plan | Should -Be $Value }
    }
}

Describe 'Get-EsimRequest' {
    AfterEach {
        Close-Fleet
    }

    It 'gives of a request the profile whose outcome is piped in, as it does for a request that was kept for some of its profiles' {
        $null = Open-Fleet @(Get-TestRow 4)
        $null = Get-TestRow 4 | Disable-EsimProfile -Force | Wait-EsimRequest
        $one = @(Get-EsimResult)[0]
        ($one | Get-EsimRequest).Profiles.Iccid | Should -Be $one.Iccid
        @($one | Wait-EsimRequest).Iccid | Should -Be $one.Iccid
        @($one | Resolve-EsimRequest).Iccid | Should -Be $one.Iccid
        $check = @(Get-EsimRun -Last | Test-EsimRun)[1]
        ($check | Get-EsimRequest).Profiles.Iccid | Should -Be $check.Iccid
        $file = Join-Path $TestDrive 'outcomes.csv'
        $one | Export-Csv $file
        (Import-Csv $file | Get-EsimRequest).Profiles.Iccid | Should -Be $one.Iccid
    }
}

Describe 'Wait-EsimRequest' {
    AfterEach {
        Close-Fleet
    }

    It 'names in the error about its time those whose outcome is not known, so that what is done about them is not done to all' {
        $test = Open-Fleet @(Get-TestRow 4) @{ CallbackDelay = '01:00:00' }
        $request = Get-TestRow 4 | Suspend-EsimProfile
        Get-TestRow 3 | ForEach-Object {
            @{ requestId = $request.RequestId; status = 'Success'; deviceIds = @(@{ kind = 'iccid'; id = $_.Iccid }) } | ConvertTo-Json -Depth 4 | Import-EsimCallback
        }
        $run = Invoke-Captured { $request | Wait-EsimRequest -TimeoutSec 1 -PollingIntervalSec 1 }
        @($run.Output).Count | Should -Be 3
        # The overview's own way to go on with what has failed.
        $null = Invoke-Captured { $run.Errors.TargetObject | Suspend-EsimProfile -Resubmit }
        $test.Sandbox.TimesAccepted('profile_suspend', @(Get-TestRow 1)[0].Iccid) | Should -Be 1
    }
}

Describe 'Wait-EsimRequest -Summary' {
    AfterEach {
        Close-Fleet
    }

    It 'does not leave out without a word what has failed of the requests of another command that was waited for' {
        $rows = @(Get-TestRow 4)
        $null = Open-Fleet $rows @{ FailedIccids = @($rows[0].Iccid) }
        # A command for each site, and one wait for all.
        $requests = foreach ($site in @($rows[0], $rows[1]), @($rows[2], $rows[3])) { $site | Disable-EsimProfile -Force }
        $run = Invoke-Captured { $requests | Wait-EsimRequest -Summary }
        $told = ($run.Output | Measure-Object Failed -Sum).Sum + @($run.Warnings).Count + @($run.Errors).Count
        $told | Should -BeGreaterThan 0
    }
}

Describe 'Test-EsimRun' {
    AfterEach {
        Close-Fleet
    }

    It 'takes no verdict for all, as an empty variable is one: <_>' -ForEach '@()', '$null' {
        $null = Open-Fleet @(Get-TestRow 2)
        $null = Get-TestRow 2 | Disable-EsimProfile -Force | Wait-EsimRequest
        $run = Invoke-Captured ([scriptblock]::Create("Get-EsimRun -Last | Test-EsimRun -Verdict $_"))
        $run.Output | Should -BeNullOrEmpty
        "$($run.Terminating.FullyQualifiedErrorId)" | Should -BeLike 'ParameterArgumentValidationError*'
    }
}

Describe 'Test-EsimProfile' {
    AfterEach {
        Close-Fleet
    }

    It 'writes checks that stand for their rows: <Name> is not lost on the way to the action' -ForEach @(
        @{ Name = 'AccountName'; Value = '0000654321-00001' }
        @{ Name = 'ServicePlan'; Value = 'Another plan' }
    ) {
        $rows = @(Get-TestRow 2 -With @{ $Name = $Value })
        $null = Open-Fleet $rows
        $direct = $rows[0] | Suspend-EsimProfile
        $direct.$Name | Should -Be $Value
        $run = Invoke-Captured { $rows[1] | Test-EsimProfile -Action profile_suspend | Where-Object Result -EQ Allowed | Suspend-EsimProfile }
        $run.Output | ForEach-Object { $_.$Name | Should -Be $Value }
        $null = $run.Output | Wait-EsimRequest
        $file = Join-Path $TestDrive 'checks.xml'
        $rows[1] | Test-EsimProfile | Export-Clixml $file
        (Import-Clixml $file | Resume-EsimProfile).$Name | Should -Be $Value
    }

    It 'writes checks that stand for their rows: what a row forbids is forbidden still' {
        $test = Open-Fleet @(Get-TestRow 1 -With @{ State = 'DEACTIVE' })
        # The list of the service tells no role; only the inventory knows that the device would be left without its carrier.
        $rows = @(Get-TestRow 1 -With @{ ProfileRole = 'LEAD' })
        (Invoke-Captured { $rows | Remove-EsimProfile -Force }).Errors | Get-ErrorId | Should -Be 'EsimProfileNotDeletable'
        $null = Invoke-Captured { $rows | Test-EsimProfile | Remove-EsimProfile -Force }
        $file = Join-Path $TestDrive 'lead.xml'
        $rows | Test-EsimProfile | Export-Clixml $file
        $null = Invoke-Captured { Import-Clixml $file | Remove-EsimProfile -Force }
        Get-SentAction $test.Sandbox 'delete' | Should -BeNullOrEmpty
    }
}

Describe 'A credential from a variable that is not set' {
    AfterEach {
        Close-Fleet
    }

    It 'is not the wish that anybody be believed: Start-EsimCallbackListener' {
        $null = Open-Fleet @(Get-TestRow 1)
        $run = Invoke-Captured { Start-EsimCallbackListener (Get-FreePrefix) -Credential $script:unset }
        Stop-EsimCallbackListener
        $run.Output | Should -BeNullOrEmpty
    }

    It 'is not the wish that messages carry none: Register-EsimCallback' {
        $test = Open-Fleet @(Get-TestRow 1)
        $null = Invoke-Captured { Register-EsimCallback https://callbacks.example.com/x -Credential $script:unset -Force }
        @($test.Sandbox.Log | Where-Object { $_.Path -like '*/callbacks/*' -and $_.Method -eq 'POST' }) | Should -BeNullOrEmpty
    }

    It 'is not the wish to be somebody else: Connect-EsimService does not take that of the environment' {
        $service = Open-ScriptedService
        $names = 'ESIMTOOLS_API_KEY', 'ESIMTOOLS_API_SECRET', 'ESIMTOOLS_USER', 'ESIMTOOLS_PASSWORD'
        try {
            $names | ForEach-Object { Set-Item "Env:$_" 'another' }
            $run = Invoke-Captured {
                Connect-EsimService -ApiCredential $script:unset -UserCredential $script:unset -AccountName $script:Account -BaseUri $service.BaseUri -PassThru -Journal (Join-Path $TestDrive 'somebody')
            }
            $script:Open.AddRange(@($run.Output))
            $run.Output | Should -BeNullOrEmpty
        }
        finally {
            $names | ForEach-Object { Remove-Item "Env:$_" }
            Close-Fleet
            Close-ScriptedService $service
        }
    }
}

Describe 'Register-EsimCallback' {
    AfterEach {
        Close-Fleet
    }

    It 'changes the callback service that is piped in, and no other' {
        $null = Open-Fleet @(Get-TestRow 1)
        $null = Register-EsimCallback https://old.example.com/x -Force
        $null = Get-EsimCallback -Service CarrierService | Register-EsimCallback -Uri https://new.example.com/x -Force
        "$((Get-EsimCallback -Service DeviceProfileService).Uri)" | Should -Be 'https://old.example.com/x'
    }
}

Describe 'Approve-EsimPlan' {
    AfterEach {
        Close-Fleet
    }

    It 'signs the plan that was read, not another one that is in its file by now' {
        $null = Open-Fleet @(Get-TestRow 6)
        $key = [Security.Cryptography.RSA]::Create(2048)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=Ben', $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $signer = $request.CreateSelfSigned([DateTimeOffset]::Now.AddDays(-1), [DateTimeOffset]::Now.AddDays(1))
        $path = Join-Path $TestDrive 'lyon.plan'
        $null = Get-TestRow 1 | New-EsimPlan -Action deactivate -Path $path
        $seen = Get-EsimPlan $path
        # Whoever has made it makes it anew while somebody else looks at it.
        $null = Get-TestRow 6 | New-EsimPlan -Action deactivate -Path $path -Force
        $run = Invoke-Captured { $seen | Approve-EsimPlan -Certificate $signer -Force }
        $run.Output | Should -BeNullOrEmpty
        (Get-EsimPlan $path).Approvals | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimPlanChanged'

        # Read back from a file it is still what was looked at.
        $file = Join-Path $TestDrive 'seen.xml'
        $seen | Export-Clixml $file
        (Invoke-Captured { Import-Clixml $file | Approve-EsimPlan -Certificate $signer -Force }).Errors | Get-ErrorId | Should -Be 'EsimPlanChanged'
        @((Get-Item $path | Approve-EsimPlan -Certificate $signer -Force).Approvals).Count | Should -Be 1
        @((Approve-EsimPlan -Path $path -Certificate $signer -Force).Approvals).Count | Should -Be 2
    }
}

Describe 'A column of ICCIDs that a spreadsheet has rounded' {
    AfterEach {
        Close-Fleet
    }

    It 'ends nobody''s service, also where a rounded one happens to be a sound one' {
        $mine = '89445380933990500018', '89445380933990600016', '89445380933990700014'
        $rounded = $mine | ForEach-Object { $_.Substring(0, 15) + '00000' }
        # Of ten rounded ones one has the right check digit. Somebody has it.
        $sound = $rounded | Where-Object { [EsimTools.CheckDigits]::IsLuhn($_) }
        $sound | Should -Not -BeNullOrEmpty
        $other = @(Get-TestRow 1)
        $other[0].Iccid = @($sound)[0]
        $test = Open-Fleet $other
        $rows = $rounded | ForEach-Object { [pscustomobject]@{ Iccid = $_ } }
        $run = Invoke-Captured { $rows | Disable-EsimProfile -Force }
        "$($run.Errors)" | Should -BeLike '*spreadsheet*'
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }
}

Describe 'A column of short ICCIDs that a spreadsheet has rounded' {
    AfterEach {
        Close-Fleet
    }

    It 'is seen to be one where every one of them ends in zeros' {
        $test = Open-Fleet @(Get-TestRow 1)
        # 18 digits, the check digit left off.
        $rows = 894453809339905, 894453809339906, 894453809339907, 894453809339911 | ForEach-Object { [pscustomobject]@{ Iccid = "${_}000" } }
        $run = Invoke-Captured { $rows | Disable-EsimProfile -Force }
        "$($run.Errors)" | Should -BeLike '*spreadsheet*'
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }
}

Describe 'A number or a time as people write it' {
    AfterEach {
        Close-Fleet
    }

    BeforeEach {
        $script:test = Open-Fleet @(Get-TestRow 4)
        $script:path = Join-Path $TestDrive ('{0}.plan' -f [guid]::NewGuid().ToString('N'))
    }

    It 'is not another one: two and a half percent with a comma are not 25' {
        $run = Invoke-Captured { Get-TestRow 4 | New-EsimPlan -Action deactivate -Wave 1 -MaxFailedPercent '2,5' -Path $script:path }
        # An error is as good.
        $run.Output | ForEach-Object { $_.Waves.MaxFailedPercent | Should -Be 2.5 }
    }

    It 'is not another one: a plan that is good for <What> is not good for weeks' -ForEach @(
        @{ What = '48 hours, as hours, minutes and seconds'; Text = '48:00:00'; Most = [timespan]::FromHours(48) }
        @{ What = '24 seconds, with a space from a file'; Text = ' 24'; Most = [timespan]::FromSeconds(24) }
        @{ What = '60 seconds, with a space behind'; Text = '60 '; Most = [timespan]::FromSeconds(60) }
    ) {
        $run = Invoke-Captured { Get-TestRow 4 | New-EsimPlan -Action deactivate -ExpiresIn $Text -Path $script:path }
        $run.Output | ForEach-Object { $_.ExpiresAt - $_.CreatedAt | Should -BeLessOrEqual $Most }
    }

    It 'is seconds whatever number it is: <_>' -ForEach 'int16', 'uint32', 'byte', 'single', 'uint64' {
        # As a database has them.
        $number = [Management.Automation.LanguagePrimitives]::ConvertTo(200, ($_ -as [type]))
        $run = Invoke-Captured { Get-TestRow 4 | New-EsimPlan -Action deactivate -Wave 1 -WaveDelay $number -Path $script:path }
        $run.Output | ForEach-Object { $_.Waves.Delay | Should -Be ([timespan]::FromSeconds(200)) }
    }

    It 'is not negative: -SkipConfirmedWithin with the wrong sign sends nothing twice' {
        $null = Get-TestRow 2 | Suspend-EsimProfile | Wait-EsimRequest
        $since = (Get-Date).AddHours(-12)
        $null = Invoke-Captured { Get-TestRow 2 | Suspend-EsimProfile -SkipConfirmedWithin ($since - (Get-Date)) }
        @(Get-SentAction $script:test.Sandbox).Count | Should -Be 1
    }

    It 'is not negative: -NotDoneAfter with the wrong sign ends no doubt' {
        # Taken, and under way for an hour: to call it lost is to have it sent again.
        $script:test.Options.CallbackDelay = [timespan]::FromHours(1)
        $script:test.Options.CutAfterAcceptance = 1
        $null = Invoke-Captured { Get-TestRow 1 | Suspend-EsimProfile }
        $script:test.Options.CutAfterAcceptance = 0
        $doubtful = Get-EsimRequest -Status InDoubt
        $doubtful | Should -Not -BeNullOrEmpty
        $sent = (Get-Date).AddHours(-2)
        $run = Invoke-Captured { $doubtful | Resolve-EsimRequest -NotDoneAfter ($sent - (Get-Date)) }
        $run.Output | Where-Object Resolution -EQ 'NotDone' | Should -BeNullOrEmpty
    }
}

Describe 'A word that is no action' {
    AfterEach {
        Close-Fleet
    }

    It 'is an error and not an empty answer: <_>' -ForEach 'Get-EsimRequest', 'Get-EsimRun', 'Get-EsimResult' {
        $null = Open-Fleet @(Get-TestRow 1) @{ FailedProfiles = 1 }
        $null = Invoke-Captured { Get-TestRow 1 | Disable-EsimProfile -Force | Wait-EsimRequest }
        # The state in the place of the action: deactivate.
        $run = Invoke-Captured ([scriptblock]::Create("$_ -Action deactive"))
        @($run.Errors).Count + @($run.Terminating | Where-Object { $_ }).Count | Should -BeGreaterThan 0
    }
}
