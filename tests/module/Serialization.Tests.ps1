# Objects that leave the session: as JSON, in a file (Export-Clixml), from a job. Each stays readable, keeps every property, and is understood
# again by the cmdlets. Which types there are is asked of the cmdlets themselves, so that a new one cannot be forgotten.

BeforeDiscovery {
    Import-Module (Join-Path ($env:ESIMTOOLS_MODULE ?? (Join-Path $PSScriptRoot '../../output/EsimTools')) 'EsimTools.psd1') -ErrorAction Stop
    # A job is started with the program beside PowerShell's library, which not every package of PowerShell has for every system.
    $script:cannotStartJobs = -not (Test-Path (Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')))
    $script:types = (Get-Command -Module EsimTools).OutputType.Type | Where-Object { $_ -and $_ -ne [void] } |
        # A report's file, a yes or no and a row of the inventory are not the module's.
        Where-Object Namespace -EQ 'EsimTools' | Sort-Object FullName -Unique |
        ForEach-Object { @{ Type = $_; Name = $_.Name } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # Compares an object with what has become of it, property by property of its type, and gives what has changed.
    # -Json: the copy is a JsonElement; otherwise it has come from a file or a job.
    function Compare-Copy([object] $Original, [object] $Copy, [string] $Where, [switch] $Json) {
        # A tool and no datum; and what the person has piped in.
        foreach ($property in $Original.GetType().GetProperties([Reflection.BindingFlags] 'Instance, Public') | Where-Object Name -NotIn 'Clock', 'InputObject') {
            $value = $property.GetValue($Original)
            $name = "$Where.$($property.Name)"
            # An if in the place of a value would make nothing of an empty list.
            if ($Json) { $copied = $Copy.GetProperty($property.Name) } else { $copied = $Copy.($property.Name) }
            Compare-Value $value $copied $name -Json:$Json
        }
    }

    function Compare-Value([object] $Value, [object] $Copied, [string] $Name, [switch] $Json) {
        if ($null -eq $Value) {
            if ($Json ? $Copied.ValueKind -ne 'Null' : $null -ne $Copied) { "$Name is no longer null: $Copied" }
        }
        elseif ($Value -is [enum]) {
            $word = $Json -and $Copied.ValueKind -eq 'String' ? $Copied.GetString() : $Copied
            if ($word -isnot [string] -or $word -cne "$Value") { "$Name is $Copied and not the word $Value" }
        }
        elseif ($Value -is [DateTimeOffset]) {
            if ($Json ? ($Copied.GetRawText() -notmatch '^"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)"$' -or $Copied.GetDateTimeOffset() -ne $Value) : ($Copied -isnot [DateTimeOffset] -or $Copied -ne $Value)) {
                "$Name is $Copied and not the time $($Value.ToString('o'))"
            }
        }
        elseif ($Value -is [timespan]) {
            # ConvertTo-Json writes a TimeSpan with all its parts.
            if (($Json ? [timespan] $Copied.GetProperty('Ticks').GetInt64() : $Copied) -ne $Value) { "$Name is $Copied and not $Value" }
        }
        elseif ($Value -is [string] -or $Value -is [uri] -or $Value.GetType().IsPrimitive) {
            if (($Json ? "$Copied" : $Copied) -ne ($Json ? "$Value" : $Value)) { "$Name is $Copied and not $Value" }
        }
        elseif ($Value -is [Collections.IEnumerable]) {
            $items = @($Value)
            $copies = $Json ? @($Copied.EnumerateArray()) : @($Copied)
            if ($items.Count -ne $copies.Count) { "$Name has $($copies.Count) members and not $($items.Count)"; return }
            for ($i = 0; $i -lt $items.Count; $i++) { Compare-Value $items[$i] $copies[$i] "$Name[$i]" -Json:$Json }
        }
        else {
            Compare-Copy $Value $Copied $Name -Json:$Json
        }
    }

    # The lists of an object, and of what is in them, that PowerShell cannot index.
    function Find-WithoutPlace([object] $Object, [string] $Where) {
        foreach ($property in $Object.GetType().GetProperties([Reflection.BindingFlags] 'Instance, Public') | Where-Object Name -NotIn 'Clock', 'InputObject') {
            $list = $property.GetValue($Object)
            if ($list -is [string] -or $list -isnot [Collections.IEnumerable]) {
                if ("$($property.PropertyType)" -like 'EsimTools.*' -and $list -and $list -isnot [enum]) { Find-WithoutPlace $list "$Where.$($property.Name)" }
                continue
            }

            $items = @(foreach ($item in $list) { $item })
            if ($items.Count -gt 0) {
                # Of what it cannot index PowerShell gives the whole.
                if (-not [object]::Equals($Object.($property.Name)[0], $items[0])) { "$Where.$($property.Name)[0] of $($list.GetType())" }
                if ($items[0] -isnot [string]) { Find-WithoutPlace $items[0] "$Where.$($property.Name)[0]" }
            }
        }
    }

    # What Export-Clixml and Import-Clixml make of objects.
    function Get-FromFile {
        param([Parameter(Mandatory, ValueFromPipeline)] [object] $Object)
        begin { $all = [Collections.Generic.List[object]]::new() }
        process { $all.Add($Object) }
        end {
            $file = Join-Path $TestDrive ('{0}.xml' -f [guid]::NewGuid().ToString('N'))
            $all | Export-Clixml $file
            Import-Clixml $file
        }
    }

    # One object of each type, with as much in it as can be had: a request that was partly refused, a device that has been attached.
    $script:Rows = @(Get-TestRow 6)
    # Of another journal: a policy counts for all that is sent from one.
    $ruled = Connect-TestSandbox -Row $script:Rows
    $policy = Set-EsimPolicy -Action deactivate -RequirePlan -Approvals 1 -Approver @{ Certificate = '0' * 40; UserName = 'ada', 'bob' } -Cap '500/1h' -WavesFrom 100 -Force -Connection $ruled.Connection
    Disconnect-EsimService $ruled.Connection
    # One that is left behind when its connection is closed.
    $kept = Connect-EsimService -Sandbox -Journal (Join-Path $TestDrive 'kept') -PassThru -InformationAction Ignore
    Get-EsimDevice -Connection $kept | Select-Object -First 2 | Disable-EsimProfile -Force -Connection $kept | Out-Null
    Disconnect-EsimService $kept
    $script:Test = Connect-TestSandbox -Row $script:Rows -Option @{ FailedProfiles = 0.5; Seed = 3 }
    $script:Request = $script:Rows | Disable-EsimProfile -Force -Reason 'CHG-4711'
    $script:Run = Invoke-Captured { $script:Request | Wait-EsimRequest }
    $script:Test.Options.FailedProfiles = 0
    $script:Failed = @($script:Run.Errors.TargetObject)
    $script:Disabled = @($script:Run.Output)
    $null = Register-EsimCallback http://127.0.0.1:9001/here -Service CarrierService -Credential (Get-TestCredential 'callbacks' 'of-the-test')
    $script:Listener = Start-EsimCallbackListener (Get-FreePrefix)
    $message = @{ requestId = $script:Request.RequestId; status = 'Success'; deviceIds = @(@{ kind = 'iccid'; id = $script:Rows[0].Iccid }) } | ConvertTo-Json -Depth 5
    $plan = $script:Rows[0..2] | New-EsimPlan -Action delete -Wave 1, 2 -Path (Join-Path $TestDrive 'one.plan')
    $other = $script:Rows[1..3] | New-EsimPlan -Action delete -Path (Join-Path $TestDrive 'other.plan')
    $script:Objects = @{
        EsimPolicy               = $policy
        EsimJournalCopy          = Copy-EsimJournal (Join-Path $TestDrive 'kept') (Join-Path $TestDrive 'copy')
        EsimJournalClearance     = Clear-EsimJournal 2020-01-01 -Journal (Join-Path $TestDrive 'copy') -Force
        EsimRequest              = $script:Request
        EsimResult               = $script:Failed[0]
        EsimProfile              = Get-EsimProfile -Iccid $script:Rows[0].Iccid
        EsimDevice               = Get-EsimDevice -Iccid $script:Rows[0].Iccid
        EsimProfileCheck         = @{ Iccid = $script:Rows[0].Iccid; ProfileRole = 'LEAD' } | Test-EsimProfile
        EsimColumn               = @{ Iccid = $script:Rows[0].Iccid } | Test-EsimProfile -Explain
        EsimResolution           = $script:Request | Resolve-EsimRequest | Select-Object -First 1
        EsimConnection           = $script:Test.Connection
        EsimCallbackRegistration = Get-EsimCallback | Where-Object ServiceName -EQ 'CarrierService'
        EsimCallbackListener     = $script:Listener
        EsimCallback             = $message | Import-EsimCallback -PassThru
        EsimPlan                 = $plan
        EsimPlanChange           = Compare-EsimPlan $plan $other | Select-Object -First 1
        EsimRunSummary           = Get-EsimRun -Last
        EsimRunCheck             = Test-EsimRun -Run $script:Request.Run.Id | Select-Object -First 1
    }
}

AfterAll {
    Disconnect-EsimService
}

Describe 'The sample' {
    It 'has successes and failures, so that both are seen' {
        $script:Failed.Count | Should -BeIn (1..5)
        $script:Disabled.Count | Should -Be (6 - $script:Failed.Count)
        $script:Failed[0].ErrorMessage | Should -Not -BeNullOrEmpty
        @($script:Request.Failures).Iccid | Should -Be $script:Failed.Iccid
    }

    It 'has <Name>, which a cmdlet says that it writes' -ForEach $types {
        $script:Objects[$Name] | Should -BeOfType $Type
    }
}

Describe 'Lists' {
    It 'can be had by place: <Name>' -ForEach @(
        @{ Name = 'EsimAction.All'; List = { , [EsimTools.EsimAction]::All } }
        @{ Name = 'EsimCallbackListener.VerizonAddresses'; List = { , [EsimTools.EsimCallbackListener]::VerizonAddresses } }
        @{ Name = 'EsimCallbackRegistration.DefaultServices'; List = { , [EsimTools.EsimCallbackRegistration]::DefaultServices } }
        @{ Name = 'EsimCallbackRegistration.KnownServices'; List = { , [EsimTools.EsimCallbackRegistration]::KnownServices } }
        @{ Name = 'EsimConnection.Listeners'; List = { , $script:Test.Connection.Listeners } }
        @{ Name = 'EsimRequest.Failures'; List = { , $script:Request.Failures } }
        @{ Name = 'EsimPlan.Refusals'; List = { , $script:Objects.EsimPlan.Refusals } }
        @{ Name = 'EsimPlan.Profiles'; List = { , $script:Objects.EsimPlan.Profiles } }
        @{ Name = 'EsimPlan.Waves.Sizes'; List = { , (Get-EsimPlan $script:Objects.EsimPlan.Path).Waves.Sizes } }
        @{ Name = 'EsimRunSummary.RequestIds'; List = { , $script:Objects.EsimRunSummary.RequestIds } }
        @{ Name = 'EsimPolicy.Rules'; List = { , $script:Objects.EsimPolicy.Rules } }
    ) {
        $list = & $List
        $list.Count | Should -BeGreaterThan 0
        $items = @(foreach ($item in $list) { $item })
        [object]::Equals($list[0], $items[0]) | Should -BeTrue -Because $list.GetType()
        [object]::Equals($list[-1], $items[-1]) | Should -BeTrue
    }
}

Describe '<Name>' -ForEach $types {
    It 'is readable as JSON: states as words, times in ISO 8601, nothing cut off' {
        # A policy is deeper than ConvertTo-Json goes by itself.
        $json = $script:Objects[$Name] | ConvertTo-Json -Depth ($Name -eq 'EsimPolicy' ? 6 : 2) -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
        Compare-Copy $script:Objects[$Name] ([Text.Json.JsonDocument]::Parse($json).RootElement) $Name -Json | Should -BeNullOrEmpty -Because (
            'numbers for words mean that this PowerShell no longer writes enums of 64 bits as words (experimental feature PSSerializeJSONLongEnumAsNumber): ' +
            'say in about_EsimTools that ConvertTo-Json then needs -EnumsAsStrings')
    }

    It 'gives what is in its lists by place' {
        Find-WithoutPlace $script:Objects[$Name] $Name | Should -BeNullOrEmpty
    }

    It 'is read back from a file with every property, times as times and states as words' {
        $copy = $script:Objects[$Name] | Get-FromFile
        $copy.PSTypeNames[0] | Should -Be "Deserialized.EsimTools.$Name"
        "$copy" | Should -Be "$($script:Objects[$Name])"
        Compare-Copy $script:Objects[$Name] $copy $Name | Should -BeNullOrEmpty
    }

    It 'is read back from a file of what was read back' {
        Compare-Copy $script:Objects[$Name] ($script:Objects[$Name] | Get-FromFile | Get-FromFile) $Name | Should -BeNullOrEmpty
    }

    It 'has no date that is a text, and no method that alone tells something' {
        $Type.GetProperties() | Where-Object { $_.PropertyType -eq [string] -and $_.Name -cmatch '(At|On|Date|Time|AsOf|Until|Since)$' } | ForEach-Object Name | Should -BeNullOrEmpty

        # In PowerShell every cmdlet takes the objects themselves, Wait-EsimRequest and Failures tell the outcomes; the connection has cmdlets.
        $told = 'ToProfile', 'GetResults', 'GetRequests', 'GetCallbacksAsync', 'ExpectCallbacks', 'CloseAsync'
        $methods = $Type.GetMethods([Reflection.BindingFlags] 'Instance, Public, DeclaredOnly') | Where-Object {
            -not $_.IsSpecialName -and $_.ReturnType -ne [void] -and $_.Name -notin 'ToString', 'Equals', 'GetHashCode' -and -not ($_.GetParameters() | Where-Object { -not $_.IsOptional })
        }
        $methods | Where-Object Name -NotIn ($told + 'ListDevices', 'ReadPageAsync', 'GetPolicy', 'RemovePolicyAsync', 'GetRuns', 'GetRequestsOfRuns', 'ToJson', '<Clone>$') | ForEach-Object Name | Should -BeNullOrEmpty
    }
}

Describe 'What was read back from <From>' -ForEach @{ From = 'a file' }, @{ From = 'JSON' } {
    BeforeAll {
        $script:Back = $From -eq 'a file' ? { param($Object) @($Object) | Get-FromFile } : { param($Object) @($Object) | ConvertTo-Json -Depth 4 | ConvertFrom-Json }
    }

    It 'as a request is found again by <_>' -ForEach 'Wait-EsimRequest', 'Get-EsimRequest', 'Resolve-EsimRequest' {
        $copy = & $script:Back $script:Request
        $run = Invoke-Captured { $copy | & $_ }
        $run.Errors | Get-ErrorId | Where-Object { $_ -ne 'EsimActionFailed' } | Should -BeNullOrEmpty
        $expected = @{ 'Wait-EsimRequest' = $script:Disabled.Count; 'Get-EsimRequest' = 1; 'Resolve-EsimRequest' = 6 }
        $run.Output.Count | Should -Be $expected[$_]
        $run.Output.RequestId | Sort-Object -Unique | Should -Be $script:Request.RequestId
    }

    It 'as a request stands for its profiles' {
        $checks = & $script:Back $script:Request | Test-EsimProfile -Action deactivate
        $checks.Iccid | Should -Be $script:Request.Profiles.Iccid
    }

    It 'as a part of a request stands for that part alone' {
        # A request of which the input names two profiles comes back with these.
        $part = $script:Disabled[0..1] | Disable-EsimProfile -Force -WarningAction Ignore
        $part.Count | Should -Be 2
        $found = & $script:Back $part | Get-EsimRequest
        $found.RequestId | Should -Be $script:Request.RequestId
        $found.Profiles.Iccid | Should -Be $part.Profiles.Iccid
        @(& $script:Back $part | Wait-EsimRequest).Count | Should -Be 2
        @(& $script:Back $part | Resolve-EsimRequest).Count | Should -Be 2
    }

    It 'as a <What> names its profile to <Cmdlet>' -ForEach @(
        foreach ($what in 'profile', 'device', 'failed result', 'check', 'resolution') {
            foreach ($cmdlet in 'Disable-EsimProfile', 'Enable-EsimProfile', 'Remove-EsimProfile', 'Test-EsimProfile', 'Get-EsimProfile') {
                @{ What = $what; Cmdlet = $cmdlet }
            }
        }
    ) {
        $live = @{
            profile = $script:Objects.EsimProfile; device = $script:Objects.EsimDevice; check = $script:Objects.EsimProfileCheck
            resolution = $script:Objects.EsimResolution; 'failed result' = $script:Failed[0]
        }[$What]
        $parameters = $Cmdlet -in 'Test-EsimProfile', 'Get-EsimProfile' ? @{} : @{ WhatIf = $true }
        $run = Invoke-Captured { & $script:Back $live | & $Cmdlet @parameters }

        $run.Terminating | Should -BeNullOrEmpty
        # The check is one of a LEAD profile, and forbids what its row does.
        $expected = 'EsimProfileNotDisabled', 'EsimProfileStateUnknown', ($What -eq 'check' ? 'EsimProfileNotDeletable' : $null)
        $run.Errors | Get-ErrorId | Where-Object { $_ -notin $expected } | Should -BeNullOrEmpty
        if ($Cmdlet -in 'Test-EsimProfile', 'Get-EsimProfile') {
            $run.Output.Iccid | Should -Be $live.Iccid
        }
    }

    It 'as results names their request' {
        $run = Invoke-Captured { & $script:Back $script:Disabled[0] | Get-EsimRequest }
        $run.Output.RequestId | Should -Be $script:Request.RequestId
    }

    It 'can be filtered, sorted and compared by state and time' {
        $copies = & $script:Back (@($script:Failed) + @($script:Disabled))
        @($copies | Where-Object Status -EQ 'Failed').Count | Should -Be $script:Failed.Count
        ($copies | Group-Object Status).Name | Should -Contain 'Succeeded'
        @($copies | Where-Object ReceivedAt -GT (Get-Date).AddHours(-1)).Count | Should -Be 6
        @($copies | Where-Object ReceivedAt -GT (Get-Date).AddHours(1)).Count | Should -Be 0
    }
}

Describe 'What was read back, and the guard' {
    It 'believes no state that comes from a file: <What>' -ForEach @(
        @{ What = 'a profile of the service''s list'; Make = { [EsimTools.EsimProfile]@{ Iccid = $Row.Iccid; Eid = $Row.Eid; ProfileStatus = 'DISABLE'; State = 'deactive'; Source = 'ServiceList'; AsOf = [DateTimeOffset]::UtcNow } } }
        @{ What = 'a device'; Make = { [EsimTools.EsimDevice]@{ Iccid = $Row.Iccid; Eid = $Row.Eid; ProfileStatus = 'DISABLE'; State = 'deactive'; AsOf = [DateTimeOffset]::UtcNow } } }
    ) {
        $Row = $script:Rows[0]
        # Enabled at the service, whatever the copy says.
        $run = Invoke-Captured { $Row | Enable-EsimProfile -Force | Wait-EsimRequest }
        $copy = & $Make | Get-FromFile
        ($copy | Test-EsimProfile).Result | Should -Be 'AskService'
        $before = @(Get-SentAction $script:Test.Sandbox 'delete').Count
        $run = Invoke-Captured { $copy | Remove-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileNotDisabled'
        @(Get-SentAction $script:Test.Sandbox 'delete').Count | Should -Be $before
    }

    It 'lets a state that comes from a file forbid' {
        $null = $script:Rows[1] | Disable-EsimProfile -Force -Resubmit | Wait-EsimRequest
        $copy = [EsimTools.EsimProfile]@{ Iccid = $script:Rows[1].Iccid; Eid = $script:Rows[1].Eid; ProfileStatus = 'ENABLE'; State = 'active'; Source = 'ServiceList' } | Get-FromFile
        $run = Invoke-Captured { $copy | Remove-EsimProfile -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileNotDisabled'
    }
}

Describe 'What names a request' {
    It '<_> takes it as an argument too: the object, its id, what was read back, several' -ForEach 'Wait-EsimRequest', 'Get-EsimRequest', 'Resolve-EsimRequest' {
        foreach ($argument in $script:Request, $script:Request.RequestId, $script:Request.LocalId, ($script:Request | Get-FromFile), @{ requestId = $script:Request.RequestId }) {
            $run = Invoke-Captured { & $_ $argument }
            $run.Errors | Get-ErrorId | Where-Object { $_ -ne 'EsimActionFailed' } | Should -BeNullOrEmpty
            $run.Output.RequestId | Sort-Object -Unique | Should -Be $script:Request.RequestId
        }

        $once = (Invoke-Captured { & $_ $script:Request }).Output.Count
        # What is waited for is waited for once.
        (Invoke-Captured { & $_ @($script:Request, $script:Request.RequestId) }).Output.Count | Should -Be ($_ -eq 'Wait-EsimRequest' ? $once : 2 * $once)
    }
}

Describe 'What names no request' {
    It '<_> says so, and asks for nothing else' -ForEach 'Wait-EsimRequest', 'Get-EsimRequest', 'Resolve-EsimRequest' {
        $run = Invoke-Captured { $script:Rows[0], @{ Colour = 'blue' } | & $_ }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be @('EsimInputInvalid', 'EsimInputInvalid')
        $run.Errors[0].TargetObject | Should -Be $script:Rows[0]
    }

    It 'an id that nobody knows is one error with the id' {
        $run = Invoke-Captured { [pscustomobject]@{ RequestId = 'of-another-connection' } | Resolve-EsimRequest }
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestNotFound'
        "$($run.Errors)" | Should -Match 'of-another-connection'
    }

    It 'profiles that are not in the request are not known of it' {
        $copy = [pscustomobject]@{ RequestId = $script:Request.RequestId; Profiles = @(Get-TestRow 1 -Skip 50) }
        $run = Invoke-Captured { $copy | Wait-EsimRequest }
        $run.Errors | Get-ErrorId | Should -Be 'EsimRequestNotFound'
    }

    It 'a row of a table is enough for a whole request, and not for a part of one' {
        ($script:Request | ConvertTo-Csv | ConvertFrom-Csv | Get-EsimRequest).Count | Should -Be 6
        $part = $script:Disabled[0..1] | Disable-EsimProfile -Force -WarningAction Ignore
        $part.Count | Should -Be 2
        $run = Invoke-Captured { $part | ConvertTo-Csv | ConvertFrom-Csv | Get-EsimRequest }
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
    }

    It 'profiles that were cut to a text are no reason to act on all of them' {
        $copy = [pscustomobject]@{ RequestId = $script:Request.RequestId; Profiles = @("$($script:Request.Profiles[0])") }
        $run = Invoke-Captured { $copy | Get-EsimRequest }
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        "$($run.Errors)" | Should -Match 'cannot be read'
    }
}

Describe 'A request in doubt' {
    It 'is found again by the journal''s id, which is the only one it has' {
        $test = Connect-TestSandbox -Row $script:Rows
        $test.Sandbox.Script('HtmlAnswer', 1, 'deactivate')
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $doubtful = $run.Errors[0].TargetObject
        $doubtful.RequestId | Should -BeNullOrEmpty

        $copy = $doubtful | Get-FromFile
        ($copy | Get-EsimRequest).LocalId | Should -Be $doubtful.LocalId
        @($copy | Resolve-EsimRequest).Count | Should -Be 6
        Disconnect-EsimService $test.Connection
    }
}

Describe 'A job, which is another process' -Skip:$cannotStartJobs {
    BeforeAll {
        $script:Server = Open-SandboxServer
        $script:Journal = Join-Path $TestDrive 'shared-journal'
        $script:There = Connect-TestServer $script:Server -Prefix sandbox -Parameter @{ JournalPath = $script:Journal }
        $module, $baseUri, $journal, $iccid = $env:ESIMTOOLS_MODULE, $script:Server.BaseUri, $script:Journal, @(Get-EsimDevice -Connection $script:There -First 6).Iccid
        $job = Start-Job {
            Import-Module (Join-Path $using:module 'EsimTools.psd1')
            $credential = { param($Name, $Text) [pscredential]::new($Name, [Net.NetworkCredential]::new('', $Text).SecurePassword) }
            Connect-EsimService -BaseUri $using:baseUri -JournalPath $using:journal -AccountName 0000123456-00001 `
                -ApiCredential (& $credential sandbox-key sandbox-secret) -UserCredential (& $credential sandbox-user sandbox-password)
            $using:iccid | Get-EsimProfile | Where-Object State -EQ active | Disable-EsimProfile -Force -OutVariable request
            $request | Wait-EsimRequest -PollingIntervalSec 1
        }
        try {
            if (-not ($job | Wait-Job -Timeout $script:Limit.TotalSeconds)) { throw 'The job did not end.' }
            $script:FromJob = @($job | Receive-Job)
        }
        finally {
            $job | Remove-Job -Force
        }
    }

    AfterAll {
        Disconnect-EsimService $script:There
        Close-Server $script:Server
    }

    It 'gives requests and results whose times are times and whose states are words' {
        $script:FromJob[0].PSTypeNames[0] | Should -Be 'Deserialized.EsimTools.EsimRequest'
        $script:FromJob[0].SubmittedAt | Should -BeOfType [DateTimeOffset]
        $script:FromJob[0].Run.StartedAt | Should -BeOfType [DateTimeOffset]
        $script:FromJob[-1].PSTypeNames[0] | Should -Be 'Deserialized.EsimTools.EsimResult'
        $script:FromJob[-1].Status | Should -BeExactly 'Succeeded'
        $script:FromJob[-1].ReceivedAt | Should -BeOfType [DateTimeOffset]
    }

    It 'gives requests that this process knows by the journal' {
        $found = $script:FromJob[0] | Get-EsimRequest -Connection $script:There
        $found.RequestId | Should -Be $script:FromJob[0].RequestId
        $found.Count | Should -Be $script:FromJob[0].Count
        @($script:FromJob[0] | Wait-EsimRequest -Connection $script:There).Count | Should -Be $found.Count
        @($script:FromJob[0] | Test-EsimProfile -Connection $script:There).Count | Should -Be $found.Count
    }

    It 'gives a request to another process too' {
        $script:FromJob[0] | Get-FromFile | Get-EsimRequest -Connection $script:There | ForEach-Object LocalId | Should -Be $script:FromJob[0].LocalId
    }
}

Describe 'A session in which the module comes and goes' {
    It 'is told of its times whenever the module is there' {
        $shell = Invoke-NewShell @"
foreach (`$i in 1..3) {
    Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')' -Force
    "TOLD `$(@(Get-TypeData Deserialized.EsimTools.* | Where-Object TargetTypeForDeserialization).Count) `$(`$Error)"
    Remove-Module EsimTools
}
"@
        [regex]::Matches($shell.Text, '(?m)^TOLD 14\s*$').Count | Should -Be 3 -Because $shell.Text
    }
}
