# The journal in a PostgreSQL database that several machines share: shells with a home of their own each. The server is started by the suite, in a
# folder of its own on loopback, as a user that is not root; without PostgreSQL on the machine the suite is skipped.

BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'PostgresServer.ps1')
    $script:programs = Find-PostgresProgram
    # The one that the test project brings.
    $script:otherDriver = if ($env:NUGET_PACKAGES) { Get-Item (Join-Path $env:NUGET_PACKAGES 'npgsql/9.0.5/lib/net8.0/Npgsql.dll') -ErrorAction Ignore | ForEach-Object FullName }
    if (-not $script:programs) { Write-Host 'PostgreSQL is not installed (Debian: apt-get install postgresql); SharedStore is skipped.' }
}

Describe 'A journal in a database' -Skip:(-not $programs) -ForEach @{ Programs = $programs; OtherDriver = $otherDriver } {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'Common.ps1')
        . (Join-Path $PSScriptRoot 'PostgresServer.ps1')
        $script:Postgres = Open-PostgresServer $Programs
        $script:Port = $script:Postgres.Port
        $script:Journal = "$($script:Postgres.Address);Password=canary-in-the-string"
        $rows = Import-Csv (Join-Path $script:Samples 'fleet.csv') | Select-Object -First 130
        $script:Inventory = Join-Path $TestDrive 'ten.csv'
        $script:Others = Join-Path $TestDrive 'others.csv'
        $rows | Export-Csv (Join-Path $TestDrive 'all.csv')
        $rows | Select-Object -First 10 | Export-Csv $script:Inventory
        $rows | Select-Object -Skip 10 | Export-Csv $script:Others
        $script:Server = Open-DocumentServer (Join-Path $TestDrive 'all.csv')

        # What a shell on a machine of its own begins with.
        function Get-Begin([string] $Machine) {
            @"
`$ErrorActionPreference = 'Stop'
`$env:XDG_DATA_HOME = '$(Join-Path $TestDrive $Machine)'
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
function Get-Pair([string] `$Name, [string] `$Secret) { [pscredential]::new(`$Name, (ConvertTo-SecureString `$Secret -AsPlainText -Force)) }
`$connect = @{
    BaseUri = '$($script:Server.BaseUri)'; AccountName = '$($script:Account)'; InformationAction = 'Ignore'
    ApiCredential = Get-Pair doc-key doc-secret; UserCredential = Get-Pair doc-user doc-password
}
"@
        }

        function Get-Sent { @((Invoke-RestMethod "$($script:Server.Root)/log") | Where-Object { $_.Method -eq 'POST' -and $_.Path -like '*/devices/profile/actions/*' }) }
    }

    AfterAll {
        Close-Server $script:Server
        Close-PostgresServer $script:Postgres
    }

    It 'loads nothing of it in a shell without a database' {
        $run = Invoke-NewShell @"
$(Get-Begin none)
Connect-EsimService -Sandbox -InformationAction Ignore
"loaded: `$(@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -match 'Npgsql|EsimTools.Postgres' }).Count)"
"@
        $run.Text | Should -Be 'loaded: 0'
        Get-ChildItem $env:ESIMTOOLS_MODULE -Recurse -Filter '*pg*sql*' | Should -BeNullOrEmpty
    }

    It 'is shared: one machine sends, a second one waits, a third one finds it done' {
        $first = Invoke-NewShell @"
$(Get-Begin one)
`$c = Connect-EsimService @connect -Journal '$($script:Journal)' -PassThru
"journal: `$(`$c.Journal)"
(`$c | Format-List | Out-String) + (`$c | ConvertTo-Json -Depth 3)
`$sent = Import-Csv '$($script:Inventory)' | Disable-EsimProfile -ReasonCode FF -Force
"sent: `$(`$sent.Count)"
Disconnect-EsimService
"@
        $first.Text | Should -Match "journal: 'postgres' on 127\.0\.0\.1:$($script:Port)"
        $first.Text | Should -Match 'sent: 10'
        $first.Text | Should -Not -Match 'canary'

        $second = Invoke-NewShell @"
$(Get-Begin two)
`$env:ESIMTOOLS_JOURNAL = '$($script:Journal)'
Connect-EsimService @connect
"waited: `$(@(Get-EsimRequest -Status Accepted | Wait-EsimRequest -PollingIntervalSec 1).Count)"
"deleted: `$(@(Import-Csv '$($script:Inventory)' | Remove-EsimProfile -Force | Wait-EsimRequest -PollingIntervalSec 1).Count)"
"@
        $second.Text | Should -Match 'waited: 10'
        $second.Text | Should -Match 'deleted: 10'

        $third = Invoke-NewShell @"
$(Get-Begin three)
Connect-EsimService @connect -JournalPath '$($script:Journal)'
`$again = Import-Csv '$($script:Inventory)' | Remove-EsimProfile -Force -WarningAction Ignore
"again: `$(`$again.Count); runs: `$(@(Get-EsimRun).Count)"
"@
        $third.ExitCode | Should -Be 0 -Because $third.Text
        $third.Text | Should -Match 'runs: [23]'
        Get-Sent | Should -HaveCount 2
    }

    It 'knows on another machine what a killed shell has sent' {
        $before = (Get-Sent).Count
        $file = Join-Path $TestDrive 'killed.ps1'
        Set-Content $file @"
$(Get-Begin six)
Connect-EsimService @connect -Journal '$($script:Journal)' -ThrottleLimit 2
`$null = Import-Csv '$($script:Others)' | Disable-EsimProfile -ReasonCode FF -Force -BatchSize 1
"@
        $shell = Start-NewShell '-NonInteractive', '-File', $file -Confirm:$false
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while ((Get-Sent).Count -lt $before + 10 -and -not $shell.HasExited -and $watch.Elapsed -lt $script:Limit) { }
        $shell.HasExited | Should -BeFalse
        $shell.Kill($true)
        $shell.WaitForExit()
        $sent = @(Get-Sent).Count - $before

        $run = Invoke-NewShell @"
$(Get-Begin seven)
Connect-EsimService @connect -Journal '$($script:Journal)'
`$null = Import-Csv '$($script:Others)' | Disable-EsimProfile -ReasonCode FF -Force -ErrorAction SilentlyContinue -WarningAction Ignore
"doubt: `$(@(Get-EsimRequest -Status InDoubt).Count)"
"@
        $run.Text | Should -Match '^doubt: [012]$'
        $doubts = [int] ($run.Text -replace '\D')
        $devices = (Get-Sent | Select-Object -Skip $before | Measure-Object Devices -Sum).Sum
        $sent | Should -BeLessThan 120
        $devices | Should -BeLessOrEqual 120
        $devices + $doubts | Should -BeGreaterOrEqual 120
    }

    It 'carries one plan over five machines: made, approved, applied, waited for, and the callbacks received, each on another' {
        $made = Start-PostgresProgram -Server $script:Postgres -Name createdb -Argument '-h', '127.0.0.1', '-p', $script:Postgres.Port, '-U', 'esim', 'five' -Confirm:$false
        $problem = $made.StandardError.ReadToEnd()
        $made.WaitForExit()
        $made.ExitCode | Should -Be 0 -Because $problem
        $server = Open-SandboxServer
        $plan = Join-Path $TestDrive 'five.plan'
        $hook = Get-FreePrefix
        $key = [Security.Cryptography.RSA]::Create(2048)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=Ada', $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $ada = $request.CreateSelfSigned([DateTimeOffset]::Now.AddDays(-1), [DateTimeOffset]::Now.AddDays(1))
        [IO.File]::WriteAllBytes((Join-Path $TestDrive 'ada.pfx'), $ada.Export('Pfx'))
        [IO.File]::WriteAllBytes((Join-Path $TestDrive 'ada.cer'), $ada.RawData)
        # The service tells states by callback alone: nobody asks it within an hour.
        function Get-Sandboxed([string] $Machine) {
            @"
$(Get-Begin $Machine)
`$connect.BaseUri = '$($server.BaseUri)'
`$connect.ApiCredential, `$connect.UserCredential = (Get-Pair sandbox-key sandbox-secret), (Get-Pair sandbox-user sandbox-password)
Connect-EsimService @connect -Journal '$($script:Journal -replace 'Database=postgres', 'Database=five')'
"@
        }
        $listener = $null
        try {
            $file = Join-Path $TestDrive 'fifth.ps1'
            Set-Content $file @"
$(Get-Sandboxed fifth)
`$listener = Start-EsimCallbackListener '${hook}hook' -Credential (Get-Pair hook-user hook-secret)
`$null = Register-EsimCallback '${hook}hook' -Credential (Get-Pair hook-user hook-secret)
'listens'
`$null = [Console]::In.ReadLine()
"recorded: `$(`$listener.Recorded)"
Disconnect-EsimService
"@
            $listener = Start-NewShell '-NonInteractive', '-File', $file -Confirm:$false
            $line = $listener.StandardOutput.ReadLineAsync()
            $line.Wait($script:Limit) | Should -BeTrue
            $line.Result | Should -Be 'listens'

            (Invoke-NewShell @"
$(Get-Sandboxed first)
`$null = Set-EsimPolicy deactivate -RequirePlan -Approvals 1 -Approver @{ Certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new('$(Join-Path $TestDrive 'ada.cer')'); UserName = 'ada' } -Force
`$null = Get-EsimProfile | Select-Object -First 30 | New-EsimPlan -Action deactivate -Wave 10 -Path '$plan'
try { Invoke-EsimPlan '$plan' -Force } catch { `$_.FullyQualifiedErrorId -replace ',.*' }
"@).Text | Should -Be 'EsimPlanNotApproved'

            (Invoke-NewShell @"
$(Get-Sandboxed second)
"signed by: `$((Approve-EsimPlan '$plan' -Certificate (Get-PfxCertificate '$(Join-Path $TestDrive 'ada.pfx')') -WarningAction Ignore).Approvals.Subject)"
"@).Text | Should -Be 'signed by: CN=Ada'

            (Invoke-NewShell @"
$(Get-Sandboxed third)
"sent: `$((Invoke-EsimPlan '$plan' -Force -PollingIntervalSec 3600 | Measure-Object Count -Sum).Sum)"
"@).Text | Should -Be 'sent: 30'

            $waited = Invoke-NewShell @"
$(Get-Sandboxed fourth)
`$results = Get-EsimRequest | Wait-EsimRequest -PollingIntervalSec 3600
"waited: `$(`$results.Count) `$(`$results.Status | Select-Object -Unique) by `$(`$results.Source | Select-Object -Unique)"
try { Invoke-EsimPlan '$plan' -Force } catch { `$_.FullyQualifiedErrorId -replace ',.*' }
"@
            $waited.Text | Should -Match '^waited: 30 Succeeded by Callback\s+EsimPlanDone$'

            $listener.StandardInput.WriteLine()
            $line = $listener.StandardOutput.ReadLineAsync()
            $line.Wait($script:Limit) | Should -BeTrue
            $line.Result | Should -Be 'recorded: 30'
            $log = Invoke-RestMethod "$($server.Root)/sandbox/log"
            ($log | Where-Object Path -Like '*/devices/profile/actions/*' | Measure-Object ProfileCount -Sum).Sum | Should -Be 30
            $log | Where-Object Path -Like '*/requests/*/status' | Should -BeNullOrEmpty
            'first', 'second', 'third', 'fourth', 'fifth' | ForEach-Object { Join-Path $TestDrive "$_/EsimTools/database/*" } | Get-Item | Select-Object -ExpandProperty Name -Unique | Should -HaveCount 1
        }
        finally {
            if ($listener) {
                $listener.Kill($true)
                $listener.WaitForExit()
            }
            Close-Server $server
        }
    }

    It 'works beside another version of its driver' -Skip:(-not $otherDriver) {
        $run = Invoke-NewShell @"
$(Get-Begin four)
Add-Type -Path '$OtherDriver'
`$null = [Npgsql.NpgsqlConnectionStringBuilder]::new('Host=elsewhere')
Connect-EsimService @connect -Journal '$($script:Journal)' -JournalCredential (Get-Pair esim canary-in-the-pair)
`$versions = [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object GetName | Where-Object Name -EQ Npgsql | ForEach-Object { `$_.Version.Major } | Sort-Object
"requests: `$(@(Get-EsimRequest).Count -ge 2); versions: `$versions"
"@
        $run.Text | Should -Be 'requests: True; versions: 9 10'
    }

    It 'says what is wrong, and never a password: <What>' -ForEach @(
        @{ What = 'no server'; Change = { $_ -replace 'Port=\d+', "Port=$(Get-FreePort)" }; Says = 'cannot be opened' }
        @{ What = 'no TLS'; Change = { $_ -replace '127.0.0.1', 'db.example.com' -replace '$', ';SSL Mode=Require' }; Says = 'SSL Mode=Require' }
        @{ What = 'no such database'; Change = { $_ -replace 'postgres;', 'nowhere;' }; Says = 'does not exist' }
        @{ What = 'no connection string'; Change = { $_ + ';canary' }; Says = 'not a connection string' }
    ) {
        $address = $script:Journal | ForEach-Object $Change
        $run = Invoke-Captured {
            Connect-EsimService -ApiCredential (Get-TestCredential k s) -UserCredential (Get-TestCredential u p) -AccountName a -BaseUri $script:Server.BaseUri -Journal $address -Verbose -Debug
        }
        Get-ErrorId $run.Terminating | Should -Be 'EsimDatabaseUnavailable'
        $run.Terminating.Exception.Message | Should -Match $Says
        ($run | ConvertTo-Json -Depth 4 -WarningAction Ignore) + ($run.Terminating | Format-List * -Force | Out-String) + $run.Terminating.Exception | Should -Not -Match 'canary'
    }

    It 'makes no folder of a connection string with a slip in it: <_>' -ForEach 'Hots=db.example.com;Password=canary', 'Database=esim;Username=esim', ' data source = db' {
        Push-Location $TestDrive
        try {
            $run = Invoke-Captured { Connect-EsimService -Sandbox -Journal $_ }
            Get-ErrorId $run.Terminating | Should -Be 'EsimParameterInvalid'
            $run.Terminating.Exception.Message | Should -Match 'has no Host'
            $run.Terminating.Exception.Message | Should -Not -Match 'canary'
            Get-ChildItem | Where-Object Name -Match '=' | Should -BeNullOrEmpty
            (Invoke-Captured { Connect-EsimService -Sandbox -Journal './a=b' }).Terminating | Should -BeNullOrEmpty
            Disconnect-EsimService
            Remove-Item -Recurse './a=b'
        }
        finally {
            Pop-Location
        }
    }

    It 'wants a credential for a database alone' {
        $run = Invoke-Captured { Connect-EsimService -Sandbox -Journal (Join-Path $TestDrive folder) -JournalCredential (Get-TestCredential u p) }
        Get-ErrorId $run.Terminating | Should -Be 'EsimParameterInvalid'
    }

    It 'has an error of its own where the companion is missing' {
        $alone = Join-Path $TestDrive 'alone'
        $null = New-Item $alone -ItemType Directory
        Copy-Item $env:ESIMTOOLS_MODULE $alone -Recurse
        $run = Invoke-NewShell (@"
$(Get-Begin five)
`$env:PSModulePath = Join-Path `$PSHOME 'Modules'
try { Connect-EsimService @connect -Journal '$($script:Journal)' } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }
"@ -replace [regex]::Escape($env:ESIMTOOLS_MODULE), (Join-Path $alone (Split-Path $env:ESIMTOOLS_MODULE -Leaf)))
        $run.Text | Should -Match 'EsimDatabaseUnavailable'
        $run.Text | Should -Match 'needs the module EsimTools\.Postgres'
    }
}
