// One identifier of an outcome line.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store.Lines;

/// <summary>One identifier of an <c>outcome</c> line.</summary>
/// <param name="Key">What it is known by, however it is written; none where it is no identifier.</param>
/// <param name="CheckDigit">The last digit where it is written in twenty, otherwise <see cref="Spoken.NoCheckDigit"/>.</param>
internal readonly record struct JournalId(IdentifierKey Key, byte CheckDigit)
{
    /// <summary>The same as <see cref="ProfileKeys"/> have it.</summary>
    public byte Twentieth => CheckDigit switch
    {
        Spoken.NoCheckDigit => 0,
        Spoken.HiddenCheckDigit => ProfileKeys.HiddenTwentieth,
        _ => (byte)(CheckDigit + 1),
    };
}
