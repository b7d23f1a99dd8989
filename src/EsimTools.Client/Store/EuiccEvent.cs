// What an action on one profile did to its eUICC, in as few bytes as possible: there may be a million of them.

using EsimTools.Model;

namespace EsimTools.Store;

/// <summary>The last action on one profile of an eUICC that changed, or may have changed, its others.</summary>
/// <param name="profile">The profile that was acted on.</param>
/// <param name="ticks">When that was confirmed.</param>
/// <param name="effect">What it means for the others.</param>
internal readonly struct EuiccEvent(IdentifierKey profile, long ticks, EffectOnOthers effect)
{
    private const int EffectBits = 2;

    private readonly long _packed = (ticks << EffectBits) | (long)effect;

    /// <summary>The profile that was acted on.</summary>
    public IdentifierKey Profile { get; } = profile;

    /// <summary>When it was confirmed, in ticks.</summary>
    public long Ticks => _packed >> EffectBits;

    /// <summary>The same as a time.</summary>
    public DateTimeOffset At => new(Ticks, TimeSpan.Zero);

    /// <summary>What it means for the others.</summary>
    public EffectOnOthers Effect => (EffectOnOthers)(_packed & ((1 << EffectBits) - 1));
}
