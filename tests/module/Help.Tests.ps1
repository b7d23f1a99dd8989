# The help: what Get-Help shows of the staged module, the pages in docs/en-US that it is made from, and whether both are true of the code.

BeforeDiscovery {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $pages = Join-Path $root 'docs/en-US'
    $script:cmdlets = @((Import-PowerShellDataFile (Join-Path $root 'EsimTools.psd1')).CmdletsToExport | ForEach-Object { @{ Name = $_ } })
    $script:documents = @(Get-ChildItem (Join-Path $root 'docs') -Recurse -Filter '*.md') + @(Get-Item (Join-Path $root 'README.md')) |
        ForEach-Object { @{ Document = $_.FullName.Substring($root.Length + 1); File = $_.FullName } }
    $script:hasPlatyPS = [bool](Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS)

    # The examples of all pages: code, the number on the page, and the heading above it.
    $script:examples = foreach ($page in Get-ChildItem $pages -Filter '*.md') {
        $text = [IO.File]::ReadAllText($page.FullName)
        $number = 0
        foreach ($block in [regex]::Matches($text, '(?s)\n```powershell\n(?<Code>.*?)\n```')) {
            $title = [regex]::Matches($text.Substring(0, $block.Index), '(?m)^##+ (?:Example \d+: )?(?<Title>.+)$')[-1].Groups['Title'].Value
            @{ Page = $page.BaseName; Number = ++$number; Title = $title; Code = $block.Groups['Code'].Value }
        }
    }

    # What needs a real account, a database, a person or another person's key is only read, and so are the plans' and the receivers' topics, which go on from one block to the next.
    $script:runnable = $script:examples | Where-Object Code -NotMatch 'Connect-EsimService (-Api|\$api)|db\.example\.com' |
        Where-Object { $_.Page -notlike 'about_*' -or $_.Code -notmatch 'Get-Credential|\$benCertificate|lyon|back\.plan|sims\.csv' }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Pages = Join-Path $script:Root 'docs/en-US'
    $script:Common = @([Management.Automation.Cmdlet]::CommonParameters)

    function Get-OwnParameter([string] $Name) {
        (Get-Command $Name -Module EsimTools).Parameters.Values | Where-Object Name -NotIn $script:Common
    }

    function Get-Page([string] $Name) {
        [IO.File]::ReadAllText((Join-Path $script:Pages "$Name.md"))
    }

    # The part of a page from one heading to the next of its kind.
    function Get-Section([string] $Text, [string] $Heading) {
        [regex]::Match($Text, "(?s)\n## $Heading\n(?<Text>.*?)(?=\n## |\z)").Groups['Text'].Value.Trim()
    }

    # The rows of the tables whose first column has this heading.
    function Get-TableRow([string] $Text, [string] $Heading) {
        foreach ($table in [regex]::Matches($Text, "(?m)^\| $Heading \|.*\n\|[-|]+\|\n(?<Rows>(?:\|.*\n?)+)")) {
            $table.Groups['Rows'].Value.Trim() -split "`n" | ForEach-Object { , @($_.Trim().Trim('|') -split '\|' | ForEach-Object { $_.Trim() }) }
        }
    }
}

