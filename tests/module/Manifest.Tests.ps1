# The package as it is published: what it exports, which files it brings, how it loads and unloads, and the rules that every cmdlet keeps.

BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:cmdlets = Get-Command -Module EsimTools
    $script:frameworks = @('net8.0', 'net472')
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:ModulePath = (Resolve-Path $env:ESIMTOOLS_MODULE).Path
    $script:ManifestPath = Join-Path $script:ModulePath 'EsimTools.psd1'
    $script:Manifest = Import-PowerShellDataFile $script:ManifestPath

    # What changes something at the service or in a journal; the rest connects, asks, waits or reads.
    $script:StateChangingVerbs = 'Clear', 'Copy', 'Disable', 'Enable', 'Install', 'Register', 'Remove', 'Resume', 'Set', 'Suspend', 'Switch', 'Unregister'
    # The first two are about connections themselves, the others about files and journals.
    $script:WithoutConnection = 'Connect-EsimService', 'Get-EsimConnection', 'Approve-EsimPlan', 'Compare-EsimPlan', 'Get-EsimPlan', 'Clear-EsimJournal', 'Copy-EsimJournal'

    # Reads an assembly without loading it, so that the one for .NET Framework can be read here too.
    function Read-Assembly([string] $Path) {
        $stream = [IO.File]::OpenRead($Path)
        try {
            $pe = [Reflection.PortableExecutable.PEReader]::new($stream)
            $reader = [Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($pe)
            $definition = $reader.GetAssemblyDefinition()
            [pscustomobject]@{
                Name       = $reader.GetString($definition.Name)
                Version    = $definition.Version
                Build      = $reader.GetGuid($reader.GetModuleDefinition().Mvid)
                HasNative  = $pe.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size -gt 0
                References = @(foreach ($handle in $reader.AssemblyReferences) {
                        $reference = $reader.GetAssemblyReference($handle)
                        [pscustomobject]@{ Name = $reader.GetString($reference.Name); Version = $reference.Version }
                    })
                # A cmdlet is told by its name: the class is <Verb><Noun>Command in the namespace of the commands.
                Cmdlets    = @(foreach ($handle in $reader.TypeDefinitions) {
                        $type = $reader.GetTypeDefinition($handle)
                        $name = $reader.GetString($type.Name)
                        if ($reader.GetString($type.Namespace) -eq 'EsimTools' -and $name -cmatch '^(?<Verb>[A-Z][a-z]+)(?<Noun>Esim\w+)Command$') {
                            '{0}-{1}' -f $Matches.Verb, $Matches.Noun
                        }
                    })
            }
        }
        finally {
            $stream.Dispose()
        }
    }
}

Describe 'The manifest' {
    It 'passes Test-ModuleManifest' {
        { Test-ModuleManifest $script:ManifestPath -ErrorAction Stop -WarningAction Stop } | Should -Not -Throw
    }

    It 'exports exactly the cmdlets in the assembly for <_>' -ForEach $frameworks {
        $assembly = Read-Assembly (Join-Path $script:ModulePath "bin/$_/EsimTools.dll")
        $assembly.Cmdlets | Should -Not -BeNullOrEmpty
        ($assembly.Cmdlets | Sort-Object) -join ' ' | Should -BeExactly (($script:Manifest.CmdletsToExport | Sort-Object) -join ' ')
    }

    It 'exports nothing but cmdlets and uses no wildcard, which would slow every session down' {
        $script:Manifest.FunctionsToExport | Should -BeNullOrEmpty
        $script:Manifest.AliasesToExport | Should -BeNullOrEmpty
        $script:Manifest.VariablesToExport | Should -BeNullOrEmpty
        $script:Manifest.CmdletsToExport -join '' | Should -Not -BeLike '*[*]*'
        (Get-Module EsimTools).ExportedCommands.Keys | Sort-Object | Should -Be ($script:Manifest.CmdletsToExport | Sort-Object)
    }

    It 'says which PowerShell it is for' {
        $script:Manifest.CompatiblePSEditions | Should -Be @('Desktop', 'Core')
        $script:Manifest.PowerShellVersion | Should -Be '5.1'
        $script:Manifest.DotNetFrameworkVersion | Should -Be '4.7.2'
        $script:Manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Desktop'
        $script:Manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Core'
    }

    It 'brings every file that it names' {
        foreach ($name in @($script:Manifest.RootModule) + $script:Manifest.FormatsToProcess + $script:Manifest.TypesToProcess + 'LICENSE') {
            Join-Path $script:ModulePath $name | Should -Exist
        }
    }
}

