// The service's words as numbers, so that none of them costs more than a byte: there may be millions.

using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Words by numbers of one byte. The service has about thirty words; the table holds 254. Not thread-safe.</summary>
internal sealed class WordTable
{
    // Those that rules look at come first, so that no flood of foreign words leaves one of them without a place.
    private readonly List<string?> _words = [null, .. ServiceWords.Known];

    /// <summary>The word of a number; null for 0, which stands for no word.</summary>
    public string? this[byte code] => _words[code];

    /// <summary>The number of a word. One without a place of its own has that of the known word that it is but for case, or else none.</summary>
    public byte Of(string word)
    {
        var code = _words.IndexOf(word);
        if (code < 0)
        {
            code = _words.FindIndex(known => string.Equals(known, word, StringComparison.OrdinalIgnoreCase) && ServiceWords.Known.Contains(known));
            if (_words.Count < byte.MaxValue)
            {
                code = _words.Count;
                _words.Add(word);
            }
        }

        return (byte)Math.Max(0, code);
    }
}
