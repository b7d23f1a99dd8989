# The wrong file, or the right one read wrongly: one error that says what was found and what to do, however many rows it has. And inventories as other
# programs give them: each sample has the names of the document that stands above it, and is read without a rename.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $null = Connect-TestSandbox
    $script:Row = Get-TestRow 1

    # Rows as Import-Csv gives them.
    function Import-Text([string] $Text, [hashtable] $With = @{}) {
        $path = Join-Path $TestDrive ('file-{0}.csv' -f [guid]::NewGuid().ToString('N'))
        [IO.File]::WriteAllText($path, $Text)
        Import-Csv $path @With
    }
}

AfterAll {
    Disconnect-EsimService
}

Describe 'A file read wrongly' {
    It 'is one error that says what to type: <What>' -ForEach @(
        @{ What = 'semicolons'; Header = 'Name;Sim Iccid;EID'; With = @{}; Says = "another delimiter"; Do = "-Delimiter ';'.*'Sim Iccid'" }
        @{ What = 'tabs'; Header = "Name`tSim Iccid`tEID"; With = @{}; Says = "another delimiter"; Do = '-Delimiter "`t"' }
        @{ What = 'commas, read with a semicolon'; Header = 'Name,Sim Iccid,EID'; With = @{ Delimiter = ';' }; Says = 'another delimiter'; Do = "-Delimiter ','" }
        @{ What = 'semicolons, with a comma in a name'; Header = 'Name, first;Sim Iccid;EID'; With = @{}; Says = 'another delimiter'; Do = "-Delimiter ';'" }
        @{ What = 'other names'; Header = 'Name,Serial,Site'; With = @{}; Says = "columns are 'Name', 'Serial', 'Site'"; Do = "-Property @{ Iccid = " }
        @{ What = 'no header'; Header = 'a,89445380933990550165,b'; With = @{}; Says = 'no header'; Do = 'Import-Csv -Header' }
    ) {
        $text = (@($Header) + @(1..30 | ForEach-Object { $Header -replace '[^;,\t]+', "x$_" })) -join "`n"

        $run = Invoke-Captured { Import-Text $text $With | Disable-EsimProfile -Force }

        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        "$($run.Errors[0])" | Should -Match $Says
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match $Do
        $run.Warnings | Should -Be '29 more rows without a column that names a profile were left out.'
    }

    It 'is one verdict for each row of Test-EsimProfile, which is what it is for' {
        $checks = Import-Text "Name;Iccid`na;1`nb;2" | Test-EsimProfile
        $checks.Result | Should -Be @('Invalid', 'Invalid')
        $checks[1].RecommendedAction | Should -Match "-Delimiter ';'"
    }

    It 'is one error of Get-EsimDevice and Get-EsimResult -Inventory, too' {
        $rows = Import-Text "Name;Iccid`na;1`nb;2`nc;3"
        (Invoke-Captured { $rows | Get-EsimDevice }).Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        (Invoke-Captured { Get-EsimResult -Inventory $rows }).Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
    }
}

