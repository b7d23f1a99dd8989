// The last request for a profile and what became of the profile in it.

namespace EsimTools.Store;

/// <summary>The last request for a profile and what became of the profile in it.</summary>
/// <param name="Request">The request's number; 0 when there was none.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="SettledAt">When that became known, to the second.</param>
internal readonly record struct Reservation(int Request, OutcomeStatus Outcome, DateTimeOffset SettledAt)
{
    /// <summary>Whether there is one that has not ended.</summary>
    public bool IsOpen => Request > 0 && Outcome == OutcomeStatus.Pending;
}
