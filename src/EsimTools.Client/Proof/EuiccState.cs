// What actions on one profile of an eUICC mean for its others, and what actions on the whole device mean for all.

using EsimTools.Model;

namespace EsimTools.Proof;

/// <summary>What is known of one eUICC, in a fixed size, but for what few fleets bring about.</summary>
internal readonly record struct EuiccState
{
    private readonly Seldom? _seldom;

    /// <summary>The actions on the whole device that can end "disabled" for each of its profiles.</summary>
    public Voids Device { get => Rest.Device; init => _seldom = Kept(Rest with { Device = value }); }

    /// <summary>The actions on one profile after which the eUICC may fall back to another one, which is then enabled.</summary>
    public Voids Fallback { get; init; }

    /// <summary>The profile that the last of those was for.</summary>
    public IdentifierKey FallenFrom { get; init; }

    /// <summary>Those among them that were for other profiles than <see cref="FallenFrom"/>, and so stand against that one too.</summary>
    public Voids FallbackBefore { get; init; }

    /// <summary>The newest confirmation that one profile, which the service places here, was enabled, and with it all others disabled.</summary>
    public Spoken Switch { get => Rest.Switch; init => _seldom = Kept(Rest with { Switch = value }); }

    /// <summary>The profile that was enabled.</summary>
    public IdentifierKey SwitchedTo { get => Rest.SwitchedTo; init => _seldom = Kept(Rest with { SwitchedTo = value }); }

    /// <summary>The last request that enables one of its profiles, by number, confirmed or not; 0 for none.</summary>
    public int Switching { get => Rest.Switching; init => _seldom = Kept(Rest with { Switching = value }); }

    /// <summary>That profile.</summary>
    public IdentifierKey SwitchingTo { get => Rest.SwitchingTo; init => _seldom = Kept(Rest with { SwitchingTo = value }); }

    private Seldom Rest => _seldom ?? Seldom.Nothing;

    /// <summary>What the actions on other profiles mean for one.</summary>
    public Voids FallbackFor(IdentifierKey profile) => FallenFrom == profile ? FallbackBefore : Fallback;

    /// <summary>What became of an action on a profile has been heard of.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="ended">What that means for what is known of the actions.</param>
    public EuiccState FallHeard(IdentifierKey profile, Func<Voids, Voids> ended) => this with
    {
        Fallback = ended(Fallback),
        FallbackBefore = FallenFrom == profile ? FallbackBefore : ended(FallbackBefore),
        FallenFrom = FallenFrom.IsNone ? profile : FallenFrom,
    };

    /// <summary>An action on a profile has been sent after which the eUICC may fall back to another one.</summary>
    public EuiccState Falling(IdentifierKey profile, int request, in Moment when) => this with
    {
        Fallback = Fallback.Sent(request, when),
        FallbackBefore = FallenFrom == profile ? FallbackBefore : Fallback,
        FallenFrom = profile,
    };

    private static Seldom? Kept(Seldom rest) => rest == Seldom.Nothing ? null : rest;

    // A fleet that is retired has none of it, and is as many eUICCs as profiles.
    private sealed record Seldom(Voids Device, Spoken Switch, IdentifierKey SwitchedTo, int Switching, IdentifierKey SwitchingTo)
    {
        public static Seldom Nothing { get; } = new(default, default, default, 0, default);
    }
}
