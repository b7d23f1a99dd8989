# The package as a user gets it: installed from a repository into a module path with nothing else in it, and used there.
# ESIMTOOLS_TEST_PACKAGE names a folder with a package and a zip to test, as build.ps1 Pack makes them; without it they are packed here from
# the staged module by the same script. A PowerShell without PSResourceGet, as one built from its source is, takes the zip.

BeforeDiscovery {
    $script:hasRepositories = [bool] (Get-Command Save-PSResource -ErrorAction Ignore)
    $script:canPack = [bool] (Get-Command Compress-PSResource -ErrorAction Ignore)
    $script:isHere = $script:canPack -or $env:ESIMTOOLS_TEST_PACKAGE
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Manifest = Import-PowerShellDataFile (Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1')
    $script:FileName = "EsimTools.$($script:Manifest.ModuleVersion)"

    # What is in a package or zip, by name, date and length.
    function Get-Entry([string] $Path) {
        $archive = [IO.Compression.ZipFile]::OpenRead($Path)
        try {
            foreach ($entry in $archive.Entries) {
                [pscustomobject]@{ Name = $entry.FullName; Date = $entry.LastWriteTime.DateTime; Length = $entry.Length }
            }
        }
        finally {
            $archive.Dispose()
        }
    }
}

Describe 'The package' -Skip:(-not $isHere) {
    BeforeAll {
        $script:Packer = Join-Path $script:Root 'tools/New-Package.ps1'
        $script:Packed = $env:ESIMTOOLS_TEST_PACKAGE
        if (-not $script:Packed) {
            $script:Packed = Join-Path $TestDrive 'packed'
            $null = & $script:Packer -ModulePath $env:ESIMTOOLS_MODULE -OutputPath $script:Packed -Confirm:$false
        }

        $script:Package = Join-Path $script:Packed "$script:FileName.nupkg"
        $script:Zip = Join-Path $script:Packed "$script:FileName.zip"
        $script:Modules = (New-Item (Join-Path $TestDrive 'modules') -ItemType Directory).FullName
        $script:Repository = 'EsimTools-test-' + [guid]::NewGuid().ToString('N')
        if (Get-Command Save-PSResource -ErrorAction Ignore) {
            $feed = (New-Item (Join-Path $TestDrive 'feed') -ItemType Directory).FullName
            Copy-Item $script:Package $feed
            Register-PSResourceRepository -Name $script:Repository -Uri $feed -Trusted
            $script:Found = Find-PSResource -Name EsimTools -Repository $script:Repository
            Save-PSResource -Name EsimTools -Repository $script:Repository -Path $script:Modules -TrustRepository
            $script:Installed = Join-Path $script:Modules "EsimTools/$($script:Manifest.ModuleVersion)"
        }
        else {
            [IO.Compression.ZipFile]::ExtractToDirectory($script:Zip, $script:Modules)
            $script:Installed = Join-Path $script:Modules 'EsimTools'
        }

        # A new shell that finds this module by its name, and none but PowerShell's own beside it.
        function Invoke-InstalledShell([string] $Script) {
            $shell = Invoke-NewShell @"
`$env:PSModulePath = '$($script:Modules)' + [IO.Path]::PathSeparator + (Join-Path `$PSHOME 'Modules')
`$ErrorActionPreference = 'Stop'
$Script
"@
            if ($shell.ExitCode) { throw $shell.Text }
            @($shell.Text -split '\r?\n' | ForEach-Object Trim)
        }
    }

    AfterAll {
        if (Get-Command Unregister-PSResourceRepository -ErrorAction Ignore) {
            Unregister-PSResourceRepository -Name $script:Repository -ErrorAction Ignore
        }
    }

    It 'gives the same bytes when it is packed again, from a copy whose files have other dates and were made in another order' -Skip:(-not $canPack -or $env:ESIMTOOLS_TEST_PACKAGE) {
        $copy = Join-Path $TestDrive 'copy/EsimTools'
        foreach ($file in Get-ChildItem $env:ESIMTOOLS_MODULE -Recurse -File | Sort-Object Length -Descending) {
            $to = Join-Path $copy ([IO.Path]::GetRelativePath((Resolve-Path $env:ESIMTOOLS_MODULE).Path, $file.FullName))
            $null = New-Item (Split-Path $to) -ItemType Directory -Force
            [IO.File]::WriteAllBytes($to, [IO.File]::ReadAllBytes($file.FullName))
            (Get-Item $to).LastWriteTimeUtc = [datetime]::new(2020, 2, 2)
        }

        $null = & $script:Packer -ModulePath $copy -OutputPath (Join-Path $TestDrive 'again') -Confirm:$false
        foreach ($file in $script:Package, $script:Zip) {
            (Get-FileHash (Join-Path $TestDrive "again/$(Split-Path $file -Leaf)")).Hash | Should -Be (Get-FileHash $file).Hash
        }
    }

    It 'says in no entry when it was packed' {
        foreach ($file in $script:Package, $script:Zip) {
            Get-Entry $file | ForEach-Object Date | Sort-Object -Unique | Should -Be ([datetime]::new(1980, 1, 1))
        }
    }

    It 'holds the same files as the zip' -Skip:(-not $hasRepositories) {
        $inPackage = Get-Entry $script:Package | Where-Object Name -NotMatch '^(_rels/|package/|\[Content_Types\]|EsimTools\.nuspec)' | ForEach-Object { '{0} {1}' -f $_.Name, $_.Length }
        $inZip = Get-Entry $script:Zip | ForEach-Object { '{0} {1}' -f ($_.Name -replace '^EsimTools/'), $_.Length }
        $inPackage | Sort-Object | Should -Be ($inZip | Sort-Object)
    }

    It 'is found by its name and by each of its cmdlets, with its notes and no address that is none' -Skip:(-not $hasRepositories) {
        $script:Found.Version | Should -Be $script:Manifest.ModuleVersion
        $script:Found.ReleaseNotes | Should -BeExactly $script:Manifest.PrivateData.PSData.ReleaseNotes
        $script:Found.ProjectUri, $script:Found.LicenseUri | Should -Be $null, $null
        foreach ($command in $script:Manifest.CmdletsToExport) {
            (Find-PSResource -CommandName $command -Repository $script:Repository).ParentResource.Name | Should -Be 'EsimTools' -Because $command
        }
    }

    It 'brings every staged file unchanged, and the bill of materials' {
        $staged = (Resolve-Path $env:ESIMTOOLS_MODULE).Path
        if (-not $env:ESIMTOOLS_TEST_PACKAGE) {
            foreach ($file in Get-ChildItem $staged -Recurse -File) {
                (Get-FileHash ($file.FullName.Replace($staged, $script:Installed))).Hash | Should -Be (Get-FileHash $file.FullName).Hash
            }
        }

        foreach ($name in 'LICENSE', 'Examples/README.md', 'Examples/Invoke-NightlyCleanup.ps1', 'Examples/nightly-cleanup.yml', 'THIRD-PARTY-NOTICES.txt', 'CHANGELOG.md', 'sbom.cdx.json', 'en-US/EsimTools.dll-Help.xml', 'en-US/about_EsimTools.help.txt') {
            Join-Path $script:Installed $name | Should -Exist
        }
    }

    It 'lists in the bill of materials exactly the packages whose assemblies it brings, each with its licence and hash' {
        $bill = Get-Content (Join-Path $script:Installed 'sbom.cdx.json') -Raw | ConvertFrom-Json
        $bill.metadata.component.name, $bill.metadata.component.version | Should -Be 'EsimTools', $script:Manifest.ModuleVersion
        $brought = Get-ChildItem (Join-Path $script:Installed 'bin/net472') -Filter '*.dll' | Where-Object Name -NotLike 'EsimTools*' |
            ForEach-Object { '{0} {1}' -f $_.BaseName, ($_.VersionInfo.ProductVersion -split '\+')[0] }
        $bill.components | ForEach-Object { '{0} {1}' -f $_.name, $_.version } | Sort-Object | Should -Be ($brought | Sort-Object)
        $bill.components | Where-Object { $_.licenses.license.id -ne 'MIT' -or $_.hashes.alg -ne 'SHA-512' } | Should -BeNullOrEmpty
    }

    It 'loads by itself at its first command, from where it was installed, with every cmdlet' {
        $lines = Invoke-InstalledShell @'
Connect-EsimService -InformationAction Ignore -Sandbox
(Get-Module EsimTools).ModuleBase
@(Get-Command -Module EsimTools).Count
[AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'EsimTools' }).Location
'@
        $lines[0] | Should -BeExactly $script:Installed
        $lines[1] | Should -Be $script:Manifest.CmdletsToExport.Count
        $lines[2] | Should -BeLike (Join-Path $script:Installed 'bin/*')
    }

    It 'retires devices: disables, waits, deletes, waits, and deletes nothing that is not disabled' {
        $fleet = Join-Path $script:Samples 'fleet.csv'
        $lines = Invoke-InstalledShell @"
`$rows = Import-Csv '$fleet' | Select-Object -First 20
Connect-EsimService -InformationAction Ignore -Sandbox -SandboxInventory '$fleet'
`$rows | Remove-EsimProfile -Force -ErrorAction SilentlyContinue -ErrorVariable refused
@(`$refused | ForEach-Object { (`$_.FullyQualifiedErrorId -split ',')[0] } | Sort-Object -Unique) -join ' '
`$rows | Disable-EsimProfile -ReasonCode FF -WhatIf | Out-Null
@(Get-EsimRequest).Count
`$results = `$rows | Disable-EsimProfile -ReasonCode FF -Force | Wait-EsimRequest | Remove-EsimProfile -Force | Wait-EsimRequest
(`$results | Group-Object Action, Status | ForEach-Object { '{0} {1}' -f `$_.Name, `$_.Count }) -join '; '
Disconnect-EsimService
"@
        $lines | Should -Contain 'EsimProfileNotDisabled'
        $lines | Should -Contain '0'
        $lines[-1] | Should -BeExactly 'delete, Succeeded 20'
    }

    It 'has help for every cmdlet, and the about page' {
        $lines = Invoke-InstalledShell @'
Import-Module EsimTools
@(Get-Command -Module EsimTools | Where-Object { (Get-Help $_.Name).Description.Text -and (Get-Help $_.Name).Examples }).Count
(Get-Help about_EsimTools | Out-String) -match 'TOPIC'
'@
        $lines[-2] | Should -Be $script:Manifest.CmdletsToExport.Count
        $lines[-1] | Should -Be 'True'
    }
}

Describe 'The package of the companion' -Skip:(-not $isHere) {
    BeforeAll {
        $script:Title = "EsimTools.Postgres.$($script:Manifest.ModuleVersion)"
        $script:StagedCompanion = Join-Path (Split-Path (Resolve-Path $env:ESIMTOOLS_MODULE).Path) 'EsimTools.Postgres'
        $script:Packer = Join-Path $script:Root 'tools/New-Package.ps1'
        $script:Packed = $env:ESIMTOOLS_TEST_PACKAGE
        if (-not $script:Packed) {
            $script:Packed = Join-Path $TestDrive 'packed-companion'
            $null = & $script:Packer -ModulePath $script:StagedCompanion -OutputPath $script:Packed -Confirm:$false
        }

        $script:Modules = (New-Item (Join-Path $TestDrive 'both') -ItemType Directory).FullName
        $script:Repository = 'EsimTools-test-' + [guid]::NewGuid().ToString('N')
        if (Get-Command Save-PSResource -ErrorAction Ignore) {
            $feed = (New-Item (Join-Path $TestDrive 'feed-of-both') -ItemType Directory).FullName
            Copy-Item (Join-Path $script:Packed "$script:Title.nupkg") $feed
            Register-PSResourceRepository -Name $script:Repository -Uri $feed -Trusted
            Save-PSResource -Name EsimTools.Postgres -Repository $script:Repository -Path $script:Modules -TrustRepository
            $script:Companion = Join-Path $script:Modules "EsimTools.Postgres/$($script:Manifest.ModuleVersion)"
            $own = Join-Path $script:Modules "EsimTools/$($script:Manifest.ModuleVersion)"
        }
        else {
            [IO.Compression.ZipFile]::ExtractToDirectory((Join-Path $script:Packed "$script:Title.zip"), $script:Modules)
            $script:Companion = Join-Path $script:Modules 'EsimTools.Postgres'
            $own = Join-Path $script:Modules 'EsimTools'
        }

        $null = New-Item (Split-Path $own) -ItemType Directory -Force
        Copy-Item $env:ESIMTOOLS_MODULE $own -Recurse
    }

    AfterAll {
        if (Get-Command Unregister-PSResourceRepository -ErrorAction Ignore) {
            Unregister-PSResourceRepository -Name $script:Repository -ErrorAction Ignore
        }
    }

    It 'gives the same bytes when it is packed again, and says in no entry when it was packed' -Skip:(-not $canPack -or $env:ESIMTOOLS_TEST_PACKAGE) {
        $null = & $script:Packer -ModulePath $script:StagedCompanion -OutputPath (Join-Path $TestDrive 'companion-again') -Confirm:$false
        foreach ($name in "$script:Title.nupkg", "$script:Title.zip") {
            (Get-FileHash (Join-Path $TestDrive "companion-again/$name")).Hash | Should -Be (Get-FileHash (Join-Path $script:Packed $name)).Hash
            Get-Entry (Join-Path $script:Packed $name) | ForEach-Object Date | Sort-Object -Unique | Should -Be ([datetime]::new(1980, 1, 1))
        }
    }

    It 'names the assemblies that it brings, in the notices and in the bill of materials, and no others' {
        $brought = Get-ChildItem (Join-Path $script:Companion 'bin/net8.0') -Filter '*.dll' | Where-Object Name -NotLike 'EsimTools*' | ForEach-Object BaseName | Sort-Object
        $brought | Should -Contain 'Npgsql'
        $bill = Get-Content (Join-Path $script:Companion 'sbom.cdx.json') -Raw | ConvertFrom-Json
        $bill.metadata.component.name, $bill.metadata.component.version | Should -Be 'EsimTools.Postgres', $script:Manifest.ModuleVersion
        $bill.components.name | Sort-Object | Should -Be $brought
        $bill.components | Where-Object { $_.licenses.license.id -notin 'MIT', 'PostgreSQL' -or $_.hashes.alg -ne 'SHA-512' } | Should -BeNullOrEmpty
        $notices = Get-Content (Join-Path $script:Companion 'THIRD-PARTY-NOTICES.txt')
        $listed = $notices -match '^  \S+ \d\S* \(' -replace '^  (\S+) (\S+) .*', '$1 $2' | Sort-Object
        $listed | Should -Be ($bill.components | ForEach-Object { '{0} {1}' -f $_.name, $_.version } | Sort-Object)
        Join-Path $script:Companion 'LICENSE' | Should -Exist
    }

    It 'is found by EsimTools beside it, and loads into a context of its own' {
        $shell = Invoke-NewShell @"
`$env:PSModulePath = '$($script:Modules)' + [IO.Path]::PathSeparator + (Join-Path `$PSHOME 'Modules')
`$ErrorActionPreference = 'Stop'
try { Copy-EsimJournal 'Host=127.0.0.1;Port=1;Database=none;Username=u;Timeout=1' (Join-Path '$TestDrive' 'nothing') } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }
[AppDomain]::CurrentDomain.GetAssemblies().Where({ `$_.GetName().Name -eq 'Npgsql' }) | ForEach-Object { '{0} in {1}' -f `$_.Location, [Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name }
"@
        $shell.Text | Should -Match 'EsimDatabaseUnavailable,EsimTools\.CopyEsimJournalCommand'
        $shell.Text | Should -Match ([regex]::Escape((Join-Path $script:Companion 'bin/net8.0/Npgsql.dll')) + ' in EsimTools\.Postgres')
    }
}
