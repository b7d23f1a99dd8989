// Outcomes are told again and again, by callback, by poll and by the journal; what counts is whether they agree.

namespace EsimTools.Store;

/// <summary>What the outcome of a request says the second time.</summary>
internal enum Hearing
{
    /// <summary>It is the first time.</summary>
    First,

    /// <summary>The same as before.</summary>
    Repeated,

    /// <summary>Something else.</summary>
    Disputed,
}