Describe 'A column that is damaged as a whole' {
    It 'is one error with the count: <What>' -ForEach @(
        @{ What = 'a spreadsheet has rounded the ICCIDs'; Line = '8.9E+19,89049032004000885005550498736718'; ErrorId = 'EsimIccidInvalid'; Says = 'spreadsheet'; Do = '' }
        @{ What = 'ICCIDs and EIDs are swapped'; Line = '89049032004000885005550498736718,89445380933990550165'; ErrorId = 'EsimIccidInvalid'; Says = 'The columns are swapped'; Do = "-Property @{ Iccid = 'Eid'; Eid = 'Iccid' }" }
    ) {
        $run = Invoke-Captured { Import-Text ((@('Iccid,Eid') + @($Line) * 300) -join "`n") | Disable-EsimProfile -Force }

        $run.Errors | Get-ErrorId | Should -Be $ErrorId
        "$($run.Errors[0])" | Should -Match "^300 rows, from the first on.*$Says"
        "$($run.Errors[0].ErrorDetails.RecommendedAction)" | Should -Match ([regex]::Escape($Do))
    }

    It 'is not what a few rows have before a sound one: each is an error, with its row' {
        $rows = Import-Text "Iccid`n8.9E+19`n8.9E+19`n$($script:Row.Iccid)`n8.9E+19"
        $run = Invoke-Captured { $rows | Disable-EsimProfile -WhatIf }
        $run.Errors.Count | Should -Be 3
        [object]::ReferenceEquals($run.Errors[1].TargetObject, $rows[1]) | Should -BeTrue
    }

    It 'names a single identifier in the wrong column' {
        (@{ Iccid = $script:Row.Iccid; Eid = $script:Row.Imei } | Test-EsimProfile).Message | Should -Match 'That is an IMEI'
    }

    It 'is exchanged by -Property' {
        $row = Import-Text "Iccid,Eid`n$($script:Row.Eid),$($script:Row.Iccid)"
        $check = $row | Test-EsimProfile -Property @{ Iccid = 'Eid'; Eid = 'Iccid' }
        "$($check.Iccid) $($check.Eid)" | Should -Be "$($script:Row.Iccid) $($script:Row.Eid)"
    }
}

Describe 'The number of a row' {
    It 'is the file''s behind Import-Csv, and the input''s elsewhere' {
        $text = "Iccid`n$($script:Row.Iccid)`nabc"
        (Import-Text $text | Test-EsimProfile)[1].Message | Should -Match '^Input 2 ' -Because 'a function may leave rows out'
        $path = Join-Path $TestDrive 'numbered.csv'
        [IO.File]::WriteAllText($path, $text)
        (Import-Csv $path | Test-EsimProfile)[1].Message | Should -Match '^Row 3 '
        (Import-Csv $path | Where-Object Iccid -EQ abc | Test-EsimProfile).Message | Should -Match '^Input 1 '
    }
}

Describe 'An IMEI that cannot be used' {
    It 'is left out beside an ICCID and EID, with one warning: <_>' -ForEach 'N/A', '35812409500144', '3581240950014489', '8.64188E+14' {
        $run = Invoke-Captured { Get-TestRow 3 -With @{ Imei = $_ } | Disable-EsimProfile -WhatIf }
        $run.Errors | Should -BeNullOrEmpty
        $run.Warnings.Count | Should -Be 1
        $run.Warnings[0] | Should -Match "^3 profiles have an IMEI that cannot be used.*'$([regex]::Escape($_))'"
        $check = Get-TestRow 1 -With @{ Imei = $_ } | Test-EsimProfile -Action deactivate -WarningAction SilentlyContinue
        "$($check.Result) $($check.Imei)" | Should -Be 'Allowed '
        $check.Message | Should -Match 'The IMEI'
    }

    It 'is an error where it is all there is, and so is a bad EID' {
        "$((@{ Imei = 'N/A' } | Test-EsimProfile).ErrorId)" | Should -Be 'EsimImeiInvalid'
        "$((Get-TestRow 1 -With @{ Eid = 'N/A' } | Test-EsimProfile).ErrorId)" | Should -Be 'EsimEidInvalid'
    }
}

Describe 'Test-EsimProfile -Quiet' {
    It 'is one Boolean for each input, true where the action is allowed' {
        $answers = $script:Row.Iccid, '8.9E+19', $null, @{ Colour = 'blue' }, @{ Iccid = $script:Row.Iccid; State = 'DEACTIVE' } | Test-EsimProfile -Action deactivate -Quiet
        $answers | Should -BeOfType bool
        $answers | Should -Be @($true, $false, $false, $false, $true)
    }

    It 'is false where the service would have to be asked first' {
        $script:Row | Test-EsimProfile -Quiet | Should -BeFalse
    }

    It 'does not go with -Explain' {
        (Invoke-Captured { $script:Row | Test-EsimProfile -Quiet -Explain }).Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
    }
}

