# "A profile must be disabled before it can be deleted": each row of the guard's table through Remove-EsimProfile, what the user sees of a
# refusal, -DisableFirst, and the questions: -WhatIf, -Confirm, -Force, and the answers of a person at the keyboard.

BeforeDiscovery {
    # What the service's list says, and what the guard makes of it. The profile is not known before, so the guard has to ask.
    $script:listed = @(
        @{ State = 'DEACTIVE'; ProfileStatus = 'ENABLE'; ErrorId = $null }
        @{ State = 'DEACTIVE'; ProfileStatus = 'DISABLE'; ErrorId = $null }
        @{ State = 'ACTIVE'; ProfileStatus = 'DISABLE'; ErrorId = $null }
        @{ State = 'ACTIVE'; ProfileStatus = 'DOWNLOAD_DISABLE'; ErrorId = $null }
        @{ State = 'SUSPEND'; ProfileStatus = 'DISABLE'; ErrorId = $null }
        @{ State = 'ACTIVE'; ProfileStatus = 'ENABLE'; ErrorId = 'EsimProfileNotDisabled' }
        @{ State = 'ACTIVE'; ProfileStatus = 'DOWNLOAD_ENABLE'; ErrorId = 'EsimProfileNotDisabled' }
        @{ State = 'SUSPEND'; ProfileStatus = 'ENABLE'; ErrorId = 'EsimProfileNotDisabled' }
        @{ State = 'ACTIVE'; ProfileStatus = 'NOT_DOWNLOADED'; ErrorId = 'EsimProfileStateUnknown' }
    )

    # What an inventory says of a profile that the service knows as disabled: it can forbid, and nothing else.
    $script:inventories = @(
        @{ Column = @{ ProfileStatus = 'ENABLE' }; ErrorId = 'EsimProfileNotDisabled' }
        @{ Column = @{ ProfileStatus = 'enable'; State = 'active' }; ErrorId = 'EsimProfileNotDisabled' }
        @{ Column = @{ 'Profile State' = 'DOWNLOAD_ENABLE' }; ErrorId = 'EsimProfileNotDisabled' }
        @{ Column = @{ ProfileRole = 'LEAD' }; ErrorId = 'EsimProfileNotDeletable' }
        @{ Column = @{ ProfileRole = 'lead'; State = 'DEACTIVE' }; ErrorId = 'EsimProfileNotDeletable' }
        @{ Column = @{ ProfileStatus = 'DELETE' }; ErrorId = 'EsimProfileAlreadyDeleted' }
        @{ Column = @{ State = 'DEACTIVE'; ProfileStatus = 'ENABLE' }; ErrorId = $null }
        @{ Column = @{ ProfileStatus = 'DISABLE' }; ErrorId = $null }
        @{ Column = @{ State = ''; ProfileStatus = ''; ProfileRole = '' }; ErrorId = $null }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # A fleet of which every profile is in one state. The columns are the service's truth; the rows for the pipeline do not have them.
    function Connect-Fleet([hashtable] $State, [int] $Count = 3, [hashtable] $Option = @{}) {
        Connect-TestSandbox -Row (Get-TestRow $Count -With $State) -Option $Option
    }

    function Assert-Refused($Run, $ErrorId, $Target) {
        $Run.Terminating | Should -BeNullOrEmpty
        $Run.Output | Should -BeNullOrEmpty
        $Run.Errors.Count | Should -Be @($Target).Count
        for ($i = 0; $i -lt $Run.Errors.Count; $i++) {
            $Run.Errors[$i].FullyQualifiedErrorId | Should -BeExactly "$ErrorId,EsimTools.RemoveEsimProfileCommand"
            [object]::ReferenceEquals($Run.Errors[$i].TargetObject, @($Target)[$i]) | Should -BeTrue -Because 'the target is the object that the user gave'
            "$($Run.Errors[$i])" | Should -Match ([regex]::Escape(@($Target)[$i].Iccid))
            $Run.Errors[$i].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
    }
}

Describe 'What the service lists' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'state <State>, profile status <ProfileStatus>: <ErrorId>' -ForEach $listed {
        $test = Connect-Fleet @{ State = $State; ProfileStatus = $ProfileStatus }
        $rows = @(Get-TestRow 3)
        $run = Invoke-Captured { $rows | Remove-EsimProfile -Force }
        if ($ErrorId) {
            Assert-Refused $run -ErrorId $ErrorId -Target $rows
            $run.Errors[0].CategoryInfo.Category | Should -Be 'InvalidOperation'
            Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
        }
        else {
            $run.Errors | Should -BeNullOrEmpty
            ($run.Output | Wait-EsimRequest).ProfileStatus | Should -Be @('DELETE', 'DELETE', 'DELETE')
        }
    }

    It 'is asked for one by one for a few, and page by page for many' {
        $test = Connect-Fleet @{ ProfileStatus = 'DISABLE' } -Count 60 -Option @{ PageSize = 50 }
        $before = $test.Sandbox.Log.Count
        $null = Get-TestRow 3 | Remove-EsimProfile -WhatIf
        @($test.Sandbox.Log | Select-Object -Skip $before | Where-Object Path -Like '*actions/list').Count | Should -Be 3
        $before = $test.Sandbox.Log.Count
        # 60 profiles and the 60 Verizon US profiles of their eUICCs are three pages; those asked for are on the first two.
        $null = Get-TestRow 21 | Remove-EsimProfile -WhatIf
        @($test.Sandbox.Log | Select-Object -Skip $before | Where-Object Path -Like '*actions/list').Count | Should -BeLessThan 21
    }

    It 'is not asked for again when the confirmation is known: retiring costs no look-up' {
        $rows = Get-TestRow 3
        $test = Connect-Fleet @{}
        $confirmed = $rows | Disable-EsimProfile -Force | Wait-EsimRequest
        $before = $test.Sandbox.Log.Count
        @($confirmed | Remove-EsimProfile -Force | Wait-EsimRequest).Count | Should -Be 3
        ($test.Sandbox.Log | Select-Object -Skip $before).Path | Should -Be '/api/m2m/v1/devices/profile/actions/delete'
    }

    It 'refuses a profile that the service does not know: <_> of them' -ForEach 1, 25 {
        $test = Connect-Fleet @{ ProfileStatus = 'DISABLE' }
        $rows = @(Get-TestRow $_ -Skip 100)
        $run = Invoke-Captured { $rows | Remove-EsimProfile -Force }
        Assert-Refused $run -ErrorId 'EsimProfileStateUnknown' -Target $rows
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }
}

Describe 'What this session knows' {
    BeforeEach {
        $script:Rows = @(Get-TestRow 3)
        $script:Test = Connect-Fleet @{}
    }

    AfterEach {
        Disconnect-EsimService
    }

    It 'refuses a profile whose request is open, and names the request' {
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $request = $script:Rows | Disable-EsimProfile -Force
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -Force }
        Assert-Refused $run -ErrorId 'EsimProfileBusy' -Target $script:Rows
        $run.Errors[0].CategoryInfo.Category | Should -Be 'ResourceBusy'
        "$($run.Errors[0])" | Should -Match $request.RequestId
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Wait-EsimRequest'
        @(Get-SentAction $script:Test.Sandbox delete) | Should -BeNullOrEmpty
    }

    It 'refuses requests that are piped on without waiting' {
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $run = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force | Remove-EsimProfile -Force }
        ($run.Errors | Get-ErrorId) | Should -Be @('EsimProfileBusy', 'EsimProfileBusy', 'EsimProfileBusy')
        $run.Output | Should -BeNullOrEmpty
    }

    It 'leaves out a profile that has been deleted, and says so in one line' {
        $null = $script:Rows | Disable-EsimProfile -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -Force -Resubmit }
        $again = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        foreach ($ended in $run, $again) {
            $ended.Errors | Should -BeNullOrEmpty
            $ended.Output | Should -BeNullOrEmpty
            "$($ended.Warnings)" | Should -Match "^$($script:Rows.Count) profiles skipped: they are deleted already"
        }
        $started = Invoke-Captured { $script:Rows | Enable-EsimProfile -Force }
        ($started.Errors | Get-ErrorId | Sort-Object -Unique) | Should -Be 'EsimProfileAlreadyDeleted' -Because 'what begins service has nothing to act on'
        @(Get-SentAction $script:Test.Sandbox).Count | Should -Be 2
    }

    It 'refuses a Verizon US profile once a callback has told its role, however dead it is' {
        $eid = $script:Rows[0].Eid
        $lead = $script:Test.Sandbox.Fleet.ToList() | Where-Object { $_.Eid -eq $eid -and $_.ProfileRole -eq 'LEAD' }
        $null = Disable-EsimProfile -Iccid $lead.Iccid -Force | Wait-EsimRequest
        $run = Invoke-Captured { Remove-EsimProfile -Iccid $lead.Iccid -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileNotDeletable'
        @(Get-SentAction $script:Test.Sandbox delete) | Should -BeNullOrEmpty
    }

    It 'refuses a profile whose earlier request is in doubt' {
        $script:Test.Options.ServerErrorsAfterAcceptance = 1
        $script:Test.Options.LostCallbacks = 1
        $null = Invoke-Captured { $script:Rows | Disable-EsimProfile -Force }
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -Force }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown' -Because 'a request in doubt is told once, however many profiles it holds'
        $run.Errors[0].TargetObject.Profiles.Iccid | Should -Be $script:Rows.Iccid
        @(Get-SentAction $script:Test.Sandbox delete) | Should -BeNullOrEmpty
    }

    It 'is not overruled by -Resubmit: it skips the open request, never the state' {
        $script:Test.Options.CallbackDelay = [timespan]::FromHours(1)
        $null = $script:Rows | Disable-EsimProfile -Force
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -Resubmit -Force }
        Assert-Refused $run -ErrorId 'EsimProfileNotDisabled' -Target $script:Rows
        @(Get-SentAction $script:Test.Sandbox delete) | Should -BeNullOrEmpty
    }

    It 'hears an undated inventory also after the confirmation, and says how to silence it' {
        $null = $script:Rows[0] | Disable-EsimProfile -Force | Wait-EsimRequest
        $row = $script:Rows[0] | Add-Member ProfileStatus 'ENABLE' -PassThru
        $run = Invoke-Captured { $row | Remove-EsimProfile -Force }
        Assert-Refused $run -ErrorId 'EsimProfileNotDisabled' -Target $row
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'state columns'
    }

    It 'hears the newer word: an object from before the confirmation forbids nothing, one from after it does' {
        $before = Get-EsimProfile -Iccid $script:Rows[0].Iccid
        $before.ProfileStatus | Should -Be 'ENABLE'
        $null = $before | Disable-EsimProfile -Force | Wait-EsimRequest
        @($before | Remove-EsimProfile -Force).Count | Should -Be 1

        $enabled = Get-EsimProfile -Iccid $script:Rows[1].Iccid
        (Invoke-Captured { $enabled | Remove-EsimProfile -Force }).Errors | Get-ErrorId | Should -Be 'EsimProfileNotDisabled'
    }
}

