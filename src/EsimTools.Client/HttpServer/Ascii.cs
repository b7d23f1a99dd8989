// What HTTP's grammar asks of single bytes, without making strings of them.

namespace EsimTools.HttpServer;

/// <summary>Bytes as the characters of HTTP.</summary>
internal static class Ascii
{
    private static readonly bool[] TokenBytes = MakeTokenBytes();

    /// <summary>Compares without case.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && Lower(left[i]) != Lower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a byte may stand in a method or a field's name.</summary>
    public static bool IsToken(byte one) => TokenBytes[one];

    /// <summary>Whether all of them may, and there is one.</summary>
    public static bool IsToken(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (!TokenBytes[one])
            {
                return false;
            }
        }

        return bytes.Length > 0;
    }

    /// <summary>Whether a byte may stand in a field's value: no control character but the tab.</summary>
    public static bool IsText(byte one) => one >= ' ' ? one != 0x7f : one == '\t';

    /// <summary>Whether all of them may.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (!IsText(one))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether all of them are visible characters, and there is one.</summary>
    public static bool IsVisible(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (one is <= (byte)' ' or >= 0x7f)
            {
                return false;
            }
        }

        return bytes.Length > 0;
    }

    /// <summary>Takes blanks off both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        var start = 0;
        var end = bytes.Length;
        while (start < end && bytes[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        while (end > start && bytes[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        return bytes.Slice(start, end - start);
    }

    /// <summary>Reads a hexadecimal digit.</summary>
    public static bool TryReadHex(byte digit, out int value)
    {
        value = digit switch
        {
            >= (byte)'0' and <= (byte)'9' => digit - '0',
            >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
            _ => -1,
        };
        return value >= 0;
    }

    private static int Lower(byte one) => one is >= (byte)'A' and <= (byte)'Z' ? one | 0x20 : one;

    private static bool[] MakeTokenBytes()
    {
        var table = new bool[256];
        foreach (var one in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        {
            table[one] = true;
        }

        return table;
    }
}