Describe 'An inventory of another program' {
    BeforeAll {
        # Microsoft.Graph.PowerShell.Models.MicrosoftGraphManagedDevice, as far as it matters here.
        Add-Type -TypeDefinition '
            namespace EsimTest.Graph {
                public class HardwareInformation { public string EsimIdentifier { get; set; } public string Imei { get; set; } }
                public class ManagedDevice {
                    public string Id { get; set; } public string DeviceName { get; set; } public string Iccid { get; set; } public string Imei { get; set; }
                    public string ManagementState { get; set; } public HardwareInformation HardwareInformation { get; set; }
                    public System.Collections.Generic.IDictionary<string, object> AdditionalProperties { get; set; }
                }
            }'
    }

    It 'is read without a rename: <From>' -ForEach @(
        # https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice, .../intune-devices-hardwareinformation?view=graph-rest-beta
        @{ From = 'Get-MgBetaDeviceManagementManagedDevice'; Make = {
                [EsimTest.Graph.ManagedDevice]@{
                    Id = 'b7'; Iccid = $args[0].Iccid; Imei = $args[0].Imei; ManagementState = 'managed'
                    HardwareInformation = [EsimTest.Graph.HardwareInformation]@{ EsimIdentifier = $args[0].Eid; Imei = '' }
                }
            }
        }
        @{ From = 'Get-MgDeviceManagementManagedDevice, whose type does not know the property'; Make = {
                $more = [Collections.Generic.Dictionary[string, object]]::new()
                $more['hardwareInformation'] = @{ esimIdentifier = $args[0].Eid; imei = $args[0].Imei }
                [EsimTest.Graph.ManagedDevice]@{ Id = 'b7'; Iccid = $args[0].Iccid; AdditionalProperties = $more }
            }
        }
        @{ From = 'Invoke-MgGraphRequest'; Make = {
                @{ id = 'b7'; iccid = $args[0].Iccid; imei = $args[0].Imei; managementState = 'managed'; hardwareInformation = @{ esimIdentifier = $args[0].Eid; imei = '000000000000000' } }
            }
        }
        @{ From = 'a whole page of Invoke-MgGraphRequest'; Make = {
                @{
                    '@odata.context' = 'https://graph.microsoft.com/beta/$metadata#deviceManagement/managedDevices'
                    value            = @(@{ iccid = $args[0].Iccid; imei = $args[0].Imei; hardwareInformation = @{ esimIdentifier = $args[0].Eid } })
                }
            }
        }
        # The columns of Intune's report: https://learn.microsoft.com/azure/azure-monitor/reference/tables/intunedevices. With ICCID and EID as its hardware page names them.
        @{ From = 'Intune''s exported CSV'; Make = {
                Import-Text "Device ID,Device name,Device state,Compliance,IMEI,ICCID,EID,Managed by`nb7,Pump 1,Managed,Compliant,$($args[0].Imei),$($args[0].Iccid),$($args[0].Eid),Intune"
            }
        }
        @{ From = 'Intune''s exported CSV with the long name'; Make = {
                Import-Text "Device name,DeviceState,IMEI,ICCID,eSIM identifier`nPump 1,Deactive,$($args[0].Imei),$($args[0].Iccid),$($args[0].Eid)"
            }
        }
        # https://learn.microsoft.com/dotnet/api/system.data.datarow
        @{ From = 'a DataRow'; Make = {
                $table = [Data.DataTable]::new('Sims')
                $null = 'SIM_ICCID', 'eid', 'imei', 'rate_plan' | ForEach-Object { $table.Columns.Add($_) }
                , $table.Rows.Add($args[0].Iccid, $args[0].Eid, $args[0].Imei, [DBNull]::Value)
            }
        }
        # ThingSpace's device list: https://thingspace.verizon.com/documentation/api-documentation.html, POST /m2m/v1/devices/actions/list
        @{ From = 'the JSON of a REST call'; Make = {
                '{"hasMoreData":false,"devices":[{"accountName":"0000123456-00001","deviceIds":[{"kind":"iccId","id":"' + $args[0].Iccid + '"},{"kind":"eid","id":"' + $args[0].Eid +
                '"},{"kind":"imei","id":"' + $args[0].Imei + '"}]}]}' | ConvertFrom-Json
            }
        }
        @{ From = 'JSON with nested objects'; Make = {
                @{ iccid = $args[0].Iccid; hardwareInformation = @{ esimIdentifier = $args[0].Eid; imei = $args[0].Imei } } | ConvertTo-Json | ConvertFrom-Json
            }
        }
        @{ From = 'an object of remoting'; Make = {
                $device = [EsimTest.Graph.ManagedDevice]@{
                    Iccid = $args[0].Iccid; Imei = $args[0].Imei; HardwareInformation = [EsimTest.Graph.HardwareInformation]@{ EsimIdentifier = $args[0].Eid }
                }
                [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($device, 2))
            }
        }
    ) {
        $check = & $Make $script:Row | Test-EsimProfile -Action deactivate
        $check.Result | Should -Be 'Allowed'
        "$($check.Iccid) $($check.Eid) $($check.Imei)" | Should -BeExactly "$($script:Row.Iccid) $($script:Row.Eid) $($script:Row.Imei)"
    }

    # https://thingspace.verizon.com/Documentation/Get-Started/ts-manage-help/ts-manage-help-faqs.html: the columns in their order, in a file without header.
    It 'is read without a rename: ThingSpace Manage''s device file, with its header and without' {
        $names = 'ESN', 'MEID', 'IMEI', 'ICCID', 'SKU', 'Device Group Name', 'Custom Field 1', 'Custom Field 2', 'Custom Field 3', 'Custom Field 4', 'Custom Field 5'
        $line = ",,$($script:Row.Imei),$($script:Row.Iccid),SKU-1,Pumps,a,b,c,d,e"
        foreach ($rows in (Import-Text "$($names -join ',')`n$line"), (Import-Text $line @{ Header = $names })) {
            $check = $rows | Test-EsimProfile -Action deactivate
            "$($check.Result) $($check.Iccid) $($check.Imei)" | Should -BeExactly "Allowed $($script:Row.Iccid) $($script:Row.Imei)"
        }
    }

    It 'has no word of the service in Intune''s DeviceState' {
        # Were it a state, what is resumed here would be refused.
        $row = Import-Text "ICCID,DeviceState`n$($script:Row.Iccid),ACTIVE"
        ($row | Test-EsimProfile -Action profile_resume).Result | Should -Be 'Allowed'
        ($row | Select-Object ICCID, @{ Name = 'State'; Expression = { $_.DeviceState } } | Test-EsimProfile -Action profile_resume).Result | Should -Be 'Refused'
    }

    It 'is told of a page behind which others follow' {
        $run = Invoke-Captured { @{ '@odata.context' = 'x'; '@odata.nextLink' = 'y'; value = @(@{ iccid = $script:Row.Iccid }) } | Test-EsimProfile }
        $run.Output.Count | Should -Be 1
        $run.Warnings | Should -Match 'more pages follow'
    }

    It 'is found by Get-EsimDevice and taken back from it' {
        $test = Connect-TestSandbox -Row $script:Row
        try {
            $found = @(@{ iccid = $script:Row.Iccid; hardwareInformation = @{ esimIdentifier = $script:Row.Eid } } | Get-EsimDevice)
            $found.Iccid | Should -Be $script:Row.Iccid
            @([pscustomobject]@{ 'SIM serial' = $script:Row.Iccid } | Get-EsimDevice -Property @{ Iccid = 'SIM serial' }).Iccid | Should -Be $script:Row.Iccid
            ($found | Test-EsimProfile).Iccid | Should -Be $script:Row.Iccid
        }
        finally {
            Disconnect-EsimService $test.Connection
        }
    }
}

