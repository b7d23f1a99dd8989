# The pipeline from inventory to deleted profiles on the sandbox: scale, shapes, every kind of input, and how profiles become requests.

BeforeDiscovery {
    # The names that inventories give to an ICCID or EID, one of each family; the table in src/EsimTools/Binding has them all.
    $script:iccidColumns = 'Iccid', 'ICC ID', 'sim_iccid', 'icc', 'Profile-ICCID', 'eSIM ICCID', 'ICCID Number', 'SIM number', 'SIM card Number', 'iccId'
    $script:eidColumns = 'Eid', 'EID Number', 'euiccId', 'esimIdentifier', 'eSIM EID'
    $script:imeiColumns = 'Imei', 'IMEI number', 'device_imei'
    $script:accountColumns = 'Account', 'AccountName', 'Account Number', 'billing_account'
    $script:planColumns = 'ServicePlan', 'service plan name', 'rate_plan', 'Plan'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
}

Describe 'Ten thousand devices' {
    BeforeAll {
        $fleet = Join-Path $script:Samples 'fleet.csv'
        $sandbox = (Connect-TestSandbox -Parameter @{ SandboxInventory = $fleet }).Sandbox
        $script:Run = Invoke-Captured {
            Import-Csv $fleet |
                Disable-EsimProfile -ServicePlan 'M2M Global' -ReasonCode FF -Force | Wait-EsimRequest |
                Remove-EsimProfile -ServicePlan 'M2M Global' -Force | Wait-EsimRequest
        }
        $script:Requests = Get-EsimRequest
        $script:Calls = $sandbox.Log
        $script:Fleet = $sandbox.Fleet.ToList()
        Disconnect-EsimService
    }

    It 'are deleted without a word on any other stream' {
        $script:Run.Terminating | Should -BeNullOrEmpty
        $script:Run.Errors | Should -BeNullOrEmpty
        $script:Run.Warnings | Should -BeNullOrEmpty
        $script:Run.Output.Count | Should -Be 10000
    }

    It 'give one result for each profile, by identifier and not by position' {
        $script:Run.Output[0] | Should -BeOfType EsimTools.EsimResult
        ($script:Run.Output | Group-Object Action, Status, ProfileStatus -NoElement).Name | Should -Be 'delete, Succeeded, DELETE'
        $wanted = [Collections.Generic.HashSet[string]]::new([string[]] (Import-Csv (Join-Path $script:Samples 'fleet.csv')).Iccid)
        $wanted.SetEquals([string[]] $script:Run.Output.Iccid) | Should -BeTrue
    }

    It 'are deleted in the service too, and nothing else is' {
        ($script:Fleet | Where-Object ProfileRole -EQ 'LOCAL' | Group-Object ProfileStatus -NoElement | ForEach-Object { "$($_.Name) $($_.Count)" }) | Should -Be 'DELETE 10000'
        $script:Fleet | Where-Object { $_.ProfileRole -eq 'LEAD' -and $_.ProfileStatus -eq 'DELETE' } | Should -BeNullOrEmpty
    }

    It 'cost exactly one request for each action' {
        $script:Requests.Count | Should -Be 2
        $script:Requests.Action | Should -Be @('deactivate', 'delete')
        $script:Requests.Count | Should -Be 2
        ($script:Calls | Where-Object Action | ForEach-Object { "$($_.Action) $($_.ProfileCount) $($_.Status)" }) | Should -Be @('deactivate 10000 200', 'delete 10000 200')
    }

    It 'end with requests that account for every profile' {
        foreach ($request in $script:Requests) {
            $request.Status | Should -Be 'Succeeded'
            $request.Count | Should -Be 10000
            $request.SucceededCount | Should -Be 10000
            $request.FailedCount | Should -Be 0
            $request.ServicePlan | Should -Be 'M2M Global'
            $request.AccountName | Should -Be $script:Account
        }
    }
}