Describe 'Get-Help <Name>' -ForEach $script:cmdlets {
    BeforeAll {
        $script:help = Get-Help $Name -Full
        $script:parameters = @(Get-OwnParameter $Name)
    }

    It 'comes from the file that is shipped' {
        Split-Path (Get-Command $Name).HelpFile -Leaf | Should -Be 'EsimTools.dll-Help.xml'
        Join-Path (Get-Module EsimTools).ModuleBase 'en-US/EsimTools.dll-Help.xml' | Should -Exist
        "$($script:help.Synopsis)".Trim() | Should -Not -Match "^\s*$Name " -Because 'that is what PowerShell makes up where it finds no help'
    }

    It 'has a synopsis in one sentence or two, and a description' {
        $script:help.Synopsis | Should -Not -BeNullOrEmpty
        $script:help.Synopsis.Length | Should -BeLessThan 160
        $script:help.Synopsis | Should -Match '\.$'
        ($script:help.description.Text -join "`n").Length | Should -BeGreaterThan 200
    }

    It 'names the error ids in the form in which they are matched' {
        ($script:help.description.Text -join "`n") | Should -Match "Esim\w+,EsimTools\.\w+Command|gives no errors"
        $class = (Get-Command $Name).ImplementingType.FullName
        [regex]::Matches(($script:help.description.Text -join "`n"), '(?<=,)EsimTools\.\w+Command') | ForEach-Object { $_.Value | Should -BeExactly $class }
    }

    It 'says in plain words what it does, and the service''s word behind them' {
        $words = @([EsimTools.EsimAction]::All | Where-Object Cmdlet -EQ $Name | ForEach-Object Name)
        $script:help.Synopsis | Should -MatchExactly '^[A-Z][a-z]+ [^_]+( \(ThingSpace: [^()]+\))?\.$'
        if ($words) {
            $script:help.Synopsis | Should -BeLike "* (ThingSpace: $($words -join ', '))."
        }
    }

    It 'has three examples: with a pipeline, for a runbook, and with -WhatIf where that exists' {
        $code = @($script:help.examples.example | ForEach-Object { "$($_.code)" })
        $code.Count | Should -BeGreaterOrEqual 3
        $code | ForEach-Object { $_ | Should -Not -BeNullOrEmpty }
        ($code -match '\|').Count | Should -BeGreaterOrEqual 1
        @($script:help.examples.example.title -match 'in a runbook').Count | Should -BeGreaterOrEqual 1
        @($script:help.examples.example | Where-Object { -not (($_.remarks.Text -join '').Trim()) }).Count | Should -Be 0
        if ($script:parameters.Name -contains 'WhatIf') {
            @($code -match "(?s)$Name[^|]*-WhatIf").Count | Should -BeGreaterOrEqual 1
        }
    }

    It 'describes every parameter' {
        foreach ($parameter in $script:parameters) {
            $described = @($script:help.parameters.parameter | Where-Object name -EQ $parameter.Name)
            $described.Count | Should -Be 1 -Because "-$($parameter.Name) is a parameter"
            ($described[0].description.Text -join '').Length | Should -BeGreaterThan 10 -Because "-$($parameter.Name) needs words"
        }
    }

    It 'has links, and each leads to a page' {
        $links = @($script:help.relatedLinks.navigationLink.linkText)
        $links.Count | Should -BeGreaterOrEqual 2
        foreach ($link in $links) {
            Join-Path $script:Pages "$link.md" | Should -Exist
        }
    }

    It 'has nothing left to fill in' {
        (Get-Page $Name) | Should -Not -Match '\{\{|\}\}'
    }
}