Describe '-Property' {
    It 'maps a column on every command that takes devices: <_>' -ForEach 'Disable-EsimProfile', 'Remove-EsimProfile', 'Suspend-EsimDevice', 'Get-EsimProfile', 'Test-EsimProfile', 'Get-EsimDevice', 'New-EsimPlan', 'Get-EsimResult' {
        (Get-Command $_).Parameters['Property'].ParameterType | Should -Be ([Collections.IDictionary])
    }

    It 'reads the column given and no other for that field, and others as ever' {
        $row = [pscustomobject]@{ Iccid = (Get-TestRow 1 -Skip 5).Iccid; 'SIM serial' = $script:Row.Iccid; Eid = $script:Row.Eid; State = 'CA' }
        $check = $row | Test-EsimProfile -Action profile_suspend -Property @{ Iccid = 'sim_serial'; State = $null }
        "$($check.Iccid) $($check.Eid) $($check.Result)" | Should -Be "$($script:Row.Iccid) $($script:Row.Eid) Allowed"
    }

    It 'says what is no field, what is read twice, and which column no input had' {
        (Invoke-Captured { $script:Row | Test-EsimProfile -Property @{ Colour = 'x' } }).Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        (Invoke-Captured { $script:Row | Test-EsimProfile -Property @{ Iccid = 'x'; Eid = 'X' } }).Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        (Invoke-Captured { $script:Row | Test-EsimProfile -Property @{ ServicePlan = 'Tariff' } }).Warnings | Should -Match "'Tariff'"
    }
}

