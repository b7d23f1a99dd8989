<#
.SYNOPSIS
Makes THIRD-PARTY-NOTICES.txt of the module and of its companion: whose assemblies they bring, under which licence, and what those packages themselves have to name.

.DESCRIPTION
Run it when a package in Directory.Packages.props that is shipped changes. It reads what the restored projects resolve, for .NET Framework in the
module and for .NET in EsimTools.Postgres, and each package's own licence and notices; the Manifest and Package suites compare the lists with the
assemblies that are shipped.

.EXAMPLE
./tools/Update-Notices.ps1
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The root of the repository.
    [string] $RootPath = (Split-Path $PSScriptRoot),

    # Where the two files go: module/THIRD-PARTY-NOTICES.txt and src/EsimTools.Postgres/THIRD-PARTY-NOTICES.txt in it.
    [string] $OutputPath = (Split-Path $PSScriptRoot)
)

$ErrorActionPreference = 'Stop'
$OutputPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputPath)

# A licence other than ours is told with its own text; the package does not bring it.
$npgsql = @'
Npgsql

Copyright (c) 2002-2025, Npgsql

Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee, and without a written
agreement is hereby granted, provided that the above copyright notice and this paragraph and the following two paragraphs appear in all copies.

IN NO EVENT SHALL NPGSQL BE LIABLE TO ANY PARTY FOR DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR CONSEQUENTIAL DAMAGES, INCLUDING LOST PROFITS,
ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF Npgsql HAS BEEN ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

NPGSQL SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS" BASIS, AND Npgsql HAS NO OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT,
UPDATES, ENHANCEMENTS, OR MODIFICATIONS.
'@.Replace("`r", '') -split "`n"
$own = @{ Npgsql = @{ Licence = 'PostgreSQL'; Text = $npgsql } }

$mit = (Get-Content -LiteralPath (Join-Path $RootPath 'LICENSE') -Raw).Replace("`r", '')
$terms = $mit.Substring($mit.IndexOf('Permission is hereby granted')).Trim()

function Write-Notice {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [string] $Project, [Parameter(Mandatory)] [string] $Framework, [Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string[]] $Head)

    $answer = & dotnet msbuild (Join-Path $RootPath $Project) -restore "-property:TargetFramework=$Framework" -target:ResolveReferences -getItem:ReferenceCopyLocalPaths
    if ($LASTEXITCODE -ne 0) { throw "The references could not be resolved: $answer" }
    $shipped = ($answer -join "`n" | ConvertFrom-Json).Items.ReferenceCopyLocalPaths | Where-Object { $_.NuGetPackageId -and $_.Extension -eq '.dll' }

    # The paragraphs come from one place each, so that what several packages say is said once.
    $notices = [Collections.Generic.SortedDictionary[string, Collections.Generic.List[string]]]::new([StringComparer]::Ordinal)
    $others = [Collections.Generic.List[string]]::new()
    $list = foreach ($assembly in $shipped | Sort-Object NuGetPackageId) {
        $folder = $assembly.FullPath.Substring(0, $assembly.FullPath.Length - $assembly.PathInPackage.Length)
        $package = ([xml] (Get-Content -LiteralPath (Join-Path $folder "$($assembly.NuGetPackageId.ToLowerInvariant()).nuspec") -Raw)).package.metadata
        $licence = $package.license.InnerText
        if ($licence -ne 'MIT') {
            if ($own[$package.id].Licence -ne $licence) { throw "$($package.id) is under another licence than MIT ($licence): its own text has to be added here." }
            $others.AddRange([string[]] (@('') + $own[$package.id].Text))
        }
        '  {0} {1} ({2}), {3}' -f $package.id, $package.version, $licence, $(if ($package.projectUrl) { $package.projectUrl } else { $package.repository.url })
        foreach ($file in Get-ChildItem -LiteralPath $folder -File | Where-Object Name -In 'THIRD-PARTY-NOTICES.TXT') {
            $text = [IO.File]::ReadAllText($file.FullName).Replace("`r", '').Trim()
            if (-not $notices.ContainsKey($text)) { $notices[$text] = [Collections.Generic.List[string]]::new() }
            $notices[$text].Add($package.id)
        }
    }

    $parts = @(
        $Head
        ''
        $list
        $others
        ''
        'The MIT License'
        ''
        'Copyright (c) .NET Foundation and Contributors'
        'Copyright (c) Microsoft Corporation. All rights reserved.'
        ''
        $terms
        foreach ($text in $notices.Keys) {
            ''
            '-' * 80
            "What $($notices[$text] -join ', ') in turn name:"
            ''
            $text
        }
    )
    if ($PSCmdlet.ShouldProcess($Path, 'Write the notices')) {
        $null = New-Item (Split-Path $Path) -ItemType Directory -Force
        [IO.File]::WriteAllText($Path, ($parts -join "`n") + "`n", [Text.UTF8Encoding]::new($false))
    }
}

Write-Notice -Project 'src/EsimTools/EsimTools.csproj' -Framework net472 -Path (Join-Path $OutputPath 'module/THIRD-PARTY-NOTICES.txt') -Head @(
    'EsimTools itself is under the licence in the file LICENSE. The folder bin/net472, which Windows PowerShell loads, also holds the assemblies of'
    'these packages, unchanged. PowerShell 7 loads none of them.'
)
Write-Notice -Project 'src/EsimTools.Postgres/EsimTools.Postgres.csproj' -Framework net8.0 -Path (Join-Path $OutputPath 'src/EsimTools.Postgres/THIRD-PARTY-NOTICES.txt') -Head @(
    'EsimTools.Postgres itself is under the licence in the file LICENSE. The folder bin/net8.0 also holds the assemblies of these packages, unchanged.'
)