Describe 'The page <Name>' -ForEach $script:cmdlets {
    BeforeAll {
        $script:page = Get-Page $Name
        $script:parameters = @(Get-OwnParameter $Name)
    }

    It 'has the parameters of the code, no fewer and no more' {
        $onPage = @([regex]::Matches((Get-Section $script:page 'PARAMETERS'), '(?m)^### -(?<Name>\w+)$') | ForEach-Object { $_.Groups['Name'].Value } | Sort-Object)
        $onPage -join ', ' | Should -BeExactly (@($script:parameters.Name | Sort-Object) -join ', ')
    }

    It 'has the aliases, places and pipeline binding of the code' {
        foreach ($parameter in $script:parameters) {
            $yaml = [regex]::Match($script:page, "(?s)\n### -$($parameter.Name)\n.*?``````yaml\n(?<Yaml>.*?)``````").Groups['Yaml'].Value
            $aliases = @([regex]::Matches([regex]::Match($yaml, '(?s)Aliases:(?<Text>.*?)\nParameterSets:').Groups['Text'].Value, '(?m)^- (?<Alias>\w+)') | ForEach-Object { $_.Groups['Alias'].Value } | Sort-Object)
            $aliases -join ', ' | Should -BeExactly (@($parameter.Aliases | Sort-Object) -join ', ') -Because "of -$($parameter.Name)"
            $yaml | Should -Match ('(?m)^Type: ' + [regex]::Escape($parameter.ParameterType.FullName.Split('`')[0])) -Because "of -$($parameter.Name)"
            foreach ($set in $parameter.ParameterSets.Keys) {
                $in = $parameter.ParameterSets[$set]
                $entry = [regex]::Match($yaml, '(?s)- Name: ' + [regex]::Escape($(if ($set -eq '__AllParameterSets') { '(All)' } else { $set })) + '\n(?<Text>.*?)(?=\n- |\nDontShow)').Groups['Text'].Value
                $entry | Should -Match "IsRequired: $("$($in.IsMandatory)".ToLowerInvariant())" -Because "of -$($parameter.Name) in $set"
                $entry | Should -Match "ValueFromPipeline: $("$($in.ValueFromPipeline)".ToLowerInvariant())" -Because "of -$($parameter.Name) in $set"
                $entry | Should -Match "ValueFromPipelineByPropertyName: $("$($in.ValueFromPipelineByPropertyName)".ToLowerInvariant())" -Because "of -$($parameter.Name) in $set"
                $entry | Should -Match "Position: $(if ($in.Position -eq [int]::MinValue) { 'Named' } else { $in.Position })" -Because "of -$($parameter.Name) in $set"
            }
        }
    }

    It 'shows each parameter in the syntax' {
        $syntax = Get-Section $script:page 'SYNTAX'
        foreach ($parameter in $script:parameters) {
            $syntax | Should -Match "-$($parameter.Name)\b"
        }

        (Get-Command $Name).ParameterSets.Name | Where-Object { $_ -ne '__AllParameterSets' } | ForEach-Object { $syntax | Should -Match "(?m)^### $_\b" }
    }

    It 'names the types that the cmdlet writes' {
        $outputs = Get-Section $script:page 'OUTPUTS'
        (Get-Command $Name).OutputType.Name | ForEach-Object { $outputs | Should -Match ([regex]::Escape($_)) }
    }
}

Describe 'The example <Number> of <Page>: <Title>' -ForEach $script:examples {
    # A console of 80 columns breaks longer lines when they are shown, and what is pasted from there is another command.
    It 'has no line wider than 72 columns' {
        $Code -split '\n' | Where-Object Length -GT 72 | Should -BeNullOrEmpty
    }

    It 'can be read by PowerShell' {
        $problems = $null
        $null = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $problems)
        $problems | Should -BeNullOrEmpty
    }
}

Describe 'The example <Number> of <Page>: <Title>' -ForEach $script:runnable {
    BeforeAll {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))).FullName
        $rows = @(Get-TestRow 14)
        $new = @(Get-TestRow 2 -Skip 14 -With @{ ProfileStatus = 'NOT_DOWNLOADED' })
        $rows | Export-Csv (Join-Path $folder 'fleet.csv') -NoTypeInformation
        $new | Select-Object DeviceName, Iccid, Eid, Imei | Export-Csv (Join-Path $folder 'new-profiles.csv') -NoTypeInformation

        # Parallel runspaces find the module by its name.
        $script:modulePath = $env:PSModulePath
        $env:PSModulePath = (Split-Path (Resolve-Path $env:ESIMTOOLS_MODULE).Path) + [IO.Path]::PathSeparator + $env:PSModulePath
        # A journal that nobody is connected to, for examples about whole journals.
        Connect-EsimService -Sandbox -Journal (Join-Path $folder 'journal') -InformationAction Ignore
        $rows[0] | Disable-EsimProfile -Force | Out-Null
        Disconnect-EsimService
        $env:ESIMTOOLS_JOURNAL = Join-Path $folder 'journal'
        $script:test = Connect-TestSandbox -Row ($rows + $new)

        # Something for examples that look back, or that take up again what was ended.
        $rows | Select-Object -Last 2 | Disable-EsimProfile -Force | Wait-EsimRequest | Out-Null
        $rows | Select-Object -Skip 10 -First 2 | Suspend-EsimDevice -Force | Wait-EsimRequest | Out-Null
        Push-Location $folder
    }

    AfterAll {
        Pop-Location
        $env:PSModulePath = $script:modulePath
        $env:ESIMTOOLS_JOURNAL = $null
        Get-EsimConnection | Disconnect-EsimService
        $script:test.Connection | Disconnect-EsimService
    }

    It 'runs on the sandbox' {
        # Nobody is here to answer, and the ports of the examples may be in use.
        $runnable = $Code -replace ' -Confirm\b', ''
        foreach ($address in [regex]::Matches($runnable, '127\.0\.0\.1:\d+').Value | Select-Object -Unique) {
            $runnable = $runnable.Replace($address, "127.0.0.1:$(Get-FreePort)")
        }

        $Error.Clear()
        $ConfirmPreference = 'None'
        $ErrorActionPreference = 'SilentlyContinue'
        $output = & ([scriptblock]::Create($runnable)) 6>&1
        $failures = @($Error | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object FullyQualifiedErrorId)

        # What the guard or the sandbox says of single profiles belongs to it. Everything else means that the example is wrong.
        $failures -notmatch '^(EsimProfile(NotDisabled|StateInvalid|AlreadyDeleted|Busy)|EsimActionFailed|EsimOutcomeUnknown),' -join '; ' | Should -BeNullOrEmpty
        if ($Code -match '-WhatIf$') {
            $script:test.Sandbox.Log | Select-Object -Last 1 | Should -Not -BeNullOrEmpty
            $output | Where-Object { $_ -is [EsimTools.EsimRequest] } | Should -BeNullOrEmpty
        }
    }
}

