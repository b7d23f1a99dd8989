// One entry of a long JSON list, put together in bytes. A JSON writer that is asked for each name and value of ten thousand entries takes
// two to five times as long: the longer, the less of it has been compiled.

using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>Puts a JSON value together from fixed pieces and the texts between them, again and again.</summary>
internal sealed class JsonEntry
{
    private byte[] _bytes = new byte[256];
    private int _length;

    /// <summary>Appends a piece of JSON as it is.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        MakeRoom(json.Length);
        json.CopyTo(_bytes.AsSpan(_length));
        _length += json.Length;
    }

    /// <summary>
    /// Appends a member or an element that holds an identifier to an object or array that has been opened, with a comma where it is not the
    /// first one; nothing where there is no identifier.
    /// </summary>
    /// <param name="before">The JSON before the identifier, up to its opening quotation mark.</param>
    /// <param name="identifier">The identifier.</param>
    /// <param name="after">The JSON behind it, from its closing quotation mark on.</param>
    public void AddIfGiven(ReadOnlySpan<byte> before, string? identifier, ReadOnlySpan<byte> after)
    {
        if (identifier is null)
        {
            return;
        }

        if (_bytes[_length - 1] is not ((byte)'{' or (byte)'['))
        {
            Add(","u8);
        }

        Add(before);
        AddText(identifier);
        Add(after);
    }

    /// <summary>Writes the value and begins a new one.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteRawValue(_bytes.AsSpan(0, _length), skipInputValidation: true);
        _length = 0;
    }

    private void AddText(string text)
    {
        MakeRoom(text.Length);
        if (TryCopy(text, _bytes.AsSpan(_length)))
        {
            _length += text.Length;
        }
        else
        {
            Add(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
        }
    }

    // Identifiers and their hashes are what JSON shows as it is: digits, small letters and a colon.
    private static bool TryCopy(string text, Span<byte> bytes)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is not ((>= '0' and <= ':') or (>= 'a' and <= 'z')))
            {
                return false;
            }

            bytes[i] = (byte)c;
        }

        return true;
    }

    private void MakeRoom(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_length + bytes, 2 * _bytes.Length));
        }
    }
}
