<#
.SYNOPSIS
Receives ThingSpace's callbacks behind a reverse proxy until it is told to stop (Ctrl+C or SIGTERM).

.DESCRIPTION
nginx.conf beside it is the proxy's part: it holds the certificate, and passes on what is posted to /thingspace/ together with the
sender's address. This script listens on this machine alone, believes Verizon's addresses and the callback's own user and password
(CALLBACK_USER and CALLBACK_PASSWORD in the environment), and records each message in the journal's folder before it says 200.

Whoever waits for requests with the same journal hears of the outcomes, also in another process. Told to stop, it answers the calls
in hand, lets go of the port, logs out and ends with exit code 0. ThingSpace sends again what nobody has answered meanwhile.

.PARAMETER Prefix
Where it listens, as nginx.conf has it.

.PARAMETER PublicAddress
The proxy's address. Given once, it is registered with ThingSpace; it stays so when the receiver stops.

.PARAMETER AllowedAddress
Whom it takes messages from. Verizon stands for the addresses that Verizon documents.

.EXAMPLE
./Start-Receiver.ps1 -PublicAddress https://callbacks.example.com/thingspace/
#>
#Requires -Version 7.4
#Requires -Modules EsimTools
[CmdletBinding()]
param(
    [uri] $Prefix = 'http://127.0.0.1:9001/thingspace/',
    [uri] $PublicAddress,
    [string[]] $AllowedAddress = 'Verizon'
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

$credential = [pscredential]::new($env:CALLBACK_USER, [Net.NetworkCredential]::new('', $env:CALLBACK_PASSWORD).SecurePassword)
$stop = [StopSignal]::new()
try {
    Connect-EsimService
    $listener = Start-EsimCallbackListener $Prefix -Credential $credential -AllowedAddress $AllowedAddress -TrustForwardedFor
    if ($PublicAddress) { Register-EsimCallback $PublicAddress -Credential $credential }
    "Listening on $Prefix."
    while ($listener.IsListening -and -not $stop.Wait(1000)) { }
}
finally {
    Stop-EsimCallbackListener
    if ($listener) { [Console]::Out.WriteLine("Stopped. Messages recorded: $($listener.Recorded), refused: $($listener.Refused).") }
    Disconnect-EsimService
    $stop.Dispose()
}
