# Rows as inventories have them, and as they must not be: whatever stands in a row, it gives one verdict or one error, and the rows around it
# are none the worse.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Count = if ($env:ESIMTOOLS_TEST_LONG -eq '1') { 5000 } else { 200 }
    $script:Seed = Get-Random
    $script:Random = [Random]::new($script:Seed)
    $script:Sound = @(Get-TestRow $script:Count)

    function Get-OneOf([object[]] $Item) {
        , $Item[$script:Random.Next($Item.Count)]
    }

    function Get-Damaged([string] $Text) {
        $place = $script:Random.Next($Text.Length)
        switch ($script:Random.Next(8)) {
            0 { $Text.Remove($place) }
            1 { $Text.Insert($place, [string][char] $script:Random.Next(1, 0xd800)) }
            2 { $Text.Insert($place, ' - ') }
            3 { '="{0}"' -f $Text }
            4 { if ($Text -match '^\d+$') { '{0:0.####E+00}' -f [double] $Text } else { $Text.ToUpperInvariant() } }
            5 { $Text + $Text }
            6 { '' }
            7 { Get-OneOf @($null, 0, 1.5, @(), @('a', 'b'), @{ a = 1 }, (Get-Date), [datetime]::MinValue, $true, ([char] 0xd800), "`0`r`n") }
        }
    }

    # A row with damage in one to three of its columns, under the names it had or others that are understood.
    function Get-DamagedRow([object] $Row) {
        $values = [ordered]@{}
        foreach ($property in $Row.PSObject.Properties) {
            $values[$property.Name] = $property.Value
        }

        foreach ($i in 1..$script:Random.Next(1, 4)) {
            $column = Get-OneOf @($values.Keys)
            $values[$column] = if ($values[$column] -is [string] -and $values[$column]) { Get-Damaged $values[$column] } else { 'x' }
        }

        switch ($script:Random.Next(4)) {
            0 { $values }
            1 { [hashtable] $values }
            default { [pscustomobject] $values }
        }
    }
}

Describe 'Damaged rows among sound ones' {
    It 'give one verdict or one error each, and the sound ones their verdict' {
        $rows = foreach ($row in $script:Sound) {
            $row
            Get-DamagedRow ($row | Select-Object *)
        }

        $run = Invoke-Captured { $rows | Test-EsimProfile -Action deactivate }

        $why = "the seed was $script:Seed"
        $run.Terminating | Should -BeNullOrEmpty -Because $why
        $run.Output.Count + $run.Errors.Count | Should -Be $rows.Count -Because $why
        $sound = [Collections.Generic.HashSet[string]]::new([string[]] $run.Output.Iccid)
        $script:Sound.Iccid | Where-Object { -not $sound.Contains($_) } | Should -BeNullOrEmpty -Because $why
        $run.Errors | Get-ErrorId | Where-Object { $_ -notmatch '^Esim(Iccid|Eid|Imei|Input|Profile|Parameter)' } | Should -BeNullOrEmpty -Because $why
    }
}