Describe 'What the inventory says' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'of a profile that the service knows as disabled: <ErrorId>' -ForEach $inventories {
        $test = Connect-Fleet @{ State = 'DEACTIVE'; ProfileStatus = 'DISABLE' }
        $rows = @(Get-TestRow 2 -With $Column)
        $before = $test.Sandbox.Log.Count
        $run = Invoke-Captured { $rows | Remove-EsimProfile -Force }
        if ($ErrorId) {
            Assert-Refused $run -ErrorId $ErrorId -Target $rows
            $test.Sandbox.Log.Count | Should -Be $before -Because 'a veto needs no look-up'
        }
        else {
            $run.Errors | Should -BeNullOrEmpty
            $run.Output.Count | Should -Be 1
        }
    }

    It 'never vouches: an inventory that says disabled does not make an enabled profile deletable' {
        $test = Connect-Fleet @{ State = 'ACTIVE'; ProfileStatus = 'ENABLE' }
        $rows = @(Get-TestRow 2 -With @{ State = 'DEACTIVE'; ProfileStatus = 'DISABLE'; ProfileRole = 'LOCAL' })
        $run = Invoke-Captured { $rows | Remove-EsimProfile -Force }
        Assert-Refused $run -ErrorId 'EsimProfileNotDisabled' -Target $rows
        @(Get-SentAction $test.Sandbox) | Should -BeNullOrEmpty
    }

    It 'is heard in every row, also when the first row has no such column' {
        $null = Connect-Fleet @{ State = 'DEACTIVE'; ProfileStatus = 'DISABLE' }
        $rows = @(Get-TestRow 2)
        $rows[1] | Add-Member ProfileStatus 'ENABLE'
        $run = Invoke-Captured { $rows | Remove-EsimProfile -Force }
        $run.Errors.TargetObject | Should -Be $rows[1]
        $run.Output[0].Profiles.Iccid | Should -Be $rows[0].Iccid
    }

    It 'names the cmdlet that helps' {
        $null = Connect-Fleet @{}
        $run = Invoke-Captured { Get-TestRow 1 -With @{ ProfileStatus = 'ENABLE' } | Remove-EsimProfile -Force }
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Disable-EsimProfile'
        $run.Errors[0].ErrorDetails.RecommendedAction | Should -Match '-DisableFirst'
    }
}

