// A place in the order of events. Wall clocks step, and differ between machines, so what came after what is not decided by them alone.

namespace EsimTools.Proof;

/// <summary>When something was asked of the service: a question, or a request.</summary>
/// <param name="Ticks">The wall clock then, in UTC ticks. It decides about age, and never alone about order.</param>
/// <param name="Order">The logical clock of this connection then: one more for every question and every request that it learns of.</param>
/// <param name="Sequence">
/// The number that a request got under the lock of the journal's folder, where all processes that share it stand in one line; 0 for a
/// question, and for a request whose journal line has none.
/// </param>
internal readonly record struct Moment(long Ticks, uint Order, long Sequence = 0)
{
    /// <summary>The moment on the wall clock.</summary>
    public DateTimeOffset At => new(Ticks, TimeSpan.Zero);

    /// <summary>Whether this was asked after the other. Two requests stand in the folder's line; all else is known in the order in which it was learned.</summary>
    public bool IsAfter(in Moment other) => Sequence > 0 && other.Sequence > 0 ? Sequence > other.Sequence : Order > other.Order;

    /// <summary>
    /// Whether what was heard at this moment may tell of a time behind the other. The order of a hearing is that of what was last asked or sent before it. Where
    /// the journal tells of it, the place is that of the last request that stood there then; and because files are read one after the other, the wall
    /// clocks must not say otherwise.
    /// </summary>
    public bool MayBeBehind(in Moment other) =>
        Ticks > other.Ticks || (Sequence > 0 && other.Sequence > 0 ? Sequence >= other.Sequence : Order >= other.Order);
}
