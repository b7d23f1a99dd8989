// The command line.

using System.Globalization;

namespace CallbackBench;

/// <summary>What is to be measured.</summary>
internal sealed record Settings(int Rate = 5000, int Seconds = 60, int Connections = 32, int RepeatPercent = 1, int ListenerPort = 0, string? Journal = null)
{
    /// <summary>The number of different messages.</summary>
    public int Messages => Rate * Seconds;

    /// <summary>Whether a message is sent twice. Spread evenly, so that both processes agree without telling each other.</summary>
    public bool IsRepeated(int number) => RepeatPercent > 0 && number % (100 / RepeatPercent) == 0;

    /// <summary>How many messages are sent twice.</summary>
    public int Repeated => Enumerable.Range(0, Messages).Count(IsRepeated);

    public static Settings Parse(string[] args)
    {
        var settings = new Settings();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 < args.Length && args[i] == "--journal")
            {
                settings = settings with { Journal = args[i + 1] };
                continue;
            }

            if (i + 1 >= args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                throw new ArgumentException($"{args[i]} needs a whole number.");
            }

            settings = args[i] switch
            {
                "--rate" when value > 0 => settings with { Rate = value },
                "--seconds" when value > 0 => settings with { Seconds = value },
                "--connections" when value > 0 => settings with { Connections = value },
                "--repeat" when value <= 50 => settings with { RepeatPercent = value },
                "--listen" => settings with { ListenerPort = value },
                _ => throw new ArgumentException($"{args[i]} {args[i + 1]} is not understood: --rate, --seconds, --connections, --repeat (0 to 50) and --journal are."),
            };
        }

        return settings;
    }

    public string[] ToArguments(int listenerPort) =>
    [
        "--rate", Text(Rate), "--seconds", Text(Seconds), "--connections", Text(Connections), "--repeat", Text(RepeatPercent), "--listen", Text(listenerPort),
        .. Journal is null ? (string[])[] : ["--journal", Journal],
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
