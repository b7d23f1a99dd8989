# What the suites of Examples share: a job's environment and programs as a scheduler runs them. Dot-source it in BeforeAll behind Common.ps1; the suite's
# sandbox over HTTP is $script:Server.

$script:Examples = Join-Path $env:ESIMTOOLS_MODULE 'Examples'

# What a job finds in its environment.
function Get-JobEnvironment {
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([string] $Journal = (Join-Path $TestDrive ('journal-' + [guid]::NewGuid().ToString('N'))), [switch] $WithoutSecrets)

    $all = @{
        PSModulePath       = (Split-Path $env:ESIMTOOLS_MODULE) + [IO.Path]::PathSeparator + $env:PSModulePath
        ESIMTOOLS_BASE_URI = "$($script:Server.BaseUri)"
        ESIMTOOLS_JOURNAL  = $Journal
    }
    if (-not $WithoutSecrets) {
        $all += @{
            ESIMTOOLS_API_KEY = 'sandbox-key'; ESIMTOOLS_API_SECRET = 'sandbox-secret'
            ESIMTOOLS_USER = 'sandbox-user'; ESIMTOOLS_PASSWORD = 'sandbox-password'
            ESIMTOOLS_ACCOUNT = $script:Account
        }
    }

    $all
}

# Does something while this process, and so all that it starts, has an environment.
function Use-Environment {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [hashtable] $Environment, [Parameter(Mandatory)] [scriptblock] $Script)

    $before = @{}
    try {
        foreach ($name in $Environment.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $Environment[$name])
        }

        & $Script
    }
    finally {
        $before.Keys | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $before[$_]) }
    }
}

# Runs a program to its end, in a folder of its own.
function Invoke-Program {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string[]] $Command, [Parameter(Mandatory)] [hashtable] $Environment, [string] $Folder = $TestDrive)

    $start = [Diagnostics.ProcessStartInfo]::new($Command[0])
    $Command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = Use-Environment $Environment { [Diagnostics.Process]::Start($start) }
    try {
        $process.StandardInput.Close()
        $output, $errors = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
        $process.WaitForExit([int] $script:Limit.TotalMilliseconds) | Should -BeTrue -Because "it has a limit: $Command"
        [pscustomobject]@{ ExitCode = $process.ExitCode; Text = $output.Result + $errors.Result }
    }
    finally {
        $process.Kill($true)
    }
}

# Runs a script of Examples as a scheduler does.
function Invoke-Example {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Name, [string[]] $Argument = @(), [hashtable] $Environment = (Get-JobEnvironment), [string] $Folder = $TestDrive)

    $shell = @(& (Join-Path $script:Root 'tools/Get-PowerShellCommand.ps1'))
    $command = $shell + '-NoLogo', '-NoProfile', '-NonInteractive', '-File', (Join-Path $script:Examples $Name) + $Argument
    Invoke-Program -Command $command -Environment $Environment -Folder $Folder
}

function Get-WorkFolder {
    (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))).FullName
}
