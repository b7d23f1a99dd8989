# The project's own scripts: the sample fleets come out byte for byte as they are committed, PSScriptAnalyzer finds nothing, and build.ps1 takes
# what its help promises.

BeforeDiscovery {
    $script:hasAnalyzer = [bool] (Get-Module PSScriptAnalyzer -ListAvailable)
    $script:tasks = 'Build', 'Install', 'Test', 'Cover', 'Mutate', 'Analyze', 'Bench', 'Demo', 'Pack'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Build = Join-Path $script:Root 'build.ps1'
}

Describe 'samples/New-SampleFleet.ps1' {
    BeforeAll {
        $script:Made = Join-Path $TestDrive 'made'
        $script:Files = & (Join-Path $script:Samples 'New-SampleFleet.ps1') -Path $script:Made
    }

    It 'makes <_> as it is committed, byte for byte' -ForEach 'fleet.csv', 'fleet-damaged.csv', 'fleet-damaged-semicolon.csv' {
        (Get-FileHash (Join-Path $script:Made $_)).Hash | Should -Be (Get-FileHash (Join-Path $script:Samples $_)).Hash
    }

    It 'writes the files it made' {
        $script:Files.Name | Sort-Object | Should -Be @('fleet-damaged-semicolon.csv', 'fleet-damaged.csv', 'fleet.csv')
    }

    It 'makes another fleet from another seed, of the wanted size, with sound identifiers' {
        $other = Join-Path $TestDrive 'other'
        $null = & (Join-Path $script:Samples 'New-SampleFleet.ps1') -Path $other -Count 50 -Seed 7
        $rows = @(Import-Csv (Join-Path $other 'fleet.csv'))
        $rows.Count | Should -Be 50
        $rows[0].Iccid | Should -Not -Be (Get-TestRow 1).Iccid
        $checks = $rows | Test-EsimProfile
        $checks | Where-Object { $_.Result -ne 'AskService' -or -not $_.CheckDigitsOk } | Should -BeNullOrEmpty
    }

    It 'makes only sound and unique identifiers in fleet.csv' {
        $rows = Import-Csv (Join-Path $script:Samples 'fleet.csv')
        $rows.Count | Should -Be 10000
        foreach ($column in 'Iccid', 'Eid', 'Imei') {
            [Collections.Generic.HashSet[string]]::new([string[]] $rows.$column).Count | Should -Be 10000
        }

        @($rows | Test-EsimProfile | Where-Object { -not $_.CheckDigitsOk }).Count | Should -Be 0
        $rows[0].PSObject.Properties.Name | Should -Not -Contain 'State' -Because 'an inventory can forbid an action, never allow one'
    }
}

Describe 'PSScriptAnalyzer' {
    It 'finds nothing (skipped where PSScriptAnalyzer is not installed)' -Skip:(-not $hasAnalyzer) {
        $text = & $script:Build Analyze 6>&1 | Out-String
        $text | Should -Match 'has no findings in \d+ files'
    }
}

Describe 'build.ps1' {
    BeforeAll {
        $script:Command = Get-Command $script:Build
        $script:Text = Get-Content $script:Build -Raw
    }

    It 'takes the eight tasks and no other, with Build when none is named' {
        $script:Command.Parameters['Task'].Attributes.ValidValues | Should -Be @('Build', 'Install', 'Test', 'Cover', 'Mutate', 'Analyze', 'Bench', 'Demo', 'Pack')
        $script:Command.Parameters['Task'].Attributes.Position | Should -Contain 0
        { & $script:Build Nonsense } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        $script:Text | Should -Match "\`$Task = 'Build'"
    }

    It 'takes a configuration and a place to stage to' {
        $script:Command.Parameters['Configuration'].Attributes.ValidValues | Should -Be @('Debug', 'Release')
        $script:Command.Parameters.Keys | Should -Contain 'OutputPath'
    }

    It 'explains <_> in its help and does something for it' -ForEach $tasks {
        (Get-Help $script:Build).description.Text | Should -Match "(?m)^$_\s"
        $script:Text | Should -Match "(?m)^\s+'$_'\s*\{"
    }

    It 'starts only scripts that are there' {
        [regex]::Matches($script:Text, "Join-Path \`$PSScriptRoot '(?<Path>[^']+\.(?:ps1|psd1|sln|csproj))'") | ForEach-Object {
            Join-Path $script:Root $_.Groups['Path'].Value | Should -Exist
        }
    }

    It 'installs the module where new shells and -Parallel find it by its name (skipped on Windows, where that is a folder of the user, and where nothing was built)' -Skip:($IsWindows -or -not $env:ESIMTOOLS_TEST_CONFIGURATION) {
        $user = (New-Item (Join-Path $TestDrive 'user') -ItemType Directory).FullName
        $former = $env:HOME
        $env:HOME = $user
        # The module path of a new shell is made from its home.
        $path, $env:PSModulePath = $env:PSModulePath, $null
        try {
            $installed = Invoke-NewShell "& '$script:Build' Install -Configuration $env:ESIMTOOLS_TEST_CONFIGURATION" -Limit '0:10'
            $installed.ExitCode | Should -Be 0 -Because $installed.Text
            $installed.Text | Should -Match 'Import it with: Import-Module EsimTools'
            $used = Invoke-NewShell "(Get-Command Disable-EsimProfile).Module.ModuleBase; 1, 2 | ForEach-Object -Parallel { (Get-Command Remove-EsimProfile).Source }"
            $base, $sources = $used.Text -split '\r?\n'
            $base | Should -BeLike "$user*EsimTools*"
            $sources | Should -Be @('EsimTools', 'EsimTools')
        }
        finally {
            $env:HOME = $former
            $env:PSModulePath = $path
        }
    }

    It 'can be read by Windows PowerShell 5.1: no byte that its default encoding would change' {
        foreach ($file in $script:Build, (Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1'), (Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psm1')) {
            [IO.File]::ReadAllBytes($file) | Where-Object { $_ -gt 127 } | Should -BeNullOrEmpty -Because $file
        }
    }
}
