# Rows as inventories have them, and as they must not be: whatever stands in a row, it gives one verdict or one error, and the rows around it
# are none the worse.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Count = if ($env:ESIMTOOLS_TEST_LONG -eq '1') { 5000 } else { 200 }
    $script:Seed = Get-Random
    $script:Random = [Random]::new($script:Seed)
    $script:Sound = @(Get-TestRow $script:Count)

    function Get-OneOf([object[]] $Item) {
        , $Item[$script:Random.Next($Item.Count)]
    }

    function Get-Damaged([string] $Text) {
        $place = $script:Random.Next($Text.Length)
        switch ($script:Random.Next(8)) {
            0 { $Text.Remove($place) }
            1 { $Text.Insert($place, [string][char] $script:Random.Next(1, 0xd800)) }
            2 { $Text.Insert($place, ' - ') }
            3 { '="{0}"' -f $Text }
            4 { if ($Text -match '^\d+$') { '{0:0.####E+00}' -f [double] $Text } else { $Text.ToUpperInvariant() } }
            5 { $Text + $Text }
            6 { '' }
            7 { Get-OneOf @($null, 0, 1.5, @(), @('a', 'b'), @{ a = 1 }, (Get-Date), [datetime]::MinValue, $true, ([char] 0xd800), "`0`r`n") }
        }
    }

    # A row with damage in one to three of its columns, under the names it had or others that are understood.
    function Get-DamagedRow([object] $Row) {
        $values = [ordered]@{}
        foreach ($property in $Row.PSObject.Properties) {
            $values[$property.Name] = $property.Value
        }

        foreach ($i in 1..$script:Random.Next(1, 4)) {
            $column = Get-OneOf @($values.Keys)
            $values[$column] = if ($values[$column] -is [string] -and $values[$column]) { Get-Damaged $values[$column] } else { 'x' }
        }

        switch ($script:Random.Next(4)) {
            0 { $values }
            1 { [hashtable] $values }
            default { [pscustomobject] $values }
        }
    }
}

Describe 'Damaged rows among sound ones' {
    It 'give one verdict or one error each, and the sound ones their verdict' {
        $rows = foreach ($row in $script:Sound) {
            $row
            Get-DamagedRow ($row | Select-Object *)
        }

        $run = Invoke-Captured { $rows | Test-EsimProfile -Action deactivate }

        $why = "the seed was $script:Seed"
        $run.Terminating | Should -BeNullOrEmpty -Because $why
        $run.Output.Count + $run.Errors.Count | Should -Be $rows.Count -Because $why
        $sound = [Collections.Generic.HashSet[string]]::new([string[]] $run.Output.Iccid)
        $script:Sound.Iccid | Where-Object { -not $sound.Contains($_) } | Should -BeNullOrEmpty -Because $why
        $run.Errors | Get-ErrorId | Where-Object { $_ -notmatch '^Esim(Iccid|Eid|Imei|Input|Profile|Parameter)' } | Should -BeNullOrEmpty -Because $why
    }
}

