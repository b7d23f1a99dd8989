// What becomes of the profiles of a command at the moment of sending: some may leave, some may not, for some it has been done before.

namespace EsimTools.Store;

/// <summary>What came of judging and reserving profiles.</summary>
/// <param name="Request">The request that may now leave; null when there is none.</param>
/// <param name="Refused">The profiles that the guard kept out of it.</param>
/// <param name="Skipped">The profiles for which an earlier request has done it, by that request's number.</param>
internal readonly record struct Opening(EsimRequest? Request, IReadOnlyList<GuardRefusal> Refused, IReadOnlyDictionary<int, List<EsimProfile>> Skipped);
