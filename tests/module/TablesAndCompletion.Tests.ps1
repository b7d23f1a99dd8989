# What comes out for people: tables that show what matters, completion while typing, the preflight, and the list of profiles.

BeforeDiscovery {
    # The columns that a person needs to see; a console of 80 characters is the usual one.
    $script:views = @(
        @{ Type = 'EsimRequest'; Columns = 'RequestId', 'Submitted', 'Count', 'Done', 'Failed', 'Status' }
        @{ Type = 'EsimResult'; Columns = 'Iccid', 'Status', 'State', 'ProfileStatus', 'Reason' }
        @{ Type = 'EsimRunSummary'; Columns = 'Id', 'Started', 'Done', 'Failed', 'Open', 'Stage' }
        @{ Type = 'EsimProfile'; Columns = 'Iccid', 'State', 'ProfileStatus', 'Source', 'AsOf' }
        @{ Type = 'EsimDevice'; Columns = 'Iccid', 'State', 'ProfileStatus' }
        @{ Type = 'EsimProfileCheck'; Columns = 'Result', 'Iccid', 'Because' }
        @{ Type = 'EsimCallbackRegistration'; Columns = 'ServiceName', 'UserName', 'Uri' }
        @{ Type = 'EsimConnection'; Columns = 'UserName', 'AccountName', 'IsOpen', 'BaseUri' }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
}

Describe 'Tables' {
    BeforeAll {
        $test = Connect-TestSandbox -Row @(Get-TestRow 3)
        $request = Get-TestRow 3 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
        $result = $request | Wait-EsimRequest
        $script:Objects = @{
            EsimRequest              = $request
            EsimResult               = $result[0]
            EsimRunSummary           = Get-EsimRun -Last
            EsimProfile              = Get-EsimProfile -Iccid (Get-TestRow 1).Iccid
            EsimDevice               = Get-EsimDevice -Iccid (Get-TestRow 1).Iccid
            EsimProfileCheck         = '8.9E+19' | Test-EsimProfile
            EsimConnection           = $test.Connection
            EsimCallbackRegistration = Register-EsimCallback https://callbacks.example.com/thingspace/ -WarningAction Ignore
        }
    }

    AfterAll {
        Disconnect-EsimService
    }

    It '<Type> shows <Columns> in 80 characters and in 120' -ForEach $views {
        foreach ($width in 80, 120) {
            $lines = ($script:Objects[$Type] | Format-Table | Out-String -Width $width) -split '\r?\n'
            $header = $lines[[array]::FindIndex([string[]]$lines, [Predicate[string]] { $args[0] -match '^-{2,} ' }) - 1]
            foreach ($column in $Columns) {
                $header | Should -Match "(^|\s)$column(\s|$)"
            }
        }
    }

    It '<Type> has no column that fails, and is a table by itself' -ForEach $views {
        $text = $script:Objects[$Type] | Out-String -Width 200
        $text | Should -Not -Match '#ERR'
        $text | Should -Match '(?m)^-{2,} '
        ($script:Objects[$Type] | Format-List | Out-String) | Should -Not -Match '#ERR'
    }

    It 'names action and account of requests, runs and results above them' {
        foreach ($type in 'EsimRequest', 'EsimRunSummary', 'EsimResult') {
            $script:Objects[$type] | Out-String -Width 80 | Should -Match "Action: deactivate, account $([regex]::Escape($test.Connection.AccountName))"
        }
    }

    It 'shows at 80 characters why a profile is refused, and where callbacks are posted' {
        $script:Objects.EsimProfileCheck | Out-String -Width 80 | Should -Match 'Input 1 \(ICCID 8\.9E\+19\) was left out'
        $refused = [pscustomobject]@{ Iccid = (Get-TestRow 2)[1].Iccid; ProfileRole = 'LEAD' } | Test-EsimProfile
        ($refused | Out-String -Width 80) -replace '\s' | Should -Match ([regex]::Escape("EsimProfileNotDeletable:$($refused.Message -replace '\s')"))
        $plan = [pscustomobject]@{ Iccid = (Get-TestRow 2)[1].Iccid; ProfileRole = 'LEAD' } | New-EsimPlan -Action delete -Path (Join-Path $TestDrive 'one.plan')
        ($plan.Profiles | Format-Table | Out-String -Width 80) -replace '\s' | Should -Match ([regex]::Escape($plan.Profiles[0].Because -replace '\s'))
        $script:Objects.EsimCallbackRegistration | Out-String -Width 80 | Should -Match 'https://callbacks\.example\.com/thingspace/'
    }

    It 'shows the reason of a failure whole, and the service''s words in capitals' {
        $failed = '89314400000009999994' | Disable-EsimProfile -ServicePlan 'M2M Global' -Force -WarningAction Ignore | Wait-EsimRequest -ErrorAction SilentlyContinue -ErrorVariable problem
        $failed | Should -BeNullOrEmpty
        ($problem.TargetObject | Out-String -Width 80) -replace '\s' | Should -Match (($problem.TargetObject.ErrorMessage) -replace '\s')
        $script:Objects.EsimDevice.State | Should -BeExactly 'DEACTIVE'
    }

    It 'colours <Word> where the host can, and nowhere else' -ForEach @{ Type = 'EsimResult'; Word = 'Succeeded' }, @{ Type = 'EsimDevice'; Word = 'ENABLE' }, @{ Type = 'EsimRequest'; Word = 'Succeeded' } {
        if ($PSVersionTable.PSVersion.Major -ge 7) {
            $before = $PSStyle.OutputRendering
            try {
                $PSStyle.OutputRendering = 'Ansi'
                $script:Objects[$Type] | Format-Table | Out-String | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Green)$Word$($PSStyle.Reset)"))
            }
            finally {
                $PSStyle.OutputRendering = $before
            }
        }

        $script:Objects[$Type] | Format-Table | Out-String | Should -Not -Match "\e\[32m$Word"
    }

    It 'tells how old the tokens of a connection are, and no token' {
        $text = $script:Objects.EsimConnection | Format-List | Out-String -Width 80
        $text | Should -Match '(?m)^BearerToken +: 00:\d\d:\d\d old'
        $text | Should -Match '(?m)^SessionToken +: 00:\d\d:\d\d old'
    }

    It 'lists what a profile has, and nothing that only the module uses' {
        ($script:Objects.EsimProfile | Format-List | Out-String -Width 80) -split '\r?\n' -match '^(\w+) +:' -replace ' .*' |
            Should -Be 'Iccid', 'Eid', 'Imei', 'AccountName', 'ServicePlan', 'State', 'ProfileStatus', 'ProfileRole', 'Connected', 'Source', 'AsOf'
    }

    It 'has each view once' {
        $views = ([xml] (Get-Content (Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.Format.ps1xml') -Raw)).Configuration.ViewDefinitions.View.OuterXml
        @($views | Select-Object -Unique).Count | Should -Be $views.Count
    }

    It 'shows identifiers whole' {
        foreach ($type in 'EsimResult', 'EsimProfile', 'EsimDevice') {
            $script:Objects[$type] | Format-Table | Out-String -Width 80 | Should -Match (Get-TestRow 1).Iccid
            $script:Objects[$type] | Format-List | Out-String -Width 80 | Should -Match (Get-TestRow 1).Eid
        }
    }

    It 'keeps raw values behind the view: times are times and counts are numbers' {
        $script:Objects.EsimRequest.SubmittedAt | Should -BeOfType [DateTimeOffset]
        $script:Objects.EsimRequest.Count | Should -BeOfType [int]
        $script:Objects.EsimResult.ReceivedAt | Should -BeOfType [DateTimeOffset]
        @($script:Objects.EsimRequest, $script:Objects.EsimRequest | Sort-Object SubmittedAt).Count | Should -Be 2
    }

    It 'knows no time that is still to come' {
        $script:Objects.EsimProfile.AsOf | Should -BeLessOrEqual ([DateTimeOffset]::UtcNow)
        $null = $script:Objects.EsimResult | Remove-EsimProfile -Force | Wait-EsimRequest
        (Get-EsimProfile -Iccid (Get-TestRow 1).Iccid).AsOf | Should -BeLessOrEqual ([DateTimeOffset]::UtcNow)
    }

    It 'gives flat objects: one CSV line and shallow JSON for each' {
        ($script:Objects.EsimResult | ConvertTo-Csv -NoTypeInformation)[1] | Should -Not -Match 'System\.'
        $json = $script:Objects.EsimResult | ConvertTo-Json -WarningVariable warned -WarningAction SilentlyContinue | ConvertFrom-Json
        $json.Iccid | Should -Be (Get-TestRow 1).Iccid
        $warned | Should -BeNullOrEmpty
        $null = $script:Objects.EsimRequest | ConvertTo-Json -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
    }
}

Describe 'Completion' {
    BeforeAll {
        function Get-Completion([string] $Text) {
            [Management.Automation.CommandCompletion]::CompleteInput($Text, $Text.Length, $null).CompletionMatches
        }

        $script:Test = Connect-TestSandbox -Row @(Get-TestRow 4) -Option @{ CallbackDelay = [timespan]::FromHours(1) }
        $script:Open = Get-TestRow 1 | Disable-EsimProfile -ServicePlan 'Plan (two)' -Force
        $script:Test.Options.CallbackDelay = [timespan]::Zero
        $script:Done = Get-TestRow 1 -Skip 1 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force
        $null = $script:Done | Wait-EsimRequest
        $script:CallsBefore = $script:Test.Sandbox.Log.Count
    }

    AfterAll {
        Disconnect-EsimService
    }

    It '-ReasonCode offers the documented code and says what it means' {
        $offered = Get-Completion 'Disable-EsimProfile -ReasonCode '
        $offered.CompletionText | Should -Be 'FF'
        $offered.ToolTip | Should -Match 'maintenance'
        (Get-Completion 'Remove-EsimProfile -DisableFirst -ReasonCode F').CompletionText | Should -Be 'FF'
    }

    It '-Action offers the service''s words' {
        $offered = (Get-Completion 'Test-EsimProfile -Action ').CompletionText
        $offered | Should -Contain 'deactivate'
        $offered | Should -Contain 'delete'
        foreach ($word in $offered) {
            (@{ Iccid = (Get-TestRow 1).Iccid; Eid = (Get-TestRow 1).Eid } | Test-EsimProfile -Action $word).Action | Should -Be $word
        }

        (Get-Completion 'Get-EsimRequest -Action dea').CompletionText | Should -Be 'deactivate'
    }

    It '-Status offers the states' {
        (Get-Completion 'Get-EsimRequest -Status ').CompletionText | Should -Contain 'InDoubt'
    }

    It '-RequestId offers the requests of this session, open ones first' {
        (Get-Completion 'Wait-EsimRequest -RequestId ').CompletionText | Should -Be @($script:Open.RequestId, $script:Done.RequestId)
        (Get-Completion "Get-EsimRequest -RequestId $($script:Done.RequestId.Substring(0, 8))").CompletionText | Should -Be $script:Done.RequestId
        (Get-Completion 'Get-EsimRequest ').CompletionText | Should -Contain $script:Open.RequestId
    }

    It '-ServicePlan offers plans that were used, quoted so that they can be run' {
        (Get-Completion 'Remove-EsimProfile -ServicePlan ').CompletionText | Should -Be @("'Plan (two)'", "'M2M Global'")
        (Get-Completion 'Remove-EsimProfile -ServicePlan M2').CompletionText | Should -Be "'M2M Global'"
        (Get-Completion "Remove-EsimProfile -ServicePlan 'M2").CompletionText | Should -Be "'M2M Global'"
    }

    It '-AccountName offers the connection''s own and those of earlier requests' {
        $other = Get-TestRow 1 | Select-Object *
        $other.AccountName = '0000999999-00001'
        $test = Connect-TestSandbox -Row @($other)
        try {
            $null = $other | Disable-EsimProfile -ServicePlan 'M2M Global' -Force -Connection $test.Connection
            Set-Variable esimToolsOther $test.Connection -Scope Global
            foreach ($command in 'Disable-EsimProfile', 'Get-EsimDevice', 'Get-EsimProfile', 'New-EsimPlan', 'Register-EsimCallback') {
                (Get-Completion "$command -Connection `$esimToolsOther -AccountName ").CompletionText | Should -Be $test.Connection.AccountName, '0000999999-00001'
            }
        }
        finally {
            Remove-Variable esimToolsOther -Scope Global -ErrorAction Ignore
            Disconnect-EsimService -Connection $test.Connection
        }
    }

    It '-State offers the documented states' {
        (Get-Completion 'Get-EsimDevice -State de').CompletionText | Should -Be 'deactive'
    }

    It '-VaultName offers the vaults that are registered, and nothing where SecretManagement is not installed' {
        (Get-Completion 'Connect-EsimService -ApiSecretName a -VaultName ').CompletionText | Where-Object { $_ -notmatch '[\\/]|^\.' } | Should -BeNullOrEmpty
        $module = New-Item (Join-Path $TestDrive 'Microsoft.PowerShell.SecretManagement') -ItemType Directory
        Set-Content (Join-Path $module 'Microsoft.PowerShell.SecretManagement.psm1') 'function Get-SecretVault { [pscustomobject]@{ Name = "Fleet" }; [pscustomobject]@{ Name = "Other" } }'
        $before = $env:PSModulePath
        try {
            $env:PSModulePath = "$TestDrive" + [IO.Path]::PathSeparator + $before
            (Get-Completion 'Connect-EsimService -ApiSecretName a -VaultName F').CompletionText | Should -Be 'Fleet'
        }
        finally {
            $env:PSModulePath = $before
            Remove-Module Microsoft.PowerShell.SecretManagement -ErrorAction Ignore
        }
    }

    It 'never asks the service' {
        $script:Test.Sandbox.Log.Count | Should -Be $script:CallsBefore
    }

    It 'offers what the connection given on the line knows' {
        $other = Connect-TestSandbox
        Set-Variable testConnection -Value $script:Test.Connection -Scope Global
        try {
            (Get-Completion 'Wait-EsimRequest -Connection $testConnection -RequestId ').CompletionText | Should -Contain $script:Open.RequestId
            (Get-Completion 'Wait-EsimRequest -RequestId ').CompletionText | Should -Not -Contain $script:Open.RequestId
        }
        finally {
            Remove-Variable testConnection -Scope Global
            Disconnect-EsimService $other.Connection
        }
    }

    It '-RequestId offers the journal''s id of a request that has none from the service, and its table shows it' {
        $test = Connect-TestSandbox -Row @(Get-TestRow 1) -Option @{ ServerErrorsAfterAcceptance = 1; CallbackDelay = [timespan]::FromHours(1) }
        try {
            $null = Get-TestRow 1 | Disable-EsimProfile -ServicePlan 'M2M Global' -Force -Connection $test.Connection -ErrorAction SilentlyContinue
            $doubt = Get-EsimRequest -Status InDoubt -Connection $test.Connection
            $doubt.RequestId | Should -BeNullOrEmpty
            $doubt | Out-String -Width 80 | Should -Match $doubt.LocalId
            foreach ($command in 'Get-EsimRequest', 'Wait-EsimRequest', 'Resolve-EsimRequest') {
                Set-Variable esimToolsOther $test.Connection -Scope Global
                (Get-Completion "$command -Connection `$esimToolsOther -RequestId ").CompletionText | Should -Contain $doubt.LocalId
            }
        }
        finally {
            Remove-Variable esimToolsOther -Scope Global -ErrorAction Ignore
            Disconnect-EsimService -Connection $test.Connection
        }
    }

    It 'offers nothing and fails nowhere without a connection' {
        Disconnect-EsimService
        { Get-Completion 'Wait-EsimRequest -RequestId x' } | Should -Not -Throw
        (Get-Completion 'Remove-EsimProfile -ServicePlan M2').CompletionText | Should -Not -Contain "'M2M Global'"
    }
}

Describe 'Test-EsimProfile' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'asks nobody and needs no connection: <Result> for <What>' -ForEach @(
        @{ What = 'an unknown state'; Object = @{ Iccid = '89445380933990550165' }; Result = 'AskService'; ErrorId = $null }
        @{ What = 'an inventory that says disabled'; Object = @{ Iccid = '89445380933990550165'; ProfileStatus = 'DISABLE' }; Result = 'AskService'; ErrorId = $null }
        @{ What = 'an inventory that says enabled'; Object = @{ Iccid = '89445380933990550165'; ProfileStatus = 'ENABLE' }; Result = 'Refused'; ErrorId = 'EsimProfileNotDisabled' }
        @{ What = 'a Verizon US profile'; Object = @{ Iccid = '89445380933990550165'; ProfileRole = 'LEAD' }; Result = 'Refused'; ErrorId = 'EsimProfileNotDeletable' }
        @{ What = 'an eUICC without an ICCID'; Object = @{ Eid = '89049032004000885005550498736718' }; Result = 'Refused'; ErrorId = 'EsimIccidMissing' }
        @{ What = 'a rounded number'; Object = '8.9E+19'; Result = 'Invalid'; ErrorId = 'EsimIccidInvalid' }
        @{ What = 'nothing of ours'; Object = @{ Colour = 'blue' }; Result = 'Invalid'; ErrorId = 'EsimInputInvalid' }
    ) {
        $check = $Object | Test-EsimProfile
        $check.Result | Should -Be $Result
        "$($check.ErrorId)" | Should -Be "$ErrorId"
        $check.Action | Should -Be 'delete'
        $check.InputObject | Should -Be $Object
        if ($ErrorId) {
            $check.Message | Should -Not -BeNullOrEmpty
        }
        else {
            $check.Message | Should -BeNullOrEmpty
        }
    }

    It 'says for each action what that would do' {
        $object = @{ Iccid = '89445380933990550165'; ProfileStatus = 'ENABLE' }
        ($object | Test-EsimProfile -Action deactivate).Result | Should -Be 'Allowed'
        ($object | Test-EsimProfile -Action DELETE).Result | Should -Be 'Refused'
        ($object | Test-EsimProfile -Action disable).ErrorId | Should -Be 'EsimEidMissing'
    }

    It 'refuses an action that does not exist, and names those that do' {
        $run = Invoke-Captured { '89445380933990550165' | Test-EsimProfile -Action remove }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        $run.Terminating.ErrorDetails.RecommendedAction | Should -Match 'delete'
    }

    It 'tells of wrong check digits, row by row and once for all' {
        $run = Invoke-Captured { '89445380913283560957', '89445380933990550165' | Test-EsimProfile }
        $run.Output.CheckDigitsOk | Should -Be @($false, $true)
        $run.Warnings.Count | Should -Be 1
        $run.Warnings[0] | Should -Match '^1 profile has a wrong check digit'
    }

    It 'knows what this session knows, without a call' {
        $rows = @(Get-TestRow 3)
        $test = Connect-TestSandbox -Row $rows
        $null = $rows[0] | Disable-EsimProfile -Force | Wait-EsimRequest
        $test.Options.CallbackDelay = [timespan]::FromHours(1)
        $null = $rows[1] | Disable-EsimProfile -Force
        $before = $test.Sandbox.Log.Count
        $checks = $rows | Test-EsimProfile
        $checks.Result | Should -Be @('Allowed', 'Refused', 'AskService')
        "$($checks[1].ErrorId)" | Should -Be 'EsimProfileBusy'
        $test.Sandbox.Log.Count | Should -Be $before
    }

    It 'foretells what Remove-EsimProfile does' {
        $rows = @(Import-Csv (Join-Path $script:Samples 'fleet-damaged.csv') | Where-Object { $_.AccountName -in $script:Account, '' })
        $null = Connect-TestSandbox -Row @(Get-TestRow 60 -With @{ State = 'DEACTIVE' })
        $bad = @($rows | Test-EsimProfile -WarningAction SilentlyContinue | Where-Object Result -In 'Refused', 'Invalid')
        $run = Invoke-Captured { $rows | Remove-EsimProfile -Force }
        foreach ($check in $bad) {
            $record = $run.Errors | Where-Object { [object]::ReferenceEquals($_.TargetObject, $check.InputObject) }
            $record | Get-ErrorId | Should -Be "$($check.ErrorId)"
        }
    }
}

Describe 'Get-EsimProfile' {
    BeforeAll {
        $script:Rows = @(Get-TestRow 30) + @(Get-TestRow 2 -Skip 40 -With @{ AccountName = $script:OtherAccount })
        $script:Test = Connect-TestSandbox -Row $script:Rows -Option @{ PageSize = 10 }

        function Get-ListCall {
            @($script:Test.Sandbox.Log | Where-Object Path -Like '*actions/list').Count
        }
    }

    AfterAll {
        Disconnect-EsimService
    }

    It 'lists the whole account, page by page, each profile once' {
        $before = Get-ListCall
        $all = @(Get-EsimProfile)
        # An eUICC brings its Verizon US profile with it.
        $all.Count | Should -Be 60
        ($all.Iccid | Sort-Object -Unique).Count | Should -Be 60
        (Get-ListCall) - $before | Should -Be 6
        $all[0].Source | Should -Be 'ServiceList'
        $all[0].AccountName | Should -Be $script:Account
    }

    It 'reads no further than is looked at' {
        $before = Get-ListCall
        @(Get-EsimProfile | Select-Object -First 3).Count | Should -Be 3
        (Get-ListCall) - $before | Should -Be 1
    }

    It 'lists another account with -AccountName' {
        @(Get-EsimProfile -AccountName $script:OtherAccount).Count | Should -Be 4
    }

    It 'finds by <Kind>' -ForEach @{ Kind = 'Iccid' }, @{ Kind = 'Eid' }, @{ Kind = 'Imei' } {
        $row = $script:Rows[4]
        $parameters = @{ $Kind = $row.$Kind }
        $found = Get-EsimProfile @parameters
        $found.Iccid | Should -Contain $row.Iccid
        ($found | Where-Object Iccid -EQ $row.Iccid).ProfileStatus | Should -Be 'ENABLE'
        @($row.$Kind | Get-EsimProfile).Iccid | Should -Contain $row.Iccid
    }

    It 'finds every profile of an eUICC by its EID' {
        $found = @(Get-EsimProfile -Eid $script:Rows[4].Eid)
        $found.Count | Should -Be 2 -Because 'an eUICC has a Global and a Verizon US profile'
    }

    It 'finds many at once by <Kind>' -ForEach @{ Kind = 'Iccid' }, @{ Kind = 'Eid' }, @{ Kind = 'Imei' } {
        $run = Invoke-Captured { $script:Rows[0..29].$Kind | Get-EsimProfile }
        $run.Errors | Should -BeNullOrEmpty
        foreach ($row in $script:Rows[0..29]) {
            $run.Output.Iccid | Should -Contain $row.Iccid
        }
    }

    It 'finds many at once with far fewer calls than profiles' {
        $before = Get-ListCall
        @($script:Rows[0..29] | Get-EsimProfile).Count | Should -Be 30
        (Get-ListCall) - $before | Should -BeLessOrEqual 6
    }

    It 'looks each row up in its own account, and -AccountName overrules' {
        @($script:Rows[30] | Get-EsimProfile).AccountName | Should -Be $script:OtherAccount
        @(Get-EsimProfile -Iccid $script:Rows[30].Iccid -AccountName $script:OtherAccount).AccountName | Should -Be $script:OtherAccount
    }

    It 'answers for the same profile as often as it is asked, few or many' {
        $two = @($script:Rows[0], $script:Rows[0] | Get-EsimProfile)
        $two.Count | Should -Be 2
        $many = @(@($script:Rows[0..24]) + $script:Rows[0] | Get-EsimProfile)
        $many.Count | Should -Be 26
        ($many | Where-Object Iccid -EQ $script:Rows[0].Iccid).Eid | Should -Be @($script:Rows[0].Eid, $script:Rows[0].Eid)
    }

    It 'reports a profile that is not there as an error, with the object as target' {
        $stranger = Get-TestRow 1 -Skip 99
        $run = Invoke-Captured { $script:Rows[0], $stranger | Get-EsimProfile }
        $run.Output.Iccid | Should -Be $script:Rows[0].Iccid
        $run.Errors[0].FullyQualifiedErrorId | Should -Be 'EsimProfileNotFound,EsimTools.GetEsimProfileCommand'
        $run.Errors[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        [object]::ReferenceEquals($run.Errors[0].TargetObject, $stranger) | Should -BeTrue
    }

    It 'finds the others although the account of one cannot be asked' {
        $stranger = Get-TestRow 1 -Skip 98 -With @{ AccountName = '123456-1' }
        $run = Invoke-Captured { $script:Rows[0], $stranger, $script:Rows[1] | Get-EsimProfile }
        $run.Output.Iccid | Should -Be $script:Rows[0, 1].Iccid
        $run.Errors.Count | Should -Be 1
    }

    It 'lists nothing when the pipeline brings nothing' {
        $before = Get-ListCall
        @() | Get-EsimProfile | Should -BeNullOrEmpty
        Get-EsimProfile -InputObject @() | Should -BeNullOrEmpty
        (Get-ListCall) - $before | Should -Be 0
    }

    It 'shows what was confirmed of a profile that the list no longer has' {
        $row = $script:Rows[20]
        $null = $row | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest
        $found = $row | Get-EsimProfile
        $found.ProfileStatus | Should -Be 'DELETE'
        "$($found.Source)" | Should -Be 'Callback'
    }
}

Describe 'Get-EsimRequest' {
    BeforeAll {
        $script:Test = Connect-TestSandbox -Row @(Get-TestRow 4)
        $script:Done = Get-TestRow 1 | Disable-EsimProfile -Force
        $null = $script:Done | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest
        $script:Test.Options.LostCallbacks = 1
        $script:Silent = Get-TestRow 1 -Skip 1 | Disable-EsimProfile -Force
    }

    AfterAll {
        Disconnect-EsimService
    }

    It 'lists oldest first, by state and by action' {
        (Get-EsimRequest).Action | Should -Be @('deactivate', 'delete', 'deactivate')
        (Get-EsimRequest -Status Succeeded).Action | Should -Be @('deactivate', 'delete')
        (Get-EsimRequest -Action delete, disable).Action | Should -Be 'delete'
        (Get-EsimRequest -Status Accepted -Action deactivate).RequestId | Should -Be $script:Silent.RequestId
        Get-EsimRequest -Status InDoubt | Should -BeNullOrEmpty
    }

    It 'asks the service about an open request that is asked for by id, and about no other' {
        $before = $script:Test.Sandbox.Log.Count
        (Get-EsimRequest $script:Done.RequestId).Status | Should -Be 'Succeeded'
        $script:Test.Sandbox.Log.Count | Should -Be $before
        (Get-EsimRequest -RequestId $script:Silent.RequestId).Status | Should -Be 'Succeeded'
        $script:Test.Sandbox.Log.Count | Should -Be ($before + 1)
    }

    It 'takes requests and ids from the pipeline' {
        ($script:Done | Get-EsimRequest).RequestId | Should -Be $script:Done.RequestId
        ($script:Done.RequestId | Get-EsimRequest).RequestId | Should -Be $script:Done.RequestId
        @(Get-EsimRequest | Get-EsimRequest).Count | Should -Be 3
    }

    It 'takes a request in doubt from the pipeline too' {
        $script:Test.Options.CutAfterAcceptance = 1
        $null = Invoke-Captured { Get-TestRow 1 -Skip 2 | Disable-EsimProfile -Force }
        $script:Test.Options.CutAfterAcceptance = 0
        $run = Invoke-Captured { Get-EsimRequest -Status InDoubt | Get-EsimRequest }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Status | Should -Be 'InDoubt'
    }

    It 'names an id that is not known' {
        $run = Invoke-Captured { 'nope' | Get-EsimRequest }
        $run.Errors[0].FullyQualifiedErrorId | Should -Be 'EsimRequestNotFound,EsimTools.GetEsimRequestCommand'
    }
}