Describe 'Rows with different columns in one pipeline' {
    BeforeAll {
        # Properties that a type gives its objects, and objects whose properties are not their own.
        Update-TypeData -TypeName 'EsimTest.Lead' -MemberType NoteProperty -MemberName ProfileRole -Value 'LEAD' -Force
        class EsimTestDevice { [string] $Iccid; [string] $Eid; [string] $State }
        class EsimTestLead { [string] $ProfileRole = 'LEAD' }

        # The same profile as inventories of many origins have it. What it says of the state decides the verdict.
        $script:Makes = @(
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; Site = $s } }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; State = $s } }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; 'Profile Status' = $s } }
            { param($i, $e, $s) [pscustomobject]@{ 'SIM ICCID' = $i; Eid = $e; ProfileState = $s } }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; Site = $s } | Add-Member -NotePropertyName ProfileStatus -NotePropertyValue $s -PassThru }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; Site = $s } | Add-Member -MemberType ScriptProperty -Name ProfileStatus -Value { $this.Site } -PassThru }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; Site = $s } | Add-Member -MemberType ScriptProperty -Name ProfileStatus -Value { throw 'not known' } -PassThru }
            { param($i, $e, $s) [pscustomobject]@{ Icc = $i; Eid = $e; Status = $s } | Add-Member -MemberType AliasProperty -Name ProfileStatus -Value Status -PassThru }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; Site = $s } | Select-Object *, @{ Name = 'ProfileStatus'; Expression = { $_.Site } } }
            { param($i, $e, $s) [pscustomobject]@{ Iccid = $i; Eid = $e; Site = $s } | Select-Object Iccid, Eid }
            { param($i, $e, $s) [pscustomobject]@{ PSTypeName = 'EsimTest.Lead'; Iccid = $i; Eid = $e; Site = $s } }
            { param($i, $e, $s) [EsimTestDevice]@{ Iccid = $i; Eid = $e; State = $s } }
            { param($i, $e, $s) [EsimTestDevice]@{ Iccid = $i; Eid = $e; State = $s } | Add-Member -NotePropertyName ProfileRole -NotePropertyValue LEAD -PassThru }
            { param($i, $e, $s) Get-FromOtherProcess ([EsimTestDevice]@{ Iccid = $i; Eid = $e; State = $s }) }
            { param($i, $e, $s) Get-FromOtherProcess ([pscustomobject]@{ Iccid = $i; Eid = $e; ProfileStatus = $s }) }
            { param($i, $e, $s) @{ Iccid = $i; Eid = $e; ProfileStatus = $s } }
        )

        function Get-FromOtherProcess([object] $Object) {
            [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($Object))
        }

        function Get-Verdict {
            param([Parameter(ValueFromPipeline)] [object] $Check)
            process { '{0} {1} {2} {3}' -f $Check.Iccid, $Check.Eid, $Check.Result, $Check.ErrorId }
        }

        function Get-DeserializedRow([string] $Iccid, [string] $Own) {
            $text = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>Deserialized.Vendor.Sim</T></TN>' +
            $Own + "<MS><S N=`"Iccid`">$Iccid</S></MS></Obj></Objs>"
            [Management.Automation.PSSerializer]::Deserialize($text)
        }
    }

    AfterAll {
        Remove-TypeData -TypeName 'EsimTest.Lead'
    }

    It 'give each the verdict that it has alone, after a row of any other make' {
        $profiles = Get-TestRow (2 * $script:Makes.Count * $script:Makes.Count)
        $next = 0
        $rows = foreach ($before in $script:Makes) {
            foreach ($after in $script:Makes) {
                & $before $profiles[$next].Iccid $profiles[$next].Eid 'DISABLE'
                & $after $profiles[$next + 1].Iccid $profiles[$next + 1].Eid 'ENABLE'
                $next += 2
            }
        }

        # Together first: a row that has been listed carries more than before.
        $together = $rows | Test-EsimProfile -Action delete | Get-Verdict
        $alone = foreach ($row in $rows) { , $row | Test-EsimProfile -Action delete | Get-Verdict }

        $together.Count | Should -Be $rows.Count
        for ($i = 0; $i -lt $rows.Count; $i++) {
            $together[$i] | Should -BeExactly $alone[$i] -Because "row $i is of make $([math]::Floor($i / 2) % $script:Makes.Count) or the one before it"
        }
    }

    It 'give each the verdict that it has alone, in whatever order they come' {
        $states = 'ENABLE', 'DISABLE', 'DELETE', 'DEACTIVE', 'ACTIVE', ''
        $rows = foreach ($row in $script:Sound) {
            $make = Get-OneOf $script:Makes
            # Runs of like rows, as files have them, and changes in between.
            foreach ($i in 1..$script:Random.Next(1, 4)) { & $make $row.Iccid $row.Eid (Get-OneOf $states) }
        }

        $together = $rows | Test-EsimProfile -Action delete | Get-Verdict
        $alone = foreach ($row in $rows) { , $row | Test-EsimProfile -Action delete | Get-Verdict }

        $why = "the seed was $script:Seed"
        ($alone | ForEach-Object { ($_ -split ' ')[2, 3] -join ' ' } | Select-Object -Unique).Count | Should -BeGreaterThan 2 -Because 'the states make a difference'
        $together.Count | Should -Be $rows.Count -Because $why
        for ($i = 0; $i -lt $rows.Count; $i++) {
            $together[$i] | Should -BeExactly $alone[$i] -Because "row $i, $why"
        }
    }

    It 'are read with what their type gives them: <Name>' -ForEach @(
        @{ Name = 'a type of their own'; Type = 'EsimTest.Lead' }
        @{ Name = 'the type of all objects made by hand'; Type = 'System.Management.Automation.PSCustomObject' }
    ) {
        $iccids = (Get-TestRow 3).Iccid
        Update-TypeData -TypeName $Type -MemberType NoteProperty -MemberName ProfileRole -Value 'LEAD' -Force
        try {
            $rows = $iccids | ForEach-Object { [pscustomobject]@{ PSTypeName = $Type; Iccid = $_ } }
            ($rows | Test-EsimProfile -Action delete).ErrorId | Should -Be @('EsimProfileNotDeletable', 'EsimProfileNotDeletable', 'EsimProfileNotDeletable')
        }
        finally {
            if ($Type -ne 'EsimTest.Lead') { Remove-TypeData -TypeName $Type }
        }
    }

    It 'are told apart by their type alone, when their own columns are the same: <Name>' -ForEach @(
        @{ Name = 'one more type'; Change = { param($row) $row.PSObject.TypeNames.Insert(0, 'EsimTest.Lead'); $row } }
        @{ Name = 'one more type behind the others'; Change = { param($row) $row.PSObject.TypeNames.Add('EsimTest.Lead'); $row } }
        @{ Name = 'another type'; Change = { param($row) $row.PSObject.TypeNames[0] = 'EsimTest.Lead'; $row } }
        @{
            Name = 'a .NET object dressed up as a row'
            Change = {
                param($row)
                $device = [EsimTestLead]::new() | Add-Member -NotePropertyName Iccid -NotePropertyValue $row.Iccid -PassThru
                $device.PSObject.TypeNames.Clear()
                $row.PSObject.TypeNames | ForEach-Object { $device.PSObject.TypeNames.Add($_) }
                $device
            }
        }
    ) {
        $iccids = (Get-TestRow 2).Iccid
        $first, $second = $iccids | ForEach-Object { [pscustomobject]@{ Iccid = $_ } }
        $rows = $first, (& $Change $second)
        # Looking into a row makes it carry one member more; both have to.
        $null = $rows.ForEach({ $_.PSObject })
        ($rows | Test-EsimProfile -Action delete).ErrorId | Should -Be @($null, 'EsimProfileNotDeletable')
    }

    It 'are read whole when they come from another process and one has more than the other' {
        $iccids = (Get-TestRow 2).Iccid
        $rows = (Get-DeserializedRow $iccids[0] ''), (Get-DeserializedRow $iccids[1] '<Props><S N="ProfileRole">LEAD</S></Props>')
        ($rows | Test-EsimProfile -Action delete).ErrorId | Should -Be @($null, 'EsimProfileNotDeletable')
    }

    It 'may be one object that is changed and handed on again' {
        $row = [pscustomobject]@{ Iccid = ''; State = 'DEACTIVE'; Role = '' }
        $checks = Get-TestRow 4 | ForEach-Object {
            $row.Iccid = $_.Iccid
            if ($row.PSObject.Properties['Role']) { $row.PSObject.Properties.Remove('Role'); $row | Add-Member ProfileRole LEAD } else { $row.ProfileRole = $null }
            $row
        } | Test-EsimProfile -Action delete
        $checks.Iccid | Should -Be (Get-TestRow 4).Iccid
        $checks.ErrorId | Should -Be @('EsimProfileNotDeletable', $null, $null, $null)
    }
}

Describe 'Profiles made by hand' {
    It 'are read like rows where their identifiers are not digits alone' {
        $null = Connect-TestSandbox
        $row = Get-TestRow 1
        $profiles = foreach ($values in
            @{ Iccid = '8.9E+19' }, @{ Iccid = 'abc' }, @{ Iccid = $row.Iccid; Eid = 'abc' }, @{ Iccid = $row.Iccid; Imei = '12-34' }, @{ Iccid = $row.Iccid.Insert(4, ' - '); ProfileRole = 'LEAD' }
        ) {
            [EsimTools.EsimProfile] $values
        }

        $checks = @($profiles | Test-EsimProfile -Action delete -WarningAction SilentlyContinue)
        $checks.ErrorId | Should -Be @('EsimIccidInvalid', 'EsimIccidInvalid', 'EsimEidInvalid', $null, 'EsimProfileNotDeletable')
        $checks[4].Iccid | Should -Be $row.Iccid
        $run = Invoke-Captured { $profiles[0..2] | Disable-EsimProfile -Force }
        $run.Errors.Count | Should -Be 3
        $run.Output | Should -BeNullOrEmpty
        Disconnect-EsimService
    }
}

Describe 'Nothing in the place of a row' {
    BeforeAll {
        $script:Iccid = (Get-TestRow 1).Iccid
        $null = Connect-TestSandbox
    }

    AfterAll {
        Disconnect-EsimService
    }

    It 'is one error that says which one, and the others are served: <Name>' -ForEach @(
        @{ Name = 'from the pipeline'; Run = { $null, $script:Iccid, $null | Disable-EsimProfile -WhatIf } }
        @{ Name = 'in an array'; Run = { Disable-EsimProfile -InputObject @($null, $script:Iccid, $null) -WhatIf } }
    ) {
        $run = Invoke-Captured $Run
        $run.Errors | ForEach-Object { "$_" } | Should -Be @('Input 1 was left out: it is null.', 'Input 3 was left out: it is null.')
        $run.Errors | Get-ErrorId | Should -Be @('EsimInputInvalid', 'EsimInputInvalid')
    }

    It 'lists no fleet: an empty variable is not the wish for all profiles' {
        foreach ($command in { $null | Get-EsimProfile }, { Get-EsimProfile $null }, { Get-EsimProfile -InputObject $null }) {
            $run = Invoke-Captured $command
            $run.Output | Should -BeNullOrEmpty
            $run.Errors | Get-ErrorId | Should -Be @('EsimInputInvalid')
        }
    }

    It 'is an error also where nothing at all is given' {
        (Invoke-Captured { Disable-EsimProfile -Force }).Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        (Invoke-Captured { Test-EsimProfile }).Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
    }

    It 'is told by Test-EsimProfile as a check that failed' {
        $check = $null | Test-EsimProfile
        $check.Result | Should -Be 'Invalid'
        $check.ErrorId | Should -Be 'EsimInputInvalid'
        $check.InputObject | Should -BeNullOrEmpty
    }
}

# The quick way to read rows uses what PowerShell does not show to others. Where it has gone, rows are read the slow way with the same result, so
# that no other test would tell.
Describe 'The quick way to read rows' {
    BeforeAll {
        $shape = [EsimTools.EsimProfileCheck].Assembly.GetType('EsimTools.Binding.RowShape', $true)
        $script:List = $shape.GetMethod('List')
        $script:TryTake = $shape.GetMethod('TryTake')
        $script:WhatToDo = "PowerShell $($PSVersionTable.PSVersion) no longer keeps the members of an object where src/EsimTools/Binding/RowShape.cs looks for them " +
        '(PSObject.InstanceMembers with Count and Item, PSObject.InternalTypeNames). Every row is listed now, which takes several times as long (./build.ps1 Bench). ' +
        'Look in PowerShell''s source, MshObject.cs and MshMemberInfo.cs, what they have become, and name that in RowShape'
    }

    It 'is there for rows of <From>' -ForEach @(
        @{ From = 'Import-Csv'; Make = { Get-TestRow 2 } }
        @{ From = 'ConvertFrom-Json'; Make = { Get-TestRow 2 | ConvertTo-Json | ConvertFrom-Json } }
        @{ From = 'Select-Object'; Make = { Get-TestRow 2 | Select-Object Iccid, Eid } }
        @{ From = '[pscustomobject]'; Make = { 1, 2 | ForEach-Object { [pscustomobject]@{ Iccid = "$_"; Eid = "$_" } } } }
    ) {
        $rows = @(& $Make)
        $arguments = [object[]]@([psobject] $rows[0], $null, $null)
        $null = $script:List.Invoke($null, $arguments)
        $arguments[2] | Should -Not -BeNullOrEmpty -Because $script:WhatToDo
        $script:TryTake.Invoke($arguments[2], [object[]]@([psobject] $rows[1])) | Should -BeTrue -Because $script:WhatToDo
    }
}
