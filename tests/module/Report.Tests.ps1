# Export-EsimReport: a file for others. What is in it is tested in the client; here, that the cmdlet writes it where it should.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script:Rows = @(Get-TestRow 4)
    $script:Test = Connect-TestSandbox -Row $script:Rows
    $script:Rows | Disable-EsimProfile -ReasonCode FF -Force -Reason 'CHG <i>1</i>' | Wait-EsimRequest | Out-Null
    Push-Location $TestDrive
}

AfterAll {
    Pop-Location
    $script:Test.Connection | Disconnect-EsimService
}

Describe 'Export-EsimReport' {
    It 'writes a page named after the run where no file is named, and what the end of the name says otherwise' {
        $run = Get-EsimRun -Last
        $file = $run | Export-EsimReport -Approval 'Ada <b>'
        $file.Name | Should -Be "esim-report-$($run.Id).html"
        $page = [IO.File]::ReadAllText($file.FullName)
        $page | Should -Match 'CHG &lt;i&gt;1&lt;/i&gt;'
        $page | Should -Match 'Ada &lt;b&gt;'
        $page | Should -Not -Match '<script|https?://(?!sandbox)'
        @(Import-Csv (Export-EsimReport -Run $run.Id -Path r.csv).FullName).Status | Should -Be (@('Succeeded') * 4)
        (Get-Content (Export-EsimReport -Run $run r.json) -Raw | ConvertFrom-Json).totals.succeeded | Should -Be 4
        Get-Content ($run | Export-EsimReport r.txt -As Markdown) | Select-Object -First 1 | Should -Be '# deactivate: 4 profiles'
    }

    It 'replaces nothing without -Force, and writes nothing with -WhatIf' {
        Set-Content there.html 'mine'
        { Get-EsimRun -Last | Export-EsimReport -Path there.html } | Should -Throw -ErrorId 'EsimParameterInvalid,EsimTools.ExportEsimReportCommand'
        Get-Content there.html | Should -Be 'mine'
        $null = Get-EsimRun -Last | Export-EsimReport -Path there.html -Force
        Get-Content there.html -TotalCount 1 | Should -Be '<!DOCTYPE html>'
        Get-EsimRun -Last | Export-EsimReport -Path not.html -WhatIf
        'not.html' | Should -Not -Exist
    }

    It 'makes one report of all runs that are given' {
        $script:Rows[0] | Remove-EsimProfile -Force | Wait-EsimRequest | Out-Null
        $file = Get-EsimRun | Export-EsimReport -Path both.json
        (Get-Content $file -Raw | ConvertFrom-Json).runs.action | Should -Be 'deactivate', 'delete'
    }

    It 'names a run and a plan that are not known' {
        Export-EsimReport -Run 'nothing' -ErrorAction SilentlyContinue -ErrorVariable problem
        Export-EsimReport -PlanId 'nothing' -ErrorAction SilentlyContinue -ErrorVariable +problem
        $problem.FullyQualifiedErrorId | Select-Object -Unique | Should -Be 'EsimRequestNotFound,EsimTools.ExportEsimReportCommand'
    }
}