Describe 'The assemblies' {
    It 'holds only our own for PowerShell 7, so that nothing can conflict with the host' {
        $files = Get-ChildItem (Join-Path $script:ModulePath 'bin/net8.0') -Recurse -File
        $files.Name | Should -Contain 'EsimTools.dll'
        $files | Where-Object Name -NotMatch '^EsimTools(\.Client|\.Sandbox)?\.(dll|pdb)$' | Should -BeNullOrEmpty
    }

    It 'refers for PowerShell 7 to nothing newer than the first PowerShell 7.4 has' {
        foreach ($file in Get-ChildItem (Join-Path $script:ModulePath 'bin/net8.0') -Filter '*.dll' -Recurse) {
            foreach ($reference in (Read-Assembly $file.FullName).References | Where-Object Name -NotLike 'EsimTools*') {
                $reference.Version | Should -BeLessOrEqual ([version]'8.0.0.0') -Because "$($file.Name) refers to $($reference.Name), and PowerShell 7.4 runs on .NET 8"
            }
        }
    }

    It 'brings for Windows PowerShell one consistent set: what is referred to is there in exactly that version' {
        # What Windows PowerShell 5.1 on .NET Framework 4.7.2 has by itself.
        $framework = 'mscorlib', 'netstandard', 'System', 'System.Core', 'System.Net.Http', 'System.Numerics', 'System.Runtime', 'System.Management.Automation', 'System.Xml',
        'System.Configuration', 'System.Data', 'System.Runtime.Serialization', 'System.Security', 'System.ValueTuple'
        $shipped = @{}
        $assemblies = Get-ChildItem (Join-Path $script:ModulePath 'bin/net472') -Filter '*.dll' | ForEach-Object { Read-Assembly $_.FullName }
        foreach ($assembly in $assemblies) {
            $shipped[$assembly.Name] = $assembly.Version
        }

        $shipped.Keys | Should -Contain 'System.Text.Json'
        $problems = foreach ($assembly in $assemblies) {
            foreach ($reference in $assembly.References | Where-Object Name -NotIn $framework) {
                if ($shipped[$reference.Name] -ne $reference.Version) {
                    '{0} wants {1} {2}, shipped is {3}' -f $assembly.Name, $reference.Name, $reference.Version, $shipped[$reference.Name]
                }
            }
        }

        $problems | Should -BeNullOrEmpty
    }

    It 'brings no assembly for Windows PowerShell that nothing refers to' {
        $assemblies = Get-ChildItem (Join-Path $script:ModulePath 'bin/net472') -Filter '*.dll' | ForEach-Object { Read-Assembly $_.FullName }
        $wanted = @('EsimTools') + $assemblies.References.Name
        $assemblies.Name | Where-Object { $_ -notin $wanted } | Should -BeNullOrEmpty
    }
}