Describe 'The documents name only what exists: <Document>' -ForEach $script:documents {
    BeforeAll {
        $script:text = [IO.File]::ReadAllText($File)
        $script:known = (Get-Command -Module EsimTools).Name
    }

    It 'names no cmdlet that does not exist' {
        [regex]::Matches($script:text, '\b[A-Z][a-z]+-Esim[A-Z]\w*') | ForEach-Object Value | Sort-Object -Unique | Where-Object { $_ -notin $script:known } | Should -BeNullOrEmpty
    }

    It 'gives no cmdlet a parameter that it does not have' {
        $wrong = foreach ($block in [regex]::Matches($script:text, '(?s)\n```powershell\n(?<Code>.*?)\n```')) {
            $ast = [Management.Automation.Language.Parser]::ParseInput($block.Groups['Code'].Value, [ref] $null, [ref] $null)
            foreach ($call in $ast.FindAll({ param($node) $node -is [Management.Automation.Language.CommandAst] }, $true)) {
                $command = Get-Command $call.GetCommandName() -ErrorAction Ignore
                if ($command.Source -ne 'EsimTools') {
                    continue
                }

                $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] } | Where-Object {
                    $given = $_.ParameterName
                    -not $command.Parameters.ContainsKey($given) -and -not ($command.Parameters.Values | Where-Object { $_.Aliases -contains $given })
                } | ForEach-Object { "$($command.Name) -$($_.ParameterName)" }
            }
        }

        $wrong | Should -BeNullOrEmpty
    }

    It 'names no parameter that nothing has' {
        $all = @((Get-Command -Module EsimTools).Parameters.Values.Keys) + @((Get-Command -Module EsimTools) | ForEach-Object { $_.Parameters.Keys }) + $script:Common
        $others = 'ForEach-Object', 'Select-Object', 'Where-Object', 'Group-Object', 'Sort-Object', 'Import-Csv', 'Export-Csv', 'Get-Content', 'ConvertFrom-Json', 'ConvertTo-Json', 'Export-Clixml', 'Import-Clixml', 'Join-Path',
        'Get-ChildItem', 'Get-Credential', 'Import-Module', 'Format-Table', 'Format-List', 'Get-Help', 'Out-File', 'Remove-Item', 'New-Item', 'Set-Content', 'Write-Output'
        $others += Join-Path $script:Root 'build.ps1'
        $all += $others | ForEach-Object { (Get-Command $_).Parameters.Keys } | Select-Object -Unique
        $prose = [regex]::Replace($script:text, '(?s)\n```.*?\n```', '')
        [regex]::Matches($prose, '(?<![\w/.\]-])-(?<Name>[A-Z][A-Za-z]+)\b') | ForEach-Object { $_.Groups['Name'].Value } | Sort-Object -Unique |
            Where-Object { $_ -notin $all } | Should -BeNullOrEmpty
    }

    It 'leads to files that exist' {
        [regex]::Matches($script:text, '\]\((?<Target>[^)#]+)(#[^)]*)?\)') | ForEach-Object { $_.Groups['Target'].Value } | Where-Object { $_ -notmatch '^\w+:' } | ForEach-Object {
            Join-Path (Split-Path $File) $_ | Should -Exist
        }
    }
}

