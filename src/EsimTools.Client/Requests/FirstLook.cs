// What a command learns of a profile before it takes it up.

using EsimTools.Proof;

namespace EsimTools.Requests;

/// <summary>What is known of a profile that a command has been given.</summary>
/// <param name="WasSent">Whether the command itself has sent it; then nothing else is told.</param>
/// <param name="Repeat">The number of the request that makes another one needless; 0 when there is none.</param>
/// <param name="Verdict">What the guard says of it, when neither is so.</param>
internal readonly record struct FirstLook(bool WasSent, int Repeat, GuardVerdict Verdict);
