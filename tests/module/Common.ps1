# What the suites share: where things are, a sandbox with a look behind its back, servers on loopback, and a way to run a
# pipeline that keeps every stream apart. Dot-source it in BeforeAll, not as a module: $ErrorActionPreference has to reach the pipelines.

$script:Root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
$script:Samples = Join-Path $script:Root 'samples'
$script:Account = '0000123456-00001'
$script:OtherAccount = '0000654321-00001'
if (-not $env:ESIMTOOLS_MODULE) {
    $env:ESIMTOOLS_MODULE = Join-Path $script:Root 'output/EsimTools'
}

Import-Module (Join-Path $env:ESIMTOOLS_MODULE 'EsimTools.psd1') -ErrorAction Stop

# How long something may take that is expected at once. It is reached only by a test that fails, however busy the machine is.
$script:Limit = [timespan]::FromMinutes(10)

# --- Input ------------------------------------------------------------------------------------------------------------

# Rows of samples/fleet.csv; -With sets columns in each of them, in addition to those the file has.
function Get-TestRow {
    [CmdletBinding()]
    [OutputType([object])]
    param([int] $Count = 3, [int] $Skip = 0, [hashtable] $With = @{})

    Import-Csv (Join-Path $script:Samples 'fleet.csv') | Select-Object -Skip $Skip -First $Count | ForEach-Object {
        foreach ($name in $With.Keys) {
            $_ | Add-Member -NotePropertyName $name -NotePropertyValue $With[$name] -Force
        }

        $_
    }
}

# Writes rows, which need not have the same columns, as an inventory file and gives its path.
function ConvertTo-Inventory {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [object[]] $Row)

    $columns = $Row | ForEach-Object { $_.PSObject.Properties.Name } | Select-Object -Unique
    $path = Join-Path $TestDrive ('inventory-{0}.csv' -f [guid]::NewGuid().ToString('N'))
    $Row | Select-Object -Property $columns | Export-Csv -Path $path -NoTypeInformation -Encoding utf8
    $path
}

# --- The sandbox ------------------------------------------------------------------------------------------------------

# Opens a sandbox in this process, with its log and its own word on each profile. The options object can be changed while the sandbox runs: shares
# and times take effect at once.
function Connect-TestSandbox {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([object[]] $Row, [hashtable] $Option = @{}, [hashtable] $Parameter = @{})

    # The assembly with the type is loaded on first use, so its name cannot be written here.
    $type = (Get-Command Connect-EsimService).Parameters['SandboxOptions'].ParameterType
    $options = [Management.Automation.LanguagePrimitives]::ConvertTo($Option, $type)
    if ($Row) {
        $Parameter['SandboxInventory'] = ConvertTo-Inventory $Row
    }

    $started = [Collections.Generic.List[object]]::new()
    $options.add_Started({ param($sandbox) $started.Add($sandbox) }.GetNewClosure())
    $connection = Connect-EsimService -Sandbox -SandboxOptions $options -PassThru @Parameter
    [pscustomobject]@{ Connection = $connection; Options = $options; Sandbox = $started[0] }
}

# Waits until a sandbox has done all whose time has come. Actions end on a thread of their own, on a busy machine well after the answer.
function Wait-Sandbox {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [object] $Sandbox)

    if (-not [Threading.SpinWait]::SpinUntil([Func[bool]] { $Sandbox.IsIdle }, $script:Limit)) {
        throw 'The sandbox did not come to rest.'
    }
}

# The profile actions that reached a sandbox.
function Get-SentAction {
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory)] [object] $Sandbox, [string] $Name = '*')

    $Sandbox.Log | Where-Object { $_.Path -like '*/devices/profile/actions/*' -and $_.Action -like $Name }
}

# --- Servers on loopback ----------------------------------------------------------------------------------------------

# Starts a server program and waits for the line in which it says its address.
function Open-Server {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Dll, [string[]] $Argument = @())

    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    $start.RedirectStandardOutput = $true
    $start.UseShellExecute = $false
    $start.ArgumentList.Add($Dll)
    $Argument | ForEach-Object { $start.ArgumentList.Add($_) }
    $process = [Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLineAsync()
    if (-not $line.Wait($script:Limit) -or $line.Result -notmatch '(?<Root>http://\S+?)/api') {
        $process.Kill()
        throw "The server $Dll did not say its address: $($line.Result)"
    }

    [pscustomobject]@{ Process = $process; Root = $Matches.Root; BaseUri = [uri]($Matches.Root + '/api') }
}

function Close-Server {
    [CmdletBinding()]
    param([object] $Server)

    if ($Server -and -not $Server.Process.HasExited) {
        $Server.Process.Kill()
        $null = $Server.Process.WaitForExit([int] $script:Limit.TotalMilliseconds)
    }
}

# The dll of a server: where the runner of the suites says it is, or the newest build in artifacts.
function Find-ServerDll {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $Project, [string] $Named)

    if ($Named) {
        return $Named
    }

    $built = Get-ChildItem (Join-Path $script:Root "artifacts/bin/$Project/*/$Project.dll") -ErrorAction Ignore | Sort-Object LastWriteTime
    if (-not $built) {
        throw "$Project is not built. Run: dotnet build EsimPS.sln"
    }

    $built[-1].FullName
}

