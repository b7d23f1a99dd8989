// So many profiles in so much time: what may be sent of an action for one account.

using System.Globalization;

namespace EsimTools;

/// <summary>A cap: at most so many profiles of an account in so much time.</summary>
/// <param name="Profiles">How many profiles.</param>
/// <param name="Within">In which time.</param>
public sealed record EsimPolicyCap(int Profiles, TimeSpan Within)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(366);

    private static readonly (char Letter, double Seconds)[] s_units = [('d', 86400), ('h', 3600), ('m', 60), ('s', 1)];

    /// <summary>Reads a cap.</summary>
    /// <param name="text">For example <c>500/1h</c>: a number, and a time in s, m, h or d.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    public static EsimPolicyCap Parse(string text)
    {
        var parts = (text ?? throw new ArgumentNullException(nameof(text))).Trim().Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var profiles) && ReadTime(parts[1]) is { } within)
        {
            var cap = new EsimPolicyCap(profiles, within);
            cap.Check();
            return cap;
        }

        throw new EsimException(EsimError.EsimParameterInvalid, $"'{text}' is no cap.", "Write a number of profiles and a time: 500/1h, 2000/24h, 20000/7d.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Profiles.ToString(CultureInfo.InvariantCulture)}/{TimeText}";

    /// <summary>The time in the largest unit that it is a whole number of.</summary>
    internal string TimeText
    {
        get
        {
            // A day is what people call 24 hours.
            var (letter, seconds) = Array.Find(s_units, unit => Within.TotalSeconds % unit.Seconds == 0 && !(unit.Letter == 'd' && Within.TotalDays == 1));
            return ((long)(Within.TotalSeconds / seconds)).ToString(CultureInfo.InvariantCulture) + letter;
        }
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check()
    {
        if (Profiles < 0 || Within < TimeSpan.FromSeconds(1) || Within > s_longest || Within.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A cap of {Profiles} profiles in {Within} makes no sense: the time is whole seconds, at most {s_longest.TotalDays:0} days.");
        }
    }

    private static TimeSpan? ReadTime(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.Substring(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var (letter, seconds) = Array.Find(s_units, unit => unit.Letter == char.ToLowerInvariant(text[text.Length - 1]));
        return letter == default || number * seconds > s_longest.TotalSeconds ? null : TimeSpan.FromSeconds(number * seconds);
    }
}
