// What actions on one profile of an eUICC mean for its others, and what actions on the whole device mean for all.

using EsimTools.Model;

namespace EsimTools.Proof;

/// <summary>What is known of one eUICC, in a fixed size.</summary>
internal readonly record struct EuiccState
{
    /// <summary>The actions on the whole device that can end "disabled" for each of its profiles.</summary>
    public Voids Device { get; init; }

    /// <summary>The actions on one profile after which the eUICC may fall back to another one, which is then enabled.</summary>
    public Voids Fallback { get; init; }

    /// <summary>The profile that the last of those was for.</summary>
    public IdentifierKey FallenFrom { get; init; }

    /// <summary>Those among them that were for other profiles than <see cref="FallenFrom"/>, and so stand against that one too.</summary>
    public Voids FallbackBefore { get; init; }

    /// <summary>The newest confirmation that one profile, which the service places here, was enabled, and with it all others disabled.</summary>
    public Spoken Switch { get; init; }

    /// <summary>The profile that was enabled.</summary>
    public IdentifierKey SwitchedTo { get; init; }

    /// <summary>The last request that enables one of its profiles, by number, confirmed or not; 0 for none.</summary>
    public int Switching { get; init; }

    /// <summary>That profile.</summary>
    public IdentifierKey SwitchingTo { get; init; }

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
}
