// What a run has set on its way to an action that follows another one.

namespace EsimTools.Store;

/// <summary>Profiles of a run on their way to an action.</summary>
/// <param name="Run">The run.</param>
/// <param name="Taken">How many it has set on their way for one account, also those that have been sent since.</param>
/// <param name="Needed">For how many more there has to be room.</param>
internal sealed record RunAhead(EsimRunInfo Run, int Taken, int Needed);
