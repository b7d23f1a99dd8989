// A growing byte buffer for Utf8JsonWriter; ArrayBufferWriter does not exist on .NET Framework.

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EsimTools.Sandbox.Service;

/// <summary>Collects bytes. Can be emptied and used again.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>How all JSON is written: compact, and only what JSON itself demands is escaped, as the service does.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What has been written so far.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public int Length => _length;

    public void Clear() => _length = 0;

    /// <summary>Appends bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends a part of what has been written once more.</summary>
    public void Repeat(int start, int length)
    {
        Reserve(length);
        Buffer.BlockCopy(_bytes, start, _bytes, _length, length);
        _length += length;
    }

    /// <summary>Appends a JSON string, with its quotes.</summary>
    public void Text(string text)
    {
        Raw("\""u8);
        var span = GetSpan(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is < ' ' or > '~' or '"' or '\\')
            {
                Raw(JsonEncodedText.Encode(text, WriterOptions.Encoder).EncodedUtf8Bytes);
                Raw("\""u8);
                return;
            }

            span[i] = (byte)c;
        }

        _length += text.Length;
        Raw("\""u8);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <summary>What has been written, as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes, 0, _length);

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 256);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        }
    }
}
