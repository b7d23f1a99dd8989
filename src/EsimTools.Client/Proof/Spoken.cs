// The newest word of the service on one property of a profile, its service state or its profile status, with all that proof asks about it.

namespace EsimTools.Proof;

/// <summary>What a word on a property means for the question whether the profile is disabled.</summary>
internal enum SpokenKind : byte
{
    /// <summary>Nothing has been said.</summary>
    None,

    /// <summary>It is disabled, by the service's own and undisputed word.</summary>
    Disabled,

    /// <summary>Something else, or words that contradict each other.</summary>
    Other,
}

/// <summary>One word, in a fixed size: there may be millions.</summary>
/// <param name="When">When the question or the request that it answers was sent.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Request">The request of ours that it answers, by number; 0 for an answer to a question.</param>
/// <param name="Account">The account that it was asked for, by number.</param>
/// <param name="CheckDigit">The check digit that the service wrote behind an ICCID of 19 digits; <see cref="NoCheckDigit"/> where it wrote none.</param>
internal readonly record struct Spoken(Moment When, SpokenKind Kind, int Request, ushort Account, byte CheckDigit)
{
    /// <summary>The service wrote no twentieth digit.</summary>
    public const byte NoCheckDigit = 0xFF;

    /// <summary>Whether it may prove.</summary>
    public bool Proves => Kind == SpokenKind.Disabled;

    /// <summary>Of two words the one that counts: the newer one, and in every doubt about the order the one that proves nothing.</summary>
    /// <param name="known">The word so far.</param>
    /// <param name="said">Another one, which may have been asked for before or after it.</param>
    /// <param name="now">The present moment in UTC ticks; what is dated later takes nothing from other words.</param>
    public static Spoken Newer(in Spoken known, in Spoken said, long now)
    {
        if (known.Kind == SpokenKind.None)
        {
            return said;
        }

        if (!known.When.IsAfter(said.When) && !said.When.IsAfter(known.When))
        {
            return known.Proves ? said : known;
        }

        var isNewer = said.When.IsAfter(known.When);
        if (said.Proves == known.Proves)
        {
            return isNewer ? said : known;
        }

        return said.Proves
            ? isNewer && (said.When.Ticks >= known.When.Ticks || known.When.Ticks > now) ? said : known
            : isNewer || (said.When.Ticks > known.When.Ticks && said.When.Ticks <= now) ? said : known;
    }
}
