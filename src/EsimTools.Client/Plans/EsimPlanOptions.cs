// What a plan says beside the fields of its requests.

namespace EsimTools;

/// <summary>How long a plan may be carried out, and how.</summary>
public sealed record EsimPlanOptions
{
    /// <summary>The longest time that a plan may be good for.</summary>
    public static TimeSpan LongestExpiry { get; } = TimeSpan.FromDays(90);

    /// <summary>How long after it was made the plan may be carried out.</summary>
    public TimeSpan ExpiresIn { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Its waves; null sends everything at once.</summary>
    public EsimWaves? Waves { get; init; }

    /// <summary>Plan for the first profiles of the input alone; null for all.</summary>
    public int? First { get; init; }

    /// <summary>The run that it undoes, by its id; null where it undoes none.</summary>
    internal string? UndoOf { get; init; }

    /// <summary>What it undoes, in words.</summary>
    internal string? Undoes { get; init; }

    /// <summary>Checks what was given.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check()
    {
        if (ExpiresIn <= TimeSpan.Zero || ExpiresIn > LongestExpiry)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A plan is good for more than nothing and at most {LongestExpiry.TotalDays:0} days, not for {ExpiresIn}.");
        }

        if (First <= 0)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "A plan is for at least one profile.");
        }

        Waves?.Check();
    }
}