Describe 'The about page <_>' -ForEach @((Get-ChildItem (Join-Path $PSScriptRoot '../../docs/en-US') -Filter 'about_*.md').BaseName) {
    It 'is found by Get-Help and fits 80 columns' {
        (Get-Help $_ | Out-String -Width 200) | Should -Match "TOPIC\s+$_"
        [IO.File]::ReadAllLines((Join-Path (Get-Module EsimTools).ModuleBase "en-US/$_.help.txt")) | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }
}

Describe 'about_EsimErrors' {
    BeforeAll {
        $script:errorsOnPage = Get-TableRow (Get-Page 'about_EsimErrors') 'Id'
    }

    It 'has every error id once with the category that the code gives it, and no other' {
        $records = [EsimTools.EsimProfileCheck].Assembly.GetType('EsimTools.Abstractions.ErrorRecords', $true)
        $expected = foreach ($id in [Enum]::GetNames([EsimTools.EsimError])) {
            "$id $($records.GetMethod('CategoryOf').Invoke($null, [object[]]@([EsimTools.EsimError] $id)))"
        }
        $expected = $expected | Sort-Object
        $found = $script:errorsOnPage | ForEach-Object { "$($_[0]) $($_[1])" } | Sort-Object
        $found -join "`n" | Should -BeExactly ($expected -join "`n")
    }

    It 'says of each what it means, what was sent and what to do' {
        $script:errorsOnPage | Where-Object { $_.Count -ne 5 -or @($_ -notmatch '\S').Count -or $_[2].Length -lt 15 -or @($_[2..4] -notmatch '\.$').Count } | ForEach-Object { $_[0] } | Should -BeNullOrEmpty
    }
}

Describe 'about_EsimSandbox' {
    It 'has every knob of the sandbox with its default, and no other' {
        $options = (Get-Command Connect-EsimService).Parameters['SandboxOptions'].ParameterType
        $fresh = [Activator]::CreateInstance($options)
        $expected = $options.GetProperties() | ForEach-Object { "$($_.Name) $([Management.Automation.LanguagePrimitives]::ConvertTo($_.GetValue($fresh), [string]))" } | Sort-Object
        Get-TableRow (Get-Page 'about_EsimSandbox') 'Knob' | ForEach-Object { "$($_[0]) $($_[1])" } | Sort-Object | Should -BeExactly $expected
    }
}

Describe 'about_EsimGuard' {
    It 'has every verdict of Test-EsimProfile, and no other' {
        Get-TableRow (Get-Page 'about_EsimGuard') 'Result' | ForEach-Object { $_[0] } | Sort-Object | Should -BeExactly ([Enum]::GetNames([EsimTools.EsimProfileCheckResult]) | Sort-Object)
    }
}

