# The receiver of samples/Receiver, as it is shipped: a process of its own behind what stands for the proxy, with its journal in a folder, and in a
# database that goes away and comes back.

BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'PostgresServer.ps1')
    $script:isUnix = -not $IsWindows
    $script:programs = if ($script:isUnix) { Find-PostgresProgram }
    $script:verifier = Get-Command systemd-analyze -ErrorAction Ignore | ForEach-Object Source
    if (-not $script:programs) { Write-Host 'PostgreSQL is not installed (Debian: apt-get install postgresql); the receiver is tested without.' }
    if (-not $script:verifier) { Write-Host 'systemd is not installed (Debian: apt-get install systemd); the unit of the receiver is not verified.' }
}

Describe 'The receiver' -Skip:(-not $isUnix) {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'Common.ps1')
        . (Join-Path $PSScriptRoot 'Job.ps1')
        . (Join-Path $PSScriptRoot 'PostgresServer.ps1')
        $script:Parts = Join-Path $script:Examples 'Receiver'
        $script:Rows = @(Get-TestRow 3000)
        $script:Server = Open-SandboxServer -Argument '--inventory', (ConvertTo-Inventory $script:Rows)
        $script:Callback = @{ CALLBACK_USER = 'fleet-callbacks'; CALLBACK_PASSWORD = 'password-of-callbacks' }

        # Starts the receiver, and waits until it listens or, with -Until, says something else.
        function Open-Receiver([hashtable] $Environment, [string] $Address, [string[]] $Argument = @(), [string] $Until = '^Listening') {
            $process = Use-Environment $Environment {
                Start-NewShell (@('-NonInteractive', '-File', (Join-Path $script:Parts 'Start-Receiver.ps1'), '-Prefix', $Address) + $Argument) -Confirm:$false
            }
            do {
                $line = $process.StandardOutput.ReadLineAsync()
                $line.Wait($script:Limit) | Should -BeTrue
                if (-not $line.Result) { $process.StandardError.ReadToEnd() | Should -BeNullOrEmpty -Because 'it says where it listens before it ends' }
            }
            until ($line.Result -match $Until)
            $process
        }

        # Not at SIGINT, which whatever is started in the background of a shell ignores.
        function Close-Receiver([Diagnostics.Process] $Process) {
            & kill -TERM $Process.Id
            $Process.WaitForExit([int] $script:Limit.TotalMilliseconds) | Should -BeTrue
            $Process.StandardOutput.ReadToEnd()
        }

        # What the probes of containers ask: /health or /health/ready.
        function Get-Health([string] $Address, [string] $Path = '/health') {
            Use-Environment @{ RECEIVER_PORT = ([uri] $Address).Port } { & bash (Join-Path $script:Parts 'check-health.sh') $Path 2>$null }
            $LASTEXITCODE
        }

        function Wait-Health([string] $Address, [int] $ExitCode) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            while ((Get-Health $Address /health/ready) -ne $ExitCode) {
                $watch.Elapsed | Should -BeLessThan $script:Limit
                Get-Health $Address | Should -Be 0 -Because 'it is alive all the time'
            }
        }

        function Get-Message([string] $RequestId, [string] $Iccid, [string] $Word = 'password-of-callbacks') {
            ConvertTo-Json -Compress -Depth 3 @{
                username = 'fleet-callbacks'; password = $Word; requestId = $RequestId; status = 'SUCCESS'; deviceIds = @(@{ id = $Iccid; kind = 'iccid' })
            }
        }

        # Posts a message as the proxy passes it on.
        function Send-Callback([string] $Address, [string] $Body, [string] $From = '3.87.163.45') {
            $headers = if ($From) { @{ 'X-Forwarded-For' = $From } } else { @{} }
            [int] (Invoke-WebRequest $Address -Method Post -Body $Body -ContentType 'application/json' -Headers $headers -SkipHttpErrorCheck).StatusCode
        }
    }

    AfterAll {
        Close-Server $script:Server
    }

    It 'records what comes from Verizon through the proxy, turns the rest away, tells its health to this machine alone, and ends in order at SIGTERM' {
        $address = "http://127.0.0.1:$(Get-FreePort)/thingspace/"
        $environment = (Get-JobEnvironment) + $script:Callback
        $process = Open-Receiver $environment $address -Argument '-AllowedAddress', '192.0.2.1,Verizon'
        try {
            $message = Get-Message ([guid]::NewGuid()) $script:Rows[0].Iccid
            Send-Callback $address $message 3.87.163.45 | Should -Be 200
            Send-Callback $address $message 203.0.113.7 | Should -Be 403
            Send-Callback $address $message '' | Should -Be 403
            Send-Callback $address (Get-Message r $script:Rows[0].Iccid -Word wrong) 3.87.163.45 | Should -Be 401
            Get-Health $address | Should -Be 0
            Get-Health $address /health/ready | Should -Be 0
            Get-Health $address /healthy | Should -Be 1
            $health = [uri]::new([uri] $address, '/health/ready')
            [int] (Invoke-WebRequest $health -Headers @{ 'X-Forwarded-For' = '203.0.113.7' } -SkipHttpErrorCheck).StatusCode | Should -Be 403

            $said = Close-Receiver $process
            $said | Should -Match 'WARNING: .*did not acknowledge a call'
            $said | Should -Match 'Stopped\. Messages recorded: 1, refused: 5'
            $process.ExitCode | Should -Be 0
        }
        finally {
            $process.Kill($true)
        }

        $recorded = @(Get-ChildItem $environment.ESIMTOOLS_JOURNAL -Filter 'callbacks-*.jsonl' | Get-Content)
        # A last line says that all is in the journal. Where a busy machine does not get there in the time that a stop has, the next connection does it.
        ($recorded | ConvertFrom-Json).event | Select-Object -First 2 | Should -Be 'listening', 'callback'
        "$recorded" | Should -Not -Match 'password-of-callbacks'
        { Invoke-WebRequest $address -TimeoutSec 5 } | Should -Throw -Because 'the port is free again'
        @(Invoke-RestMethod "$($script:Server.Root)/sandbox/log" | ForEach-Object { $_ })[-1].path | Should -Match 'session/logout$'
        Get-Health $address | Should -Be 1
    }

    It 'takes its secrets from files, as Kubernetes and systemd lay them, and tells systemd how it goes' {
        $address = "http://127.0.0.1:$(Get-FreePort)/thingspace/"
        $environment = (Get-JobEnvironment) + $script:Callback
        $secrets = Join-Path $TestDrive 'secrets'
        # Kubernetes has links to the files of a folder that is a link itself.
        $null = New-Item (Join-Path $secrets '..1') -ItemType Directory
        $null = New-Item (Join-Path $secrets '..data') -ItemType SymbolicLink -Value '..1'
        foreach ($name in @($environment.Keys) -match '^(ESIMTOOLS_(API|USER|PASS|ACC)|CALLBACK_)') {
            Set-Content (Join-Path $secrets '..1' $name) $environment[$name]
            $null = New-Item (Join-Path $secrets $name) -ItemType SymbolicLink -Value "..data/$name"
            $environment.Remove($name)
        }

        # A name that is short enough for a socket.
        $socketPath = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
        $socket = [Net.Sockets.Socket]::new('Unix', 'Dgram', 'Unspecified')
        try {
            $socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new($socketPath))
            $socket.ReceiveTimeout = [int] $script:Limit.TotalMilliseconds
            $buffer = [byte[]]::new(100)
            $process = Open-Receiver ($environment + @{ CREDENTIALS_DIRECTORY = $secrets; NOTIFY_SOCKET = $socketPath }) $address
            try {
                [Text.Encoding]::ASCII.GetString($buffer, 0, $socket.Receive($buffer)) | Should -Be 'READY=1'
                [Text.Encoding]::ASCII.GetString($buffer, 0, $socket.Receive($buffer)) | Should -Be 'WATCHDOG=1'
                Send-Callback $address (Get-Message r $script:Rows[0].Iccid) | Should -Be 200
                $null = Close-Receiver $process
                do { $word = [Text.Encoding]::ASCII.GetString($buffer, 0, $socket.Receive($buffer)) } while ($word -eq 'WATCHDOG=1')
                $word | Should -Be 'STOPPING=1'
                $process.ExitCode | Should -Be 0
            }
            finally {
                $process.Kill($true)
            }
        }
        finally {
            $socket.Dispose()
            Remove-Item $socketPath -ErrorAction Ignore
        }
    }

    It 'removes files of messages that are old and have all reached the journal, and no other' {
        $address = "http://127.0.0.1:$(Get-FreePort)/thingspace/"
        $environment = (Get-JobEnvironment) + $script:Callback
        $folder = (New-Item -ItemType Directory $environment.ESIMTOOLS_JOURNAL).FullName
        & chmod 700 $folder
        $processed = '{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"processed"}'
        $files = @{ old = $processed; open = '{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"callback","message":{}}'; young = $processed }
        foreach ($name in $files.Keys) {
            $path = Join-Path $folder "callbacks-$name.jsonl"
            Set-Content $path '{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"listening","service":"https://other.example.com"}', $files[$name]
            (Get-Item $path).LastWriteTimeUtc = [DateTime]::UtcNow.AddDays($(if ($name -eq 'young') { -29 } else { -31 }))
        }

        $process = Open-Receiver $environment $address
        try {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            while (Test-Path (Join-Path $folder 'callbacks-old.jsonl')) { $watch.Elapsed | Should -BeLessThan $script:Limit }
            $null = Close-Receiver $process
            $process.ExitCode | Should -Be 0
        }
        finally {
            $process.Kill($true)
        }
        (Get-ChildItem $folder -Filter 'callbacks-*').Name | Sort-Object | Should -Be 'callbacks-open.jsonl', 'callbacks-young.jsonl'
    }

    It 'ends with exit code 78 where the login is refused, or with -HoldRefusedLogin stays and tries it no more' {
        $environment = (Get-JobEnvironment) + $script:Callback
        $environment.ESIMTOOLS_PASSWORD = 'wrong-canary'
        $logins = { @(Invoke-RestMethod "$($script:Server.Root)/sandbox/log" | ForEach-Object { $_ } | Where-Object path -Match 'session/login$').Count }
        $before = & $logins

        $first = Invoke-Example Receiver/Start-Receiver.ps1 -Environment $environment
        $first.ExitCode | Should -Be 78 -Because $first.Text
        $first.Text | Should -Match 'five refused logins lock the user'
        $first.Text | Should -Not -Match 'canary'
        $each = (& $logins) - $before
        $each | Should -BeLessThan 3

        $process = Use-Environment $environment {
            Start-NewShell '-NonInteractive', '-File', (Join-Path $script:Parts 'Start-Receiver.ps1'), '-HoldRefusedLogin' -Confirm:$false
        }
        try {
            $said = $process.StandardError.ReadLineAsync()
            $said.Wait($script:Limit) | Should -BeTrue
            $said.Result | Should -Match 'refused'
            $process.WaitForExit(3000) | Should -BeFalse
            $null = Close-Receiver $process
            $process.ExitCode | Should -Be 78
        }
        finally {
            $process.Kill($true)
        }
        (& $logins) - $before | Should -Be (2 * $each)
    }

    It 'has a proxy that passes on to where it listens, says who sent it, and passes no question of its health on' {
        $proxy = Get-Content (Join-Path $script:Parts 'nginx.conf') -Raw
        $script = Get-Content (Join-Path $script:Parts 'Start-Receiver.ps1') -Raw
        $default = [uri] [regex]::Match($script, "\`$Prefix = '([^']+)'").Groups[1].Value
        $proxy | Should -Match ([regex]::Escape("location $($default.AbsolutePath) {"))
        $proxy | Should -Match ([regex]::Escape("proxy_pass http://$($default.Authority);"))
        $proxy | Should -Match 'proxy_set_header X-Forwarded-For \$remote_addr;'
        [regex]::Matches($proxy, '(?m)^\s*location') | Should -HaveCount 1
        Get-Content (Join-Path $script:Parts 'check-health.sh') -Raw | Should -Match "RECEIVER_PORT:-$($default.Port)"
    }

    It 'names in the unit, the container and the manifest the files and secrets that there are, and holds no secret' {
        $unit, $container, $manifest = 'esim-receiver.service', 'Containerfile', 'kubernetes.yaml' | ForEach-Object { Get-Content (Join-Path $script:Parts $_) -Raw }
        foreach ($path in [regex]::Matches("$unit $container $manifest", 'EsimTools/Examples/[\w./-]+') | ForEach-Object Value) {
            Join-Path $env:ESIMTOOLS_MODULE ($path -replace '^EsimTools/') | Should -Exist
        }
        $names = [regex]::Matches($unit, '(?m)^LoadCredential=(\w+):/etc/esimtools/(\w+)$') | ForEach-Object { $_.Groups[1].Value | Should -Be $_.Groups[2].Value; $_.Groups[1].Value }
        $needed = @((Get-JobEnvironment).Keys -match '^ESIMTOOLS_(?!BASE)') + @($script:Callback.Keys)
        $names | Sort-Object | Should -Be ($needed | Sort-Object)
        $unit | Should -Match '(?m)^RestartPreventExitStatus=78$'
        "$unit $container $manifest" | Should -Not -Match '(?i)(password|secret|_key)[ \t]*[=:][ \t]*[\w-]{6,}'
        $readme = Get-Content (Join-Path $script:Parts 'README.md') -Raw
        $needed | ForEach-Object { $readme | Should -Match $_ }
        [regex]::Matches($manifest, '(?:secretName|configMap: \{ name): ([\w-]+)') | ForEach-Object { $readme | Should -Match $_.Groups[1].Value }
    }

    It 'has a unit in which systemd finds no fault' -Skip:(-not $verifier) -ForEach @{ Verifier = $verifier } {
        # Its programs are there or not; what is verified is the unit.
        $unit = Join-Path $TestDrive 'esim-receiver.service'
        (Get-Content (Join-Path $script:Parts 'esim-receiver.service') -Raw) -replace '/usr/bin/pwsh', '/bin/true' | Set-Content $unit
        (& $Verifier verify $unit 2>&1) -match 'esim-receiver' | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
    }

    Context 'with its journal in a database' -Skip:(-not $programs) -ForEach @{ Programs = $programs } {
        BeforeAll {
            $script:Postgres = Open-PostgresServer $Programs

            # A job of another machine: its secrets are the receiver's, its folder is not.
            function Get-MachineEnvironment([string] $Machine) {
                (Get-JobEnvironment -Journal $script:Postgres.Address) + @{ XDG_DATA_HOME = (Join-Path $TestDrive $Machine) }
            }

            # Disables profiles on another machine, and gives the request's id. The sandbox posts to nobody; the tests do.
            function Send-Request([object[]] $Row) {
                $run = Use-Environment (Get-MachineEnvironment sender) {
                    Invoke-NewShell "Import-Module EsimTools; Connect-EsimService -InformationAction Ignore; (Import-Csv '$(ConvertTo-Inventory $Row)' | Disable-EsimProfile -ReasonCode FF -Force).RequestId"
                }
                $run.ExitCode | Should -Be 0 -Because $run.Text
                $run.Text
            }

            # What a machine finds in the database of a request's profiles, without asking the service.
            function Get-Done([string] $RequestId, [string] $Machine) {
                $run = Use-Environment (Get-MachineEnvironment $Machine) {
                    Invoke-NewShell "Import-Module EsimTools; Connect-EsimService -InformationAction Ignore; (Get-EsimRun | Get-EsimResult -Status Succeeded | Where-Object RequestId -EQ '$RequestId').Iccid"
                }
                $run.ExitCode | Should -Be 0 -Because $run.Text
                @($run.Text -split '\s+' | Where-Object { $_ })
            }

            Add-Type @'
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

public static class CallbackLoad
{
    private static int s_answered;

    public static int Answered => Volatile.Read(ref s_answered);

    // Posts messages round and round over some connections until nobody answers any more; gives the numbers of those that were answered with 200.
    public static Task<int[]> Begin(string address, string[] messages, int connections) => Task.Run(async () =>
    {
        s_answered = 0;
        var next = -1;
        var taken = new ConcurrentBag<int>();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "3.87.163.45");
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            for (var calls = 0; calls < 1000000; calls++)
            {
                var number = (int)((uint)Interlocked.Increment(ref next) % (uint)messages.Length);
                try
                {
                    using var answer = await client.PostAsync(address, new StringContent(messages[number]));
                    if ((int)answer.StatusCode == 200)
                    {
                        taken.Add(number);
                        Interlocked.Increment(ref s_answered);
                    }
                }
                catch (HttpRequestException)
                {
                    return;
                }
            }
        }));
        return taken.Distinct().ToArray();
    });
}
'@
        }

        AfterAll {
            Close-PostgresServer $script:Postgres
        }

        It 'is alive and not ready while the database is away, takes callbacks all the same, and brings them in when it is back' {
            $rows = $script:Rows[0..1]
            $request = Send-Request $rows
            $address = "http://127.0.0.1:$(Get-FreePort)/thingspace/"
            $process = Open-Receiver ((Get-MachineEnvironment receiver) + $script:Callback) $address
            try {
                Wait-Health $address 0
                Stop-PostgresServer $script:Postgres -Confirm:$false
                Wait-Health $address 1
                $rows | ForEach-Object { Send-Callback $address (Get-Message $request $_.Iccid) | Should -Be 200 }
                Start-PostgresServer $script:Postgres -Confirm:$false
                Wait-Health $address 0

                $watch = [Diagnostics.Stopwatch]::StartNew()
                while (@(Get-Done $request waiter).Count -lt $rows.Count) {
                    $watch.Elapsed | Should -BeLessThan $script:Limit
                }

                $said = Close-Receiver $process
                $process.ExitCode | Should -Be 0
                $said | Should -Match 'WARNING: .* is not ready: The journal in the database'
                $said | Should -Match 'WARNING: .* is ready again'
            }
            finally {
                $process.Kill($true)
            }
        }

        It 'loses at SIGTERM under load nothing that it has answered with 200' {
            $rows = $script:Rows[10..2999]
            $request = Send-Request $rows
            $messages = [string[]] @($rows | ForEach-Object { Get-Message $request $_.Iccid })
            $address = "http://127.0.0.1:$(Get-FreePort)/thingspace/"
            $process = Open-Receiver ((Get-MachineEnvironment loaded) + $script:Callback) $address
            try {
                $load = [CallbackLoad]::Begin($address, $messages, 16)
                while ([CallbackLoad]::Answered -lt 300 -and -not $load.IsCompleted) { }
                $said = Close-Receiver $process
                $process.ExitCode | Should -Be 0
                $load.Wait($script:Limit) | Should -BeTrue
                $load.Result.Count | Should -BeGreaterOrEqual 300
                [int] [regex]::Match($said, 'recorded: (\d+)').Groups[1].Value | Should -BeGreaterOrEqual $load.Result.Count
            }
            finally {
                $process.Kill($true)
            }

            # As the receiver that is started again, in whose folder a busy machine has left what a stop had no time for; then any machine.
            $null = Get-Done $request loaded
            $done = [Collections.Generic.HashSet[string]]::new([string[]] (Get-Done $request another))
            @($load.Result | Where-Object { -not $done.Contains($rows[$_].Iccid) }) | Should -BeNullOrEmpty
        }
    }
}
