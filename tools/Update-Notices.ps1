<#
.SYNOPSIS
Makes module/THIRD-PARTY-NOTICES.txt: whose assemblies bin/net472 brings, under which licence, and what those packages themselves have to name.

.DESCRIPTION
Run it when a package in Directory.Packages.props that is shipped changes. It reads what the restored project resolves for .NET Framework, and
each package's own licence and notices; the Manifest suite compares the list with the assemblies that are shipped.

.EXAMPLE
./tools/Update-Notices.ps1
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $OutputPath = (Join-Path $PSScriptRoot '../module/THIRD-PARTY-NOTICES.txt')
)

$ErrorActionPreference = 'Stop'
$OutputPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputPath)
$project = Join-Path $PSScriptRoot '../src/EsimTools/EsimTools.csproj'
$answer = & dotnet msbuild $project -restore -property:TargetFramework=net472 -target:ResolveReferences -getItem:ReferenceCopyLocalPaths
if ($LASTEXITCODE -ne 0) { throw "The references could not be resolved: $answer" }
$shipped = ($answer -join "`n" | ConvertFrom-Json).Items.ReferenceCopyLocalPaths | Where-Object { $_.NuGetPackageId -and $_.Extension -eq '.dll' }

# The paragraphs come from one place each, so that what several packages say is said once.
$notices = [Collections.Generic.SortedDictionary[string, Collections.Generic.List[string]]]::new([StringComparer]::Ordinal)
$list = foreach ($assembly in $shipped | Sort-Object NuGetPackageId) {
    $folder = $assembly.FullPath.Substring(0, $assembly.FullPath.Length - $assembly.PathInPackage.Length)
    $package = ([xml] (Get-Content -LiteralPath (Join-Path $folder "$($assembly.NuGetPackageId.ToLowerInvariant()).nuspec") -Raw)).package.metadata
    $licence = $package.license.InnerText
    if ($licence -ne 'MIT') { throw "$($package.id) is not under the MIT licence ($licence): its own text has to be added here." }
    '  {0} {1} ({2}), {3}' -f $package.id, $package.version, $licence, $package.projectUrl
    foreach ($file in Get-ChildItem -LiteralPath $folder -File | Where-Object Name -In 'THIRD-PARTY-NOTICES.TXT') {
        $text = [IO.File]::ReadAllText($file.FullName).Replace("`r", '').Trim()
        if (-not $notices.ContainsKey($text)) { $notices[$text] = [Collections.Generic.List[string]]::new() }
        $notices[$text].Add($package.id)
    }
}

$mit = (Get-Content -LiteralPath (Join-Path $PSScriptRoot '../LICENSE') -Raw).Replace("`r", '')
$terms = $mit.Substring($mit.IndexOf('Permission is hereby granted')).Trim()
$parts = @(
    'EsimTools itself is under the licence in the file LICENSE. The folder bin/net472, which Windows PowerShell loads, also holds the assemblies of'
    'these packages, unchanged. PowerShell 7 loads none of them.'
    ''
    $list
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
if ($PSCmdlet.ShouldProcess($OutputPath, 'Write the notices')) {
    [IO.File]::WriteAllText($OutputPath, ($parts -join "`n") + "`n", [Text.UTF8Encoding]::new($false))
}
