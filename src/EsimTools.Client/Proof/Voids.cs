// What takes proofs away: the actions of ours, from whatever process, that can end "disabled".

namespace EsimTools.Proof;

/// <summary>The newest of the actions that can end "disabled" for one profile, or for the profiles of one eUICC.</summary>
/// <param name="Sequence">The highest place in the folder's line: confirmations of requests up to there prove nothing.</param>
/// <param name="Order">When one was last learned of, sent or settled: answers to questions asked up to then prove nothing.</param>
/// <param name="Request">The last one, by number.</param>
/// <param name="UntilTicks">
/// Up to this moment on the wall clock nothing proves, because the fate of one was only inferred: the request may still be on its way.
/// </param>
internal readonly record struct Voids(long Sequence, uint Order, int Request, long UntilTicks)
{
    /// <summary>Whether there are any.</summary>
    public bool Any => Request > 0;

    /// <summary>Whether a word is taken away by them.</summary>
    public bool Void(in Spoken word) =>
        Any && (word.When.Ticks <= UntilTicks || (word.Request > 0 ? word.When.Sequence <= Sequence : word.When.Order <= Order));

    /// <summary>Another one has been sent, here or elsewhere. One without a place in the folder's line may stand behind every other.</summary>
    public Voids Sent(int request, in Moment when) =>
        this with { Sequence = when.Sequence == 0 ? long.MaxValue : Math.Max(Sequence, when.Sequence), Order = Math.Max(Order, when.Order), Request = request };

    /// <summary>One has been heard of: it took effect at some time up to now, or did not.</summary>
    public Voids Heard(int request, uint order) => this with { Order = Math.Max(Order, order), Request = request };

    /// <summary>One has been heard of that had been settled in another way, or behind which others were sent: nothing up to now counts.</summary>
    public Voids HeardLate(int request, uint order, long sequence) => Heard(request, order) with { Sequence = Math.Max(Sequence, sequence) };

    /// <summary>These and others.</summary>
    public Voids And(in Voids others) =>
        !others.Any ? this
        : new(Math.Max(Sequence, others.Sequence), Math.Max(Order, others.Order), Order > others.Order ? Request : others.Request, Math.Max(UntilTicks, others.UntilTicks));

    /// <summary>What became of one was not said but inferred.</summary>
    public Voids Inferred(int request, uint order, long untilTicks) => Heard(request, order) with { UntilTicks = Math.Max(UntilTicks, untilTicks) };
}
