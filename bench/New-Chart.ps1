<#
.SYNOPSIS
Draws the chart of docs/performance.md: how long a retirement takes by its size, both axes logarithmic.
#>
[CmdletBinding()]
param(
    # What Measure-Commands.ps1 found: Devices, and of Folder and Database the time Retired in milliseconds.
    [Parameter(Mandatory)]
    [object[]] $Results,

    [Parameter(Mandatory)]
    [string] $Path
)

$ErrorActionPreference = 'Stop'
$width, $height, $left, $top, $right, $bottom = 640, 360, 70, 20, 130, 50
$invariant = [cultureinfo]::InvariantCulture
$counts = $Results.Devices | Measure-Object -Minimum -Maximum
$times = $Results | ForEach-Object { $_.Folder; $_.Database } | Where-Object { $_ } | ForEach-Object { $_.Retired / 1000 } | Measure-Object -Minimum -Maximum
$decades = { param($least, $most) , ([int][math]::Floor([math]::Log10($least))..[int][math]::Ceiling([math]::Log10($most))) }
$xs, $ys = (& $decades $counts.Minimum $counts.Maximum), (& $decades $times.Minimum $times.Maximum)
$x = { param($value) ($left + ($width - $left - $right) * ([math]::Log10($value) - $xs[0]) / ($xs[-1] - $xs[0])).ToString('0.#', $invariant) }
$y = { param($value) ($height - $bottom - ($height - $top - $bottom) * ([math]::Log10($value) - $ys[0]) / ($ys[-1] - $ys[0])).ToString('0.#', $invariant) }

# Colours that can be told apart on white and on black, also by those who see no red or green.
$lines = @(
    "<svg xmlns=""http://www.w3.org/2000/svg"" viewBox=""0 0 $width $height"" role=""img"" aria-label=""Seconds for a retirement by its number of devices"" font-family=""sans-serif"" font-size=""12"">"
    '<style>text { fill: #555 } .grid { stroke: #8884 } @media (prefers-color-scheme: dark) { text { fill: #bbb } }</style>'
    foreach ($power in $xs) {
        $at = & $x ([math]::Pow(10, $power))
        "<line class=""grid"" x1=""$at"" x2=""$at"" y1=""$top"" y2=""$($height - $bottom)""/><text x=""$at"" y=""$($height - $bottom + 18)"" text-anchor=""middle"">$([math]::Pow(10, $power).ToString('n0', $invariant))</text>"
    }
    foreach ($power in $ys) {
        $at = & $y ([math]::Pow(10, $power))
        "<line class=""grid"" x1=""$left"" x2=""$($width - $right)"" y1=""$at"" y2=""$at""/><text x=""$($left - 8)"" y=""$at"" dy=""4"" text-anchor=""end"">$([math]::Pow(10, $power).ToString('0.###', $invariant)) s</text>"
    }
    "<text x=""$(($width - $right + $left) / 2)"" y=""$($height - 10)"" text-anchor=""middle"">devices disabled, confirmed, deleted, confirmed</text>"
    foreach ($side in @{ Name = 'Folder'; Text = 'journal in a folder'; Color = '#0072b2' }, @{ Name = 'Database'; Text = 'on PostgreSQL'; Color = '#e69f00' }) {
        $points = @($Results | Where-Object { $_.($side.Name) } | ForEach-Object { , @((& $x $_.Devices), (& $y ($_.($side.Name).Retired / 1000))) })
        if (-not $points) { continue }
        "<polyline fill=""none"" stroke=""$($side.Color)"" stroke-width=""2"" points=""$(($points | ForEach-Object { $_ -join ',' }) -join ' ')""/>"
        foreach ($point in $points) { "<circle cx=""$($point[0])"" cy=""$($point[1])"" r=""3"" fill=""$($side.Color)""/>" }
        "<text x=""$($width - $right + 8)"" y=""$($top + 14 + 18 * [int] ($side.Name -eq 'Database'))"" style=""fill: $($side.Color)"">$($side.Text)</text>"
    }
    '</svg>'
)
[IO.File]::WriteAllText($Path, ($lines -join "`n") + "`n")
