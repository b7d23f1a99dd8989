// What others wrote (the service, a caller of the listener, a file) is data: before a person sees it, it is one line of what it seems to be.

using System.Globalization;
using System.Text;

namespace EsimTools;

/// <summary>The one way from a foreign text to an error, a warning, a verbose line, an object or a table.</summary>
/// <remarks>
/// A control or escape character commands a terminal, a bidi character (Unicode TR9, "Trojan Source") shows a line in another order than it is
/// read in, a line break makes one message look like two, and what has no shape makes two words look like one. All of these are shown as
/// <c>\u001b</c>, and what is long is cut, because a megabyte is no message. Shown twice, a text is the same as shown once.
/// </remarks>
public static class ForeignText
{
    /// <summary>The longest text that says something: a failure's reason.</summary>
    public const int LongestMessage = 500;

    /// <summary>The longest word: an identifier, a state, a code, a name.</summary>
    public const int LongestWord = 100;

    /// <summary>The longest sentence of this module, with what it quotes.</summary>
    public const int LongestSentence = 4000;

    // Twelve marks on one letter reach over the lines above and below; no language puts more than a few on one.
    private const int MostMarks = 4;

    private const char Cut = '\u2026';

    /// <summary>A text as it may be shown.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="most">The most characters of it; what is longer ends in an ellipsis.</param>
    public static string Show(string text, int most = LongestMessage)
    {
        if (text.Length <= most && IsAscii(text))
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, most) + 16);
        var marks = 0;

        // Where it can be cut, so that the ellipsis still fits and neither a pair nor an escape is torn.
        var cut = 0;
        for (var i = 0; i < text.Length;)
        {
            var length = PairAt(text, i) ? 2 : 1;
            Append(shown, text, i, length, ref marks);
            if (shown.Length > most)
            {
                shown.Length = cut;
                return shown.Append(Cut).ToString();
            }

            i += length;
            cut = shown.Length < most ? shown.Length : cut;
        }

        return shown.ToString();
    }

    /// <summary>Whether a text of any length is shown as it is.</summary>
    public static bool IsPlain(string text) => string.Equals(Show(text, int.MaxValue), text, StringComparison.Ordinal);

    private static bool PairAt(string text, int i) => char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);

    private static bool IsAscii(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    private static void Append(StringBuilder shown, string text, int i, int length, ref int marks)
    {
        var category = CharUnicodeInfo.GetUnicodeCategory(text, i);
        marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
        if (marks <= MostMarks && !IsUnseen(category) && !IsBlank(text[i]))
        {
            shown.Append(text, i, length);
            return;
        }

        for (var k = i; k < i + length; k++)
        {
            shown.Append("\\u").Append(((int)text[k]).ToString("x4", CultureInfo.InvariantCulture));
        }
    }

    // Surrogate: one that has lost its other half.
    private static bool IsUnseen(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    // Letters and marks by their category, and yet nothing is seen of them: fillers, joiners, variation
    // selectors, and all that a pair beginning with U+DB40 stands for.
    private static bool IsBlank(char c) => c is '\udb40' or '\u034f' or '\u115f' or '\u1160' or '\u17b4' or '\u17b5' or (>= '\u180b' and <= '\u180f') or '\u2800' or '\u3164' or (>= '\ufe00' and <= '\ufe0f') or '\uffa0';
}
