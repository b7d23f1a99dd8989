<#
.SYNOPSIS
Makes the help that is shipped from docs/en-US: EsimTools.dll-Help.xml of the cmdlets' pages, a help.txt of each about page.

.DESCRIPTION
Needs the module Microsoft.PowerShell.PlatyPS and nothing else; the module itself need not be built. The same pages give the same bytes.

PowerShell looks for the file that a cmdlet names (EsimTools.dll-Help.xml) in the culture's folder beside the manifest, because the psm1
imports the assembly and the cmdlets belong to the module EsimTools. So module/en-US is the place, for both frameworks.

PlatyPS puts the whole of an example, code fences included, into its introduction, and keeps the line breaks of the pages. Get-Help shows
code, remarks and paragraphs each in its own way, so they are sorted into the places that it looks at.

.EXAMPLE
./tools/Update-Help.ps1

.EXAMPLE
./tools/Update-Help.ps1 -OutputPath ./output/help
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The folder with the pages.
    [string] $Path = (Join-Path $PSScriptRoot '../docs/en-US'),

    # Where the help files are put.
    [string] $OutputPath = (Join-Path $PSScriptRoot '../module/en-US')
)

$ErrorActionPreference = 'Stop'
$mamlName = 'EsimTools.dll-Help.xml'
$textWidth = 80

# Get-Help shows text as it is, so what only a browser understands is taken off.
function ConvertTo-PlainText {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Text)

    $plain = [regex]::Replace($Text, '\[([^\]]+)\]\(([^)]+)\)', { param($link) if ($link.Groups[2].Value -like 'http*') { $link.Groups[1].Value + ' (' + $link.Groups[2].Value + ')' } else { $link.Groups[1].Value } })
    $plain = [regex]::Replace($plain, '(?<!`)`([^`]+)`', '$1')
    $plain.Replace('**', '').Replace('\|', '|')
}

# Splits markdown into paragraphs, list items, code blocks and tables.
function Split-Markdown {
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Text)

    $kind = $null
    $lines = [Collections.Generic.List[string]]::new()
    $blocks = [Collections.Generic.List[object]]::new()
    $end = {
        if ($kind -in 'Paragraph', 'Item' -and $lines.Count) {
            $blocks.Add([pscustomobject]@{ Kind = $kind; Text = ConvertTo-PlainText ((@($lines) | ForEach-Object { $_.Trim() }) -join ' ') })
        } elseif ($kind -and $lines.Count) {
            $blocks.Add([pscustomobject]@{ Kind = $kind; Text = $lines -join "`n" })
        }

        $lines.Clear()
    }
    foreach ($line in ($Text -replace "`r", '') -split "`n") {
        if ($line -match '^```') {
            if ($kind -eq 'Code') {
                . $end
                $kind = $null
            } else {
                . $end
                $kind = 'Code'
            }
        } elseif ($kind -eq 'Code') {
            $lines.Add($line)
        } elseif ($line -match '^\s*$') {
            . $end
            $kind = $null
        } elseif ($line -match '^#+ (?<Title>.+)$') {
            . $end
            $blocks.Add([pscustomobject]@{ Kind = 'Heading'; Text = ConvertTo-PlainText $Matches.Title })
            $kind = $null
        } elseif ($line -match '^\|') {
            if ($kind -ne 'Table') {
                . $end
                $kind = 'Table'
            }

            $lines.Add($line)
        } elseif ($line -match '^(- |\d+\. )') {
            . $end
            $kind = 'Item'
            $lines.Add($line)
        } else {
            if (-not $kind) {
                $kind = 'Paragraph'
            }

            $lines.Add($line)
        }
    }

    . $end
    $blocks.ToArray()
}

# --- The cmdlets' pages -----------------------------------------------------------------------------------------------

# Replaces what an element holds by one maml:para for each paragraph.
function Set-MamlText {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [Xml.XmlElement] $Element, [string[]] $Paragraph)

    if (-not $PSCmdlet.ShouldProcess($Element.Name)) {
        return
    }

    $Element.InnerXml = ''
    foreach ($text in $Paragraph) {
        $para = $Element.OwnerDocument.CreateElement('maml', 'para', 'http://schemas.microsoft.com/maml/2004/10')
        $para.InnerText = $text
        $null = $Element.AppendChild($para)
    }
}

# The paragraphs of blocks; the items of a list stand together.
function Join-Item {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [object[]] $Block)

    $items = [Collections.Generic.List[string]]::new()
    foreach ($one in $Block) {
        if ($one.Kind -eq 'Item') {
            $items.Add($one.Text)
            continue
        }

        if ($items.Count) {
            $items -join "`n"
            $items.Clear()
        }

        $one.Text
    }

    if ($items.Count) {
        $items -join "`n"
    }
}

