// The command line: where to listen, which inventory, and every knob of the sandbox by its own name.

using System.Globalization;
using System.Reflection;
using System.Text;

namespace EsimTools.Sandbox.Server;

/// <summary>What the command line says.</summary>
public sealed class ServerOptions
{
    // One option for each property, so that a new knob needs no line here.
    private static readonly PropertyInfo[] s_knobs = typeof(SandboxOptions).GetProperties();

    private ServerOptions()
    {
    }

    /// <summary>Where the server listens.</summary>
    public string Urls { get; private set; } = "http://127.0.0.1:0";

    /// <summary>The CSV file with the fleet; null for the default fleet.</summary>
    public string? Inventory { get; private set; }

    /// <summary>The sandbox's knobs.</summary>
    public SandboxOptions Sandbox { get; } = new();

    /// <summary>The text of <c>--help</c>.</summary>
    public static string Help
    {
        get
        {
            var text = new StringBuilder()
                .AppendLine("A ThingSpace sandbox on this machine.")
                .AppendLine()
                .AppendLine("  dotnet run --project src/EsimTools.Sandbox.Server -- [options]")
                .AppendLine()
                .AppendLine("  --urls <addresses>       where to listen, separated by semicolons (default http://127.0.0.1:0: a free port)")
                .AppendLine("  --inventory <file.csv>   the fleet (default: 100 small eUICCs)")
                .AppendLine("  --help                   this text")
                .AppendLine()
                .AppendLine("Knobs, with their defaults. Shares go from 0 to 1, times are hh:mm:ss or seconds, lists have commas.");
            var defaults = new SandboxOptions();
            foreach (var knob in s_knobs)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  --{OptionName(knob)} {(knob.GetValue(defaults) is string[] list ? string.Join(',', list) : knob.GetValue(defaults))}");
            }

            return text.ToString().TrimEnd();
        }
    }

    /// <summary>Reads a command line of <c>--name value</c> or <c>--name=value</c> pairs.</summary>
    /// <param name="args">The arguments.</param>
    /// <exception cref="ArgumentException">An option is unknown, or its value makes no sense.</exception>
    public static ServerOptions Parse(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new ServerOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{args[i]}' is not an option; options begin with --. See --help.");
            }

            var at = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? args[i][2..] : args[i][2..at];
            var value = at >= 0 ? args[i][(at + 1)..]
                : ++i < args.Length ? args[i]
                : null;
            options.Set(name, value);
        }

        options.Sandbox.Validate();
        return options;
    }

    private static string OptionName(PropertyInfo knob)
    {
        var name = new StringBuilder();
        foreach (var c in knob.Name)
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    private void Set(string name, string? value)
    {
        var knob = Array.Find(s_knobs, candidate =>
            string.Equals(OptionName(candidate), name, StringComparison.OrdinalIgnoreCase) ||
            string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        if (knob is null && name is not ("urls" or "inventory"))
        {
            throw new ArgumentException($"There is no option --{name}. See --help.");
        }

        if (value is null)
        {
            throw new ArgumentException($"The option --{name} needs a value.");
        }

        if (knob is not null)
        {
            knob.SetValue(Sandbox, Convert(value, knob.PropertyType)
                ?? throw new ArgumentException($"The value '{value}' of --{name} is not {Words(knob.PropertyType)}."));
        }
        else if (name == "urls")
        {
            Urls = value;
        }
        else
        {
            Inventory = value;
        }
    }

    private static object? Convert(string value, Type type)
    {
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(string))
        {
            return value;
        }

        if (type == typeof(string[]))
        {
            return value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(value, out var flag) ? flag : null;
        }

        if (type == typeof(int))
        {
            return int.TryParse(value, NumberStyles.AllowLeadingSign, culture, out var number) ? number : null;
        }

        var isNumber = double.TryParse(value, NumberStyles.Float, culture, out var real) && double.IsFinite(real);
        if (type == typeof(double))
        {
            return isNumber ? real : null;
        }

        // A bare number means seconds; TimeSpan.Parse would read days.
        return isNumber && Math.Abs(real) < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(real)
            : !isNumber && TimeSpan.TryParse(value, culture, out var time) ? time
            : null;
    }

    private static string Words(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number"
        : type == typeof(double) ? "a number"
        : "a time (hh:mm:ss or seconds)";
}