Describe 'Streaming' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'writes a request as soon as it is accepted, before the rest of the input is read' {
        $rows = Get-TestRow 6
        $test = Connect-TestSandbox -Row $rows
        $read = [Collections.Generic.List[string]]::new()
        # With room for one request, the second batch can only leave when the first has been answered, and its object goes out then.
        $first = $rows | ForEach-Object { $read.Add($_.Iccid); $_ } | Disable-EsimProfile -BatchSize 2 -ThrottleLimit 1 -Force | Select-Object -First 1
        $first.Count | Should -Be 2
        $first.RequestId | Should -Not -BeNullOrEmpty
        $read.Count | Should -BeLessThan 6
        Get-SentAction $test.Sandbox | Should -Not -BeNullOrEmpty
    }

    It 'writes results one by one while others are still open' {
        $rows = Get-TestRow 4
        $test = Connect-TestSandbox -Row $rows -Option @{ CallbackDelay = [timespan]::FromHours(1) }
        $late = $rows[0] | Disable-EsimProfile -Force
        $test.Options.CallbackDelay = [timespan]::Zero
        $soon = $rows[1..3] | Disable-EsimProfile -Force
        $results = @($late, $soon) | Wait-EsimRequest | Select-Object -First 3
        $results.Iccid | Sort-Object | Should -Be ($rows[1..3].Iccid | Sort-Object)
        $late.Status | Should -Be 'Accepted'
    }

    It 'keeps the request object up to date as outcomes arrive' {
        $rows = Get-TestRow 2
        $test = Connect-TestSandbox -Row $rows -Option @{ CallbackDelay = [timespan]::FromHours(1) }
        $request = $rows | Disable-EsimProfile -Force
        $request.Status | Should -Be 'Accepted'
        $test.Connection.ReceiveCallback((@{
                    requestId = $request.RequestId; status = 'Success'; deviceIds = @(@{ kind = 'Iccid'; id = $rows[0].Iccid })
                } | ConvertTo-Json -Depth 5))
        $request.SucceededCount | Should -Be 1
        $request.Status | Should -Be 'Accepted'
    }
}

Describe 'What is piped to Get-EsimDevice' {
    BeforeAll {
        $script:listed = Connect-TestSandbox -Row (Get-TestRow 5)
        $script:sent = Get-TestRow 2 | Disable-EsimProfile -ReasonCode FF -Force
    }

    AfterAll {
        Disconnect-EsimService $script:listed.Connection
    }

    It 'names a device, or is an error and lists nothing: <What>' -ForEach @(
        @{ What = 'a request'; Make = { $script:sent } }
        @{ What = 'a request from a file'; Make = { $script:sent | Export-Clixml "$TestDrive/request.xml"; Import-Clixml "$TestDrive/request.xml" } }
        @{ What = 'a run'; Make = { Get-EsimRun -Last } }
        @{ What = 'a number'; Make = { 7 } }
        @{ What = 'nothing'; Make = { $null } }
        @{ What = 'a row with an account whose ICCID is empty'; Make = { [pscustomobject]@{ sim_iccid = ''; Account = $script:Account } } }
        @{ What = 'a row with an account whose column of ICCIDs nobody knows'; Make = { [pscustomobject]@{ Number = (Get-TestRow 1).Iccid; Account = $script:Account } } }
        @{ What = 'a request from JSON'; Make = { $script:sent | ConvertTo-Json -Depth 4 | ConvertFrom-Json } }
    ) {
        $given = & $Make
        $before = $script:listed.Sandbox.Log.Count
        $run = Invoke-Captured { $given | Get-EsimDevice }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        $script:listed.Sandbox.Log.Count | Should -Be $before
    }

    It 'is looked up row by row, also where the columns have other names than the parameters' {
        $rows = Get-TestRow 3
        ($rows | Select-Object @{ Name = 'sim_iccid'; Expression = { $_.Iccid } } | Get-EsimDevice).Iccid | Should -Be $rows.Iccid
        (@([pscustomobject]@{ sim_iccid = $rows[0].Iccid }; $rows[1]; $rows[2].Iccid) | Get-EsimDevice).Iccid | Should -Be $rows.Iccid
        $elsewhere = [pscustomobject]@{ sim_iccid = $rows[0].Iccid; account = '0000999999-00009' }
        $run = Invoke-Captured { $elsewhere, [pscustomobject]@{ sim_iccid = $rows[1].Iccid } | Get-EsimDevice }
        $run.Output.Iccid | Should -Be $rows[1].Iccid
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestRefused'
    }

    It 'is an error where its ICCID was rounded by a spreadsheet, whatever account stands beside it' {
        $run = Invoke-Captured { [pscustomobject]@{ sim_iccid = '8.9148E+19'; Account = $script:Account } | Get-EsimDevice }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimIccidInvalid'
    }

    It 'is nothing in a parameter, too: <Name>' -ForEach @(
        @{ Name = 'by name'; Run = { Get-EsimDevice -InputObject $null } }
        @{ Name = 'beside filters'; Run = { $null | Get-EsimDevice -State active -AccountName $script:Account } }
    ) {
        $run = Invoke-Captured $Run
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
    }

    It 'is no star alone, as an empty variable leaves it of a part: <_>' -ForEach 'Iccid', 'Eid', 'Imei' {
        $before = $script:listed.Sandbox.Log.Count
        foreach ($star in '*', '**') {
            $filter = @{ $_ = $star }
            (Invoke-Captured { Get-EsimDevice @filter }).Errors | Get-ErrorId | Should -Be "Esim$($_)Invalid"
        }

        $script:listed.Sandbox.Log.Count | Should -Be $before
    }

    It 'is one profile where the row has an ICCID under another name beside its EID' {
        $row = Get-TestRow 1
        @($row | Select-Object Eid | Get-EsimDevice).Count | Should -Be 2
        ($row | Select-Object Eid, @{ Name = 'sim_iccid'; Expression = { $_.Iccid } } | Get-EsimDevice).Iccid | Should -Be $row.Iccid
        (Invoke-Captured { [pscustomobject]@{ Eid = $row.Eid; sim_iccid = '8.9148E+19' } | Get-EsimDevice }).Output | Should -BeNullOrEmpty
        @(Get-EsimDevice -Eid ($row.Eid.Substring(0, 30) + '*')).Count | Should -Be 2
    }

    It 'lists the account of a connection, and of a row that names nothing else' {
        $all = @(Get-EsimDevice).Count
        $all | Should -BeGreaterThan 2
        @($script:listed.Connection | Get-EsimDevice).Count | Should -Be $all
        @([pscustomobject]@{ AccountName = $script:Account } | Get-EsimDevice).Count | Should -Be $all
        @($script:sent.Profiles | Get-EsimDevice).Count | Should -Be 2
    }
}