# The service as the two documents describe it, written without a line of this project's code.
function Open-DocumentServer {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Inventory, [string[]] $Argument = @())

    Open-Server (Find-ServerDll DocumentServer $env:ESIMTOOLS_DOCUMENT_SERVER) (@('--inventory', $Inventory) + $Argument)
}

# The in-process sandbox's machine behind HTTP.
function Open-SandboxServer {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([string[]] $Argument = @())

    Open-Server (Find-ServerDll EsimTools.Sandbox.Server $env:ESIMTOOLS_SANDBOX_SERVER) $Argument
}

function Get-TestCredential {
    [CmdletBinding()]
    [OutputType([pscredential])]
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Text)

    [pscredential]::new($Name, [Net.NetworkCredential]::new('', $Text).SecurePassword)
}

# Connects to a server on loopback, with a journal of the test's own: no test may touch the journal of the person who runs it.
function Connect-TestServer {
    [CmdletBinding()]
    [OutputType([EsimTools.EsimConnection])]
    param([Parameter(Mandatory)] [object] $Server, [string] $Prefix = 'doc', [hashtable] $Parameter = @{})

    $all = @{
        BaseUri        = $Server.BaseUri
        ApiCredential  = Get-TestCredential "$Prefix-key" "$Prefix-secret"
        UserCredential = Get-TestCredential "$Prefix-user" "$Prefix-password"
        AccountName    = $script:Account
        JournalPath    = Join-Path $TestDrive ('journal-' + [guid]::NewGuid().ToString('N'))
    }
    foreach ($name in $Parameter.Keys) {
        $all[$name] = $Parameter[$name]
    }

    Connect-EsimService @all -PassThru
}

# A port on loopback that nobody listens at. It is below those that systems give out by themselves, so that until it is used none of the many
# connections of this machine gets it by chance.
function Get-FreePort {
    [CmdletBinding()]
    [OutputType([int])]
    param()

    foreach ($attempt in 1..100) {
        $probe = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, (Get-Random -Minimum 20000 -Maximum 32000))
        try {
            $probe.Start()
            $port = $probe.LocalEndpoint.Port
            # Before anything goes down the pipeline, where somebody may listen at once.
            $probe.Stop()
            return $port
        }
        catch [Net.Sockets.SocketException] {
            Write-Debug "Attempt ${attempt}: the port is taken."
        }
    }

    throw 'No port is free.'
}

# An http prefix on loopback with a port that nobody listens at.
function Get-FreePrefix {
    [CmdletBinding()]
    [OutputType([string])]
    param()

    "http://127.0.0.1:$(Get-FreePort)/"
}

# --- A service that answers what a test tells it to -------------------------------------------------------------------

# Answers are kept by a part of the path, of which the longest counts: @{ 'oauth2/token' = @{ Status = 200; Body = '...' } }. An answer with Hold = $true never comes;
# one with Cut = $true breaks the connection. Requests are logged and counted in the state, which both threads share.
function Open-ScriptedService {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([hashtable] $Answer = @{})

    $answers = [hashtable]::Synchronized(@{
            'oauth2/token'   = @{ Body = '{"access_token":"bearer-of-the-test","token_type":"Bearer","expires_in":3600}' }
            'session/login'  = @{ Body = '{"sessionToken":"session-of-the-test"}' }
            'session/logout' = @{ Body = '{"sessionToken":"session-of-the-test"}' }
        })
    foreach ($path in $Answer.Keys) {
        $answers[$path] = $Answer[$path]
    }

    $prefix = Get-FreePrefix
    $listener = [Net.HttpListener]::new()
    $listener.Prefixes.Add($prefix)
    $listener.Start()
    $state = [pscustomobject]@{
        Root     = $prefix.TrimEnd('/')
        BaseUri  = [uri]"${prefix}api"
        Answers  = $answers
        Arrived  = [Collections.ArrayList]::Synchronized([Collections.ArrayList]::new())
        # The requests that are not going to be answered, and a flag that one of them has arrived.
        Kept     = [Collections.ArrayList]::Synchronized([Collections.ArrayList]::new())
        Held     = [Threading.ManualResetEventSlim]::new($false)
        Listener = $listener
        Shell    = [powershell]::Create()
    }
    # A copy, because requests go on arriving while somebody looks.
    $state | Add-Member -MemberType ScriptProperty -Name Log -Value { , $this.Arrived.ToArray() }
    $null = $state.Shell.AddScript({
            param($State)
            while ($State.Listener.IsListening) {
                try {
                    $context = $State.Listener.GetContext()
                }
                catch {
                    return
                }

                $path = $context.Request.Url.AbsolutePath
                $reader = [IO.StreamReader]::new($context.Request.InputStream)
                $null = $State.Arrived.Add([pscustomobject]@{ Method = $context.Request.HttpMethod; Path = $path; Body = $reader.ReadToEnd() })
                $answer = @{ Status = 404; Body = '{"errorCode":"404","errorMessage":"The test has no answer for this path."}' }
                foreach ($key in @($State.Answers.Keys) | Sort-Object Length) {
                    if ($path.Contains($key)) { $answer = $State.Answers[$key] }
                }

                if ($answer.Hold) {
                    $null = $State.Kept.Add($context)
                    $State.Held.Set()
                    continue
                }

                if ($answer.Cut) {
                    $context.Response.Abort()
                    continue
                }

                try {
                    # The service gives every request an id of its own.
                    $bytes = [Text.Encoding]::UTF8.GetBytes(([string] $answer.Body).Replace('{n}', [string] $State.Log.Count))
                    $context.Response.StatusCode = if ($answer.Status) { $answer.Status } else { 200 }
                    $context.Response.ContentType = if ($answer.Type) { $answer.Type } else { 'application/json' }
                    if ($answer.Location) { $context.Response.RedirectLocation = $answer.Location }
                    $context.Response.ContentLength64 = $bytes.Length
                    $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
                    $context.Response.Close()
                }
                catch {
                    # The caller hung up, which a test may well want.
                    $context.Response.Abort()
                }
            }
        }).AddArgument($state)
    $null = $state.Shell.BeginInvoke()
    $state
}

