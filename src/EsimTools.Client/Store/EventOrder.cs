// What came before what: the wall clock and its setbacks, the logical clock of what was learned here, and the folder's line of all requests.

namespace EsimTools.Store;

/// <summary>The order of events, as far as it is known here. Not thread-safe: the tracker locks around it.</summary>
internal sealed class EventOrder(Clock clock)
{
    /// <summary>Steps of the clock smaller than this are its own small corrections. They add up.</summary>
    private static readonly TimeSpan s_smallestSetback = TimeSpan.FromMinutes(1);

    private readonly HashSet<long> _places = [];
    private DateTimeOffset? _latest;

    // What the monotonic clock showed at the latest moment.
    private TimeSpan? _elapsed;

    /// <summary>The logical clock: it goes on by one with everything that is learned, asked or sent.</summary>
    public uint Latest { get; private set; }

    /// <summary>The logical clock when the wall clock was last seen to be set back; 0 when it never was.</summary>
    public uint SetBackAt { get; private set; }

    /// <summary>When the journal was last read to its end: what is found in it now has been sent since.</summary>
    public uint ReadUpTo { get; set; } = 1;

    /// <summary>The last place that was taken in the folder's line of all requests.</summary>
    public long LastPlace { get; private set; }

    /// <summary>Up to this place two requests have had one place: then none of them tells what came after what.</summary>
    public long UnorderedUpTo { get; private set; }

    /// <summary>The logical clock when something was last asked or sent, or the journal began to be read. What is heard after that is as old: thousands share what is known of them.</summary>
    public uint LastAsked { get; private set; }

    /// <summary>Lets the logical clock go on.</summary>
    public uint Next() => ++Latest;

    /// <summary>Lets the logical clock go on for what is asked or sent, or for a reading of the journal.</summary>
    public uint NextAsked() => LastAsked = Next();

    /// <summary>
    /// The present moment. A clock that is set back makes old words look young, so none from before counts; where nobody has looked at it meanwhile, the
    /// monotonic clock tells.
    /// </summary>
    public DateTimeOffset Now()
    {
        var (now, elapsed) = (clock.UtcNow, clock.Elapsed);
        var least = _latest + ((elapsed - _elapsed) ?? TimeSpan.Zero);
        var isSetBack = now < least - s_smallestSetback;
        if (isSetBack)
        {
            SetBackAt = Next();
        }

        if (isSetBack || least is null || now > least)
        {
            (_latest, _elapsed) = (now, elapsed);
        }

        return now;
    }

    /// <summary>Notes the place of a request. Under the folder's lock no place is given twice; where one is, a journal of another folder has been put here.</summary>
    public void TakePlace(long place)
    {
        LastPlace = Math.Max(LastPlace, place);
        if (place > 0 && !_places.Add(place))
        {
            UnorderedUpTo = LastPlace;
        }
    }

    /// <summary>Takes the next place.</summary>
    public long TakeNextPlace()
    {
        TakePlace(LastPlace + 1);
        return LastPlace;
    }
}
