<#
.SYNOPSIS
Packs a staged module, EsimTools or its companion EsimTools.Postgres: <name>.<version>.nupkg for a PowerShell repository, and <name>.<version>.zip to
unpack into a module path.

.DESCRIPTION
Both hold the same files, and beside those of the staged folder a software bill of materials (sbom.cdx.json, CycloneDX) that names the packages
whose assemblies are in bin beside our own. build.ps1 Pack stages both and calls this for each. A release that signs calls it once more for the signed folder.

Reproducible: the same files give the same bytes. Entries are sorted and carry one date, and what Compress-PSResource makes up anew each
time (names, ids, the machine it ran on) is replaced. Nothing in the package says when or where it was packed.

Needs PowerShell 7.5 or later, whose PSResourceGet has Compress-PSResource, and a build of this clone, whose restored packages the bill lists.

.EXAMPLE
./tools/New-Package.ps1 -ModulePath ./output/EsimTools -OutputPath ./output
#>
[CmdletBinding(SupportsShouldProcess)]
[OutputType([IO.FileInfo])]
param(
    # The staged module.
    [Parameter(Mandatory)]
    [string] $ModulePath,

    # The folder for the two files.
    [Parameter(Mandatory)]
    [string] $OutputPath
)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$ModulePath = (Resolve-Path -LiteralPath $ModulePath).Path
$OutputPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputPath)
# The companion brings a driver for PowerShell 7; the module itself brings packages for Windows PowerShell alone.
$title, $framework, $unshipped = if (Test-Path -LiteralPath (Join-Path $ModulePath 'EsimTools.Postgres.psd1')) {
    'EsimTools.Postgres', 'net8.0', 'System.Security.Cryptography.Pkcs,Microsoft.CodeAnalysis.PublicApiAnalyzers'
}
else {
    'EsimTools', 'net472', 'PowerShellStandard.Library,System.Security.Cryptography.Pkcs,Microsoft.CodeAnalysis.PublicApiAnalyzers,Microsoft.NETFramework.ReferenceAssemblies,Microsoft.NETFramework.ReferenceAssemblies.net472,System.ValueTuple'
}
$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $ModulePath "$title.psd1")
$name = "$title.$($manifest.ModuleVersion)"
if (-not (Get-Command Compress-PSResource -ErrorAction Ignore)) {
    throw "Packing needs Compress-PSResource, which PowerShell 7.5 and later bring; this is $($PSVersionTable.PSVersion)."
}

# Zip has no time zone and begins in 1980: the date says plainly that it is none.
$noDate = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [timespan]::Zero)

# Writes a zip file whose bytes follow from its content alone.
function Write-Archive {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [Collections.IDictionary] $Content)

    if (-not $PSCmdlet.ShouldProcess($Path)) {
        return
    }

    $names = [string[]] $Content.Keys
    [array]::Sort($names, [StringComparer]::Ordinal)
    $stream = [IO.File]::Create($Path)
    try {
        $archive = [IO.Compression.ZipArchive]::new($stream, [IO.Compression.ZipArchiveMode]::Create)
        foreach ($entryName in $names) {
            $entry = $archive.CreateEntry($entryName, [IO.Compression.CompressionLevel]::Optimal)
            $entry.LastWriteTime = $noDate
            $into = $entry.Open()
            $into.Write($Content[$entryName], 0, $Content[$entryName].Length)
            $into.Dispose()
        }

        $archive.Dispose()
    }
    finally {
        $stream.Dispose()
    }
}

