// Reads one identifier as people have it (spaces, dashes, quotes, Excel's damage) and says exactly what is wrong with it.

using System.Text;

namespace EsimTools;

/// <summary>The three kinds of identifier that the profile actions take, with their lengths and check digits.</summary>
public sealed class IdentifierKind
{
    /// <summary>Spreadsheets keep a number's first fifteen digits and put zeros for the rest.</summary>
    private const int SpreadsheetDigits = 15;

    private const int LongestShown = 40;

    private readonly int _shortest;
    private readonly int _longest;
    private readonly Func<string, bool> _check;

    private IdentifierKind(string name, string wireName, int shortest, int longest, Func<string, bool> check)
    {
        Name = name;
        WireName = wireName;
        _shortest = shortest;
        _longest = longest;
        _check = check;
    }

    /// <summary>eUICC identifier: 32 digits, the last two MOD 97-10 (GSMA SGP.02).</summary>
    public static IdentifierKind Eid { get; } = new("EID", "eid", 32, 32, CheckDigits.IsMod97);

    /// <summary>
    /// Profile (SIM) identifier: 19 or 20 digits with a Luhn digit at the end (ITU-T E.118); 18 when an inventory has left that digit
    /// off, which shows as a check-digit warning.
    /// </summary>
    public static IdentifierKind Iccid { get; } = new("ICCID", "iccid", 18, 20, CheckDigits.IsLuhn);

    /// <summary>Device identifier: 15 digits, the last one Luhn (3GPP TS 23.003).</summary>
    public static IdentifierKind Imei { get; } = new("IMEI", "imei", 15, 15, CheckDigits.IsLuhn);

    /// <summary>The name as people write it, for example <c>ICCID</c>.</summary>
    public string Name { get; }

    /// <summary>The value of <c>kind</c> in a request, always lower case.</summary>
    public string WireName { get; }

    /// <summary>The digits a valid identifier has, in words.</summary>
    public string LengthText => _shortest == _longest ? $"{_shortest} digits" : $"{_shortest} to {_longest} digits";

    /// <summary>Reads a text: strips spaces, dashes and quotes, then checks characters, length and check digit.</summary>
    /// <param name="text">The text as the inventory has it; null counts as missing.</param>
    public IdentifierReading Read(string? text)
    {
        if (text is null)
        {
            return Missing();
        }

        var digits = IsAllDigits(text) ? text : Strip(text);
        if (digits.Length == 0)
        {
            return Missing();
        }

        if (!IsAllDigits(digits))
        {
            return IsScientific(digits)
                ? new(null, IdentifierFault.Spreadsheet, false,
                    $"The {Name} '{Shorten(text)}' was damaged by a spreadsheet: it is in scientific notation and its digits are lost. " +
                    "Export the inventory again with this column formatted as text.")
                : new(null, IdentifierFault.Characters, false, $"The {Name} '{Shorten(text)}' holds characters that are not digits.");
        }

        if (digits.Length < _shortest || digits.Length > _longest)
        {
            return new(null, IdentifierFault.Length, false,
                $"The {Name} '{Shorten(text)}' has {digits.Length} digits; an {Name} has {LengthText}.");
        }

        var checkDigitOk = _check(digits);
        if (!checkDigitOk && IsRounded(digits))
        {
            return new(null, IdentifierFault.Spreadsheet, false,
                $"The {Name} '{Shorten(text)}' was damaged by a spreadsheet: it was rounded to {SpreadsheetDigits} digits, and the zeros behind them " +
                "stand for digits that are lost. Export the inventory again with this column formatted as text.");
        }

        return new(digits, IdentifierFault.None, checkDigitOk, null);
    }

    /// <summary>Whether a text names an eUICC: an EID, however it is written, and not zeros in its place.</summary>
    internal static bool IsEid(string? text) => Eid.Read(text).Value is { } digits && digits.Trim('0').Length > 0;

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool IsAllDigits(string text)
    {
        foreach (var c in text)
        {
            if (c is < '0' or > '9')
            {
                return false;
            }
        }

        return true;
    }

    // Excel writes ="8914…" or '8914… to keep digits; people type spaces and dashes; web pages bring no-break and zero-width spaces.
    private static string Strip(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!(char.IsWhiteSpace(c) || c is '-' or '"' or '\'' or '=' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u200b' or '\ufeff'))
            {
                kept.Append(c);
            }
        }

        return kept.ToString();
    }

    // 8.9E+19, 8,9E+19 (comma locales), 8.91480E19
    private static bool IsScientific(string text)
    {
        var e = text.IndexOfAny(['E', 'e']);
        if (e <= 0 || e == text.Length - 1)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var fits = i < e ? c is (>= '0' and <= '9') or '.' or ',' : i == e || c is (>= '0' and <= '9') or '+';
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRounded(string digits)
    {
        for (var i = digits.Length - 1; i >= SpreadsheetDigits; i--)
        {
            if (digits[i] != '0')
            {
                return false;
            }
        }

        // Three zeros at the end of a short ICCID without check digit are no rarity; four of a longer one are.
        return digits.Length > SpreadsheetDigits + 3;
    }

    private static string Shorten(string text) => ForeignText.Show(text, LongestShown);

    private IdentifierReading Missing() => new(null, IdentifierFault.Missing, false, $"The {Name} is empty.");
}
