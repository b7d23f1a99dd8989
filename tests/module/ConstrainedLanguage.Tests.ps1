# A session in which methods are not to be called (constrained language mode): everything that a person reads is a property.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # One shell: objects of every kind are made first, then the language is constrained, then they are read.
    $script:Shell = Invoke-NewShell @"
`$ErrorActionPreference = 'Continue'
Import-Module '$(Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')'
`$rows = Import-Csv '$(Join-Path $script:Samples 'fleet.csv')' | Select-Object -First 6
`$connection = Connect-EsimService -Sandbox -SandboxInventory '$(Join-Path $script:Samples 'fleet.csv')' -SandboxOptions @{ FailedProfiles = 0.5; Seed = 3 } -PassThru
`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
try { 'x'.GetEnumerator() | Out-Null; [Net.WebClient]::new() } catch { 'CONSTRAINED' }

`$request = `$rows | Disable-EsimProfile -Force -Reason 'CHG-4711'
`$results = `$request | Wait-EsimRequest -ErrorVariable failed -ErrorAction SilentlyContinue
"COUNTS `$(`$request.Count) `$(`$request.SucceededCount + `$request.FailedCount) `$(`$request.FailedCount -eq @(`$failed).Count)"
"PROFILES `$(@(`$request.Profiles.Iccid).Count)"
"FAILURES `$(@(`$request.Failures).Count -eq `$request.FailedCount) `$(@(`$request.Failures.ErrorMessage | Where-Object { `$_ }).Count -eq `$request.FailedCount)"
"TARGETS `$(@(`$failed.TargetObject.ErrorCode | Where-Object { `$_ }).Count -eq `$request.FailedCount) `$(@(`$failed.ErrorDetails.RecommendedAction).Count)"
"RUN `$(`$request.Run.Reason) `$(`$request.Run.StartedAt.Year)"
"AGAIN `$(@(`$failed.TargetObject | Test-EsimProfile).Count -eq `$request.FailedCount)"
`$request | Export-Clixml '$(Join-Path $TestDrive 'constrained.xml')'
`$copy = Import-Clixml '$(Join-Path $TestDrive 'constrained.xml')'
"TIMES `$(`$request.SubmittedAt.LocalDateTime -gt (Get-Date).AddHours(-1)) `$(`$copy.SubmittedAt.LocalDateTime -eq `$request.SubmittedAt.LocalDateTime)"
"COPY `$(@(`$copy.Failures).Count -eq `$request.FailedCount) `$(`$copy.Status -eq `$request.Status) `$(@(`$copy | Test-EsimProfile).Count)"
`$objects = @(`$request; `$results; `$failed.TargetObject; `$request | Resolve-EsimRequest; Get-EsimProfile -Iccid `$rows[0].Iccid; Get-EsimDevice -First 1; Get-EsimConnection; `$rows[0] | Test-EsimProfile; `$copy)
"TABLES `$((`$objects | ForEach-Object { `$_ | Format-Table | Out-String; `$_ | Format-List | Out-String; `$_ | ConvertTo-Json -Depth 4 }) -match '#ERR')"
"ERRORS `$(@(`$Error | Where-Object { `$_.FullyQualifiedErrorId -notlike 'EsimActionFailed*' -and `$_.FullyQualifiedErrorId -notlike '*NotSupported*' -and `$_.FullyQualifiedErrorId -notlike '*ConstrainedLanguage*' }) -join '; ')"
"@
}

Describe 'Constrained language mode' {
    It 'is on' {
        $script:Shell.Text | Should -Match '(?m)^CONSTRAINED'
    }

    It 'tells <What>' -ForEach @(
        @{ What = 'the counts of a request'; Line = 'COUNTS 6 6 True' }
        @{ What = 'its profiles'; Line = 'PROFILES 6' }
        @{ What = 'its failures with the service''s reasons'; Line = 'FAILURES True True' }
        @{ What = 'the failures in errors, and what to do'; Line = 'TARGETS True \d' }
        @{ What = 'the run'; Line = 'RUN CHG-4711 20\d\d' }
        @{ What = 'failed profiles to the next cmdlet'; Line = 'AGAIN True' }
        @{ What = 'times by their LocalDateTime, read back or not'; Line = 'TIMES True True' }
        @{ What = 'what was read back from a file'; Line = 'COPY True True 6' }
        @{ What = 'tables, lists and JSON of every kind of object'; Line = 'TABLES\s*$' }
        @{ What = 'no error on the way'; Line = 'ERRORS\s*$' }
    ) {
        $script:Shell.Text | Should -Match "(?m)^$Line"
    }
}
