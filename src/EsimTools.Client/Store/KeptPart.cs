// A part of a journal as it is kept: what one connection has written, or a file of it.

namespace EsimTools.Store;

/// <summary>What is known of a part without reading its lines one by one.</summary>
/// <param name="Name">What a person knows it by.</param>
/// <param name="Host">The machine of its connection; null where no line tells.</param>
/// <param name="Process">The number of the process there; 0 where no line tells.</param>
/// <param name="IsArchived">Whether it is not read any more.</param>
internal sealed record KeptPart(string Name, string? Host, int Process, bool IsArchived);