# Breaks the connections of requests that were not answered, so that a command which does not heed a stop ends all the same.
function Clear-ScriptedService {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [object] $Service)

    foreach ($context in @($Service.Kept)) {
        $context.Response.Abort()
    }

    $Service.Kept.Clear()
    $Service.Held.Reset()
}

function Close-ScriptedService {
    [CmdletBinding()]
    param([object] $Service)

    if ($Service) {
        Clear-ScriptedService $Service
        $Service.Listener.Abort()
        $Service.Shell.Dispose()
    }
}

# --- Running things ---------------------------------------------------------------------------------------------------

# Starts another PowerShell like this one. Whoever starts it ends it, with all that it has started: Kill($true).
function Start-NewShell {
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([Diagnostics.Process])]
    param([Parameter(Mandatory)] [string[]] $Argument)

    $program, $first = & (Join-Path $script:Root 'tools/Get-PowerShellCommand.ps1')
    $start = [Diagnostics.ProcessStartInfo]::new($program)
    @($first) + '-NoLogo' + '-NoProfile' + $Argument | Where-Object { $null -ne $_ } | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    if ($PSCmdlet.ShouldProcess($program)) {
        [Diagnostics.Process]::Start($start)
    }
}

# Runs commands in another PowerShell, and gives what it printed. -Answer is what a person types; without it nobody is there.
function Invoke-NewShell {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Script, [string[]] $Answer, [timespan] $Limit = $script:Limit)

    $file = Join-Path $TestDrive ('shell-{0}.ps1' -f [guid]::NewGuid().ToString('N'))
    Set-Content $file -Value $Script -Encoding utf8
    $process = Start-NewShell (@(if (-not $Answer) { '-NonInteractive' }) + '-File' + $file) -Confirm:$false
    try {
        $output, $errors = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
        $process.StandardInput.Write($Answer -join "`n")
        $process.StandardInput.Close()
        if (-not $process.WaitForExit([int] $Limit.TotalMilliseconds)) {
            throw "The PowerShell of the test did not end within $($Limit): $Script"
        }
        if (-not [Threading.Tasks.Task]::WaitAll(@($output, $errors), $script:Limit)) {
            throw "Something that the PowerShell of the test had started outlived it, and holds its output: $Script"
        }

        [pscustomobject]@{ ExitCode = $process.ExitCode; Text = ($output.Result + $errors.Result).Trim() }
    }
    finally {
        $process.Kill($true)
    }
}

# Runs a pipeline and keeps its streams apart. Terminating is the error that ended it, if one did.
function Invoke-Captured {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [scriptblock] $Script)

    $ErrorActionPreference = 'Continue'
    $WarningPreference = 'Continue'
    $all = [Collections.Generic.List[object]]::new()
    $terminating = $null
    try {
        & $Script *>&1 | ForEach-Object { $all.Add($_) }
    }
    catch {
        $terminating = $_
    }

    [pscustomobject]@{
        Output      = @($all | Where-Object { -not ($_ -is [Management.Automation.ErrorRecord] -or $_ -is [Management.Automation.InformationalRecord] -or $_ -is [Management.Automation.InformationRecord]) })
        Errors      = @($all | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
        Warnings    = @($all | Where-Object { $_ -is [Management.Automation.WarningRecord] } | ForEach-Object Message)
        Verbose     = @($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message)
        Debug       = @($all | Where-Object { $_ -is [Management.Automation.DebugRecord] } | ForEach-Object Message)
        Everything  = $all
        Terminating = $terminating
    }
}

# The id that users match on, without the name of the cmdlet behind it.
function Get-ErrorId {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory, ValueFromPipeline)] [Management.Automation.ErrorRecord] $Record)

    process {
        ($Record.FullyQualifiedErrorId -split ',')[0]
    }
}