Describe 'Every kind of input' {
    AfterEach {
        Disconnect-EsimService
    }

    BeforeEach {
        $script:Row = Get-TestRow 1 -Skip 7
        $script:Test = Connect-TestSandbox -Row (Get-TestRow 10)

        # Runs the pipeline and says which devices the request named, as the journal and the service see them.
        function Test-Input([scriptblock] $Script) {
            $run = Invoke-Captured $Script
            $run.Terminating | Should -BeNullOrEmpty
            $run.Errors | Should -BeNullOrEmpty
            @($run.Output).Count | Should -Be 1
            $run.Output[0]
        }
    }

    It 'takes a row of a CSV file with all its identifiers' {
        $profiles = (Test-Input { $script:Row | Disable-EsimProfile -Force }).Profiles
        "$($profiles[0].Iccid) $($profiles[0].Eid) $($profiles[0].Imei)" | Should -BeExactly "$($script:Row.Iccid) $($script:Row.Eid) $($script:Row.Imei)"
    }

    It 'takes an object made by hand' {
        $iccid = $script:Row.Iccid
        (Test-Input { [pscustomobject]@{ Iccid = $iccid } | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be $iccid
    }

    It 'takes a hashtable, ordered or not, from the pipeline and as an argument' {
        (Test-Input { @{ iccid = $script:Row.Iccid; EID = $script:Row.Eid } | Disable-EsimProfile -Force }).Profiles.Eid | Should -Be $script:Row.Eid
        (Test-Input { Disable-EsimProfile ([ordered]@{ Iccid = (Get-TestRow 1).Iccid }) -Force }).Profiles.Iccid | Should -Be (Get-TestRow 1).Iccid
    }

    It 'takes an ICCID as a string, with the spaces and dashes that people write' {
        $spaced = $script:Row.Iccid -replace '(....)', '$1 '
        (Test-Input { $spaced | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be $script:Row.Iccid
        (Test-Input { Disable-EsimProfile (Get-TestRow 1).Iccid -Force }).Profiles.Iccid | Should -Be (Get-TestRow 1).Iccid
    }

    It 'takes an ICCID as a number, which is what ConvertFrom-Json and unquoted arguments make of it' {
        $number = "{`"iccid`": $($script:Row.Iccid)}" | ConvertFrom-Json
        (Test-Input { $number | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be $script:Row.Iccid
        (Test-Input { Disable-EsimProfile ([decimal] (Get-TestRow 1).Iccid) -Force }).Profiles.Iccid | Should -Be (Get-TestRow 1).Iccid
    }

    It 'takes an object of Get-EsimProfile' {
        (Test-Input { Get-EsimProfile -Iccid $script:Row.Iccid | Disable-EsimProfile -Force }).Profiles.Eid | Should -Be $script:Row.Eid
    }

    It 'takes a result of Wait-EsimRequest' {
        $result = $script:Row | Disable-EsimProfile -Force | Wait-EsimRequest
        (Test-Input { $result | Remove-EsimProfile -Force }).Profiles.Iccid | Should -Be $script:Row.Iccid
    }

    It 'takes a request and acts on all its profiles' {
        $request = Get-TestRow 4 | Disable-EsimProfile -Force
        $null = $request | Wait-EsimRequest
        (Test-Input { $request | Remove-EsimProfile -Force }).Profiles.Iccid | Should -Be (Get-TestRow 4).Iccid
    }

    It 'takes an array as an argument' {
        (Test-Input { Disable-EsimProfile -InputObject (Get-TestRow 3) -Force }).Profiles.Iccid | Should -Be (Get-TestRow 3).Iccid
        (Test-Input { Disable-EsimProfile (Get-TestRow 2 -Skip 4).Iccid -Force }).Profiles.Iccid | Should -Be (Get-TestRow 2 -Skip 4).Iccid
    }

    It 'takes the identifiers as parameters' {
        $request = Test-Input { Disable-EsimProfile -Iccid $script:Row.Iccid -Eid $script:Row.Eid -Imei $script:Row.Imei -Force }
        $request.Profiles.Eid | Should -Be $script:Row.Eid
        $request.Profiles.Imei | Should -Be $script:Row.Imei
    }

    It 'takes several values of one identifier, each for a profile of its own' {
        $rows = Get-TestRow 3
        (Test-Input { Disable-EsimProfile -Iccid $rows[0].Iccid, $rows[1].Iccid, $rows[2].Iccid -Force }).Profiles.Iccid | Should -Be $rows.Iccid
        (Get-EsimProfile -Iccid $rows.Iccid).Iccid | Should -Be $rows.Iccid
        (Get-EsimProfile -Imei $rows.Imei).Imei | Select-Object -Unique | Should -Be $rows.Imei
        (Test-EsimProfile -Eid $rows.Eid).Eid | Should -Be $rows.Eid
    }

    It 'tells of each of several values by itself what is wrong with it' {
        $run = Invoke-Captured { Get-EsimProfile -Iccid $script:Row.Iccid, 'x', $null }
        $run.Output.Iccid | Should -Be $script:Row.Iccid
        $run.Errors.FullyQualifiedErrorId | Should -Be 'EsimIccidInvalid,EsimTools.GetEsimProfileCommand', 'EsimInputInvalid,EsimTools.GetEsimProfileCommand'
    }

    It 'lists no account for <_>, but says that no profile is named' -ForEach '$null', '@()', "''" {
        $value = & ([scriptblock]::Create("Write-Output -NoEnumerate $_"))
        $run = Invoke-Captured { Get-EsimProfile -Iccid $value }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors.FullyQualifiedErrorId | Should -Be 'EsimInputInvalid,EsimTools.GetEsimProfileCommand'
    }

    It 'takes no -<_> beside rows: each row would get the identifier of another device' -ForEach Iccid, Eid, Imei {
        $named = @{ $_ = (Get-TestRow 1).$_ }
        { Get-TestRow 2 | Disable-EsimProfile @named -Force } | Should -Throw -ErrorId 'EsimParameterInvalid*' -ExpectedMessage "-$_ names profiles, and others are piped in*"
        { Get-TestRow 2 | Test-EsimProfile @named } | Should -Throw -ErrorId 'EsimParameterInvalid*'
        Get-EsimRequest | Should -BeNullOrEmpty
        # Named inside a script block that is itself given input, it is the command's only input.
        (1 | ForEach-Object { Test-EsimProfile @named }).Count | Should -Be 1
        (1 | & { process { Test-EsimProfile @named } }).Count | Should -Be 1
    }

    It 'takes several values of one identifier only where they stand alone' {
        $rows = Get-TestRow 2
        { Disable-EsimProfile -Iccid $rows.Iccid -Eid $rows.Eid -Force } | Should -Throw -ErrorId 'EsimParameterInvalid,EsimTools.DisableEsimProfileCommand'
        { Disable-EsimProfile -Iccid $rows.Iccid -Imei $rows[0].Imei -Force } | Should -Throw -ErrorId 'EsimParameterInvalid,EsimTools.DisableEsimProfileCommand'
        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
    }

    It 'takes the service''s own deviceIds, from JSON and as hashtables' {
        $json = "{`"deviceIds`":[{`"kind`":`"ICCID`",`"id`":`"$($script:Row.Iccid)`"},{`"kind`":`"eid`",`"id`":`"$($script:Row.Eid)`"}]}"
        (Test-Input { $json | ConvertFrom-Json | Disable-EsimProfile -Force }).Profiles.Eid | Should -Be $script:Row.Eid
        $row = Get-TestRow 1
        (Test-Input { @{ deviceIds = @(@{ kind = 'iccid'; id = $row.Iccid }, @{ kind = 'imei'; id = $row.Imei }) } | Disable-EsimProfile -Force }).Profiles.Imei | Should -Be $row.Imei
        $body = @{ deviceIds = @{ kind = 'iccid'; id = (Get-TestRow 1 -Skip 2).Iccid } } | ConvertTo-Json -Depth 5
        (Test-Input { $body | ConvertFrom-Json | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be (Get-TestRow 1 -Skip 2).Iccid
    }

    It 'takes ''<_>'' as a column with the ICCID' -ForEach $iccidColumns {
        $row = [pscustomobject]@{ Name = 'a'; $_ = $script:Row.Iccid }
        (Test-Input { $row | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be $script:Row.Iccid
    }

    It 'takes ''<_>'' as a column with the EID' -ForEach $eidColumns {
        $row = [pscustomobject]@{ Iccid = $script:Row.Iccid; $_ = $script:Row.Eid }
        (Test-Input { $row | Disable-EsimProfile -Force }).Profiles.Eid | Should -Be $script:Row.Eid
    }

    It 'takes ''<_>'' as a column with the IMEI' -ForEach $imeiColumns {
        $row = [pscustomobject]@{ Iccid = $script:Row.Iccid; $_ = $script:Row.Imei }
        (Test-Input { $row | Disable-EsimProfile -Force }).Profiles.Imei | Should -Be $script:Row.Imei
    }

    It 'takes ''<_>'' as a column with the account' -ForEach $accountColumns {
        $row = [pscustomobject]@{ Iccid = $script:Row.Iccid; $_ = $script:Account }
        (Test-Input { $row | Disable-EsimProfile -Force }).AccountName | Should -Be $script:Account
    }

    It 'takes ''<_>'' as a column with the service plan' -ForEach $planColumns {
        $row = [pscustomobject]@{ Iccid = $script:Row.Iccid; $_ = 'Plan of the row' }
        (Test-Input { $row | Disable-EsimProfile -Force }).ServicePlan | Should -Be 'Plan of the row'
    }

    It 'takes each alias of -<_> as a column, too' -ForEach 'Iccid', 'Eid', 'Imei', 'AccountName', 'ServicePlan' {
        $value = @{ Iccid = $script:Row.Iccid; Eid = $script:Row.Eid; Imei = $script:Row.Imei; AccountName = $script:Account; ServicePlan = 'Plan of the row' }[$_]
        foreach ($alias in (Get-Command Disable-EsimProfile).Parameters[$_].Aliases) {
            $row = if ($_ -eq 'Iccid') { @{} } else { @{ Iccid = $script:Row.Iccid } }
            $row[$alias] = $value
            $request = Test-Input { [pscustomobject]$row | Disable-EsimProfile -Force }
            $bound = if ($_ -in 'AccountName', 'ServicePlan') { $request.$_ } else { $request.Profiles.$_ }
            $bound | Should -Be $value -Because "$alias is an alias of the parameter"
        }
    }

    It 'serves rows with different columns in one pipeline' {
        $rows = Get-TestRow 4
        $mixed = @(
            [pscustomobject]@{ Iccid = $rows[0].Iccid; Site = 'a' }
            [pscustomobject]@{ 'ICC ID' = $rows[1].Iccid; Imei = $rows[1].Imei }
            @{ SimIccid = $rows[2].Iccid }
            $rows[3].Iccid
        )
        (Test-Input { $mixed | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be $rows.Iccid
    }

    It 'binds objects of other cmdlets by their properties' {
        $typed = Get-EsimProfile -Iccid $script:Row.Iccid | Select-Object *
        (Test-Input { $typed | Disable-EsimProfile -Force }).Profiles.Iccid | Should -Be $script:Row.Iccid
    }

    It 'says that it got nothing when neither pipeline nor argument brings a profile' {
        $run = Invoke-Captured { Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        $run = Invoke-Captured { @() | Disable-EsimProfile -Force }
        $run.Everything.Count | Should -Be 0
    }

    It 'refuses an object that names no profile and says what to pipe' {
        $object = [pscustomobject]@{ Name = 'meter'; Colour = 'blue' }
        $run = Invoke-Captured { $object, $script:Row | Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        $run.Errors[0].TargetObject | Should -Be $object
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Iccid'
        $run.Output.Count | Should -Be 1
    }

    It 'needs the ICCID for an action, because an eUICC holds several profiles, and says so' {
        foreach ($input_ in $script:Row.Eid, $script:Row.Imei, @{ Eid = $script:Row.Eid }) {
            $run = Invoke-Captured { $input_ | Disable-EsimProfile -Force }
            $run.Errors | Get-ErrorId | Should -Be 'EsimIccidMissing'
            $run.Output | Should -BeNullOrEmpty
        }

        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
    }
}

Describe 'From profiles to requests' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'makes one request for each account and plan' {
        $rows = Get-TestRow 6
        $rows[1].AccountName = $rows[3].AccountName = $script:OtherAccount
        $rows[4].ServicePlan = 'Another plan'
        $test = Connect-TestSandbox -Row $rows
        $requests = $rows | Disable-EsimProfile -Force
        ($requests | ForEach-Object { "$($_.AccountName) $($_.ServicePlan) $($_.Count)" } | Sort-Object) |
            Should -Be @("$script:Account Another plan 1", "$script:Account M2M Global 3", "$script:OtherAccount M2M Global 2")
        @(Get-SentAction $test.Sandbox).Count | Should -Be 3
        @($requests | Wait-EsimRequest).Count | Should -Be 6
    }

    It 'lets -AccountName and -ServicePlan overrule the rows' {
        $rows = Get-TestRow 3 -With @{ AccountName = $script:OtherAccount }
        $null = Connect-TestSandbox -Row $rows
        $rows | ForEach-Object { $_.AccountName = 'of-the-row' }
        $request = $rows | Disable-EsimProfile -AccountName $script:OtherAccount -ServicePlan 'Plan of the command' -Force
        $request.AccountName | Should -Be $script:OtherAccount
        $request.ServicePlan | Should -Be 'Plan of the command'
        @($request | Wait-EsimRequest).Count | Should -Be 3
    }

    It 'does not take an empty -<Name>, such as an unset variable, for the wish to leave it out: <What>' -ForEach @(
        foreach ($name in 'AccountName', 'ServicePlan') {
            @{ Name = $name; What = 'null'; Value = $null }
            @{ Name = $name; What = 'no text'; Value = '' }
        }
    ) {
        $rows = Get-TestRow 1
        $test = Connect-TestSandbox -Row $rows
        $parameters = @{ $Name = $Value }
        $run = Invoke-Captured { $rows | Disable-EsimProfile @parameters -Force }
        "$($run.Terminating.FullyQualifiedErrorId)" | Should -BeLike 'ParameterArgumentValidationError*'
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }

    It 'says of a hashtable with <_> that it was to be splatted; as a column that -Property names it is one' -ForEach 'WhatIf', 'confirm', 'FORCE', 'Connection' {
        $name = $_
        $row = @(Get-TestRow 1)[0]
        $test = Connect-TestSandbox -Row @($row)
        $run = Invoke-Captured { Suspend-EsimProfile @{ Iccid = $row.Iccid; $name = $true } }
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Splat it: write @'
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
        (Suspend-EsimProfile @{ $name = $row.Iccid } -Property @{ Iccid = $name }).Count | Should -Be 1
    }

    It 'looks profiles up in the account that -AccountName names' {
        $rows = Get-TestRow 1 -With @{ AccountName = $script:OtherAccount; State = 'DEACTIVE'; ProfileStatus = 'DISABLE' }
        $null = Connect-TestSandbox -Row $rows
        $request = Remove-EsimProfile -Iccid $rows[0].Iccid -AccountName $script:OtherAccount -Force
        @($request | Wait-EsimRequest).ProfileStatus | Should -Be 'DELETE'
    }

    It 'splits by -BatchSize, and the last request has the rest' {
        $rows = Get-TestRow 25
        $test = Connect-TestSandbox -Row $rows
        $requests = $rows | Disable-EsimProfile -BatchSize 10 -ThrottleLimit 1 -Force
        ($requests.Count | Measure-Object -Sum).Sum | Should -Be 3
        ($requests | ForEach-Object { $_.Count }) | Should -Be @(10, 10, 5)
        (Get-SentAction $test.Sandbox).ProfileCount | Should -Be @(10, 10, 5)
        @($requests | Wait-EsimRequest).Count | Should -Be 25
    }

    It 'never puts more than 10,000 profiles into a request, and refuses a larger -BatchSize' {
        { Disable-EsimProfile -Iccid 1 -BatchSize 10001 -Force } | Should -Throw -ErrorId 'ParameterArgumentValidationError,EsimTools.DisableEsimProfileCommand'
        { Disable-EsimProfile -Iccid 1 -BatchSize 0 -Force } | Should -Throw -ErrorId 'ParameterArgumentValidationError,EsimTools.DisableEsimProfileCommand'
    }

    It 'keeps to -ThrottleLimit' {
        # Each answer takes a while and is logged when it is given. With room for one, the answers cannot be closer together than that.
        $rows = Get-TestRow 4
        $latency = [timespan]::FromMilliseconds(120)
        $test = Connect-TestSandbox -Row $rows
        $test.Options.Latency = $latency
        $null = $rows | Disable-EsimProfile -BatchSize 1 -ThrottleLimit 1 -Force
        $at = (Get-SentAction $test.Sandbox).At
        $at.Count | Should -Be 4
        for ($i = 1; $i -lt 4; $i++) {
            ($at[$i] - $at[$i - 1]).TotalMilliseconds | Should -BeGreaterOrEqual ($latency.TotalMilliseconds * 0.9)
        }
    }

    It 'sends requests side by side when there is room' {
        # Two requests in a service that answers neither: both can only have arrived if the second did not wait for the first.
        $service = Open-ScriptedService @{ 'actions/deactivate' = @{ Hold = $true } }
        $shell = [powershell]::Create()
        try {
            $connection = Connect-TestServer $service
            $null = $shell.AddScript({
                    param($Module, $Connection, $Rows)
                    Import-Module $Module
                    $Rows | Disable-EsimProfile -Connection $Connection -BatchSize 1 -ThrottleLimit 2 -Force
                }).AddArgument((Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')).AddArgument($connection).AddArgument((Get-TestRow 3))
            $null = $shell.BeginInvoke()
            [Threading.SpinWait]::SpinUntil({ @($service.Log | Where-Object Path -Like '*deactivate').Count -ge 2 }, $script:Limit) | Should -BeTrue
            @($service.Log | Where-Object Path -Like '*deactivate').Count | Should -Be 2
        }
        finally {
            Clear-ScriptedService $service
            $shell.Dispose()
            Disconnect-EsimService
            Close-ScriptedService $service
        }
    }

    It 'puts the fields of the two documents into the body, and leaves out what was not given' {
        $service = Open-ScriptedService @{ 'actions/deactivate' = @{ Body = '{"requestId":"request-{n}"}' } }
        try {
            $row = Get-TestRow 1
            $row.ServicePlan = ''
            $null = Connect-TestServer $service
            $null = $row | Disable-EsimProfile -Force
            $null = $row | Disable-EsimProfile -ServicePlan 'A plan' -ReasonCode FF -EtfWaiver:$false -Resubmit -Force
            $null = $row | Disable-EsimProfile -EtfWaiver -Resubmit -Force
            $bodies = @($service.Log | Where-Object Path -Like '*deactivate').Body
            $ids = '"devices":[{"deviceIds":[{"kind":"eid","id":"' + $row.Eid + '"},{"kind":"iccid","id":"' + $row.Iccid + '"},{"kind":"imei","id":"' + $row.Imei + '"}]}]'
            $sorted = { param($Json) $object = $Json | ConvertFrom-Json -AsHashtable; ($object.Keys | Sort-Object) -join ',' }
            & $sorted $bodies[0] | Should -Be 'accountName,devices'
            & $sorted $bodies[1] | Should -Be 'accountName,devices,etfWaiver,reasonCode,servicePlan'
            & $sorted $bodies[2] | Should -Be 'accountName,devices,etfWaiver'
            $bodies[1] | Should -BeLike '*"etfWaiver":false*'
            $bodies[2] | Should -BeLike '*"etfWaiver":true*'
            $sent = ($bodies[0] | ConvertFrom-Json).devices[0].deviceIds
            ($sent | ForEach-Object { "$($_.kind)=$($_.id)" } | Sort-Object) | Should -Be @("eid=$($row.Eid)", "iccid=$($row.Iccid)", "imei=$($row.Imei)")
            $ids | Should -Not -BeNullOrEmpty
        }
        finally {
            Disconnect-EsimService
            Close-ScriptedService $service
        }
    }
}

Describe 'Repeated rows' {
    AfterEach {
        Disconnect-EsimService
    }

    BeforeEach {
        $script:Rows = Get-TestRow 4
        $script:Test = Connect-TestSandbox -Row $script:Rows
    }

    It 'serves a profile once and names the repetition' {
        $run = Invoke-Captured { $script:Rows[0], $script:Rows[1], $script:Rows[0] | Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileDuplicate'
        $run.Errors[0].TargetObject.Iccid | Should -Be $script:Rows[0].Iccid
        $run.Output[0].Profiles.Iccid | Should -Be $script:Rows[0, 1].Iccid
    }

    It 'knows a profile again however its ICCID is written' {
        $run = Invoke-Captured { $script:Rows[0], ($script:Rows[0].Iccid -replace '(....)', '$1-') | Disable-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileDuplicate'
    }

    It 'sends a profile once although its row stands far behind, in another batch' {
        $run = Invoke-Captured { $script:Rows[0], $script:Rows[1], $script:Rows[0] | Disable-EsimProfile -BatchSize 1 -ThrottleLimit 1 -Force }
        $run.Errors.Count | Should -Be 1
        $run.Errors | Get-ErrorId | Should -BeIn 'EsimProfileBusy', 'EsimProfileDuplicate'
        $script:Test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1
    }

    It 'sends a profile once also with -Resubmit, which is about earlier commands' {
        $null = Invoke-Captured { $script:Rows[0], $script:Rows[0] | Disable-EsimProfile -BatchSize 1 -Resubmit -Force }
        $script:Test.Sandbox.TimesAccepted('deactivate', $script:Rows[0].Iccid) | Should -Be 1
    }

    It 'survives the very same object behind a batch of another account' {
        $profile_ = Get-EsimProfile -Iccid $script:Rows[0].Iccid
        $others = $script:Rows[1..2] | ForEach-Object { $_.AccountName = $script:OtherAccount; $_ }
        $run = Invoke-Captured { @($profile_) + $others + @($profile_) | Disable-EsimProfile -BatchSize 2 -Force -ErrorAction SilentlyContinue }
        $run.Terminating | Should -BeNullOrEmpty
        ($run.Output | ForEach-Object AccountName) | Should -Contain $script:Account
    }
}

Describe 'Wait-EsimRequest' {
    AfterEach {
        Disconnect-EsimService
    }

    BeforeEach {
        $script:Rows = Get-TestRow 3
        $script:Test = Connect-TestSandbox -Row $script:Rows
    }

    It 'takes requests by value, by id, and objects that carry a RequestId' {
        $request = $script:Rows | Disable-EsimProfile -Force
        @($request | Wait-EsimRequest).Count | Should -Be 3
        @(Wait-EsimRequest $request).Count | Should -Be 3
        @(Wait-EsimRequest -RequestId $request.RequestId).Count | Should -Be 3
        @([pscustomobject]@{ RequestId = $request.RequestId } | Wait-EsimRequest).Count | Should -Be 3
        @(Get-EsimRequest | Wait-EsimRequest).Count | Should -Be 3
    }

    It 'waits for a request once, however often it is given' {
        $request = $script:Rows | Disable-EsimProfile -Force
        @($request, $request | Wait-EsimRequest).Count | Should -Be 3
    }

    It 'names an id that it does not know' {
        $run = Invoke-Captured { Wait-EsimRequest -RequestId 'no-such-id' }
        $run.Errors[0].FullyQualifiedErrorId | Should -Be 'EsimRequestNotFound,EsimTools.WaitEsimRequestCommand'
        $run.Errors[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $run.Errors[0].TargetObject | Should -Be 'no-such-id'
    }

    It 'says "not known yet" when the time is over, never "failed"' {
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $request = $script:Rows | Disable-EsimProfile -Force
        $run = Invoke-Captured { $request | Wait-EsimRequest -TimeoutSec 1 -PollingIntervalSec 1 }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors[0].FullyQualifiedErrorId | Should -Be 'EsimWaitTimeout,EsimTools.WaitEsimRequestCommand'
        $run.Errors[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
        "$($run.Errors[0])" | Should -Match 'not known yet for 3 of 3'
        "$($run.Errors[0])" | Should -Not -Match 'fail'
        $run.Errors[0].TargetObject | Should -Be $request
    }

    It 'writes one error for each profile that failed, with its result as the target' {
        $script:Test.Options.FailedProfiles = 1
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest }
        $run.Output | Should -BeNullOrEmpty
        ($run.Errors | Get-ErrorId | Sort-Object -Unique) | Should -Be 'EsimActionFailed'
        ($run.Errors.TargetObject.Iccid | Sort-Object) | Should -Be ($script:Rows.Iccid | Sort-Object)
        $run.Errors[0].TargetObject | Should -BeOfType EsimTools.EsimResult
        $run.Errors[0].Exception.ErrorCode | Should -Not -BeNullOrEmpty
        (Get-EsimRequest).Status | Should -Be 'Failed'
    }
}