function Convert-CommandHelp {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $MamlPath, [Parameter(Mandatory)] [object[]] $CommandHelp)

    $maml = [xml]::new()
    $maml.PreserveWhitespace = $false
    $maml.Load($MamlPath)
    $names = [Xml.XmlNamespaceManager]::new($maml.NameTable)
    $names.AddNamespace('maml', 'http://schemas.microsoft.com/maml/2004/10')
    $names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
    $names.AddNamespace('dev', 'http://schemas.microsoft.com/maml/dev/2004/10')

    # Descriptions: one paragraph each, without the page's line breaks.
    foreach ($element in @($maml.SelectNodes('//maml:description | //maml:alert', $names))) {
        $text = (@($element.SelectNodes('maml:para', $names)) | ForEach-Object InnerText) -join "`n`n"
        if ($text.Trim()) {
            Set-MamlText $element (Join-Item (Split-Markdown $text))
        }
    }

    # Examples: the code where Get-Help looks for code, the words behind it. PlatyPS marks empty lines with U+0080.
    foreach ($example in @($maml.SelectNodes('//command:example', $names))) {
        $introduction = $example.SelectSingleNode('maml:introduction', $names)
        $text = (@($introduction.SelectNodes('maml:para', $names)) | ForEach-Object InnerText) -join "`n`n"
        $blocks = @(Split-Markdown $text.Replace([string][char]0x80, ''))
        $introduction.InnerXml = ''
        $example.SelectSingleNode('dev:code', $names).InnerText = ($blocks | Where-Object Kind -eq 'Code' | ForEach-Object Text) -join "`n"
        $remarks = @($blocks | Where-Object Kind -ne 'Code')
        Set-MamlText $example.SelectSingleNode('dev:remarks', $names) (@(if ($remarks) { Join-Item $remarks }) + '')
    }

    # Links: the pages have no address of their own, an empty one is no link, and a file's name says nothing behind the cmdlet's.
    foreach ($link in @($maml.SelectNodes('//maml:navigationLink', $names))) {
        $uri = $link.SelectSingleNode('maml:uri', $names)
        if (-not $uri.InnerText) {
            $null = $link.ParentNode.RemoveChild($link)
        } elseif ($uri.InnerText -notlike 'http*') {
            $uri.InnerText = ''
        }
    }

    # Defaults: PlatyPS reads them and does not write them.
    foreach ($command in $CommandHelp) {
        foreach ($parameter in $command.Parameters | Where-Object DefaultValue) {
            $element = $maml.SelectSingleNode("//command:command[command:details/command:name='$($command.Title)']/command:parameters/command:parameter[maml:name='$($parameter.Name)']", $names)
            $default = $maml.CreateElement('dev', 'defaultValue', 'http://schemas.microsoft.com/maml/dev/2004/10')
            $default.InnerText = $parameter.DefaultValue
            $null = $element.AppendChild($default)
        }
    }

    $settings = [Xml.XmlWriterSettings]::new()
    $settings.Indent = $true
    $settings.IndentChars = '  '
    $settings.NewLineChars = "`n"
    $settings.NewLineHandling = [Xml.NewLineHandling]::None
    $settings.Encoding = [Text.UTF8Encoding]::new($false)
    $stream = [IO.MemoryStream]::new()
    $writer = [Xml.XmlWriter]::Create($stream, $settings)
    $maml.Save($writer)
    $writer.Dispose()
    [Text.Encoding]::UTF8.GetString($stream.ToArray()).TrimEnd() + "`n"
}

# --- The about page ---------------------------------------------------------------------------------------------------

# Breaks text into lines; the first is indented by one string, the others by another.
function Format-Line {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Text, [string] $First = '    ', [string] $Other = $First)

    $line = $First
    $isEmpty = $true
    foreach ($word in $Text -split '\s+') {
        if (-not $isEmpty -and $line.Length + 1 + $word.Length -gt $textWidth) {
            $line
            $line = $Other
            $isEmpty = $true
        }

        $line += $(if ($isEmpty) { $word } else { " $word" })
        $isEmpty = $false
    }

    $line
}

