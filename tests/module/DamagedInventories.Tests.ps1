# Inventories as people really have them: samples/fleet-damaged.csv and its semicolon variant. Each damage gets the error that is written
# down here, against the user's own row, and every other row is served.

BeforeDiscovery {
    # Damage, in the words of the column of that name, and the error that disabling gives. What is not listed here is served.
    $script:faults = @(
        @{ Damage = 'ICCID turned into a floating point number by a spreadsheet'; ErrorId = 'EsimIccidInvalid'; Says = "8\.9E\+19.*damaged by a spreadsheet.*formatted as text" }
        @{ Damage = 'EID turned into a floating point number by a spreadsheet'; ErrorId = 'EsimEidInvalid'; Says = 'The EID .*damaged by a spreadsheet' }
        @{ Damage = 'ICCID rounded to 15 digits by a spreadsheet, the rest is zeros'; ErrorId = 'EsimIccidInvalid'; Says = 'rounded to 15 digits' }
        @{ Damage = 'ICCID too short: 17 digits'; ErrorId = 'EsimIccidInvalid'; Says = 'has 17 digits; an ICCID has 18 to 20' }
        @{ Damage = 'ICCID too long: 22 digits'; ErrorId = 'EsimIccidInvalid'; Says = 'has 22 digits; an ICCID has 18 to 20' }
        @{ Damage = 'ICCID with a letter: O instead of 0'; ErrorId = 'EsimIccidInvalid'; Says = 'not digits' }
        @{ Damage = 'ICCID of 19 digits filled up with F, as it is stored on the eUICC'; ErrorId = 'EsimIccidInvalid'; Says = 'not digits' }
        @{ Damage = "ICCID and EID in each other's column"; ErrorId = 'EsimIccidInvalid'; Says = 'has 32 digits.*The columns are swapped' }
        @{ Damage = 'EID with a letter: O instead of 0'; ErrorId = 'EsimEidInvalid'; Says = 'not digits' }
        @{ Damage = 'EID without its check digits: 30 digits'; ErrorId = 'EsimEidInvalid'; Says = 'has 30 digits; an EID has 32' }
        @{ Damage = 'EID too long: 33 digits'; ErrorId = 'EsimEidInvalid'; Says = 'has 33 digits; an EID has 32' }
        @{ Damage = 'no ICCID'; ErrorId = 'EsimIccidMissing'; Says = 'needs the ICCID' }
        @{ Damage = 'no identifier at all'; ErrorId = 'EsimInputInvalid'; Says = 'no ICCID, EID or IMEI' }
        @{ Damage = 'every other cell is empty'; ErrorId = 'EsimInputInvalid'; Says = 'no ICCID, EID or IMEI' }
        @{ Damage = 'the same row as row 2'; ErrorId = 'EsimProfileDuplicate'; Says = 'more than once' }
        @{ Damage = 'the same profile as row 8, its ICCID written with spaces'; ErrorId = 'EsimProfileDuplicate'; Says = 'more than once' }
        @{ Damage = 'the ICCID of row 20 with the EID and IMEI of another device'; ErrorId = 'EsimProfileDuplicate'; Says = 'more than once' }
        @{ Damage = 'already deleted'; ErrorId = 'EsimProfileAlreadyDeleted'; Says = 'has been deleted' }
    )

    # IMEIs that cannot be used, in rows with an ICCID and an EID that can.
    $script:leftOut = 'IMEI turned into a floating point number by a spreadsheet',
    'IMEI with a letter at the end',
    'IMEI without its check digit: 14 digits',
    'IMEISV of 16 digits instead of the IMEI',
    'N/A instead of the IMEI'

    # What only deleting refuses, because the inventory says so.
    $script:vetoes = @(
        @{ Damage = 'a Verizon US profile (LEAD), which cannot be deleted'; ErrorId = 'EsimProfileNotDeletable' }
        @{ Damage = 'already deleted'; ErrorId = 'EsimProfileAlreadyDeleted' }
        @{ Damage = 'the inventory says enabled, so it must not be deleted'; ErrorId = 'EsimProfileNotDisabled' }
        @{ Damage = 'the inventory says enabled, in lower case'; ErrorId = 'EsimProfileNotDisabled' }
    )

    # Damage that can be put right without guessing, and what the identifier then is.
    $script:repaired = @(
        @{ Damage = 'ICCID written with spaces'; Field = 'Iccid' }
        @{ Damage = 'EID written with dashes'; Field = 'Eid' }
        @{ Damage = 'ICCID with a leading apostrophe'; Field = 'Iccid' }
        @{ Damage = 'ICCID as Excel text (="...")'; Field = 'Iccid' }
        @{ Damage = 'a non-breaking space inside the ICCID'; Field = 'Iccid' }
        @{ Damage = 'a non-breaking space after the EID'; Field = 'Eid' }
        @{ Damage = 'spaces before and after all identifiers'; Field = 'Imei' }
        @{ Damage = 'IMEI written with dashes'; Field = 'Imei' }
        @{ Damage = 'EID and IMEI with a leading apostrophe'; Field = 'Eid' }
        @{ Damage = 'EID as Excel text (="...")'; Field = 'Eid' }
        @{ Damage = 'a tab after the ICCID'; Field = 'Iccid' }
        @{ Damage = 'a zero width space before the ICCID'; Field = 'Iccid' }
        @{ Damage = 'a comma and quotes in another column'; Field = 'Iccid' }
        @{ Damage = 'a line break in another column'; Field = 'Iccid' }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Rows = Import-Csv (Join-Path $script:Samples 'fleet-damaged.csv')

    # Both accounts that occur exist; one more does not.
    function Connect-Whole {
        Connect-TestSandbox -Row (@(Get-TestRow 60) + @(Get-TestRow 1 -Skip 9000 -With @{ AccountName = $script:OtherAccount }))
    }
}

Describe 'fleet-damaged.csv through Disable-EsimProfile' {
    BeforeAll {
        $test = Connect-Whole
        $script:Run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $script:RowErrors = @{}
        foreach ($record in $script:Run.Errors | Where-Object { $_.TargetObject.PSObject.Properties['Damage'] }) {
            $script:RowErrors[$record.TargetObject.Damage] = $record
        }

        $script:Served = @($script:Run.Output.Profiles)
        $script:Sent = Get-SentAction $test.Sandbox
        Disconnect-EsimService
    }

    It '<Damage>: <ErrorId>' -ForEach $faults {
        $record = $script:RowErrors[$Damage]
        $record | Should -Not -BeNullOrEmpty
        $record.FullyQualifiedErrorId | Should -Be "$ErrorId,EsimTools.DisableEsimProfileCommand"
        "$record" | Should -Match $Says
        $row = $script:Rows | Where-Object Damage -EQ $Damage
        [object]::ReferenceEquals($record.TargetObject, $row) | Should -BeTrue -Because 'the row itself can be exported and corrected'
    }

    It 'names the identifiers of the row in each error' {
        foreach ($record in $script:RowErrors.Values) {
            $row = $record.TargetObject
            $names = $row.Iccid, $row.Eid, $row.Imei | Where-Object { $_ }
            if ($names) {
                $found = $names | Where-Object { "$record".Contains(($_ -replace '[ ''="\u00a0-]')) -or "$record".Contains($_) }
                $found | Should -Not -BeNullOrEmpty -Because "$record"
            }
        }
    }

    It 'refuses nothing else, and each faulty row once' {
        @($script:Run.Errors | Where-Object { $_.TargetObject.PSObject.Properties['Damage'] }).Count | Should -Be 18
        $script:RowErrors.Count | Should -Be 18
    }

    It 'serves every other row' {
        $left = @($script:Rows | Where-Object { -not $script:RowErrors.ContainsKey($_.Damage) })
        $refusedAccount = @($left | Where-Object AccountName -EQ '123456-1')
        $refusedAccount.Count | Should -Be 1
        $script:Served.Count | Should -Be ($left.Count - 1)
        ($script:Sent | Where-Object Accepted | Measure-Object ProfileCount -Sum).Sum | Should -Be ($left.Count - 1)
    }

    It '<Damage>: served with the identifier put right' -ForEach $repaired {
        $row = $script:Rows | Where-Object Damage -EQ $Damage
        $digits = $row.$Field -replace '\D'
        $digits.Length | Should -BeIn 15, 20, 32
        $script:Served.$Field | Should -Contain $digits
    }

    It 'serves ICCIDs of 18 and 19 digits as they are' {
        $script:Served.Iccid | Should -Contain '8944538003458479439'
        $script:Served.Iccid | Should -Contain '894453803274843833'
    }

    It 'sends what is known where EID or IMEI is missing, without an empty identifier' {
        $iccid = ($script:Rows | Where-Object Damage -EQ 'no EID').Iccid
        $served = $script:Served | Where-Object Iccid -EQ $iccid
        $served.Eid | Should -BeNullOrEmpty
        $served.Imei | Should -Be '358124095001448'
    }

    It '<_>: served without the IMEI' -ForEach $leftOut {
        $row = $script:Rows | Where-Object Damage -EQ $_
        $served = @($script:Served | Where-Object Iccid -EQ ($row.Iccid -replace '\D'))
        $served.Count | Should -Be 1
        $served[0].Eid | Should -Be $row.Eid
        $served[0].Imei | Should -BeNullOrEmpty
    }

    It 'says in one warning how many IMEIs were left out' {
        $told = @($script:Run.Warnings | Where-Object { $_ -match 'IMEI that cannot be used' })
        $told.Count | Should -Be 1
        $told[0] | Should -Match "^5 profiles have an IMEI .*The first: The IMEI '"
    }

    It 'says in one warning how many check digits are wrong, and serves those rows' {
        $told = @($script:Run.Warnings | Where-Object { $_ -match 'check digit' })
        $told.Count | Should -Be 1
        $told[0] | Should -Match '^3 profiles have a wrong check digit'
        $script:Served.Iccid | Should -Contain '89445380913283560957'
        $script:Served.Eid | Should -Contain '89049032004000885004584553826181'
        $script:Served.Imei | Should -Contain '864188030932411'
    }

    It 'reports an account that the service does not know, and that request alone fails' {
        $record = $script:Run.Errors | Where-Object { ($_ | Get-ErrorId) -eq 'EsimRequestRefused' }
        @($record).Count | Should -Be 1
        "$record" | Should -Match '123456-1'
        $record.TargetObject.Profiles.Iccid | Should -Be ($script:Rows | Where-Object AccountName -EQ '123456-1').Iccid
    }
}

Describe 'fleet-damaged.csv through Remove-EsimProfile' {
    BeforeAll {
        $script:Test = Connect-Whole
        $script:Run = Invoke-Captured { $script:Rows | Remove-EsimProfile -Force }
    }

    AfterAll {
        Disconnect-EsimService
    }

    It '<Damage>: <ErrorId>' -ForEach $vetoes {
        $record = $script:Run.Errors | Where-Object { $_.TargetObject.Damage -eq $Damage }
        @($record).Count | Should -Be 1
        $record | Get-ErrorId | Should -Be $ErrorId
    }

    It 'deletes nothing of a fleet that is enabled, whatever the inventory says' {
        $script:Run.Output | Should -BeNullOrEmpty
        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
    }

    It 'gives every row its own answer, also when one account cannot be asked about' {
        $disabled = ($script:Rows | Where-Object Damage -EQ 'the inventory says disabled, which alone proves nothing')
        $record = $script:Run.Errors | Where-Object { $_.TargetObject.Damage -eq $disabled.Damage -and $_.TargetObject -isnot [array] }
        @($record).Count | Should -Be 1
        $record | Get-ErrorId | Should -Be 'EsimProfileNotDisabled'
    }

    It 'deletes the rows that can be judged although a row of another account cannot' {
        $rows = @(Get-TestRow 2 -Skip 200)
        $null = Connect-TestSandbox -Row @(Get-TestRow 2 -Skip 200 -With @{ State = 'DEACTIVE' })
        $stranger = Get-TestRow 1 -Skip 300 -With @{ AccountName = '123456-1' }
        $run = Invoke-Captured { @($rows) + $stranger | Remove-EsimProfile -Force }
        @($run.Output.Profiles).Count | Should -Be 2
        $run.Errors.Count | Should -Be 1
        Disconnect-EsimService
    }
}

Describe 'fleet-damaged-semicolon.csv' {
    It 'gives the same errors and serves the same profiles as the same rows of the comma variant' {
        $semicolon = @(Import-Csv (Join-Path $script:Samples 'fleet-damaged-semicolon.csv') -Delimiter ';')
        $semicolon.Count | Should -Be 20
        $outcome = foreach ($rows in $semicolon, $script:Rows[0..19]) {
            $null = Connect-Whole
            $run = Invoke-Captured { $rows | Disable-EsimProfile -Force }
            Disconnect-EsimService
            $errorIds = ($run.Errors | ForEach-Object { "$($_ | Get-ErrorId) $($_.TargetObject.DeviceName)" }) -join ', '
            $errorIds + ' | ' + (@($run.Output.Profiles) -join ', ')
        }

        $outcome[0] | Should -Not -BeNullOrEmpty
        $outcome[0] | Should -BeExactly $outcome[1]
    }

    It 'tells of a decimal comma that it was a spreadsheet too' {
        $row = Import-Csv (Join-Path $script:Samples 'fleet-damaged-semicolon.csv') -Delimiter ';' | Where-Object Iccid -Like '*,*'
        $check = $row | Test-EsimProfile
        "$($check.ErrorId)" | Should -Be 'EsimIccidInvalid'
        $check.Message | Should -Match 'spreadsheet'
    }

    It 'read with the wrong delimiter has no columns of ours, and the error says what to type' {
        $run = Invoke-Captured { Import-Csv (Join-Path $script:Samples 'fleet-damaged-semicolon.csv') | Select-Object -First 1 | Test-EsimProfile }
        "$($run.Output.ErrorId)" | Should -Be 'EsimInputInvalid'
        $run.Output.RecommendedAction | Should -Match "-Delimiter ';'.*Iccid"
    }
}

Describe 'A file with nothing but faults' {
    It 'sends nothing and ends with errors alone' {
        $test = Connect-Whole
        $bad = $script:Rows | Where-Object { $_.Damage -match 'spreadsheet|no identifier|too short' -and $_.Damage -notmatch '^IMEI' }
        $run = Invoke-Captured { $bad | Disable-EsimProfile -Force }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors.Count | Should -Be @($bad).Count
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
        Disconnect-EsimService
    }

    It 'does not keep a sound row behind an object without columns of ours from being served' {
        $null = Connect-Whole
        $sound = Get-TestRow 1
        $run = Invoke-Captured { [pscustomobject]@{ Note = 'exported on Monday' }, $sound | Disable-EsimProfile -Force }
        $run.Errors.Count | Should -Be 1
        @($run.Output.Profiles.Iccid) | Should -Be $sound.Iccid
        Disconnect-EsimService
    }

    It 'reads all columns of each row, also those that the first row does not have' {
        $rows = @([pscustomobject]@{ Iccid = (Get-TestRow 1).Iccid }, (Get-TestRow 1 -Skip 9000 -With @{ AccountName = $script:OtherAccount }))
        $null = Connect-Whole
        $requests = $rows | Disable-EsimProfile -Force
        ($requests.AccountName | Sort-Object) | Should -Be @($script:Account, $script:OtherAccount)
        ($requests.Profiles | Where-Object Iccid -EQ $rows[1].Iccid).Eid | Should -Be $rows[1].Eid
        Disconnect-EsimService
    }
}