Describe 'What the module says of itself' {
    It 'names each package whose assembly it brings for Windows PowerShell, in its version, and no other' {
        $brought = Get-ChildItem (Join-Path $script:ModulePath 'bin/net472') -Filter '*.dll' | Where-Object Name -NotLike 'EsimTools*' |
            ForEach-Object { '{0} {1}' -f $_.BaseName, ($_.VersionInfo.ProductVersion -split '\+')[0] }
        $notices = Get-Content (Join-Path $script:ModulePath 'THIRD-PARTY-NOTICES.txt') -Raw
        $named = [regex]::Matches($notices, '(?m)^  (?<Package>\S+ \d\S+) \(MIT\), ') | ForEach-Object { $_.Groups['Package'].Value }
        $named | Sort-Object | Should -Be ($brought | Sort-Object)
    }

    It 'is tagged with each of its cmdlets, as repositories look for them' {
        $expected = @('PSIncludes_Cmdlet') + @($script:Manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_", "PSCommand_$_" })
        $script:Manifest.PrivateData.PSData.Tags -like 'PS[CI]*_*' | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'brings its licence, and the changes and release notes of this very version' {
        Join-Path $script:ModulePath 'LICENSE' | Should -Exist
        [regex]::Match((Get-Content (Join-Path $script:ModulePath 'CHANGELOG.md') -Raw), '(?m)^## (\S+)').Groups[1].Value | Should -BeExactly $script:Manifest.ModuleVersion
        $script:Manifest.PrivateData.PSData.ReleaseNotes | Should -BeLike "$($script:Manifest.ModuleVersion): *"
    }
}

Describe 'The native code' {
    BeforeAll {
        $script:Folder = Join-Path $script:ModulePath 'bin/net8.0'
        $script:Platforms = @(Get-ChildItem $script:Folder -Directory)
        $script:Own = Join-Path $script:Folder ([Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier)

        # Where the cmdlets of a module come from in a new shell, once they have served a profile.
        function Get-LoadedFrom([string] $Module) {
            $shell = Invoke-NewShell @"
Import-Module '$Module' -ErrorAction Stop
Connect-EsimService -InformationAction Ignore -Sandbox -ErrorAction Stop
`$result = Get-EsimProfile | Select-Object -First 1 | Disable-EsimProfile -Force | Wait-EsimRequest
if (`$result.Status -ne 'Succeeded') { throw 'not disabled' }
[AppDomain]::CurrentDomain.GetAssemblies().Where({ `$_.GetName().Name -like 'EsimTools*' }).ForEach({ Split-Path `$_.Location })
"@
            $shell.Text -split '\r?\n' | Select-Object -Unique
        }
    }

    It 'is made from the very assemblies that are there for all platforms' {
        if (-not $script:Platforms) { Set-ItResult -Skipped -Because 'the module was staged without native code' }
        foreach ($platform in $script:Platforms) {
            foreach ($file in Get-ChildItem $script:Folder -Filter '*.dll') {
                $plain = Read-Assembly $file.FullName
                $native = Read-Assembly (Join-Path $platform.FullName $file.Name)
                $native.Build | Should -Be $plain.Build
                $plain.HasNative | Should -BeFalse
                $native.HasNative | Should -BeTrue -Because $platform.Name
            }
        }
    }

    It 'is what PowerShell 7.6 and later load, where there is some for the platform' {
        $isUsed = $PSVersionTable.PSVersion -ge [version]'7.6' -and (Test-Path $script:Own)
        Get-LoadedFrom $script:ModulePath | Should -Be $(if ($isUsed) { $script:Own } else { $script:Folder })
    }

    It 'can be left out' {
        $copy = Join-Path $TestDrive 'EsimTools'
        Copy-Item $script:ModulePath $copy -Recurse
        Get-ChildItem (Join-Path $copy 'bin/net8.0') -Directory | Remove-Item -Recurse
        Get-LoadedFrom $copy | Should -Be (Join-Path $copy 'bin/net8.0')
    }
}

Describe 'Loading and unloading' {
    It 'can be imported twice with -Force in one session and still works' {
        $shell = Invoke-NewShell @"
Import-Module '$($script:ManifestPath)' -Force -ErrorAction Stop
Connect-EsimService -InformationAction Ignore -Sandbox -ErrorAction Stop
Import-Module '$($script:ManifestPath)' -Force -ErrorAction Stop
Import-Module '$($script:ManifestPath)' -Force -ErrorAction Stop
Connect-EsimService -InformationAction Ignore -Sandbox -ErrorAction Stop
@(Get-EsimProfile | Select-Object -First 2).Count
(Get-EsimProfile | Select-Object -First 1 | Format-Table | Out-String -Width 200) -match 'ProfileStatus'
Disconnect-EsimService
exit 0
"@
        $shell.Text -replace '\s+', ' ' | Should -BeExactly '2 True'
        $shell.ExitCode | Should -Be 0
    }

    It 'closes its connections when it is removed, so that no journal stays locked and no sandbox goes on' {
        $shell = Invoke-NewShell @"
Import-Module '$($script:ManifestPath)' -ErrorAction Stop
`$c = Connect-EsimService -Sandbox -PassThru
`$d = Connect-EsimService -Sandbox -PassThru
Disable-EsimProfile -Iccid (Get-EsimProfile -Connection `$c | Select-Object -First 1).Iccid -Connection `$c -Force | Out-Null
`$c.IsOpen
`$d.IsOpen
Test-Path `$c.JournalPath
Remove-Module EsimTools
`$c.IsOpen
`$d.IsOpen
Test-Path `$c.JournalPath
"@
        $shell.Text -replace '\s+', ' ' | Should -BeExactly 'True True True False False False'
    }

    It 'leaves nothing in the folder for temporary files when a session with a sandbox just ends' {
        $temp = Join-Path $TestDrive 'temp'
        $null = New-Item $temp -ItemType Directory
        $null = Invoke-NewShell @"
`$env:TMPDIR = `$env:TEMP = `$env:TMP = '$temp'
Import-Module '$($script:ManifestPath)' -ErrorAction Stop
Connect-EsimService -InformationAction Ignore -Sandbox
Get-EsimProfile | Select-Object -First 5 | Disable-EsimProfile -Force | Wait-EsimRequest
"@
        Get-ChildItem $temp -Filter 'EsimTools*' | Should -BeNullOrEmpty
    }
}

Describe 'Every cmdlet: <_.Name>' -ForEach $cmdlets {
    BeforeAll {
        $script:Attribute = $_.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)[0]
    }

    It 'has an approved verb and a singular noun with our prefix' {
        (Get-Verb -Verb $_.Verb).Verb | Should -BeExactly $_.Verb
        $_.Noun | Should -MatchExactly '^Esim[A-Z][a-z]+([A-Z][a-z]+)*$'
        $_.Noun | Should -Not -MatchExactly '[^s]s$'
    }

    It 'says what it writes' {
        $_.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'asks before it changes anything: ShouldProcess and -Force belong together' {
        if ($_.Verb -in $script:StateChangingVerbs) {
            $script:Attribute.SupportsShouldProcess | Should -BeTrue
            $_.Parameters.Keys | Should -Contain 'WhatIf'
            $_.Parameters.Keys | Should -Contain 'Confirm'
        }

        $_.Parameters.ContainsKey('Force') | Should -Be $script:Attribute.SupportsShouldProcess
    }

    It 'asks with high impact for what cannot be taken back' {
        if ($_.Name -in 'Disable-EsimProfile', 'Remove-EsimProfile', 'Clear-EsimJournal') {
            $script:Attribute.ConfirmImpact | Should -Be 'High'
        }
    }

    It 'takes -Connection, so that two services can be served in one session' {
        if ($_.Name -notin $script:WithoutConnection) {
            $_.Parameters['Connection'].ParameterType.FullName | Should -Be 'EsimTools.EsimConnection'
        }
    }

    It 'takes no secret as text' {
        $_.Parameters.Values |
            Where-Object { $_.ParameterType -in [string], [string[]] -and $_.Name -match 'Password|Secret|Token|ApiKey|Credential' -and $_.Name -notin 'ApiSecretName', 'UserSecretName' } |
            ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'says at the prompt, behind !?, what a parameter that must be given looks like' {
        $asked = foreach ($property in $_.ImplementingType.GetProperties()) {
            $property.GetCustomAttributes([Management.Automation.ParameterAttribute], $true) | Where-Object Mandatory |
                ForEach-Object { [pscustomobject]@{ Name = $property.Name; Help = $_.HelpMessage } }
        }
        $asked | Where-Object { $_.Help -notmatch '^[A-Z].{20,130}\.$' } | ForEach-Object { "-$($_.Name): $($_.Help)" } | Should -BeNullOrEmpty
    }

    It 'takes one object of the pipeline by value in each parameter set' {
        foreach ($set in $_.ParameterSets) {
            @($set.Parameters | Where-Object ValueFromPipeline).Count | Should -BeLessOrEqual 1 -Because "set $($set.Name)"
        }
    }
}

Describe 'All cmdlets together' {
    BeforeAll {
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
        $script:Parameters = foreach ($command in Get-Command -Module EsimTools) {
            foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $common) {
                [pscustomobject]@{ Command = $command.Name; Name = $parameter.Name; Type = $parameter.ParameterType; Aliases = $parameter.Aliases }
            }
        }
    }

    It 'uses one name for one type, so that $PSDefaultParameterValues[''*-Esim*:...''] can be used' {
        $script:Parameters | Group-Object Name | ForEach-Object {
            $types = $_.Group | ForEach-Object { if ($_.Type.IsArray) { $_.Type.GetElementType().FullName } else { $_.Type.FullName } } | Sort-Object -Unique
            # What Wait-EsimRequest takes by value is a request; the others take a profile in any shape.
            # A request and a result stand in one of two sets of words.
            if ($_.Name -notin 'InputObject', 'Status') {
                @($types).Count | Should -Be 1 -Because "-$($_.Name) is $($types -join ' and ')"
            }
        }
    }

    It 'uses one spelling: a name that is an alias in one cmdlet is no parameter of another' {
        $script:Parameters | Where-Object { $_.Name -in $script:Parameters.Aliases } | ForEach-Object { "$($_.Command) -$($_.Name)" } | Should -BeNullOrEmpty
    }
}
