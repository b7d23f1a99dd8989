<#
.SYNOPSIS
Receives ThingSpace's callbacks behind a reverse proxy until it is told to stop (Ctrl+C or SIGTERM).

.DESCRIPTION
nginx.conf beside it is the proxy's part: it holds the certificate, and passes on what is posted to /thingspace/ together with the
sender's address. This script listens on this machine alone, believes Verizon's addresses and the callback's own user and password
(CALLBACK_USER and CALLBACK_PASSWORD in the environment), and records each message on this machine's disk before it says 200.

Whoever waits for requests with the same journal hears of the outcomes: in another process, or with a database in ESIMTOOLS_JOURNAL on
another machine. Told to stop, it answers the calls in hand, brings what they told to the journal, logs out and ends with exit code 0.
ThingSpace sends again what nobody has answered meanwhile.

Exit code 78: ThingSpace has refused the login. Do not start it again by itself then: five refused logins lock the user.

.PARAMETER Prefix
Where it listens, as nginx.conf has it.

.PARAMETER HealthPath
Where it tells this machine how it is: the path itself with 200 while it takes connections, the path with /ready behind it with 200 while
callbacks can be recorded and the journal written. The proxy does not pass it on.

.PARAMETER PublicAddress
The proxy's address. Given once, it is registered with ThingSpace; it stays so when the receiver stops.

.PARAMETER AllowedAddress
Whom it takes messages from. Verizon stands for the addresses that Verizon documents.

.PARAMETER SecretPath
A folder of files that are named like the variables of the environment (ESIMTOOLS_API_KEY and so on) and hold their values: a Secret of
Kubernetes, secrets of a container, or without being given what LoadCredential= of systemd has brought.

.PARAMETER KeepDays
How long it keeps its files of messages that have all been brought to the journal: a kilobyte for each message. 0 keeps them for good.

.PARAMETER HoldRefusedLogin
Stay, and do nothing, where the login is refused: for a host that starts again whatever ends, as Kubernetes does.

.EXAMPLE
./Start-Receiver.ps1 -PublicAddress https://callbacks.example.com/thingspace/

.EXAMPLE
./Start-Receiver.ps1 -SecretPath /run/secrets -HoldRefusedLogin
#>
#Requires -Version 7.4
#Requires -Modules EsimTools
[CmdletBinding()]
param(
    [uri] $Prefix = 'http://127.0.0.1:9001/thingspace/',
    [string] $HealthPath = '/health',
    [uri] $PublicAddress,
    [string[]] $AllowedAddress = 'Verizon',
    [string] $SecretPath = $env:CREDENTIALS_DIRECTORY,
    [ValidateRange(0, 3650)] [int] $KeepDays = 30,
    [switch] $HoldRefusedLogin
)

$ErrorActionPreference = 'Stop'

# PowerShell ends its scripts in order at Ctrl+C and knows nothing of SIGTERM, which is what systemd and containers send.
Add-Type @'
using System;
using System.Runtime.InteropServices;
using System.Threading;

public sealed class StopSignal : IDisposable
{
    private readonly PosixSignalRegistration _term;
    private readonly ManualResetEventSlim _raised = new();

    public StopSignal() => _term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; _raised.Set(); });

    public bool Wait(int milliseconds) => _raised.Wait(milliseconds);

    public void Dispose() => _term.Dispose();
}
'@

# sd_notify: systemd waits for these words (Type=notify), and ends what falls silent (WatchdogSec=).
function Send-Notice([string] $Word) {
    if (-not $env:NOTIFY_SOCKET) { return }
    $socket = [Net.Sockets.Socket]::new('Unix', 'Dgram', 'Unspecified')
    $null = $socket.SendTo([Text.Encoding]::ASCII.GetBytes($Word), [Net.Sockets.UnixDomainSocketEndPoint]::new(($env:NOTIFY_SOCKET -replace '^@', "`0")))
    $socket.Dispose()
}

# A last line "processed" says that the journal has all of a file. Others are still needed.
function Clear-OldMessage([string] $Folder) {
    $limit = [DateTime]::UtcNow.AddDays(-$KeepDays)
    Get-ChildItem -LiteralPath $Folder -Filter 'callbacks-*.jsonl' |
        Where-Object { $KeepDays -and $_.LastWriteTimeUtc -lt $limit -and (Get-Content -LiteralPath $_.FullName -Tail 1) -match '"event":"processed"\}$' } |
        Remove-Item
}

$stop = [StopSignal]::new()
try {
    if ($SecretPath) {
        Get-ChildItem -LiteralPath $SecretPath -File | Where-Object Name -CMatch '^[A-Z][A-Z_]+$' |
            ForEach-Object { Set-Item "Env:$($_.Name)" (Get-Content -LiteralPath $_.FullName -Raw).TrimEnd("`r", "`n") }
    }
    $credential = [pscredential]::new($env:CALLBACK_USER, [Net.NetworkCredential]::new('', $env:CALLBACK_PASSWORD).SecurePassword)
    try { Connect-EsimService }
    catch {
        if ($_.FullyQualifiedErrorId -notlike 'EsimLoginRefused,*') { throw }
        [Console]::Error.WriteLine("$_ It is not tried again: five refused logins lock the user. Mend the secrets and start it anew.")
        while ($HoldRefusedLogin -and -not $stop.Wait(1000)) { }
        exit 78
    }
    $null = Register-ObjectEvent (Get-EsimConnection) Message
    # pwsh -File hands a list over as one word.
    $listener = Start-EsimCallbackListener $Prefix -HealthPath $HealthPath -Credential $credential -AllowedAddress ($AllowedAddress -split ',') -TrustForwardedFor
    if ($PublicAddress) { Register-EsimCallback $PublicAddress -Credential $credential }
    "Listening on $Prefix."
    Send-Notice 'READY=1'
    $tidyAt = [DateTime]::UtcNow
    do {
        if ([DateTime]::UtcNow -ge $tidyAt) {
            Clear-OldMessage (Split-Path $listener.RecordPath)
            $tidyAt = [DateTime]::UtcNow.AddDays(1)
        }
        $isToldToStop = $stop.Wait(1000)
        Send-Notice 'WATCHDOG=1'
        # What the connection says when no cmdlet is there to say it.
        Get-Event | Where-Object { Remove-Event -EventIdentifier $_.EventIdentifier; $_.SourceArgs[0].Level -eq 'Warning' } |
            ForEach-Object { Write-Warning $_.SourceArgs[0].Text }
    } while ($listener.IsListening -and -not $isToldToStop)
    if (-not $listener.IsListening) { throw 'The listener has ended, and nobody has told it to.' }
}
finally {
    Send-Notice 'STOPPING=1'
    Stop-EsimCallbackListener
    if ($listener) { [Console]::Out.WriteLine("Stopped. Messages recorded: $($listener.Recorded), refused: $($listener.Refused).") }
    Disconnect-EsimService
    $stop.Dispose()
}