Describe '-DisableFirst' {
    AfterEach {
        Disconnect-EsimService
    }

    It 'deactivates, waits for each confirmation, and deletes' {
        $test = Connect-Fleet @{} -Count 5
        $run = Invoke-Captured { Get-TestRow 5 | Remove-EsimProfile -DisableFirst -ReasonCode FF -ServicePlan 'M2M Global' -Force }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output.Action | Should -Be @('deactivate', 'delete')
        @($run.Output[1] | Wait-EsimRequest).Count | Should -Be 5
        (Get-SentAction $test.Sandbox).Action | Should -Be @('deactivate', 'delete')
    }

    It 'deletes at once what is disabled already' {
        $rows = Get-TestRow 4
        $test = Connect-TestSandbox -Row (@(Get-TestRow 2) + @(Get-TestRow 2 -Skip 2 -With @{ State = 'DEACTIVE'; ProfileStatus = 'DISABLE' }))
        $run = Invoke-Captured { $rows | Remove-EsimProfile -DisableFirst -Force }
        $run.Errors | Should -BeNullOrEmpty
        foreach ($row in $rows) {
            $test.Sandbox.TimesAccepted('delete', $row.Iccid) | Should -Be 1
        }

        $test.Sandbox.TimesAccepted('deactivate', $rows[0].Iccid) | Should -Be 1
        $test.Sandbox.TimesAccepted('deactivate', $rows[3].Iccid) | Should -Be 0
    }

    It 'does not delete a profile whose deactivation fails, and says so of that profile' {
        $rows = @(Get-TestRow 20)
        $test = Connect-TestSandbox -Row $rows -Option @{ FailedProfiles = 0.4; Seed = 3 }
        $run = Invoke-Captured { $rows | Remove-EsimProfile -DisableFirst -Force }
        $failed = @($run.Errors | Where-Object { ($_ | Get-ErrorId) -eq 'EsimActionFailed' })
        $failed.Count | Should -BeIn (1..19)
        foreach ($record in $failed) {
            $record.TargetObject.Iccid | Should -BeIn $rows.Iccid
            "$record" | Should -Match 'not deleted'
            $test.Sandbox.TimesAccepted('delete', $record.TargetObject.Iccid) | Should -Be 0
        }

        ($run.Output | Where-Object Action -EQ 'delete').Count | Should -Be (20 - $failed.Count)
    }

    It 'does not delete a profile whose confirmation does not come in time' {
        $rows = @(Get-TestRow 2)
        $test = Connect-TestSandbox -Row $rows -Option @{ CallbackDelay = [timespan]::FromHours(1) }
        $run = Invoke-Captured { $rows | Remove-EsimProfile -DisableFirst -TimeoutSec 1 -PollingIntervalSec 1 -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimWaitTimeout'
        "$($run.Errors[0])" | Should -Match 'not deleted'
        (Get-SentAction $test.Sandbox).Action | Should -Be 'deactivate'
        $run.Output.Action | Should -Be 'deactivate'
    }

    It 'learns of a confirmation by polling when the callback is lost' {
        $rows = @(Get-TestRow 2)
        $test = Connect-TestSandbox -Row $rows -Option @{ LostCallbacks = 1 }
        $run = Invoke-Captured { $rows | Remove-EsimProfile -DisableFirst -PollingIntervalSec 1 -Force }
        $run.Errors | Should -BeNullOrEmpty
        (Get-SentAction $test.Sandbox).Action | Should -Be @('deactivate', 'delete')
    }

    It 'does not rescue what cannot be deleted at all' {
        $test = Connect-Fleet @{}
        $rows = @(Get-TestRow 1 -With @{ ProfileRole = 'LEAD' })
        $run = Invoke-Captured { $rows | Remove-EsimProfile -DisableFirst -Force }
        Assert-Refused $run -ErrorId 'EsimProfileNotDeletable' -Target $rows
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }

    It 'does not touch a profile that the service does not know' {
        $test = Connect-Fleet @{}
        $rows = @(Get-TestRow 1 -Skip 50)
        $run = Invoke-Captured { $rows | Remove-EsimProfile -DisableFirst -Force }
        Assert-Refused $run -ErrorId 'EsimProfileStateUnknown' -Target $rows
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
    }

    It 'does not delete when the deactivation is in doubt' {
        $test = Connect-Fleet @{} -Option @{ CutAfterAcceptance = 1 }
        $run = Invoke-Captured { Get-TestRow 2 | Remove-EsimProfile -DisableFirst -Force }
        $run.Errors | Get-ErrorId | Should -Be 'EsimOutcomeUnknown'
        (Get-SentAction $test.Sandbox).Action | Should -Be 'deactivate'
    }

    It 'is what -<_> belongs to' -ForEach 'EtfWaiver', 'ReasonCode', 'TimeoutSec', 'PollingIntervalSec' {
        $null = Connect-Fleet @{}
        $value = @{ EtfWaiver = $true; ReasonCode = 'FF'; TimeoutSec = 5; PollingIntervalSec = 5 }[$_]
        $parameters = @{ $_ = $value }
        $run = Invoke-Captured { Get-TestRow 1 | Remove-EsimProfile @parameters -Force }
        $run.Terminating | Get-ErrorId | Should -Be 'EsimParameterInvalid'
        "$($run.Terminating)" | Should -Match "-$_"
    }
}

Describe 'Questions' {
    BeforeEach {
        $script:Rows = @(Get-TestRow 3)
        $script:Test = Connect-Fleet @{ State = 'DEACTIVE' }
    }

    AfterEach {
        Disconnect-EsimService
    }

    It '-Force asks nothing and skips no guard' {
        @($script:Rows | Remove-EsimProfile -Force).Count | Should -Be 1
        $enabled = Connect-TestSandbox -Row @(Get-TestRow 1 -Skip 10)
        $run = Invoke-Captured { Get-TestRow 1 -Skip 10 | Remove-EsimProfile -Force -Connection $enabled.Connection }
        $run.Errors | Get-ErrorId | Should -Be 'EsimProfileNotDisabled'
        Disconnect-EsimService $enabled.Connection
        $script:Test.Connection | Disconnect-EsimService
    }

    It '-Confirm:$false asks nothing either' {
        @($script:Rows | Remove-EsimProfile -Confirm:$false).Count | Should -Be 1
    }

    It '$ConfirmPreference = None asks nothing either' {
        $ConfirmPreference = 'None'
        @($script:Rows | Remove-EsimProfile).Count | Should -Be 1
    }

    It 'sends nothing under -WhatIf, with or without -Force' {
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -WhatIf; $script:Rows | Remove-EsimProfile -WhatIf -Force; $script:Rows | Disable-EsimProfile -WhatIf -Force }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Should -BeNullOrEmpty
        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
        Get-EsimRequest | Should -BeNullOrEmpty
    }

    It 'sends nothing under -WhatIf with -DisableFirst' {
        $test = Connect-Fleet @{}
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -DisableFirst -WhatIf -Force }
        $run.Errors | Should -BeNullOrEmpty
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
        Disconnect-EsimService $test.Connection
    }

    It 'heeds $WhatIfPreference, also with -Force' {
        $WhatIfPreference = $true
        $null = $script:Rows | Remove-EsimProfile -Force
        $WhatIfPreference = $false
        Get-SentAction $script:Test.Sandbox | Should -BeNullOrEmpty
    }

    It '-WhatIf:$false overrules $WhatIfPreference' {
        $WhatIfPreference = $true
        $request = $script:Rows | Remove-EsimProfile -Force -WhatIf:$false
        $WhatIfPreference = $false
        $request.Count | Should -Be 3
    }

    It 'reports refusals under -WhatIf' {
        $test = Connect-Fleet @{}
        $run = Invoke-Captured { $script:Rows | Remove-EsimProfile -WhatIf }
        Assert-Refused $run -ErrorId 'EsimProfileNotDisabled' -Target $script:Rows
        Get-SentAction $test.Sandbox | Should -BeNullOrEmpty
        $count = $script:Rows.Count
        "$($run.Everything[-1])" | Should -Be "What if: 'delete' would be sent for 0 of $count profiles, $count kept back (EsimProfileNotDisabled)."
        Disconnect-EsimService $test.Connection
    }
}

