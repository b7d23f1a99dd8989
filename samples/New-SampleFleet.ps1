<#
.SYNOPSIS
Writes the sample inventories: a fleet of made-up eSIM profiles, and the same kind of file as people really have it.

.DESCRIPTION
Three files are written to the folder given by -Path; files that are there already are replaced.

fleet.csv                    sound rows; every identifier is unique and its check digits are right
fleet-damaged.csv            60 rows with the damage that spreadsheets and people do; its column Damage says what it is
fleet-damaged-semicolon.csv  the first 20 of those, as a European Excel writes them

The same -Seed and -Count give the same bytes, on every PowerShell and every system: the numbers come from arithmetic
written here and not from a random number generator, which may change between versions. No identifier is meant to
belong to a real device.

.PARAMETER Path
The folder to write to. By default the folder of this script.

.PARAMETER Count
The number of rows of fleet.csv. The damaged files do not depend on it.

.PARAMETER Seed
Another seed gives another fleet.

.EXAMPLE
./New-SampleFleet.ps1

Writes the three files beside the script again.

.EXAMPLE
./New-SampleFleet.ps1 -Path C:\Temp\fleet -Count 100000 -Seed 7

Writes a larger and different fleet.

.OUTPUTS
System.IO.FileInfo, one for each file.
#>
[CmdletBinding()]
[OutputType([System.IO.FileInfo])]
param(
    [string]$Path,

    [ValidateRange(1, 1000000)]
    [int]$Count = 10000,

    [ValidateRange(1, 2147483646)]
    [int]$Seed = 20240601
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Windows PowerShell leaves $PSScriptRoot empty in a parameter's default value, hence here.
if (-not $Path) { $Path = $PSScriptRoot }
$folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
$null = [System.IO.Directory]::CreateDirectory($folder)

# The last digit of an ICCID or IMEI (ISO/IEC 7812-1, "Luhn").
function Get-LuhnDigit([string]$Body) {
    $sum = 0
    $double = $true
    for ($i = $Body.Length - 1; $i -ge 0; $i--) {
        $digit = [int]$Body[$i] - 48
        if ($double) {
            $digit *= 2
            if ($digit -gt 9) { $digit -= 9 }
        }
        $sum += $digit
        $double = -not $double
    }
    ((10 - $sum % 10) % 10).ToString()
}

# The last two digits of an EID (ISO 7064 MOD 97-10): the whole number leaves the remainder 1 when divided by 97.
# Taken in pieces, because no integer type holds 32 digits.
function Get-Mod97CheckPair([string]$Body) {
    $remainder = [long]0
    for ($i = 0; $i -lt $Body.Length; $i += 10) {
        $piece = $Body.Substring($i, [Math]::Min(10, $Body.Length - $i))
        $remainder = [long]("$remainder$piece") % 97
    }
    (98 - ($remainder * 100) % 97).ToString('D2')
}

# Numbers that look scattered and yet never repeat: start + i * step, modulo a power of ten that step shares no factor
# with. Start and step come from the seed by the "minimal standard" generator (multiplier 48271, modulus 2^31 - 1).
$script:chance = [long]$Seed
function Get-Scatter([long]$Modulus) {
    $numbers = foreach ($i in 1..2) {
        $script:chance = $script:chance * 48271 % 2147483647
        $high = $script:chance
        $script:chance = $script:chance * 48271 % 2147483647
        ($high * 2147483647 + $script:chance) % $Modulus
    }
    @{ Modulus = $Modulus; Start = $numbers[0]; Step = $numbers[1] - $numbers[1] % 10 + 7 }
}

function Get-Scattered($Scatter, [int]$Index) {
    ($Scatter.Start + [long]$Index * $Scatter.Step) % $Scatter.Modulus
}

$iccidScatter = Get-Scatter 100000000000
$eidScatter = Get-Scatter 100000000000
$imeiScatter = Get-Scatter 1000000
$models = '35812409', '86730105', '35290611', '86418803'
$sites = 'Rotterdam', 'Hamburg', 'Lyon', 'Torino', 'Gdansk', 'Bristol', 'Malmo', 'Porto'
$columns = 'DeviceName', 'Iccid', 'Eid', 'Imei', 'AccountName', 'ServicePlan', 'Site'
$damagedColumns = $columns + @('State', 'ProfileStatus', 'ProfileRole', 'Damage')

# Row number i (from 0 on) of the fleet.
function Get-FleetRow([int]$Index) {
    $number = Get-Scattered $iccidScatter $Index
    # One in a hundred thousand would end as one that a spreadsheet has rounded.
    if ($number % 10000 -eq 0 -and (Get-LuhnDigit ('89445380' + $number.ToString('D11'))) -eq '0') { $number++ }
    $iccid = '89445380' + $number.ToString('D11')
    $eid = '8904903200400088500' + (Get-Scattered $eidScatter $Index).ToString('D11')
    $imei = $models[$Index % $models.Count] + (Get-Scattered $imeiScatter $Index).ToString('D6')
    [ordered]@{
        DeviceName  = 'meter-' + ($Index + 1).ToString('D6')
        Iccid       = $iccid + (Get-LuhnDigit $iccid)
        Eid         = $eid + (Get-Mod97CheckPair $eid)
        Imei        = $imei + (Get-LuhnDigit $imei)
        AccountName = '0000123456-00001'
        ServicePlan = 'M2M Global'
        Site        = $sites[$Index % $sites.Count]
    }
}

# fleet.csv: nothing in it needs quotes, so a row is its values between commas.
$text = New-Object System.Text.StringBuilder
$null = $text.Append($columns -join ',').Append("`n")
for ($i = 0; $i -lt $Count; $i++) {
    $null = $text.Append((Get-FleetRow $i).Values -join ',').Append("`n")
}
$fleetFile = [System.IO.Path]::Combine($folder, 'fleet.csv')
[System.IO.File]::WriteAllText($fleetFile, $text.ToString(), (New-Object System.Text.UTF8Encoding $false))

# One row of the damaged file: the fleet's row of that number with some cells changed. Script blocks get the sound row,
# so that a change reads as what happened to the value.
$script:damaged = New-Object System.Collections.Generic.List[object]
function Add-Row([string]$Damage, [hashtable]$Change, [int]$Of = $script:damaged.Count + 1) {
    $sound = Get-FleetRow ($Of - 1)
    $row = [ordered]@{}
    foreach ($column in $damagedColumns) { $row[$column] = [string]$sound[$column] }
    foreach ($column in @($Change.Keys)) {
        $value = $Change[$column]
        $row[$column] = [string]$(if ($value -is [scriptblock]) { & $value $sound } else { $value })
    }
    $row.Damage = $Damage
    $script:damaged.Add($row)
}

function Add-SoundRow { Add-Row '' @{} }
function Split-Identifier([string]$Id, [string]$Separator) { ($Id -replace '(.{4})(?=.)', "`$1$Separator") }
function Get-OtherLastDigit([string]$Id) { $Id.Substring(0, $Id.Length - 1) + (([int]$Id[$Id.Length - 1] - 47) % 10) }

function Get-Rounded([string]$Iccid) { $Iccid.Substring(0, 15) + '00000' }

# One rounded ICCID in ten has a right check digit by chance. The sample shows the usual case, so it takes the first row
# after the sixty where the check digit is wrong.
$rounded = 61
while ((Get-LuhnDigit (Get-Rounded (Get-FleetRow ($rounded - 1)).Iccid).Substring(0, 19)) -eq '0') { $rounded++ }

# This script is plain ASCII, because Windows PowerShell reads a file without a BOM in the system's code page.
$noBreakSpace = [string][char]0x00A0
$zeroWidthSpace = [string][char]0x200B
$oUmlaut = [string][char]0x00F6

# Rows 1 to 20 also make the semicolon file, so only ASCII among them.
Add-SoundRow
Add-SoundRow
Add-SoundRow
Add-Row 'ICCID turned into a floating point number by a spreadsheet' @{ Iccid = '8.9E+19' }
Add-Row 'EID turned into a floating point number by a spreadsheet' @{ Eid = '8.90490321E+31' }
Add-Row 'ICCID written with spaces' @{ Iccid = { Split-Identifier $args[0].Iccid ' ' } }
Add-Row 'EID written with dashes' @{ Eid = { Split-Identifier $args[0].Eid '-' } }
Add-SoundRow
Add-Row 'ICCID with a leading apostrophe' @{ Iccid = { "'" + $args[0].Iccid } }
Add-Row 'ICCID as Excel text (="...")' @{ Iccid = { '="' + $args[0].Iccid + '"' } }
Add-Row 'the same row as row 2' @{} -Of 2
Add-Row 'no ICCID' @{ Iccid = '' }
Add-Row 'no EID' @{ Eid = '' }
Add-Row 'no IMEI' @{ Imei = '' }
Add-Row 'ICCID of 19 digits, check digit right' @{ Iccid = { $b = $args[0].Iccid.Substring(0, 18); $b + (Get-LuhnDigit $b) } }
Add-Row 'ICCID of 18 digits, check digit right' @{ Iccid = { $b = $args[0].Iccid.Substring(0, 17); $b + (Get-LuhnDigit $b) } }
Add-Row 'ICCID too short: 17 digits' @{ Iccid = { $args[0].Iccid.Substring(0, 17) } }
Add-Row 'ICCID with a wrong check digit' @{ Iccid = { Get-OtherLastDigit $args[0].Iccid } }
Add-Row 'ICCID with a letter: O instead of 0' @{ Iccid = { $args[0].Iccid -replace '^(.{7})0', '$1O' } }
Add-SoundRow

Add-SoundRow
Add-Row 'ICCID too long: 22 digits' @{ Iccid = { $args[0].Iccid + '12' } }
Add-Row 'EID with wrong check digits' @{ Eid = { Get-OtherLastDigit $args[0].Eid } }
Add-Row 'IMEI with a wrong check digit' @{ Imei = { Get-OtherLastDigit $args[0].Imei } }
Add-Row 'EID with a letter: O instead of 0' @{ Eid = { $args[0].Eid -replace '^890', '89O' } }
Add-Row 'IMEI with a letter at the end' @{ Imei = { $args[0].Imei.Substring(0, 14) + 'X' } }
Add-Row 'a Verizon US profile (LEAD), which cannot be deleted' @{ ProfileRole = 'LEAD' }
Add-Row 'already deleted' @{ State = 'UNKNOWN'; ProfileStatus = 'DELETE'; ProfileRole = 'LOCAL' }
Add-Row 'the inventory says enabled, so it must not be deleted' @{ State = 'ACTIVE'; ProfileStatus = 'ENABLE'; ProfileRole = 'LOCAL' }
Add-Row 'the inventory says disabled, which alone proves nothing' @{ ProfileStatus = 'DISABLE'; ProfileRole = 'LOCAL' }
Add-Row 'a row of another account' @{ AccountName = '0000654321-00001' }
Add-Row 'a non-breaking space inside the ICCID' @{ Iccid = { $args[0].Iccid.Insert(10, $noBreakSpace) } }
Add-Row 'a non-breaking space after the EID' @{ Eid = { $args[0].Eid + $noBreakSpace } }
Add-Row 'spaces before and after all identifiers' @{
    Iccid = { ' ' + $args[0].Iccid + ' ' }; Eid = { '  ' + $args[0].Eid }; Imei = { $args[0].Imei + '  ' }
}
Add-Row 'IMEI written with dashes' @{ Imei = { $args[0].Imei -replace '^(..)(.{6})(.{6})(.)$', '$1-$2-$3-$4' } }
Add-Row 'IMEI turned into a floating point number by a spreadsheet' @{ Imei = { $args[0].Imei -replace '^(.)(.{5}).*', '$1.$2E+14' } }
Add-Row 'EID and IMEI with a leading apostrophe' @{ Eid = { "'" + $args[0].Eid }; Imei = { "'" + $args[0].Imei } }
Add-Row 'EID as Excel text (="...")' @{ Eid = { '="' + $args[0].Eid + '"' } }
Add-Row 'the same profile as row 8, its ICCID written with spaces' @{ Iccid = { Split-Identifier $args[0].Iccid ' ' } } -Of 8
Add-Row 'the ICCID of row 20 with the EID and IMEI of another device' @{ Iccid = { (Get-FleetRow 19).Iccid } }
Add-Row 'no identifier at all' @{ Iccid = ''; Eid = ''; Imei = '' }
Add-Row 'every other cell is empty' @{ DeviceName = ''; Iccid = ''; Eid = ''; Imei = ''; AccountName = ''; ServicePlan = ''; Site = '' }
Add-Row 'no account' @{ AccountName = '' }
Add-Row 'account without its leading zeros' @{ AccountName = '123456-1' }
Add-Row 'ICCID rounded to 15 digits by a spreadsheet, the rest is zeros' @{ Iccid = { Get-Rounded $args[0].Iccid } } -Of $rounded
Add-Row 'EID without its check digits: 30 digits' @{ Eid = { $args[0].Eid.Substring(0, 30) } }
Add-Row 'EID too long: 33 digits' @{ Eid = { $args[0].Eid + '0' } }
Add-Row 'IMEI without its check digit: 14 digits' @{ Imei = { $args[0].Imei.Substring(0, 14) } }
Add-Row 'IMEISV of 16 digits instead of the IMEI' @{ Imei = { $args[0].Imei.Substring(0, 14) + '05' } }
Add-Row 'ICCID and EID in each other''s column' @{ Iccid = { $args[0].Eid }; Eid = { $args[0].Iccid } }
Add-Row 'the inventory says enabled, in lower case' @{ State = 'active'; ProfileStatus = 'enable'; ProfileRole = 'local' }
Add-Row 'the inventory says deactivated and enabled at once, as the service does' @{ State = 'DEACTIVE'; ProfileStatus = 'ENABLE'; ProfileRole = 'LOCAL' }
Add-Row 'a tab after the ICCID' @{ Iccid = { $args[0].Iccid + "`t" } }
Add-Row 'no service plan' @{ ServicePlan = '' }
Add-Row 'ICCID of 19 digits filled up with F, as it is stored on the eUICC' @{
    Iccid = { $b = $args[0].Iccid.Substring(0, 18); $b + (Get-LuhnDigit $b) + 'F' }
}
Add-Row 'N/A instead of the IMEI' @{ Imei = 'N/A' }
Add-Row 'a comma and quotes in another column' @{ Site = 'Lyon, "hall 2"' }
Add-Row 'a line break in another column' @{ Site = "Malm$oUmlaut`r`nharbour" }
Add-Row 'a zero width space before the ICCID' @{ Iccid = { $zeroWidthSpace + $args[0].Iccid } }
Add-SoundRow

# fleet-damaged.csv: UTF-8 with BOM, CRLF, every cell in quotes, a blank line at the end.
$text = New-Object System.Text.StringBuilder
foreach ($cells in @(, $damagedColumns) + @($script:damaged | ForEach-Object { , @($_.Values) })) {
    $quoted = foreach ($cell in $cells) { '"' + $cell.Replace('"', '""') + '"' }
    $null = $text.Append($quoted -join ',').Append("`r`n")
}
$null = $text.Append("`r`n")
$damagedFile = [System.IO.Path]::Combine($folder, 'fleet-damaged.csv')
[System.IO.File]::WriteAllText($damagedFile, $text.ToString(), (New-Object System.Text.UTF8Encoding $true))

# fleet-damaged-semicolon.csv: no BOM, CRLF, quotes only where a cell needs them. Where the semicolon separates cells the
# comma is the decimal sign, also in an identifier that became a floating point number.
$text = New-Object System.Text.StringBuilder
foreach ($cells in @(, $damagedColumns) + @($script:damaged.GetRange(0, 20) | ForEach-Object { , @($_.Values) })) {
    $written = foreach ($cell in $cells) {
        $cell = $cell -replace '^(\d)\.(\d+E\+\d+)$', '$1,$2'
        if ($cell -match '[;"\r\n]') { '"' + $cell.Replace('"', '""') + '"' } else { $cell }
    }
    $null = $text.Append($written -join ';').Append("`r`n")
}
$semicolonFile = [System.IO.Path]::Combine($folder, 'fleet-damaged-semicolon.csv')
[System.IO.File]::WriteAllText($semicolonFile, $text.ToString(), [System.Text.Encoding]::ASCII)

Get-Item -LiteralPath $fleetFile, $damagedFile, $semicolonFile
