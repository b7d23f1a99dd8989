// The sandbox behind a real web server on this machine, for wire tests and for clients in other languages.

using EsimTools.Sandbox.Server;

try
{
    if (SandboxHost.AsksForHelp(args))
    {
        Console.Out.WriteLine(ServerOptions.Help);
        return 0;
    }

    var app = SandboxHost.Build(args);
    await using (app.ConfigureAwait(false))
    {
        await app.StartAsync().ConfigureAwait(false);
        SandboxHost.Announce(app, Console.Out, Console.Error);
        await app.WaitForShutdownAsync().ConfigureAwait(false);
        return 0;
    }
}
catch (Exception e) when (e is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