Describe 'A row that names two' {
    BeforeAll {
        $script:Two = Get-TestRow 2
        $script:Test = Connect-TestSandbox -Row $script:Two
    }

    AfterAll {
        Disconnect-EsimService $script:Test.Connection
    }

    It 'is left out, because nobody can tell which is meant: <What>' -ForEach @(
        @{ What = 'ICCIDs in two columns'; Make = { param($a, $b) [pscustomobject]@{ 'SIM ICCID' = $a.Iccid; 'eSIM ICCID' = $b.Iccid } } }
        @{ What = 'ICCIDs in a hashtable'; Make = { param($a, $b) [ordered]@{ Icc = $a.Iccid; Iccid = $b.Iccid } } }
        @{ What = 'ICCIDs in deviceIds'; Make = { param($a, $b) [pscustomobject]@{ deviceIds = @(@{ kind = 'iccid'; id = $a.Iccid }, @{ kind = 'iccid'; id = $b.Iccid }) } } }
        @{ What = 'an ICCID in a column, another in deviceIds'; Make = { param($a, $b) [pscustomobject]@{ Iccid = $a.Iccid; deviceIds = @(@{ kind = 'iccid'; id = $b.Iccid }) } } }
        @{ What = 'EIDs in two columns'; Make = { param($a, $b) [pscustomobject]@{ Iccid = $a.Iccid; Eid = $a.Eid; EuiccId = $b.Eid } } }
    ) {
        $row = & $Make @script:Two
        $run = Invoke-Captured { $row | Disable-EsimProfile -ReasonCode FF -Force }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
        "$($run.Errors)" | Should -Match 'two (ICCIDs|EIDs)'
        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
    }

    It 'is one error for a file whose rows all do, and -Property says which column counts' {
        $rows = $script:Two | Select-Object @{ Name = 'SimIccid'; Expression = { '89148000000000000004' } }, Iccid
        $run = Invoke-Captured { $rows | Test-EsimProfile -Property @{ Iccid = 'Iccid', 'SimIccid' } }
        $run.Output.Result | Should -Be @('Invalid', 'Invalid')
        (Invoke-Captured { $rows | Disable-EsimProfile -WhatIf }).Errors.Count | Should -Be 1
        ($rows | Test-EsimProfile -Property @{ Iccid = 'Iccid' }).Iccid | Should -Be $script:Two.Iccid
    }

    It 'is none where both are the same, or one is no ICCID' {
        $iccid = $script:Two[0].Iccid
        foreach ($other in "$($iccid.Substring(0, 4)) $($iccid.Substring(4))", $iccid.Substring(0, 19), '15551234567', 'N/A', '') {
            ([pscustomobject]@{ Iccid = $iccid; SimNumber = $other } | Test-EsimProfile).Iccid | Should -Be $iccid
        }
    }
}

