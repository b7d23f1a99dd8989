// Takes the framing off a body that comes in chunks, wherever the network has cut it.

namespace EsimTools.HttpServer;

/// <summary>The chunked transfer coding of RFC 9112, section 7.1. Extensions and trailers are checked for their form and left out.</summary>
internal sealed class ChunkDecoder
{
    /// <summary>4 GB; no chunk is that large, and leading zeros beyond it are a trick.</summary>
    private const int MostDigits = 8;

    private const int MostExtensionBytes = 256;
    private const int MostTrailerBytes = 4096;

    private Part _part;
    private long _left;
    private int _count;
    private int _trailerBytes;

    private enum Part
    {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        LineStart,
        TrailerName,
        TrailerValue,
        TrailerEnd,
        LastEnd,
        Done,
    }

    /// <summary>Whether the last chunk and what follows it have been read.</summary>
    public bool IsDone => _part == Part.Done;

    /// <summary>Begins with a new body.</summary>
    public void Reset() => (_part, _left, _count, _trailerBytes) = (Part.Size, 0, 0, 0);

    /// <summary>Decodes as much as there is, or as there is room for.</summary>
    /// <returns>False when this is no chunked body.</returns>
    public bool TryDecode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < input.Length && _part != Part.Done)
        {
            if (_part != Part.Data)
            {
                if (!TryStep(input[consumed++]))
                {
                    return false;
                }

                continue;
            }

            var count = (int)Math.Min(_left, Math.Min(input.Length - consumed, output.Length - written));
            if (count == 0)
            {
                break;
            }

            input.Slice(consumed, count).CopyTo(output.Slice(written));
            consumed += count;
            written += count;
            _left -= count;
            _part = _left == 0 ? Part.DataReturn : Part.Data;
        }

        return true;
    }

    private bool TryStep(byte one) => _part switch
    {
        Part.Size => TrySize(one),
        Part.Extension => one == '\r' ? Go(Part.SizeEnd) : Ascii.IsText(one) && ++_count <= MostExtensionBytes,
        Part.SizeEnd => one == '\n' && Go(_left == 0 ? Part.LineStart : Part.Data),
        Part.DataReturn => one == '\r' && Go(Part.DataEnd),
        Part.DataEnd => one == '\n' && Go(Part.Size),
        Part.LineStart => one == '\r' ? Go(Part.LastEnd) : Ascii.IsToken(one) && Go(Part.TrailerName) && IsShortTrailer,
        Part.TrailerName => (one == ':' ? Go(Part.TrailerValue) : Ascii.IsToken(one)) && IsShortTrailer,
        Part.TrailerValue => (one == '\r' ? Go(Part.TrailerEnd) : Ascii.IsText(one)) && IsShortTrailer,
        Part.TrailerEnd => one == '\n' && Go(Part.LineStart),
        _ => one == '\n' && Go(Part.Done),
    };

    private bool IsShortTrailer => ++_trailerBytes <= MostTrailerBytes;

    private bool TrySize(byte one)
    {
        if (Ascii.TryReadHex(one, out var digit))
        {
            _left = (_left << 4) | (uint)digit;
            return ++_count <= MostDigits;
        }

        return _count > 0 && (one == '\r' ? Go(Part.SizeEnd) : one == ';' && Go(Part.Extension));
    }

    private bool Go(Part part)
    {
        _part = part;
        _count = 0;
        return true;
    }
}
