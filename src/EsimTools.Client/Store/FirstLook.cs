// What a run learns of a profile before it takes it up.

namespace EsimTools.Store;

/// <summary>What is known of a profile that a run has been given.</summary>
/// <param name="Repeat">The number of the request that makes another one needless; 0 when there is none.</param>
/// <param name="Verdict">What the guard says of it, when there is none.</param>
internal readonly record struct FirstLook(int Repeat, GuardVerdict Verdict);