Describe 'about_EsimTools' {
    BeforeAll {
        $script:About = Get-Page 'about_EsimTools'
    }

    It 'has every action with its cmdlet' {
        $rows = Get-TableRow $script:About 'Cmdlet'
        $found = $rows | ForEach-Object { $cmdlet = $_[0]; $_[1] -split ', ' | ForEach-Object { "$_ $cmdlet" } } | Sort-Object
        $found | Should -BeExactly ([EsimTools.EsimAction]::All | ForEach-Object { "$($_.Name) $($_.Cmdlet)" } | Sort-Object)
    }

    Context 'The names of an inventory''s columns' {
        BeforeAll {
            $script:row = Get-TestRow 1
            $script:numbers = @{ Iccid = $script:row.Iccid; Eid = $script:row.Eid; Imei = '490154203237518' }
            $script:columns = @{}
            Get-TableRow $script:About 'What' | ForEach-Object { $script:columns[$_[0]] = @($_[1] -split ', ') }

            # What the preflight of a deletion says, and a disabling warns of, when the row has a column of that name too.
            function Get-Preflight([string] $Column, [string] $Value) {
                $with = [ordered]@{ Iccid = $script:row.Iccid; Eid = $script:row.Eid }
                if ($Column) { $with[$Column] = $Value }
                $object = [pscustomobject] $with
                $object | Disable-EsimProfile -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
                ($object | Test-EsimProfile -Action delete).Message + $warned
            }
        }

        It 'are understood: <Field>' -ForEach @(@{ Field = 'Iccid' }, @{ Field = 'Eid' }, @{ Field = 'Imei' }) {
            foreach ($name in $script:columns[$Field]) {
                ([pscustomobject]@{ $name = $script:numbers[$Field] } | Test-EsimProfile -Action delete).$Field | Should -BeExactly $script:numbers[$Field] -Because $name
            }
        }

        It 'are understood: <What>' -ForEach @(
            @{ What = 'service state'; Value = 'DEACTIVE' }
            @{ What = 'profile status'; Value = 'ENABLE' }
            @{ What = 'role'; Value = 'LEAD' }
        ) {
            $null = Connect-TestSandbox -Row $script:row
            $without = Get-Preflight
            foreach ($name in $script:columns[$What]) {
                Get-Preflight $name $Value | Should -Not -BeExactly $without -Because $name
            }
            Get-Preflight 'Remark' $Value | Should -BeExactly $without
            Disconnect-EsimService
        }

        It 'are understood: <What>' -ForEach @(@{ What = 'account'; Property = 'AccountName'; Value = '0000654321-00001' }, @{ What = 'plan'; Property = 'ServicePlan'; Value = 'A plan of its own' }) {
            $rows = @(Get-TestRow $script:columns[$What].Count -With @{ $Property = $Value })
            $null = Connect-TestSandbox -Row $rows
            for ($i = 0; $i -lt $rows.Count; $i++) {
                $name = $script:columns[$What][$i]
                $given = [pscustomobject]@{ Iccid = $rows[$i].Iccid; Eid = $rows[$i].Eid; $name = $Value }
                $request = $given | Disable-EsimProfile -Force
                $request.$Property | Should -BeExactly $Value -Because $name
                $request.Profiles.Iccid | Should -Be $rows[$i].Iccid
            }
            Disconnect-EsimService
        }

        It 'are all that there are, as far as the words of them and the aliases of parameters go' {
            $known = @($script:columns.Values | ForEach-Object { $_ })
            $aliases = foreach ($command in Get-Command -Module EsimTools) {
                foreach ($name in 'Iccid', 'Eid', 'Imei', 'AccountName', 'ServicePlan') {
                    if ($command.Parameters.ContainsKey($name)) { $command.Parameters[$name].Aliases }
                }
            }
            $aliases | Where-Object { $_ -notin $known } | Should -BeNullOrEmpty

            $words = $known | ForEach-Object { [regex]::Matches($_, '[A-Z][a-z]+').Value } | Sort-Object -Unique
            $others = @($words) + @(foreach ($first in $words) { foreach ($second in $words) { "$first$second" } }) | Where-Object { $_ -notin $known }
            $others.Count | Should -BeGreaterThan 100
            foreach ($field in $script:numbers.Keys) {
                # One row with all of them: what is read from any is seen.
                $all = [ordered]@{}
                $others | ForEach-Object { $all[$_] = $script:numbers[$field] }
                ([pscustomobject] $all | Test-EsimProfile -Action delete).$field | Should -BeNullOrEmpty
            }
        }
    }
}

Describe 'The files that are shipped' {
    It 'are what tools/Update-Help.ps1 makes of the pages (skipped where PlatyPS is not installed)' -Skip:(-not $script:hasPlatyPS) {
        $made = Join-Path $TestDrive 'help'
        & (Join-Path $script:Root 'tools/Update-Help.ps1') -OutputPath $made
        foreach ($name in (Get-ChildItem $made).Name) {
            $expected = [IO.File]::ReadAllText((Join-Path $made $name))
            [IO.File]::ReadAllText((Join-Path $script:Root "module/en-US/$name")) -ceq $expected | Should -BeTrue -Because "tools/Update-Help.ps1 has to be run after a page was changed ($name)"
            [IO.File]::ReadAllText((Join-Path (Get-Module EsimTools).ModuleBase "en-US/$name")) -ceq $expected | Should -BeTrue -Because "the module is staged with it ($name)"
        }
    }
}
