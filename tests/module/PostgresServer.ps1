# A PostgreSQL server of a suite's own: in a folder of its own, on loopback, as a user that is not root. Dot-source it in BeforeDiscovery and in
# BeforeAll behind Common.ps1.

# The folder of the programs; nothing where PostgreSQL is not installed. Debian keeps them out of PATH.
function Find-PostgresProgram {
    [CmdletBinding()]
    [OutputType([string])]
    param()

    @(
        Get-ChildItem /usr/lib/postgresql/*/bin -Directory -ErrorAction Ignore | Sort-Object { [int] (Split-Path (Split-Path $_.FullName) -Leaf) } -Descending | ForEach-Object FullName
        $env:PATH -split [IO.Path]::PathSeparator
    ) | Where-Object { $_ -and (Test-Path (Join-Path $_ 'initdb')) -and (Test-Path (Join-Path $_ 'postgres')) } | Select-Object -First 1
}

# Starts one of the programs, which refuse root.
function Start-PostgresProgram {
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([Diagnostics.Process])]
    param([Parameter(Mandatory)] [object] $Server, [Parameter(Mandatory)] [string] $Name, [string[]] $Argument)

    $all = $Server.Drop + (Join-Path $Server.Programs $Name) + $Argument
    $start = [Diagnostics.ProcessStartInfo]::new($all[0])
    $all | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardError = $true
    $start.WorkingDirectory = '/'
    $start.Environment['LC_ALL'] = 'C'
    if ($PSCmdlet.ShouldProcess($Name)) {
        [Diagnostics.Process]::Start($start)
    }
}

# Makes a server and starts it; Address is the beginning of a connection string.
function Open-PostgresServer {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Programs)

    $account = if (Select-String -Path /etc/passwd -Pattern '^postgres:' -Quiet) { 'postgres' } else { 'nobody' }
    $drop = @(if ($IsLinux -and [Environment]::UserName -eq 'root') { 'setpriv', '--reuid', $account, '--regid', $account, '--clear-groups', '--' })
    # Where that account comes in, which the temporary files of the tests do not let it.
    $data = Join-Path $(if ($drop) { '/tmp' } else { [IO.Path]::GetTempPath() }) ('esimtools-pg-' + [guid]::NewGuid().ToString('N'))
    $null = New-Item $data -ItemType Directory
    if ($drop) { & chown $account $data }
    $port = Get-FreePort
    $server = [pscustomobject]@{
        Programs = $Programs; Drop = $drop; Data = $data; Port = $port; Process = $null
        Address  = "Host=127.0.0.1;Port=$port;Database=postgres;Username=esim"
    }
    $made = Start-PostgresProgram -Server $server -Name initdb -Argument '--pgdata', $data, '--username', 'esim', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync' -Confirm:$false
    $problem = $made.StandardError.ReadToEnd()
    $made.WaitForExit()
    $made.ExitCode | Should -Be 0 -Because $problem
    Start-PostgresServer $server -Confirm:$false
    $server
}

# Starts the server, also again after Stop-PostgresServer.
function Start-PostgresServer {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [object] $Server)

    if (-not $PSCmdlet.ShouldProcess($Server.Data)) { return }
    $Server.Process = Start-PostgresProgram -Server $Server -Name postgres -Argument '-D', $Server.Data, '-p', $Server.Port, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off' -Confirm:$false
    do {
        $line = $Server.Process.StandardError.ReadLineAsync()
        $line.Wait($script:Limit) | Should -BeTrue
        $line.Result | Should -Not -BeNullOrEmpty -Because 'the server says that it is ready before it ends'
    } until ($line.Result -match 'ready to accept connections')
    # Read on, so that it never waits for a reader.
    $null = $Server.Process.StandardError.ReadToEndAsync()
}

# Ends the server as the system does: it lets its sessions go and forgets nothing.
function Stop-PostgresServer {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [object] $Server)

    if (-not $PSCmdlet.ShouldProcess($Server.Data)) { return }
    # SIGINT is the fast shutdown.
    & kill -INT $Server.Process.Id
    $Server.Process.WaitForExit([int] $script:Limit.TotalMilliseconds) | Should -BeTrue
}

function Close-PostgresServer {
    [CmdletBinding()]
    param([object] $Server)

    if ($Server) {
        $Server.Process.Kill($true)
        $Server.Process.WaitForExit()
        Remove-Item $Server.Data -Recurse -Force
    }
}
