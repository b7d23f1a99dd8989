// What the service has said of one property of a profile, its service state or its profile status: the newest word that it is disabled, and
// how new the words are that say otherwise. Folding words in gives the same in whatever order they arrive.

namespace EsimTools.Proof;

/// <summary>Everything said of one property, in a fixed size.</summary>
internal readonly record struct Property
{
    /// <summary>The newest word that may prove.</summary>
    public Spoken Disabled { get; init; }

    /// <summary>
    /// The newest request whose confirmation is such a word, by number, also where an answer to a question counts as newer; 0 where there is none, and
    /// where the journal tells what has been said against it.
    /// </summary>
    public int Confirmed { get; init; }

    /// <summary>The place of the newest one in the folder's line.</summary>
    public long ConfirmedSequence { get; init; }

    /// <summary>The latest date of a word that says otherwise, in UTC ticks; one from the future does not count.</summary>
    public long OtherTicks { get; init; }

    /// <summary>The highest place in the folder's line of a request whose outcome says otherwise.</summary>
    public long OtherSequence { get; init; }

    /// <summary>The highest place in the order of learning of a word that says otherwise and answers a question.</summary>
    public uint OtherQuestion { get; init; }

    /// <summary>The highest place in the order of learning of any word that says otherwise.</summary>
    public uint OtherOrder { get; init; }

    /// <summary>Takes a word in.</summary>
    /// <param name="word">The word.</param>
    /// <param name="kind">What it means.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public Property With(in Spoken word, SpokenKind kind, long now) => kind switch
    {
        SpokenKind.Disabled => !Disabled.Any || word.When.IsAfter(Disabled.When) ? ConfirmedBy(word) with { Disabled = word } : ConfirmedBy(word),
        SpokenKind.Other => this with
        {
            OtherTicks = word.When.Ticks <= now ? Math.Max(OtherTicks, word.When.Ticks) : OtherTicks,
            OtherSequence = Math.Max(OtherSequence, word.When.Sequence),
            OtherQuestion = word.When.Sequence == 0 ? Math.Max(OtherQuestion, word.When.Order) : OtherQuestion,
            OtherOrder = Math.Max(OtherOrder, word.When.Order),
        },
        _ => this,
    };

    /// <summary>Takes back what a request has said.</summary>
    public Property Without(int request) => request == 0 ? this : this with
    {
        Disabled = Disabled.Request == request ? default : Disabled,
        Confirmed = Confirmed == request ? 0 : Confirmed,
        ConfirmedSequence = Confirmed == request ? 0 : ConfirmedSequence,
    };

    /// <summary>What has been said against a request's confirmation stands in the journal.</summary>
    public Property KeptAgainst(int request) => Confirmed == request ? this with { Confirmed = 0 } : this;

    /// <summary>Whether no later word contradicts one: by the order in which things were asked, and by the clock, unless that has been set back since.</summary>
    /// <param name="word">The word.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public bool Stands(in Spoken word, long now) =>
        (word.When.Ticks >= OtherTicks || OtherTicks > now)
            && (word.When.Sequence > 0 ? word.When.Sequence > OtherSequence && word.When.Order > OtherQuestion : word.When.Order > OtherOrder);

    private Property ConfirmedBy(in Spoken word) =>
        word.Request > 0 && word.When.Sequence > ConfirmedSequence ? this with { Confirmed = word.Request, ConfirmedSequence = word.When.Sequence } : this;
}