Describe 'Questions at the console' {
    BeforeAll {
        $script:Document = Open-DocumentServer (ConvertTo-Inventory @(Get-TestRow 6 -With @{ State = 'DEACTIVE' }))
        $script:Csv = ConvertTo-Inventory @(Get-TestRow 3)

        # Runs commands in a PowerShell of their own, connected to the document server, with a person's answers on its standard input.
        function Invoke-Console([string] $Command, [string[]] $Answer) {
            (Invoke-NewShell -Answer $Answer -Script @"
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
function Get-Pair(`$Name) { [pscredential]::new("doc-`$Name", [Net.NetworkCredential]::new('', `$(if (`$Name -eq 'key') { 'doc-secret' } else { 'doc-password' })).SecurePassword) }
Connect-EsimService (Get-Pair key) (Get-Pair user) $($script:Account) -BaseUri $($script:Document.BaseUri) -JournalPath '$(Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))'
$Command
"@).Text
        }

        function Get-Posted {
            @((Invoke-RestMethod "$($script:Document.Root)/log") | Where-Object { $_.Method -eq 'POST' -and $_.Path -like '*/devices/profile/actions/*' })
        }
    }

    AfterAll {
        Close-Server $script:Document
    }

    It '-WhatIf prints one line for each profile and sends no POST to the actions' {
        $before = (Get-Posted).Count
        $text = Invoke-Console "Import-Csv '$($script:Csv)' | Remove-EsimProfile -WhatIf"
        [regex]::Matches($text, 'What if: Performing').Count | Should -Be 3
        $text -replace '\s+', ' ' | Should -Match "What if: 'delete' would be sent for 3 of 3 profiles\."
        foreach ($row in Get-TestRow 3) {
            $text -replace '\s+' | Should -Match "$($row.Iccid),EID$($row.Eid)"
        }

        $text -replace '\s+', ' ' | Should -Match 'delete \(cannot be undone\)'
        (Get-Posted).Count | Should -Be $before
    }

    It '-WhatIf names the service plan where the request would name one' {
        $text = (Invoke-Console "Import-Csv '$($script:Csv)' | Select-Object -First 1 Iccid, Eid | Disable-EsimProfile -ServicePlan 'Plan two' -WhatIf") -replace '\s+', ' '
        $text | Should -Match "account $($script:Account), service plan 'Plan two'"
        $text = (Invoke-Console "Import-Csv '$($script:Csv)' | Select-Object -First 1 | Suspend-EsimDevice -WhatIf; Import-Csv '$($script:Csv)' | Select-Object -First 1 Iccid, Eid | Disable-EsimProfile -WhatIf") -replace '\s+', ' '
        [regex]::Matches($text, 'What if: Performing').Count | Should -Be 2
        $text | Should -Not -Match 'service plan'
    }

    It '-WhatIf with -Force prints and sends the same' {
        $before = (Get-Posted).Count
        $text = Invoke-Console "Import-Csv '$($script:Csv)' | Remove-EsimProfile -WhatIf -Force; Import-Csv '$($script:Csv)' | Disable-EsimProfile -WhatIf -Force"
        [regex]::Matches($text, 'What if: Performing').Count | Should -Be 6
        (Get-Posted).Count | Should -Be $before
    }

    It 'ends with an error, not with a question, where nobody can answer: <_>' -ForEach '', '-Force -Confirm' {
        $before = (Get-Posted).Count
        $text = Invoke-Console "Import-Csv '$($script:Csv)' | Remove-EsimProfile $_; 'not ' + 'hanging'"
        $text -replace '\s+', ' ' | Should -Match 'nobody can answer here.*add -Force or -Confirm:\$false'
        $text | Should -Match 'not hanging'
        (Get-Posted).Count | Should -Be $before
    }

    It 'No to All sends nothing' {
        $before = (Get-Posted).Count
        $text = Invoke-Console "Import-Csv '$($script:Csv)' | Remove-EsimProfile" -Answer 'L'
        [regex]::Matches($text, '\[A\] Yes to All').Count | Should -Be 1
        (Get-Posted).Count | Should -Be $before
    }

    It 'asks for each profile, and what was refused is in no request' {
        $text = Invoke-Console "Import-Csv '$($script:Csv)' | Remove-EsimProfile | ForEach-Object { `"sent `$(`$_.Profiles.Iccid)`" }" -Answer 'N', 'Y', 'N'
        [regex]::Matches($text, '\[A\] Yes to All').Count | Should -Be 3
        $text | Should -Match "sent $((Get-TestRow 1 -Skip 1).Iccid)\b"
        (Get-Posted)[-1].Devices | Should -Be 1
        (Invoke-RestMethod "$($script:Document.Root)/profiles/$((Get-TestRow 1).Iccid)").accepted.delete | Should -Be 0
    }

    It 'Yes to All asks once and sends one request' {
        $rows = ConvertTo-Inventory @(Get-TestRow 3 -Skip 3)
        $before = (Get-Posted).Count
        $text = Invoke-Console "Import-Csv '$rows' | Remove-EsimProfile | ForEach-Object { 'sent {0}' -f `$_.Count }" -Answer 'A'
        [regex]::Matches($text, '\[A\] Yes to All').Count | Should -Be 1
        $text | Should -Match 'sent 3'
        (Get-Posted).Count | Should -Be ($before + 1)
    }
}
