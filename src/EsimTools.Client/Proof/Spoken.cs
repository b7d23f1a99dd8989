// One word of the service that a profile is disabled, with all that proof asks about it.

namespace EsimTools.Proof;

/// <summary>One word, in a fixed size: there may be millions.</summary>
/// <param name="When">When the question or the request that it answers was sent.</param>
/// <param name="Request">The request of ours that it answers, by number; 0 for an answer to a question.</param>
/// <param name="Account">The account that it was asked for, by number.</param>
/// <param name="CheckDigit">The check digit that the service wrote behind an ICCID of 19 digits; <see cref="NoCheckDigit"/> where it wrote none.</param>
internal readonly record struct Spoken(Moment When, int Request, ushort Account, byte CheckDigit)
{
    /// <summary>The service wrote no twentieth digit.</summary>
    public const byte NoCheckDigit = 0xFF;

    /// <summary>The journal shows a hash in its place, which does not tell the twentieth digit: it is none that anybody could ask for.</summary>
    public const byte HiddenCheckDigit = 0xFE;

    /// <summary>All accounts for which there is no number any more.</summary>
    public const ushort AnyOtherAccount = ushort.MaxValue;

    /// <summary>Whether the request that it answers names the eUICC of each of its profiles.</summary>
    public bool NamesEuicc { get; init; }

    /// <summary>Whether there is one.</summary>
    public bool Any => When.Order > 0;
}
