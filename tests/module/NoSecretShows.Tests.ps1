# No secret shows: every cmdlet is run against services that work and services that fail and repeat what they were sent, and API key, API
# secret, password, both tokens and the callback password are looked for in all seven streams, in errors and in every view of them, in every
# view of every object, in transcripts, and in journal and recorded callbacks.

BeforeDiscovery {
    # What a service says that repeats everything it knows, in the shapes of its errors.
    $echo = '{"errorCode":"X","errorMessage":"You sent @@."}'
    $script:failures = @(
        @{ Name = 'refuses the API key and repeats it'; Path = 'oauth2/token'; Answer = @{ Status = 401; Body = '{"error":"invalid_client","error_description":"You sent @@."}' } }
        @{ Name = 'refuses every call and repeats its tokens'; Path = 'm2m/v'; Answer = @{ Status = 401; Body = $echo } }
        @{ Name = 'allows nothing and repeats tokens as a gateway'; Path = 'm2m/v'; Answer = @{ Status = 403; Body = '<am:fault xmlns:am="x"><am:code>900908 @@</am:code><am:message>You sent @@</am:message></am:fault>' } }
        @{ Name = 'fails and repeats headers in a code'; Path = 'm2m/v'; Answer = @{ Status = 500; Body = '{"errorCode":"@@","errorMessage":"no"}' } }
        @{ Name = 'sends every call elsewhere'; Path = 'm2m/v'; Answer = @{ Status = 302; Location = 'http://127.0.0.1:1/?token=@@'; Body = '@@' } }
        @{ Name = 'breaks every connection'; Path = 'm2m/v'; Answer = @{ Cut = $true } }
        @{ Name = 'answers with nonsense'; Path = 'm2m/v'; Answer = @{ Body = '["@@"]' } }
    )
    # Where nobody gets in, one cmdlet is like the other.
    $script:quick = @(
        @{ Name = 'refuses the password and repeats it'; Path = 'session/login'; Answer = @{ Status = 401; Body = $echo } }
        @{ Name = 'fails at the login and repeats the password'; Path = 'session/login'; Answer = @{ Status = 500; Body = $echo } }
        @{ Name = 'gives a token that is none'; Path = 'session/login'; Answer = @{ Body = '{"sessionToken":"@@ @@"}' } }
        @{ Name = 'never answers a login'; Path = 'session/login'; Answer = @{ Hold = $true } }
        @{ Name = 'never answers an action'; Path = 'actions/deactivate'; Answer = @{ Hold = $true } }
    )
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    $script:Word = @{ Key = 'canary-key-11'; Secret = 'canary-secret-22'; Password = 'canary-password-33'; Bearer = 'canary-bearer-44'; Session = 'canary-session-55'; Hook = 'canary-hook-66' }
    $script:Pair = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("$($script:Word.Key):$($script:Word.Secret)"))
    $script:Forbidden = 'canary-|' + [regex]::Escape($script:Pair)
    $script:Echo = ($script:Word.Values | Sort-Object) -join ', '
    $script:Rows = @(Get-TestRow 14)
    $script:Iccid = $script:Rows[0].Iccid

    # One call of each cmdlet that is no profile action; those are found by what they derive from. Secrets come in variables only: what is
    # typed is the user's own text, and is in the transcript and in the position of an error.
    $script:Session = {
        param([string] $Common, [hashtable] $Word, [string] $Address, [string] $Journal, [object[]] $Row, [bool] $IsQuick, [int] $Timeout)

        . $Common
        $ErrorActionPreference = 'Continue'
        $VerbosePreference = $DebugPreference = $InformationPreference = $WarningPreference = $ProgressPreference = 'Continue'
        $ConfirmPreference = 'None'
        $hook = Get-TestCredential 'hook-user' $Word.Hook
        $listen = Get-FreePrefix
        $loud = @{ Verbose = $true; Debug = $true }
        $calls = [ordered]@{
            'Connect-EsimService'         = {
                $pairs = @{ ApiCredential = Get-TestCredential $Word.Key $Word.Secret; UserCredential = Get-TestCredential 'uws-user' $Word.Password }
                Connect-EsimService @pairs -AccountName '0000123456-00001' -BaseUri $Address -JournalPath $Journal -NoProxy -TimeoutSec $Timeout -PassThru @loud
            }
            'Get-EsimConnection'          = { Get-EsimConnection @loud }
            'Start-EsimCallbackListener'  = { $script:listener = Start-EsimCallbackListener -Prefix "${listen}hook" -Credential $hook @loud; $script:listener }
            'Register-EsimCallback'       = {
                Register-EsimCallback -Uri "${listen}hook" -Credential $hook @loud
                Register-EsimCallback -Uri "${listen}hook" -Credential (Get-TestCredential ('x' * 41) $Word.Hook) @loud
                Register-EsimCallback -Uri "http://me:$($Word.Hook)@127.0.0.1/hook" @loud
                Register-EsimCallback -Uri "ftp://me:$($Word.Hook)@127.0.0.1/hook" @loud
            }
            'Get-EsimCallback'            = { Get-EsimCallback @loud }
            'Test-EsimProfile'            = { $Row | Test-EsimProfile -Action delete @loud }
            'Get-EsimDevice'              = { Get-EsimDevice @loud }
            'Get-EsimProfile'             = { Get-EsimProfile @loud; $Row[0] | Get-EsimProfile @loud }
            'profile actions'             = {
                $root = [EsimTools.EsimProfileCheck].Assembly.GetType('EsimTools.ProfileActionCmdlet')
                $i = 0
                Get-Command -Module EsimTools -CommandType Cmdlet | Where-Object { $_.ImplementingType.IsSubclassOf($root) } | ForEach-Object {
                    $name = $_.Name
                    $isMandatory = $_.Parameters['ServicePlan'].Attributes | Where-Object { $_.Mandatory }
                    $plan = if ($isMandatory) { @{ ServicePlan = 'M2M Global' } } else { @{} }
                    try { $Row[$i++ % $Row.Count] | & $name @plan -Force @loud } catch { Write-Error -ErrorRecord $_ }
                    "$name was run"
                }
            }
            'Get-EsimRequest'             = { Get-EsimRequest @loud }
            'Wait-EsimRequest'            = { Get-EsimRequest | Wait-EsimRequest -PollingIntervalSec 1 -TimeoutSec 1 @loud }
            'Resolve-EsimRequest'         = { Get-EsimRequest | Resolve-EsimRequest @loud }
            'New-EsimPlan'                = { foreach ($name in 'one', 'two') { $Row[0..1] | New-EsimPlan -Action delete -Path (Join-Path $Journal "$name.plan") @loud } }
            'Get-EsimPlan'                = { Get-EsimPlan (Join-Path $Journal 'one.plan') @loud; Get-EsimPlan (Join-Path $Journal 'none.plan') @loud }
            'Compare-EsimPlan'            = { Compare-EsimPlan (Join-Path $Journal 'one.plan') (Join-Path $Journal 'two.plan') @loud }
            'Approve-EsimPlan'            = { Approve-EsimPlan (Join-Path $Journal 'one.plan') -Certificate ('0' * 40) -Force @loud }
            'Invoke-EsimPlan'             = { Invoke-EsimPlan (Join-Path $Journal 'one.plan') -Force @loud }
            'Set-EsimPolicy'              = { Set-EsimPolicy -Action delete -Cap '500/1h' @loud }
            'Get-EsimPolicy'              = { Get-EsimPolicy @loud }
            'Copy-EsimJournal'            = { Copy-EsimJournal $Journal (Join-Path $Journal 'copy') @loud; Copy-EsimJournal $Journal "Host=127.0.0.1;Port=1;Database=d;Username=u;Password=$($Word.Hook)" @loud }
            'Clear-EsimJournal'           = { Clear-EsimJournal (Get-Date) -Journal $Journal -Force @loud }
            'Get-EsimRun'                 = { Get-EsimRun @loud }
            'Get-EsimResult'              = { Get-EsimResult @loud }
            'Test-EsimRun'                = { Get-EsimRun -Last | Test-EsimRun @loud }
            'Export-EsimReport'           = { Get-EsimRun -Last | Export-EsimReport -Path (Join-Path $Journal 'report.html') @loud }
            'Import-EsimCallback'         = {
                $device = @{ id = $Row[0].Iccid; kind = 'Iccid' }
                foreach ($message in @{ requestId = 'r'; deviceIds = @($device); status = 'SUCCESS' }, @{ requestId = 'r' }, @{ nothing = 1 }) {
                    $message.username = 'hook-user'
                    $message.password = $Word.Hook
                    $message | Import-EsimCallback -PassThru @loud
                    $body = $message | ConvertTo-Json -Depth 5
                    $body | Import-EsimCallback -PassThru @loud
                    foreach ($sent in $body, $body.Replace('hook-user', 'wrong-user'), $body.Replace($Word.Hook, 'wrong')) {
                        try { Invoke-WebRequest "${listen}hook" -Method Post -Body $sent -SkipHttpErrorCheck -Verbose:$false -Debug:$false | ForEach-Object StatusCode } catch { "no listener" }
                    }
                }
            }
            'Unregister-EsimCallback'     = { Unregister-EsimCallback CarrierService @loud }
            'Stop-EsimCallbackListener'   = { $script:listener | Where-Object { $_ } | Stop-EsimCallbackListener @loud }
            'Disconnect-EsimService'      = { Disconnect-EsimService @loud }
        }
        $wanted = if ($IsQuick) { 'Connect-EsimService', 'profile actions', 'Disconnect-EsimService' } else { $calls.Keys }
        foreach ($name in $wanted) {
            if ($name -eq 'profile actions' -or (Get-Command $name -Module EsimTools -ErrorAction Ignore)) {
                if ($IsQuick -and $name -eq 'profile actions') { $Row[0] | Disable-EsimProfile -Force @loud; continue }
                try { & $calls[$name] } catch { Write-Error -ErrorRecord $_ }
                "$name was run"
            }
        }
    }

    # Every way in which a person or a log would look at an object.
    function Get-View([object] $Value) {
        if ($Value -is [string] -or $Value -is [int]) {
            return "$Value"
        }

        $file = Join-Path $TestDrive ('view-' + [guid]::NewGuid().ToString('N'))
        $Value | Format-List * -Force | Out-String -Width 4000
        $Value | Format-Table * -Force | Out-String -Width 4000
        $Value | Format-Custom -Depth 5 | Out-String -Width 4000
        $Value | Out-String -Width 4000
        $Value | Get-Member -Force | Out-String -Width 4000
        $Value | ConvertTo-Json -Depth 5 -WarningAction Ignore
        $Value | ConvertTo-Csv -ErrorAction Ignore
        $Value | Export-Clixml $file -Depth 4
        Get-Content $file -Raw
        "$Value"
    }

    # An exception with all that hangs on it.
    function Get-ExceptionView([Exception] $Exception) {
        for ($e = $Exception; $e; $e = $e.InnerException) {
            $e.ToString()
            $e | Format-List * -Force | Out-String -Width 4000
            $e.Data.GetEnumerator() | ForEach-Object { "$($_.Key)=$($_.Value)" }
        }
    }

    # All views of the first of a kind, and the text of the others: views are most of the time of a session.
    function Select-Alike([scriptblock] $Kind, [scriptblock] $View, [scriptblock] $Text) {
        $input | Group-Object $Kind | ForEach-Object {
            $_.Group | Select-Object -First 1 | ForEach-Object { & $View $_ }
            $_.Group | Select-Object -Skip 1 | ForEach-Object $Text
        }
    }

    function Get-ErrorView([object] $Record) {
        @(
            $Record | Format-List * -Force | Out-String -Width 4000
            $Record | Out-String -Width 4000
            $Record.CategoryInfo, $Record.ErrorDetails, $Record.InvocationInfo, $Record.ScriptStackTrace | Format-List * -Force | Out-String -Width 4000
            Get-Error -InputObject $Record | Out-String -Width 4000
            Get-ExceptionView $Record.Exception
        ) -join "`n"
    }

    # A service that does what it should, and for a start tells passwords in its list of callback listeners, as the real one does.
    function Open-Service {
        $listed = "[{`"accountName`":`"a`",`"serviceName`":`"CarrierService`",`"url`":`"https://me:$($script:Word.Hook)@hooks.example.com`",`"username`":`"hook-user`",`"password`":`"$($script:Word.Hook)`"}]"
        $device = "{`"accountName`":`"0000123456-00001`",`"carrierInformations`":[{`"servicePlan`":`"M2M Global`",`"state`":`"deactive`"}],`"deviceIds`":[{`"id`":`"$($script:Iccid)`",`"kind`":`"iccId`"}],`"extendedAttributes`":[{`"key`":`"ProfileStatus`",`"value`":`"DISABLE`"}]}"
        Open-ScriptedService @{
            'oauth2/token'         = @{ Body = "{`"access_token`":`"$($script:Word.Bearer)`",`"expires_in`":3600}" }
            'session/login'        = @{ Body = "{`"sessionToken`":`"$($script:Word.Session)`"}" }
            'm2m/v1/callbacks'     = @{ Body = $listed }
            'profile/actions/'     = @{ Body = '{"requestId":"d1f08526-5443-4054-9a29-4456490ea9f8"}' }
            'devices/actions/list' = @{ Body = "{`"hasMoreData`":false,`"devices`":[$device]}" }
            '/status'              = @{ Body = '{"requestId":"d1f08526-5443-4054-9a29-4456490ea9f8","status":"Pending"}' }
        }
    }

    # All paths that begin like this one, longer ones included.
    function Add-Failure($Service, [string] $Path, [hashtable] $Answer) {
        $told = @{}
        foreach ($name in $Answer.Keys) {
            $told[$name] = if ($Answer[$name] -is [string]) { $Answer[$name].Replace('@@', $script:Echo) } else { $Answer[$name] }
        }

        $Service.Answers[$Path] = $told
        foreach ($known in @($Service.Answers.Keys) | Where-Object { $Path -eq 'm2m/v' -and $_ -notmatch 'token|login' }) {
            $Service.Answers[$known] = $told
        }
    }

    # Runs the session in a runspace of its own, where each of the seven streams has a place of its own. Only a service that never answers is
    # worth a short patience; all others answer at once, however busy the machine is.
    function Invoke-Session($Service, [switch] $Quick, [int] $Timeout = 60) {
        $journal = Join-Path $TestDrive ('journal-' + [guid]::NewGuid().ToString('N'))
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript($script:Session.ToString()).AddArgument((Join-Path $PSScriptRoot 'Common.ps1')).AddArgument($script:Word).AddArgument("$($Service.BaseUri)").
                AddArgument($journal).AddArgument($script:Rows).AddArgument([bool] $Quick).AddArgument($Timeout)
            $output = $shell.Invoke()
            $errors = [Collections.Generic.HashSet[object]]::new([object[]] @(@($shell.Streams.Error) + @($shell.Runspace.SessionStateProxy.GetVariable('Error')) | ForEach-Object { $_.PSObject.BaseObject }))
            $files = Get-ChildItem $journal -File -Recurse -ErrorAction Ignore | ForEach-Object { Get-Content $_.FullName -Raw }
            $shown = [ordered]@{
                Output      = ($output | Select-Alike { $_.GetType().FullName } ${function:Get-View} { "$_" }) -join "`n"
                Error       = ($errors | Select-Alike { $_.FullyQualifiedErrorId } ${function:Get-ErrorView} { "$_"; "$($_.Exception)" }) -join "`n"
                Warning     = $shell.Streams.Warning -join "`n"
                Verbose     = $shell.Streams.Verbose -join "`n"
                Debug       = $shell.Streams.Debug -join "`n"
                Information = ($shell.Streams.Information | ForEach-Object { $_ | Format-List * -Force | Out-String -Width 4000 }) -join "`n"
                Progress    = ($shell.Streams.Progress | ForEach-Object { $_ | Format-List * -Force | Out-String -Width 4000 }) -join "`n"
                Files       = $files -join "`n"
            }
            [pscustomobject]@{ Shown = $shown; Ran = @($output | Where-Object { $_ -is [string] -and $_ -like '* was run' }); Errors = @($shell.Streams.Error) }
        }
        finally {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }
    }

    # What stands around a secret, if there is one. Views break long lines anywhere.
    function Find-Secret([string] $Text) {
        $dense = $Text -replace '\s+'
        # What may stand before it is looked at only where there is one: that alone would be most of the time.
        if ($dense -match $script:Forbidden) { [regex]::Match($dense, "(?i).{0,120}($script:Forbidden).{0,40}").Value }
    }

    function Assert-Clean($Run) {
        foreach ($place in $Run.Shown.Keys) {
            Find-Secret $Run.Shown[$place] | Should -BeNullOrEmpty -Because "no secret belongs into $place"
        }
    }
}

