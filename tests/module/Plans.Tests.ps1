# Plans between people: signed with certificates made here, and the policy that they keep to.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # A certificate of somebody, valid from now on.
    function Get-Signer([string] $Name, [int] $Days = 1) {
        $key = [Security.Cryptography.RSA]::Create(2048)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new("CN=$Name", $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $request.CreateSelfSigned([DateTimeOffset]::Now.AddDays([Math]::Min(-1, $Days - 1)), [DateTimeOffset]::Now.AddDays($Days))
    }

    function Get-WrittenPlan([string] $Name, [int] $Count = 3) {
        $path = Join-Path $TestDrive "$Name.plan"
        Get-TestRow $Count | New-EsimPlan -Action deactivate -ReasonCode FF -Path $path -Force
    }
}

Describe 'Approve-EsimPlan' {
    BeforeAll {
        $script:test = Connect-TestSandbox -Row (Get-TestRow 6)
        $script:ada = Get-Signer 'Ada'
        $script:bob = Get-Signer 'Bob'
    }

    AfterAll {
        $script:test.Connection | Disconnect-EsimService
    }

    It 'signs what Get-EsimPlan gives, one person after the other, and the plan stays what it is' {
        $plan = Get-WrittenPlan 'two'
        $null = Get-EsimPlan $plan.Path | Approve-EsimPlan -Certificate $script:ada
        $signed = Approve-EsimPlan $plan.Path -Certificate $script:bob
        $signed.Approvals.Subject | Should -Be 'CN=Ada', 'CN=Bob'
        $signed.Approvals.IsValid | Should -Be $true, $true
        $signed.Approvals[0].Thumbprint | Should -Be $script:ada.Thumbprint
        $signed.Digest | Should -BeExactly $plan.Digest
        (Get-EsimPlan $plan.Path | Format-List | Out-String -Width 200) | Should -Match 'CN=Ada'
    }

    It 'shows the limits before it signs, and in the list and the table of a plan' {
        $path = Join-Path $TestDrive 'limits.plan'
        $plan = Get-TestRow 3 | New-EsimPlan -Action deactivate -ReasonCode FF -Path $path -Wave 1, 2 -MaxFailed 1 -MaxFailedPercent 2.5 -Canary Random -WaveDelay 60 -Between 22:00-05:00 -TimeZone UTC
        $limits = '1, 2; held when more than 1 or more than 2.5% have failed; the first wave is a random sample; 00:01:00 between waves; they begin 22:00-05:00 UTC'
        $plan.Waves.ToString() | Should -BeExactly $limits
        ($plan | Format-List | Out-String -Width 400) | Should -BeLike "*$limits*"
        (($plan | Format-Table | Out-String -Width 120) -replace '\s+', ' ') | Should -BeLike '*2.5%*'
        $public = Join-Path $TestDrive 'ada.cer'
        [IO.File]::WriteAllBytes($public, $script:ada.RawData)
        $text = (Invoke-NewShell -Script "Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'; Approve-EsimPlan '$path' -Certificate ([Security.Cryptography.X509Certificates.X509Certificate2]::new('$public')) -WhatIf").Text
        ($text -replace '\s') | Should -BeLike "*inwaves($($limits -replace '\s'))*"
    }

    It 'warns whoever has made the plan' {
        $author = $script:test.Connection.UserName
        $plan = Get-WrittenPlan 'my own'
        $null = Approve-EsimPlan $plan.Path -Certificate (Get-Signer $author) -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "'$author' has made the plan*"
        $null = Set-EsimPolicy deactivate -Approver @{ Certificate = $script:bob; UserName = $author }
        $null = Approve-EsimPlan $plan.Path -Certificate $script:bob -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "'$author' has made the plan*"
        $null = Approve-EsimPlan $plan.Path -Certificate $script:ada -WarningVariable warned
        $warned | Should -BeNullOrEmpty
        Set-EsimPolicy -Remove -Force
    }

    It 'warns whom the policy does not name, and signs all the same' {
        $plan = Get-WrittenPlan 'not named'
        $null = Set-EsimPolicy deactivate -Approvals 1 -Approver @{ Certificate = $script:bob; UserName = 'bob' }
        $signed = Approve-EsimPlan $plan.Path -Certificate $script:ada -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "*names others who may approve of 'deactivate'*as CN=Ada does not count*"
        $signed.Approvals[0].IsValid | Should -BeTrue
        $null = Approve-EsimPlan $plan.Path -Certificate $script:bob -WarningVariable warned
        $warned | Should -BeNullOrEmpty
        ($signed.Approvals | Out-String -Width 80) | Should -BeLike "*$($signed.Approvals[0].SignedAt.ToString())*CN=Ada*"
        Set-EsimPolicy -Remove -Force
    }

    It 'shows which plan it is and the fields of its action, and none that are not given' {
        $plan = Get-WrittenPlan 'fields'
        $shown = $plan | Format-List | Out-String -Width 200
        $shown | Should -Match "(?m)^Id +: $($plan.Id)"
        $shown | Should -Match '(?m)^ReasonCode +: FF'
        $shown | Should -Not -Match 'MdnZipCode|EtfWaiver|SmsrOid'
    }

    It 'signs nothing with -WhatIf' {
        $plan = Get-WrittenPlan 'whatif'
        Approve-EsimPlan $plan.Path -Certificate $script:ada -WhatIf | Should -BeNullOrEmpty
        (Get-EsimPlan $plan.Path).Approvals | Should -BeNullOrEmpty
    }

    It 'says that a signature of another plan is none' {
        $null = Approve-EsimPlan (Get-WrittenPlan 'other').Path -Certificate $script:ada
        $plan = Get-WrittenPlan 'own'
        $signature = [regex]::Match((Get-Content (Join-Path $TestDrive 'other.plan') -Raw), '"signatures": \[\s*("[^"]+")').Groups[1].Value
        (Get-Content $plan.Path -Raw).Replace('"signatures": []', """signatures"": [$signature]") | Set-Content $plan.Path -NoNewline
        (Get-EsimPlan $plan.Path).Approvals[0].Problem | Should -BeExactly 'it is not over this plan'
    }

    It 'does not sign an edited file, nor with an expired certificate, nor without the private key' {
        $plan = Get-WrittenPlan 'edited'
        (Get-Content $plan.Path -Raw).Replace('deactivate', 'activate') | Set-Content $plan.Path -NoNewline
        Approve-EsimPlan $plan.Path -Certificate $script:ada -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeExactly 'EsimPlanChanged,EsimTools.ApproveEsimPlanCommand'

        $plan = Get-WrittenPlan 'expired'
        $public = [Security.Cryptography.X509Certificates.X509Certificate2]::new($script:ada.RawData)
        foreach ($certificate in (Get-Signer 'Old' -1), $public) {
            Approve-EsimPlan $plan.Path -Certificate $certificate -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeExactly 'EsimParameterInvalid,EsimTools.ApproveEsimPlanCommand'
        }
    }

    It 'says that no certificate has a thumbprint that nobody has' {
        $plan = Get-WrittenPlan 'nobody'
        { Approve-EsimPlan $plan.Path -Certificate ('0' * 40) } | Should -Throw '*thumbprint*'
    }
}

Describe 'Compare-EsimPlan' {
    It 'shows fields with both values' {
        $test = Connect-TestSandbox -Row (Get-TestRow 3)
        $one = Get-TestRow 3 | New-EsimPlan -Action deactivate -ReasonCode FF -Path (Join-Path $TestDrive 'one.plan') -Wave 1
        $two = Get-TestRow 3 | New-EsimPlan -Action deactivate -ReasonCode FF -Path (Join-Path $TestDrive 'two.plan') -Wave 1 -MaxFailed 2
        $change = Compare-EsimPlan $one $two
        "$($change.Kind) $($change.Field) $($change.ValueBefore) $($change.ValueAfter)" | Should -BeExactly 'Field MaxFailed 0 2'
        ($change | Out-String -Width 80) | Should -Match 'Field\s+MaxFailed\s+0\s+2'
        $test.Connection | Disconnect-EsimService
    }
}

Describe 'New-EsimPlan -UndoOf' {
    It 'takes the runs of one plan, completes them and their plan, and warns of nothing where nothing is allowed' {
        $test = Connect-TestSandbox -Row (Get-TestRow 4)
        $plan = Get-TestRow 4 | New-EsimPlan -Action deactivate -ReasonCode FF -Path (Join-Path $TestDrive 'done.plan') -Wave 2
        $null = Invoke-EsimPlan $plan.Path -Force
        (TabExpansion2 'New-EsimPlan -UndoOf ' 21).CompletionMatches.CompletionText | Should -Be (Get-EsimRun).Id
        foreach ($command in 'Get-EsimRun -PlanId ', 'Export-EsimReport -PlanId ') {
            (TabExpansion2 $command $command.Length).CompletionMatches.CompletionText | Should -Be $plan.Id
        }

        $back = Get-EsimRun -PlanId $plan.Id | ForEach-Object { New-EsimPlan -UndoOf $_, $_.Id -Path (Join-Path $TestDrive 'back.plan') -WarningVariable warned -WarningAction SilentlyContinue }
        $back.Allowed | Should -Be 4
        "$warned" | Should -BeLike 'The plan undoes*'
        $null = Invoke-EsimPlan $back.Path -Force
        $again = New-EsimPlan -UndoOf (Get-EsimRun -PlanId $plan.Id) -Path (Join-Path $TestDrive 'again.plan') -WarningVariable warned -WarningAction SilentlyContinue
        $again.Allowed | Should -Be 0
        "$warned" | Should -Not -BeLike '*The plan undoes*'
        $test.Connection | Disconnect-EsimService
    }

    It 'plans nothing for <What>, and above all not everything' -ForEach @(
        @{ What = 'an inventory without rows'; Make = { @() | New-EsimPlan -UndoOf $args[0] -Path $args[1] } }
        @{ What = 'rows none of which can be used'; Make = { [pscustomobject] @{ Iccid = '8.91414E+19' } | New-EsimPlan -UndoOf $args[0] -Path $args[1] } }
        @{ What = 'an empty variable'; Make = { $nobody | New-EsimPlan -UndoOf $args[0] -Path $args[1] } }
        @{ What = 'an empty -Iccid'; Make = { New-EsimPlan -UndoOf $args[0] -Path $args[1] -Iccid $nobody } }
        @{ What = 'an empty list as -Eid'; Make = { New-EsimPlan -UndoOf $args[0] -Path $args[1] -Eid @() } }
        @{ What = 'an empty list as -InputObject'; Make = { New-EsimPlan -UndoOf $args[0] -Path $args[1] -InputObject @() } }
        @{ What = 'a file of damaged rows'; Make = { New-EsimPlan -UndoOf $args[0] -Path $args[1] -InventoryPath (ConvertTo-Inventory @{ Iccid = '8.91414E+19' }, @{ Iccid = '' }) } }
        @{ What = 'a filter that finds nobody'; Make = { Get-TestRow 3 | Where-Object Site -EQ 'Nowhere' | New-EsimPlan -UndoOf $args[0] -Path $args[1] } }
    ) {
        $test = Connect-TestSandbox -Row (Get-TestRow 3)
        $null = Get-TestRow 3 | Disable-EsimProfile -ReasonCode FF -Force | Wait-EsimRequest
        $null = Get-TestRow 3 | Enable-EsimProfile -ServicePlan 'M2M Global' -Force | Wait-EsimRequest
        $run = Get-EsimRun | Where-Object Action -EQ activate
        $nobody = $null
        $path = Join-Path $TestDrive "$([guid]::NewGuid()).plan"
        $PSDefaultParameterValues = @{ 'New-EsimPlan:ErrorAction' = 'SilentlyContinue'; 'New-EsimPlan:WarningAction' = 'SilentlyContinue' }
        $back = try {
            & $Make $run $path
        }
        catch {
            $_.FullyQualifiedErrorId | Should -Be 'EsimInputInvalid,EsimTools.NewEsimPlanCommand'
        }

        $back.Allowed | Should -BeIn 0, $null
        $path | Should -Not -Exist
        (New-EsimPlan -UndoOf $run -Path $path).Allowed | Should -Be 3
        (Get-TestRow 1), @{ Iccid = '8.91414E+19' } | New-EsimPlan -UndoOf $run -Path $path -Force | ForEach-Object Allowed | Should -Be 1
        $test.Connection | Disconnect-EsimService
    }
}

Describe 'Invoke-EsimPlan' {
    BeforeEach {
        $script:test = Connect-TestSandbox -Row (Get-TestRow 6)
        $script:path = Join-Path $TestDrive "$([guid]::NewGuid()).plan"
        # Nobody is here to answer; what is shown and told is kept.
        $script:shell = [powershell]::Create()
        $null = $script:shell.AddScript('param($m, $c, $text) Import-Module $m; $PSDefaultParameterValues = @{ "*-Esim*:Connection" = $c }; . ([scriptblock]::Create($text))')
        $null = $script:shell.AddArgument($env:ESIMTOOLS_MODULE).AddArgument($script:test.Connection)
    }

    AfterEach {
        $script:shell.Dispose()
        $script:test.Connection | Disconnect-EsimService
    }

    It 'says how long it waits before a wave, and -Verbose tells of waves and of no profile' {
        $null = Get-TestRow 4 | New-EsimPlan -Action deactivate -ReasonCode FF -Path $script:path -Wave 2 -WaveDelay 3
        $null = $script:shell.AddArgument("Invoke-EsimPlan '$script:path' -Force -PollingIntervalSec 1 -Verbose").Invoke()
        $told = $script:shell.Streams.Verbose.Message
        @($told -match '^Wave ')[0, 1, 3] | Should -Be 'Wave 1 of 2: 2 profiles.', 'Wave 1 of 2 is over: of the plan 2 profiles succeeded, 0 failed.', 'Wave 2 of 2: 2 profiles.'
        @($told -match '^Wave ')[2] | Should -Match '^Wave 2 of 2 begins in 00:00:0[1-3], at 2\S+Z \(the pause between waves\)\.$'
        $told -match 'ICCID' | Should -BeNullOrEmpty
        $bar = $script:shell.Streams.Progress.StatusDescription -match 'begins'
        $bar[0] | Should -Match '^wave 2 of 2 begins in 00:00:0[1-3], the pause between waves$'
        $script:shell.Streams.Error | Should -BeNullOrEmpty
    }

    It 'says in its question that it goes in waves, and how' {
        $null = Get-TestRow 4 | New-EsimPlan -Action deactivate -ReasonCode FF -Path $script:path -Wave 2
        $null = $script:shell.AddArgument("Invoke-EsimPlan '$script:path'").Invoke()
        "$($script:shell.Streams.Error[0])" | Should -BeLike "*nobody can answer here*'deactivate' for 4 of 4 profiles*in waves (2; held when one has failed)*"
    }

    It 'gives up without a question with -Force, and asks about the rest without' {
        $script:test.Options.FailedIccids = (Get-TestRow 1).Iccid
        $null = Get-TestRow 6 | New-EsimPlan -Action deactivate -ReasonCode FF -Path $script:path -Wave 2
        { Invoke-EsimPlan $script:path -Force -PollingIntervalSec 1 } | Should -Throw -ErrorId 'EsimPlanHeld,*'
        $null = $script:shell.AddArgument("Invoke-EsimPlan '$script:path' -GiveUp; Invoke-EsimPlan '$script:path' -GiveUp -Force").Invoke()
        "$($script:shell.Streams.Error)" | Should -BeLike '*nobody can answer here*give up the rest of it (4 of them)*'
        $script:shell.Streams.Error.Count | Should -Be 1
        { Invoke-EsimPlan $script:path -Force } | Should -Throw -ErrorId 'EsimPlanDone,*'
    }
}

Describe 'What is no plan' {
    BeforeAll {
        $script:test = Connect-TestSandbox -Row (Get-TestRow 6)
        $script:request = Get-TestRow 2 | Disable-EsimProfile -ReasonCode FF -Force
        $script:plan = Get-WrittenPlan 'a plan'
    }

    AfterAll {
        $script:test.Connection | Disconnect-EsimService
    }

    It '<Cmdlet> says so of <What>' -ForEach @(
        foreach ($cmdlet in 'Invoke-EsimPlan', 'Compare-EsimPlan') {
            @{ Cmdlet = $cmdlet; What = 'a request'; Make = { $script:request }; Told = '*EsimTools.EsimRequest is no plan*' }
            @{ Cmdlet = $cmdlet; What = 'a request from a file'; Make = { $script:request | Export-Clixml "$TestDrive/r.xml"; Import-Clixml "$TestDrive/r.xml" }; Told = '*EsimTools.EsimRequest is no plan*' }
            @{ Cmdlet = $cmdlet; What = 'a text'; Make = { 'plan:of last week' }; Told = "*'plan:of last week' is no path of a plan*" }
            @{ Cmdlet = $cmdlet; What = 'a number'; Make = { 7 }; Told = '*System.Int32 is no plan*' }
        }
    ) {
        $given = & $Make
        $run = Invoke-Captured { if ($Cmdlet -eq 'Invoke-EsimPlan') { $given | Invoke-EsimPlan -Force } else { $given | Compare-EsimPlan $script:plan } }
        $problem = @($run.Errors) + @($run.Terminating) | Where-Object { $_ } | Select-Object -First 1
        Get-ErrorId $problem | Should -BeExactly 'EsimInputInvalid'
        "$problem" | Should -BeLike $Told
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*New-EsimPlan*'
    }

    It 'is not a plan from a file, its path, or what Get-ChildItem and Resolve-Path give' {
        $script:plan | Export-Clixml "$TestDrive/p.xml"
        foreach ($given in (Import-Clixml "$TestDrive/p.xml"), $script:plan.Path, (Get-Item $script:plan.Path), (Resolve-Path $script:plan.Path)) {
            $run = Invoke-Captured { $given | Compare-EsimPlan $script:plan }
            @($run.Errors) + @($run.Terminating) | Where-Object { $_ } | Should -BeNullOrEmpty
        }
    }

    It 'is a plan from a file whose path holds another plan by now' {
        $plan = Get-WrittenPlan 'seen'
        $plan | Export-Clixml "$TestDrive/seen.xml"
        $null = Get-WrittenPlan 'seen' 4
        (Invoke-Captured { Import-Clixml "$TestDrive/seen.xml" | Invoke-EsimPlan -Force }).Terminating | Get-ErrorId | Should -BeExactly 'EsimPlanChanged'
        (Invoke-Captured { Get-EsimPlan $plan.Path | ConvertTo-Json -Depth 6 | ConvertFrom-Json | Invoke-EsimPlan -WhatIf }).Terminating | Should -BeNullOrEmpty
    }

    It 'is what an action cmdlet is given in place of profiles: <What>' -ForEach @(
        @{ What = 'a plan, with those that it leaves out, and past its waves'; Make = { $script:plan } }
        @{ What = 'a plan from a file'; Make = { $script:plan | Export-Clixml "$TestDrive/p.xml"; Import-Clixml "$TestDrive/p.xml" } }
        @{ What = 'whatever else has profiles'; Make = { [pscustomobject]@{ Name = 'x'; Profiles = Get-TestRow 2 } } }
    ) {
        $given = & $Make
        $run = Invoke-Captured { $given | Enable-EsimProfile }
        $run.Output | Should -BeNullOrEmpty
        $run.Errors | Get-ErrorId | Should -Be 'EsimInputInvalid'
    }
}

Describe 'The policy' {
    BeforeEach {
        $script:test = Connect-TestSandbox -Row (Get-TestRow 6)
    }

    AfterEach {
        $script:test.Connection | Disconnect-EsimService
    }

    It 'is not set for <What> that was left empty' -ForEach @(
        @{ What = '-Approver'; Set = { Set-EsimPolicy delete -Approvals 1 -Approver $nobody -Force } }
        @{ What = '-Cap'; Set = { Set-EsimPolicy delete -Cap $nobody -Force } }
        @{ What = 'a list of -Approver'; Set = { Set-EsimPolicy delete -Approvals 1 -Approver @() -Force } }
        @{ What = 'a list of -Cap'; Set = { Set-EsimPolicy delete -Cap @() -Force } }
        @{ What = 'a cap'; Set = { Set-EsimPolicy delete -Cap 1/1h, $nobody -Force } }
        @{ What = 'an approver'; Set = { Set-EsimPolicy delete -Approvals 1 -Approver ('A' * 64), $nobody -Force } }
        @{ What = 'the UserName of an approver'; Set = { Set-EsimPolicy delete -Approvals 1 -Approver @{ Certificate = 'A' * 64; UserName = $nobody } -Force } }
        @{ What = 'a list of names of an approver'; Set = { Set-EsimPolicy delete -Approvals 1 -Approver @{ Certificate = 'A' * 64; UserName = @() } -Force } }
        @{ What = '-Approvals'; Set = { Set-EsimPolicy delete -Approvals $nobody -Force } }
        @{ What = 'the text of -Approvals'; Set = { Set-EsimPolicy delete -Approvals '' -Force } }
        @{ What = 'the text of -WavesFrom'; Set = { Set-EsimPolicy delete -WavesFrom ' ' -Force } }
    ) {
        $nobody = $null
        { & $Set } | Should -Throw
        Get-EsimPolicy | Should -BeNullOrEmpty
    }

    It 'has no plan made or carried out with a -<Name> that was left empty' -ForEach @(
        @{ Name = 'MaxFailed' }, @{ Name = 'MaxFailedPercent' }, @{ Name = 'WaveDelay' }, @{ Name = 'WaveTimeout' }, @{ Name = 'ExpiresIn' }, @{ Name = 'Between' },
        @{ Name = 'Wave' }, @{ Name = 'First' }, @{ Name = 'BatchSize' }, @{ Name = 'AccountName' }, @{ Name = 'ServicePlan' }, @{ Name = 'MaxErrorCount' }
    ) {
        foreach ($value in $null, '') {
            $left = @{ $Name = $value }
            if ($Name -eq 'MaxErrorCount') {
                { Get-TestRow 1 | Disable-EsimProfile -ReasonCode FF -WhatIf @left } | Should -Throw -ExpectedMessage "*'$Name'*"
                { Invoke-EsimPlan (Join-Path $TestDrive 'none.plan') -WhatIf @left } | Should -Throw -ExpectedMessage "*'$Name'*"
            }
            else {
                $waves = $Name -eq 'Wave' ? @{} : @{ Wave = '1' }
                { Get-TestRow 1 | New-EsimPlan -Action deactivate -Path (Join-Path $TestDrive "$([guid]::NewGuid()).plan") @waves @left } | Should -Throw -ExpectedMessage "*'$Name'*"
            }
        }
    }

    It 'is none at first, is changed part by part, and can be taken away' {
        Get-EsimPolicy | Should -BeNullOrEmpty
        $null = Set-EsimPolicy delete -Cap 500/1h, 2000/24h
        $null = Set-EsimPolicy delete -RequirePlan -WavesFrom 100
        $ada = Get-Signer 'Ada'
        $policy = Set-EsimPolicy deactivate -Approvals 2 -Approver $ada, @{ Certificate = 'AA' * 20; UserName = 'bob' }
        $policy.ToString() | Should -BeExactly "deactivate: a plan, 2 approvals by $($policy.Rules[0].Approvers[0].Thumbprint.Substring(0, 8))… or bob; delete: a plan, at most 500/1h, at most 2000/24h, waves from 100 profiles on"
        (Get-EsimPolicy).ToJson() | Should -BeExactly $policy.ToJson()
        $null = Set-EsimPolicy deactivate -Approver $ada, @{ Certificate = 'AA' * 20; UserName = 'bob' } -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "No user name is given for $($policy.Rules[0].Approvers[0].Thumbprint):*"
        $null = Set-EsimPolicy deactivate -Remove -Force
        (Get-EsimPolicy).Rules.Action | Should -Be 'delete'
        Set-EsimPolicy -Remove -Force
        Get-EsimPolicy | Should -BeNullOrEmpty
    }

    It 'asks where a rule is loosened and nowhere else' {
        $null = Set-EsimPolicy delete -Cap 500/1h
        $null = Set-EsimPolicy delete -Cap 400/1h
        # Nobody is here to answer.
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m, $c) Import-Module $m; Set-EsimPolicy delete -Cap 500/1h -Connection $c').AddArgument($env:ESIMTOOLS_MODULE).AddArgument($script:test.Connection)
            $null = $shell.Invoke()
            "$($shell.Streams.Error[0])" | Should -BeLike '*nobody can answer here*looser than before*not capped at 400/1h*'
        }
        finally {
            $shell.Dispose()
        }

        (Get-EsimPolicy).Rules[0].Caps[0].Profiles | Should -Be 400
        $null = Set-EsimPolicy delete -Cap 500/1h -Confirm:$false
        (Get-EsimPolicy).Rules[0].Caps[0].Profiles | Should -Be 500
    }

    It 'refuses at once what is read-only or needs a plan, says so with -WhatIf, and lets a plan be made' {
        $null = Set-EsimPolicy deactivate -RequirePlan
        { Get-TestRow 2 | Disable-EsimProfile -Force } | Should -Throw -ErrorId 'EsimPolicyRefused,EsimTools.DisableEsimProfileCommand'
        Get-TestRow 2 | Disable-EsimProfile -WhatIf -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike '*would be refused now*for a plan only*'
        (Get-WrittenPlan 'needed' 2).Allowed | Should -Be 2
        $null = Set-EsimPolicy -ReadOnly
        { Get-TestRow 2 | Enable-EsimProfile -Force } | Should -Throw '*read-only*'
    }

    It 'sends what a cap allows and tells of the rest once' {
        $null = Set-EsimPolicy deactivate -Cap 4/1h
        $requests = Get-TestRow 6 | Disable-EsimProfile -Force -ErrorVariable problem -ErrorAction SilentlyContinue
        ($requests | Measure-Object Count -Sum).Sum | Should -Be 4
        @($problem).Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeExactly 'EsimPolicyRefused,EsimTools.DisableEsimProfileCommand'
        "$($problem[0])" | Should -BeLike '*was not sent for 2 profiles*4 were sent since*the next may be sent at*'
        Get-TestRow 2 -Skip 4 | Disable-EsimProfile -WhatIf -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike '*for 2 of 2 profiles*would be refused now*'
    }

    It 'closes everything where it is not understood, until it is taken away' {
        Set-Content (Join-Path $script:test.Connection.JournalPath 'policy.json') '{"version":1,"weekends":false}'
        { Get-TestRow 1 | Disable-EsimProfile -Force } | Should -Throw -ErrorId 'EsimPolicyUnusable,EsimTools.DisableEsimProfileCommand'
        { Get-EsimPolicy } | Should -Throw -ErrorId 'EsimPolicyUnusable,EsimTools.GetEsimPolicyCommand'
        { Set-EsimPolicy -ReadOnly } | Should -Throw -ErrorId 'EsimPolicyUnusable,EsimTools.SetEsimPolicyCommand'
        Set-EsimPolicy -Remove -Force
        (Get-TestRow 1 | Disable-EsimProfile -Force).Count | Should -Be 1
    }
}
