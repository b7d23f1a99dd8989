// One identifier of an outcome line.

using EsimTools.Model;

namespace EsimTools.Store.Lines;

/// <summary>One identifier of an <c>outcome</c> line.</summary>
/// <param name="Key">What it is known by, however it is written; none where it is no identifier.</param>
/// <param name="CheckDigit">The last digit where it is written in twenty, otherwise <see cref="Proof.Spoken.NoCheckDigit"/>.</param>
internal readonly record struct JournalId(IdentifierKey Key, byte CheckDigit);