Describe 'A service that works' {
    BeforeAll {
        $script:Service = Open-Service
        $script:Run = Invoke-Session $script:Service
    }

    AfterAll {
        Close-ScriptedService $script:Service
    }

    It 'has been called by every cmdlet of the module' {
        $missing = (Get-Command -Module EsimTools -CommandType Cmdlet).Name | Where-Object { "$_ was run" -notin $script:Run.Ran }
        $missing | Should -BeNullOrEmpty
    }

    It 'has seen every secret' {
        $log = $script:Service.Log | ForEach-Object Body | Out-String
        $log | Should -Match $script:Word.Password
        $log | Should -Match $script:Word.Hook
        $script:Run.Shown.Output | Should -Match 'uws-user'
        $script:Run.Shown.Debug | Should -Match 'oauth2/token -> 200'
        $script:Run.Shown.Error | Should -Match 'EsimCallbackInvalid'
        $script:Run.Shown.Files | Should -Match '"event":"callback"'
    }

    It 'leaves no secret in any stream, object, error or file' {
        Assert-Clean $script:Run
    }

    It 'leaves none in a transcript' {
        $transcript = Join-Path $TestDrive 'transcript.txt'
        $file = Join-Path $TestDrive 'session.ps1'
        Set-Content $file $script:Session.ToString()
        $env:ESIMTOOLS_TEST_WORDS = $script:Word | ConvertTo-Json -Compress
        $typed = @"
`$word = `$env:ESIMTOOLS_TEST_WORDS | ConvertFrom-Json -AsHashtable
`$null = Start-Transcript '$transcript'
`$row = Import-Csv '$(Join-Path $script:Samples 'fleet.csv')' | Select-Object -First 14
& '$file' '$(Join-Path $PSScriptRoot 'Common.ps1')' `$word '$($script:Service.BaseUri)' '$(Join-Path $TestDrive 'transcribed')' `$row `$false 60 | ForEach-Object { if (`$_ -is [string]) { `$_ } else { `$_ | Format-List * -Force } }
`$Error | Where-Object FullyQualifiedErrorId -notlike 'EsimCallbackInvalid,*' | ForEach-Object { `$_ | Format-List * -Force; Get-Error -InputObject `$_ }
`$null = Stop-Transcript
"@
        try {
            $printed = (Invoke-NewShell $typed).Text
        }
        finally {
            Remove-Item Env:ESIMTOOLS_TEST_WORDS
        }

        $text = Get-Content $transcript -Raw
        $text | Should -Match 'Disconnect-EsimService was run'
        $text | Should -Match 'VERBOSE: '
        foreach ($shown in $text, $printed) {
            Find-Secret $shown | Should -BeNullOrEmpty
        }
    }
}

