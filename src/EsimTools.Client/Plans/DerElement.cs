// DER, the form in which certificates say names. Read here, because .NET Framework has no reader of it and its own texts leave parts of names out.

using System.Globalization;
using System.Text;

namespace EsimTools.Plans;

/// <summary>An element of DER: its tag and its content.</summary>
/// <param name="Tag">The identifier octet: class, whether it holds elements, number.</param>
/// <param name="Content">What is in it.</param>
internal readonly record struct DerElement(byte Tag, ReadOnlyMemory<byte> Content)
{
    /// <summary>The tag of an object identifier.</summary>
    public const byte ObjectIdentifier = 0x06;

    private const byte LongTag = 0x1F;
    private const byte LongLength = 0x80;
    private const int MostLengthBytes = 3;

    private static readonly Encoding s_latin1 = Encoding.GetEncoding("iso-8859-1");

    /// <summary>The elements inside.</summary>
    /// <exception cref="FormatException">It is not DER.</exception>
    public IReadOnlyList<DerElement> Members => ReadAll(Content);

    /// <summary>The text of a string of any type.</summary>
    /// <exception cref="FormatException">It is no string.</exception>
    public string Text => Tag switch
    {
        // UTF8String, and by their numbers in a GeneralName those of ASCII, in which others write UTF-8.
        0x0C or 0x81 or 0x82 => Encoding.UTF8.GetString(Content.ToArray()),

        // NumericString, PrintableString, TeletexString, IA5String, VisibleString, GeneralString.
        0x12 or 0x13 or 0x14 or 0x16 or 0x1A or 0x1B => s_latin1.GetString(Content.ToArray()),
        0x1C => new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetString(Content.ToArray()),
        0x1E => Encoding.BigEndianUnicode.GetString(Content.ToArray()),
        _ => throw new FormatException("it is no string"),
    };

    /// <summary>An object identifier in numbers and dots.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public string Oid
    {
        get
        {
            var bytes = Tag == ObjectIdentifier && Content.Length > 0 ? Content.ToArray() : throw new FormatException("it is no object identifier");
            var numbers = new List<ulong>();
            ulong number = 0;
            foreach (var part in bytes)
            {
                number = (number << 7) | (part & 0x7FUL);
                if (part < 0x80)
                {
                    numbers.Add(number);
                    number = 0;
                }
            }

            // The first one stands for two.
            var first = Math.Min(2, numbers.Count == 0 ? 0 : numbers[0] / 40);
            return string.Join(".", numbers.Skip(1).Prepend(numbers.FirstOrDefault() - (first * 40)).Prepend(first).Select(one => one.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Reads elements that stand one behind the other.</summary>
    /// <exception cref="FormatException">It is not DER.</exception>
    public static IReadOnlyList<DerElement> ReadAll(ReadOnlyMemory<byte> der)
    {
        var elements = new List<DerElement>();
        for (var left = der; left.Length > 0;)
        {
            var (tag, start, length) = ReadHead(left.Span);
            elements.Add(new(tag, left.Slice(start, length)));
            left = left.Slice(start + length);
        }

        return elements;
    }

    private static (byte Tag, int Start, int Length) ReadHead(ReadOnlySpan<byte> der)
    {
        var lengthBytes = der.Length < 2 || (der[0] & LongTag) == LongTag ? -1 : der[1] < LongLength ? 0 : der[1] - LongLength;
        if (lengthBytes is < 0 or > MostLengthBytes || der.Length < 2 + lengthBytes || der[1] == LongLength)
        {
            throw new FormatException("it is not DER");
        }

        var length = lengthBytes == 0 ? der[1] : 0;
        for (var i = 0; i < lengthBytes; i++)
        {
            length = (length << 8) | der[2 + i];
        }

        return length <= der.Length - 2 - lengthBytes ? (der[0], 2 + lengthBytes, length) : throw new FormatException("it is not DER");
    }
}