Describe 'Test-EsimProfile -Explain' {
    It 'shows which column became what, once for rows with the same columns' {
        $rows = 1..3 | ForEach-Object {
            [pscustomobject]@{ Site = 'Oslo'; Icc = $script:Row.Iccid; 'SIM number' = '8944'; Imei = 'N/A'; hardwareInformation = @{ esimIdentifier = $script:Row.Eid } }
        }

        $columns = $rows | Test-EsimProfile -Explain -WarningAction SilentlyContinue

        $columns | Should -BeOfType EsimTools.EsimColumn
        $columns.Column | Should -Be @('Site', 'Icc', 'SIM number', 'Imei', 'hardwareInformation.esimIdentifier')
        $columns.ReadAs | Should -Be @($null, 'Iccid', $null, 'Imei', 'Eid')
        $columns[1].Value | Should -Be $script:Row.Iccid
        $columns[2].Note | Should -Match 'read from Icc'
        $columns[3].Note | Should -Match 'not digits'
    }

    It 'shows the wrong file''s columns, too' {
        (Import-Text "Name;Iccid`na;1" | Test-EsimProfile -Explain).Column | Should -Be 'Name;Iccid'
    }
}

Describe '-Path' {
    BeforeAll {
        function Get-File([string] $Text, [Text.Encoding] $Encoding = [Text.UTF8Encoding]::new($false)) {
            $path = Join-Path $TestDrive ('path-{0}.csv' -f [guid]::NewGuid().ToString('N'))
            [IO.File]::WriteAllText($path, $Text, $Encoding)
            $path
        }
    }

    It 'is there on every command whose input is an inventory: <_>' -ForEach 'Disable-EsimProfile', 'Suspend-EsimDevice', 'Get-EsimProfile', 'Get-EsimDevice', 'Test-EsimProfile' {
        (Get-Command $_).Parameters['Path'].ParameterSets.Keys | Should -Be 'Path'
    }

    It 'reads <What>' -ForEach @(
        @{ What = 'UTF-8 with commas'; Mark = ','; Encoding = [Text.UTF8Encoding]::new($false) }
        @{ What = 'UTF-8 with byte order mark and semicolons'; Mark = ';'; Encoding = [Text.UTF8Encoding]::new($true) }
        @{ What = 'UTF-16 with tabs, as Excel writes it'; Mark = "`t"; Encoding = [Text.UnicodeEncoding]::new() }
        @{ What = 'Windows-1252'; Mark = ';'; Encoding = [Text.CodePagesEncodingProvider]::Instance.GetEncoding(1252) }
    ) {
        $carrier = "Tr$([char] 0xe4)ger"
        $text = $carrier, 'Iccid', 'Eid' -join $Mark
        $text += "`r`n" + ((-join [char[]] (0x4f, 0x73, 0x6c, 0xf8)), $script:Row.Iccid, $script:Row.Eid -join $Mark) + "`r`n"

        $check = Test-EsimProfile -Path (Get-File $text $Encoding) -Action deactivate

        "$($check.Result) $($check.Iccid) $($check.Eid)" | Should -Be "Allowed $($script:Row.Iccid) $($script:Row.Eid)"
        $check.InputObject.PSObject.Properties.Name | Should -Be @($carrier, 'Iccid', 'Eid')
        $check.InputObject.$carrier | Should -Be (-join [char[]] (0x4f, 0x73, 0x6c, 0xf8))
    }

    It 'sends as the rows of Import-Csv would, and counts rows as the file does, empty ones too' {
        $rows = Get-TestRow 3
        $test = Connect-TestSandbox -Row $rows
        try {
            $file = Get-File ("sep=;`nSim;Eid`n" + (($rows | ForEach-Object { "$($_.Iccid);$($_.Eid)" }) -join "`n`n") + "`n`nabc;`n")
            $run = Invoke-Captured { Disable-EsimProfile -Path $file -Property @{ Iccid = 'Sim' } -BatchSize 2 -Force }
            @($run.Output.Profiles.Iccid) | Sort-Object | Should -Be @($rows.Iccid | Sort-Object)
            "$($run.Errors)" | Should -Match '^Row 8 .*abc'
        }
        finally {
            Disconnect-EsimService $test.Connection
        }
    }

    It 'leaves out a row with more cells than the header: an unquoted comma has put others in their places' {
        $rows = Get-TestRow 4
        $test = Connect-TestSandbox -Row $rows
        try {
            $file = Get-File "Site,Former,Iccid`nBergen,,$($rows[3].Iccid)`nOslo, Mitte,$($rows[0].Iccid),$($rows[1].Iccid)`n`"Oslo, Nord`",,$($rows[2].Iccid)`n"
            $run = Invoke-Captured { Disable-EsimProfile -Path $file -ReasonCode FF -Force }
            @($run.Output.Profiles.Iccid) | Sort-Object | Should -Be @($rows[2, 3].Iccid | Sort-Object)
            $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
            "$($run.Errors)" | Should -Match '^Row 3 .*more cells'
            $file = Get-File "Iccid,Site`n$($rows[0].Iccid),Oslo, Nord`n$($rows[1].Iccid),Oslo, Mitte`n"
            (Invoke-Captured { Disable-EsimProfile -Path $file -WhatIf }).Errors.Count | Should -Be 1
        }
        finally {
            Disconnect-EsimService $test.Connection
        }
    }

    It 'looks the devices of a file up one by one, as many as are wanted, and tells of rows that name none' {
        $rows = Get-TestRow 3
        $test = Connect-TestSandbox -Row (Get-TestRow 5)
        try {
            $file = Get-File ("Sim;AccountName`n" + (($rows | ForEach-Object { "$($_.Iccid);$($_.AccountName)" }) -join "`n`n") + "`nabc;`n;$($rows[0].AccountName)`n")
            $run = Invoke-Captured { Get-EsimDevice -Path $file -Property @{ Iccid = 'Sim' } }
            $run.Output.Iccid | Should -Be $rows.Iccid
            "$($run.Errors[0])" | Should -Match '^Row 7 .*abc'
            $run.Errors | Get-ErrorId | Should -Be 'EsimIccidInvalid', 'EsimInputInvalid'
            (Get-EsimDevice -Path $file -Property @{ Iccid = 'Sim' } -First 2 -ErrorAction Ignore).Iccid | Should -Be $rows[0..1].Iccid
            (Invoke-Captured { Get-EsimDevice -Path (Join-Path $TestDrive 'nothing.csv') }).Terminating | Get-ErrorId | Should -Be 'EsimInputInvalid'
        }
        finally {
            Disconnect-EsimService $test.Connection
        }
    }

    It 'is -InventoryPath of New-EsimPlan, whose -Path is the plan' {
        $rows = Get-TestRow 3
        $test = Connect-TestSandbox -Row $rows
        try {
            $file = Get-File ("Sim;Eid`n" + (($rows | ForEach-Object { "$($_.Iccid);$($_.Eid)" }) -join "`n") + "`nabc;`n")
            $run = Invoke-Captured { New-EsimPlan -InventoryPath $file -Property @{ Iccid = 'Sim' } -Action deactivate -Path (Join-Path $TestDrive 'inventory.plan') }
            "$($run.Output[0].Allowed) of $($run.Output[0].Count)" | Should -Be '3 of 3'
            "$($run.Errors)" | Should -Match '^Row 5 .*abc'
        }
        finally {
            Disconnect-EsimService $test.Connection
        }
    }

    It 'says of a file with nothing in it what is missing: <What>' -ForEach @(
        @{ What = 'no row'; Text = "Iccid,Eid`n"; Says = "header and no rows.*'Iccid', 'Eid'" }
        @{ What = 'nothing at all'; Text = ''; Says = 'is empty' }
    ) {
        $path = Get-File $Text
        $run = Invoke-Captured { Test-EsimProfile -Path $path }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimInputInvalid'
        "$($run.Terminating)" | Should -Match $Says
    }

    It 'says which file is not there' {
        (Invoke-Captured { Test-EsimProfile -Path (Join-Path $TestDrive 'nothing.csv') }).Terminating | Get-ErrorId | Should -Be 'EsimInputInvalid'
    }
}