Describe 'A service that <Name>' -ForEach $failures {
    It 'leaves no secret in any stream, object, error or file' {
        $service = Open-Service
        try {
            Add-Failure -Service $service -Path $Path -Answer $Answer
            $run = Invoke-Session $service
            $run.Errors.Count | Should -BeGreaterThan 0
            Assert-Clean $run
        }
        finally {
            Close-ScriptedService $service
        }
    }
}

Describe 'A service that <Name>' -ForEach $quick {
    It 'leaves no secret in any stream, object, error or file' {
        $service = Open-Service
        try {
            Add-Failure -Service $service -Path $Path -Answer $Answer
            $run = Invoke-Session $service -Quick -Timeout $(if ($Answer.Hold) { 2 } else { 60 })
            $run.Errors.Count | Should -BeGreaterThan 0
            Assert-Clean $run
        }
        finally {
            Close-ScriptedService $service
        }
    }
}

Describe 'The cmdlets' {
    It 'have no way to switch the check of certificates off, and none to follow redirects' {
        $names = (Get-Command -Module EsimTools -CommandType Cmdlet).Parameters.Keys
        $names | Where-Object { $_ -match 'ServerCertificate|Ignore|Validation|Ssl|Insecure|Skip.*(Check$|Cert)|Redirect|AllowUnencrypted' } | Should -BeNullOrEmpty
    }
}
