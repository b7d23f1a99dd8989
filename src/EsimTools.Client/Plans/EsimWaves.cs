// How a plan is carried out bit by bit: the sizes of its waves, what stops them, when they may begin.

using EsimTools.Plans;

namespace EsimTools;

/// <summary>The waves of a plan. The next one begins when the one before is confirmed and healthy; otherwise the plan is held.</summary>
public sealed record EsimWaves
{
    /// <summary>The sizes, in turn: numbers of profiles (<c>100</c>) or shares of those that are sent (<c>5%</c>). What is left goes in waves of the last size.</summary>
    /// <remarks>A defensive copy: who changes the given list afterwards does not change what was planned, signed and checked.</remarks>
    public required IReadOnlyList<string> Sizes { get; init => field = value?.ToArray() ?? throw new ArgumentNullException(nameof(value)); }

    /// <summary>Which profiles go first.</summary>
    public EsimCanary Canary { get; init; }

    /// <summary>The most profiles of the whole plan that may fail. Where neither this nor the percentage is given, none may.</summary>
    public int? MaxFailed { get; init; }

    /// <summary>The most profiles that may fail, in percent of those whose outcome is known.</summary>
    public double? MaxFailedPercent { get; init; }

    /// <summary>How long to wait between the confirmation of a wave and the next one.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The part of the day in which waves may begin, such as <c>22:00-05:00</c>; null for any time.</summary>
    public string? Between { get; init; }

    /// <summary>The id of the time zone of <see cref="Between"/>, such as <c>UTC</c> or <c>America/New_York</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>How long to wait for the confirmation of a wave before the plan is held; null waits for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The part of the day; null for any time.</summary>
    internal TimeWindow? Window => Between is null ? null : TimeWindow.Read(Between, TimeZone);

    /// <summary>Cuts a number of profiles into waves.</summary>
    /// <param name="profiles">How many profiles are sent.</param>
    /// <returns>The size of each wave.</returns>
    public IReadOnlyList<int> Cut(int profiles)
    {
        var sizes = Sizes.Select(size => WaveSize.Read(size)!.Value.Of(profiles)).ToArray();
        var waves = new List<int>();
        for (var left = profiles; left > 0; left -= waves[waves.Count - 1])
        {
            waves.Add(Math.Min(left, sizes[Math.Min(waves.Count, sizes.Length - 1)]));
        }

        return waves;
    }

    /// <summary>The sizes, which profiles go first, what holds the plan, and when waves begin, in words.</summary>
    public override string ToString()
    {
        var parts = new List<string> { string.Join(", ", Sizes), Limits };
        Add(Canary == EsimCanary.Random, "the first wave is a random sample");
        Add(Delay > TimeSpan.Zero, $"{Delay:c} between waves");
        Add(Between is not null, $"they begin {Between} {TimeZone}");
        Add(Timeout is not null, $"held where one is not confirmed within {Timeout:c}");
        return string.Join("; ", parts);

        void Add(bool isSo, string words)
        {
            if (isSo)
            {
                parts.Add(words);
            }
        }
    }

    private string Limits => (MaxFailed, MaxFailedPercent) switch
    {
        (null, null) => "held when one has failed",
        ({ } most, null) => FormattableString.Invariant($"held when more than {most} have failed"),
        (null, { } percent) => FormattableString.Invariant($"held when more than {percent}% have failed"),
        ({ } most, { } percent) => FormattableString.Invariant($"held when more than {most} or more than {percent}% have failed"),
    };

    /// <summary>Checks what was given.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check()
    {
        if (Sizes.Count == 0 || Sizes.FirstOrDefault(size => WaveSize.Read(size) is null) is not null)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid, $"'{Sizes.FirstOrDefault(size => WaveSize.Read(size) is null)}' is no size of a wave.", "Give numbers of profiles (10, 100) or shares ('5%').");
        }

        if (MaxFailed < 0 || MaxFailedPercent is < 0 or > 100 || MaxFailedPercent is double.NaN || Delay < TimeSpan.Zero || Timeout <= TimeSpan.Zero)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "The limits of failures are 0 and more, in percent at most 100; times are longer than nothing.");
        }

        _ = Window;
    }
}