# Every file below a folder by its path from there, with slashes.
function Read-Folder {
    [CmdletBinding()]
    [OutputType([Collections.Generic.Dictionary[string, byte[]]])]
    param([Parameter(Mandatory)] [string] $Path, [string] $Prefix = '')

    $content = [Collections.Generic.Dictionary[string, byte[]]]::new()
    foreach ($file in Get-ChildItem -LiteralPath $Path -Recurse -File -Force) {
        $content[$Prefix + [IO.Path]::GetRelativePath($Path, $file.FullName).Replace('\', '/')] = [IO.File]::ReadAllBytes($file.FullName)
    }

    $content
}

# The bill names what is shipped, and not what is only compiled against.
function New-Bill {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [string] $Path)

    if (-not $PSCmdlet.ShouldProcess($Path)) {
        return
    }

    $project = Join-Path $root "src/$title/$title.csproj"
    $assets = & dotnet msbuild $project -getProperty:BaseIntermediateOutputPath
    if ($LASTEXITCODE -ne 0) { throw "The project could not be read: $assets" }
    $arguments = @(
        $project, '--framework', $framework
        # What the companion's client needs comes with EsimTools.
        if ($title -eq 'EsimTools') { '--recursive' }
        '--disable-package-restore', '--base-intermediate-output-path', $assets.TrimEnd('/', '\')
        '--exclude-filter', $unshipped
        '--set-name', $title, '--set-version', $manifest.ModuleVersion, '--set-type', 'Library', '--no-serial-number'
        '--output-format', 'Json', '--spec-version', '1.6', '--output', (Split-Path $Path), '--filename', (Split-Path $Path -Leaf)
    )
    Push-Location $root
    try {
        $said = & { & dotnet tool restore; & dotnet tool run dotnet-CycloneDX -- $arguments } 2>&1 | Out-String
        if ($LASTEXITCODE -ne 0 -or -not (Test-Path -LiteralPath $Path)) { throw "The software bill of materials could not be made:`n$said" }
    }
    finally {
        Pop-Location
    }

    $bill = [IO.File]::ReadAllText($Path).Replace("`r", '') -replace '(?m)^\s*"timestamp": "[^"]*",\n', ''
    [IO.File]::WriteAllText($Path, $bill)
}

# Takes out of a package what differs from one packing to the next.
function Convert-PackageContent {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [Collections.IDictionary] $Content)

    $utf8 = [Text.UTF8Encoding]::new($false)
    $properties = @($Content.Keys | Where-Object { $_ -like '*.psmdcp' })[0]
    $fixedName = "package/services/metadata/core-properties/$title.psmdcp"

    $text = $utf8.GetString($Content[$properties]) -replace '\s*<lastModifiedBy>[^<]*</lastModifiedBy>', ''
    $null = $Content.Remove($properties)
    $Content[$fixedName] = $utf8.GetBytes($text)

    # The ids say nothing; the order of the types is that in which the disk named the files.
    $number = 0
    $text = [regex]::Replace($utf8.GetString($Content['_rels/.rels']), ' Id="[^"]*"', { ' Id="R{0}"' -f ++$script:number })
    $Content['_rels/.rels'] = $utf8.GetBytes($text.Replace($properties, $fixedName))

    $types = [xml]::new()
    $types.LoadXml($utf8.GetString($Content['[Content_Types].xml']).TrimStart([char] 0xFEFF))
    $lines = [string[]] @($types.DocumentElement.ChildNodes | ForEach-Object OuterXml)
    [array]::Sort($lines, [StringComparer]::Ordinal)
    $types.DocumentElement.InnerXml = -join $lines
    $Content['[Content_Types].xml'] = $utf8.GetBytes($types.OuterXml)
}

if (-not $PSCmdlet.ShouldProcess($OutputPath, "Pack $name")) {
    return
}

$script:number = 0
$work = Join-Path ([IO.Path]::GetTempPath()) ('EsimTools-pack-' + [guid]::NewGuid().ToString('N'))
$module = Join-Path $work $title
try {
    $null = New-Item -ItemType Directory -Path $work, $OutputPath -Force
    Copy-Item -LiteralPath $ModulePath -Destination $module -Recurse
    New-Bill (Join-Path $module 'sbom.cdx.json')

    $zip = Join-Path $OutputPath "$name.zip"
    Write-Archive -Path $zip -Content (Read-Folder $module -Prefix "$title/")

    Compress-PSResource -Path $module -DestinationPath $work
    $raw = Join-Path $work 'raw'
    [IO.Compression.ZipFile]::ExtractToDirectory((Join-Path $work "$name.nupkg"), $raw)
    $content = Read-Folder $raw
    Convert-PackageContent $content
    $package = Join-Path $OutputPath "$name.nupkg"
    Write-Archive -Path $package -Content $content
    Get-Item -LiteralPath $package, $zip
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction Ignore
}
