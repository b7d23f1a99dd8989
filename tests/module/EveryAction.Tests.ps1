# The whole life of a hundred profiles, every action of the service once, against the sandbox over HTTP: outcomes come by callbacks that
# the sandbox posts to a listener, as the real service does. Polling is set so far off that it cannot help.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # Waits for requests and gives what came of them, the service's words first.
    function Wait-ForCallback {
        process { $_ | Wait-EsimRequest -PollingIntervalSec 3600 -TimeoutSec ([int] $script:Limit.TotalSeconds) -ErrorAction Stop }
    }

    $script:Rows = @(Get-TestRow 100)
    $inventory = ConvertTo-Inventory (Get-TestRow 100 -With @{ State = 'DEACTIVE'; ProfileStatus = 'NOT_DOWNLOADED'; ProfileRole = 'LOCAL'; Connected = 'true' })
    $script:Server = Open-SandboxServer -Argument '--inventory', $inventory
    $null = Connect-TestServer $script:Server -Prefix 'sandbox'
    $credential = Get-TestCredential 'callback-user' 'callback-password'
    $script:Prefix = "$(Get-FreePrefix)callbacks/"
    $script:Listener = Start-EsimCallbackListener -Prefix $script:Prefix -Credential $credential
    $null = Register-EsimCallback -Uri $script:Prefix -Credential $credential -Confirm:$false
}

AfterAll {
    Stop-EsimCallbackListener
    Disconnect-EsimService
    Close-Server $script:Server
}

Describe 'A full life of 100 profiles, each outcome by a callback over HTTP' {
    It '<Cmdlet> leaves State <State>, ProfileStatus <ProfileStatus>' -ForEach @(
        @{ Cmdlet = 'Enable-EsimProfile'; Parameter = @{ MdnZipCode = '12345' }; State = 'ACTIVE'; ProfileStatus = 'NOT_DOWNLOADED' }
        @{ Cmdlet = 'Install-EsimProfile'; Parameter = @{}; State = 'ACTIVE'; ProfileStatus = 'DOWNLOAD_DISABLE' }
        @{ Cmdlet = 'Switch-EsimProfile'; Parameter = @{}; State = 'ACTIVE'; ProfileStatus = 'ENABLE' }
        @{ Cmdlet = 'Set-EsimFallbackProfile'; Parameter = @{}; State = 'ACTIVE'; ProfileStatus = 'ENABLE' }
        @{ Cmdlet = 'Suspend-EsimProfile'; Parameter = @{}; State = 'SUSPEND'; ProfileStatus = 'ENABLE' }
        @{ Cmdlet = 'Resume-EsimProfile'; Parameter = @{}; State = 'ACTIVE'; ProfileStatus = 'ENABLE' }
        @{ Cmdlet = 'Set-EsimProfile'; Parameter = @{ ServicePlan = 'M2M Global Plus' }; State = 'ACTIVE'; ProfileStatus = 'ENABLE' }
    ) {
        $results = @($script:Rows | & $Cmdlet @Parameter -Confirm:$false | Wait-ForCallback)
        $results.Count | Should -Be 100
        $results.Source | Select-Object -Unique | Should -Be 'Callback'
        $results.State | Select-Object -Unique | Should -Be $State
        $results.ProfileStatus | Select-Object -Unique | Should -Be $ProfileStatus
    }

    It 'suspends and resumes whole devices, with one outcome for each device' {
        foreach ($cmdlet in 'Suspend-EsimDevice', 'Resume-EsimDevice') {
            @($script:Rows | & $cmdlet -Confirm:$false | Wait-ForCallback).Count | Should -Be 100
        }
    }

    It 'switches back to the Verizon US profiles, which proves the Global ones disabled' {
        $lead = @(Get-EsimDevice -ServicePlan 'M2M US')
        $lead.Count | Should -Be 100
        @($lead | Switch-EsimProfile -Confirm:$false -WarningAction SilentlyContinue | Wait-ForCallback).Count | Should -Be 100
    }

    It 'disables and removes: nothing is left' {
        $disabled = @($script:Rows | Disable-EsimProfile -ReasonCode FF -Force | Wait-ForCallback)
        $disabled.Count | Should -Be 100
        $disabled.State | Select-Object -Unique | Should -Be 'DEACTIVE'
        $removed = @($disabled | Remove-EsimProfile -Force | Wait-ForCallback)
        $removed.Count | Should -Be 100
        $removed.ProfileStatus | Select-Object -Unique | Should -Be 'DELETE'
        @(Get-EsimDevice -ServicePlan 'M2M Global Plus').Count | Should -Be 0
    }

    It 'sent each action once, and the listener lost none of the callbacks' {
        $requests = @(Get-EsimRequest)
        $requests.Count | Should -Be 12
        $requests.Status | Select-Object -Unique | Should -Be 'Succeeded'
        $log = @((Invoke-RestMethod "$($script:Server.Root)/sandbox/log") | Where-Object { $_.Path -match '/profile/actions/' })
        $log.Count | Should -Be 12
        $script:Listener.Invalid | Should -Be 0
        $script:Listener.Refused | Should -Be 0
    }
}
