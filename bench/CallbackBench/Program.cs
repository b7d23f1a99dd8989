// Measures the callback listener: does it take 5,000 callbacks a second for a minute with none lost, none doubled, and flat memory?
//
//     dotnet run -c Release --project bench/CallbackBench -- [--rate 5000] [--seconds 60] [--connections 32] [--repeat 1] [--journal CONNECTION]
//
// The load comes from this process; the listener runs in a process of its own, so that its memory is its own. --repeat is the share of
// messages, in percent, that are sent twice. --journal is the connection string of an empty PostgreSQL database; without it the journal is in a
// temporary folder. The exit code is 0 when nothing was lost or doubled and memory stayed flat.

using CallbackBench;

try
{
    var settings = Settings.Parse(args);
    return settings.ListenerPort > 0
        ? await ListenerProcess.RunAsync(settings).ConfigureAwait(false)
        : await LoadProcess.RunAsync(settings).ConfigureAwait(false);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 2;
}