# A table becomes columns where they fit, and otherwise a block for each row: its first cell, then the others.
function Format-TextTable {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $Text)

    $rows = @(foreach ($line in $Text -split "`n") {
            if ($line -notmatch '^\|[\s:|-]+\|$') {
                , @([regex]::Split($line.Trim().Trim('|'), '(?<!\\)\|') | ForEach-Object { ConvertTo-PlainText $_.Trim() })
            }
        })
    $columns = $rows[0].Count
    $widths = @(for ($i = 0; $i -lt $columns; $i++) { ($rows | ForEach-Object { $_[$i].Length } | Measure-Object -Maximum).Maximum })
    $before = ($widths | Select-Object -SkipLast 1 | Measure-Object -Sum).Sum + 2 * ($columns - 1) + 4
    if ($before + $widths[-1] -le $textWidth -or $before -le 40) {
        for ($r = 0; $r -lt $rows.Count; $r++) {
            $start = '    ' + -join @(for ($i = 0; $i -lt $columns - 1; $i++) { $rows[$r][$i].PadRight($widths[$i] + 2) })
            Format-Line -Text $rows[$r][-1] -First $start -Other (' ' * $before)
            if ($r -eq 0) {
                ('    ' + (@($widths | Select-Object -SkipLast 1 | ForEach-Object { '-' * $_ }) -join '  ') + '  ' + '-' * [Math]::Min($widths[-1], $textWidth - $before))
            }
        }

        return
    }

    foreach ($row in $rows | Select-Object -Skip 1) {
        $title = if ($columns -gt 2) { "$($row[0]) ($($row[1]))" } else { $row[0] }
        Format-Line $title
        foreach ($cell in $row | Select-Object -Skip ([Math]::Min(2, $columns - 1))) {
            Format-Line $cell '        '
        }
    }
}

function Convert-AboutPage {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $AboutPath)

    $page = [IO.File]::ReadAllText($AboutPath) -replace '(?s)^---.*?\n---\r?\n', ''
    $isItem = $false
    $lines = foreach ($block in Split-Markdown $page) {
        # The items of a list stand together.
        if ($isItem -and $block.Kind -ne 'Item') {
            ''
        }

        $isItem = $block.Kind -eq 'Item'
        switch ($block.Kind) {
            'Heading' { $(if ($block.Text -like 'about_*') { 'TOPIC', "    $($block.Text)" } else { $block.Text.ToUpperInvariant() }) }
            'Code' { $block.Text -split "`n" | ForEach-Object { "        $_".TrimEnd() } }
            'Table' { Format-TextTable $block.Text }
            'Item' { if ($block.Text -match '^(?<Mark>- |\d+\. )(?<Rest>.*)$') { Format-Line -Text $Matches.Rest -First "    $($Matches.Mark)" -Other (' ' * (4 + $Matches.Mark.Length)) } }
            default { Format-Line $block.Text }
        }

        if (-not $isItem -and ($block.Kind -ne 'Heading' -or $block.Text -like 'about_*')) {
            ''
        }
    }

    (($lines -join "`n").TrimEnd()) + "`n"
}

# --- The work ---------------------------------------------------------------------------------------------------------

if (-not (Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS)) {
    throw 'Update-Help needs the module Microsoft.PowerShell.PlatyPS: Install-PSResource Microsoft.PowerShell.PlatyPS.'
}

Import-Module Microsoft.PowerShell.PlatyPS -ErrorAction Stop
$Path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
$OutputPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputPath)
$pages = @(Get-ChildItem -LiteralPath $Path -Filter '*-*.md' | ForEach-Object FullName)
[array]::Sort($pages, [StringComparer]::Ordinal)
if (-not $pages) {
    throw "There are no pages in $Path."
}

foreach ($page in $pages) {
    if (-not (Test-MarkdownCommandHelp -Path $page)) {
        throw "$page is not a cmdlet's page; Test-MarkdownCommandHelp -DetailView says why."
    }
}

$work = Join-Path ([IO.Path]::GetTempPath()) ('EsimTools-help-' + [guid]::NewGuid().ToString('N'))
try {
    $help = @(Import-MarkdownCommandHelp -Path $pages)
    $made = @($help | Export-MamlCommandHelp -OutputFolder $work -Force)
    $files = @{ $mamlName = Convert-CommandHelp $made[0].FullName $help }
    foreach ($about in Get-ChildItem -LiteralPath $Path -Filter 'about_*.md') {
        $files["$($about.BaseName).help.txt"] = Convert-AboutPage $about.FullName
    }

    foreach ($name in $files.Keys | Sort-Object) {
        $file = Join-Path $OutputPath $name
        if ($PSCmdlet.ShouldProcess($file, 'Write the help')) {
            $null = New-Item -ItemType Directory -Path $OutputPath -Force
            [IO.File]::WriteAllText($file, $files[$name], [Text.UTF8Encoding]::new($false))
        }
    }
} finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction Ignore
}
