// The kinds of line; the names stand in the file under event.

namespace EsimTools.Store.Lines;

/// <summary>The kinds of line; the names stand in the file under <c>event</c>.</summary>
internal enum JournalEvent
{
    /// <summary>A request is about to leave; names its profiles.</summary>
    Sending,

    /// <summary>The service took it and gave it an id.</summary>
    Accepted,

    /// <summary>It is proven that it was not taken.</summary>
    Refused,

    /// <summary>It is not known whether it was taken.</summary>
    InDoubt,

    /// <summary>The outcome for some of its profiles became known.</summary>
    Outcome,

    /// <summary>The carrying out of a plan has begun, was held, or has ended.</summary>
    Plan,

    /// <summary>A run has ended, or was stopped.</summary>
    Run,

    /// <summary>A line that a newer module has written and that is not understood here; it closes its profiles. Never written.</summary>
    Newer,
}
