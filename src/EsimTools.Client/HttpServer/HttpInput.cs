// What comes in on a connection: heads and bodies, one call after the other, out of one buffer.

using System.Buffers;
using System.Net;

namespace EsimTools.HttpServer;

/// <summary>Reads calls from a stream. Not thread-safe.</summary>
internal sealed class HttpInput(Stream stream, ListenAddress address)
{
    /// <summary>The largest head; the service's have half a kilobyte.</summary>
    public const int MostHeadBytes = 16 * 1024;

    /// <summary>The status that says so; .NET Framework has no name for it.</summary>
    public const HttpStatusCode HeadTooLarge = (HttpStatusCode)431;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(MostHeadBytes);
    private readonly ChunkDecoder _chunks = new();
    private int _start;
    private int _end;
    private int _scanned;
    private long _bodyLeft;
    private bool _isChunked;

    /// <summary>Whether something has come that has not been read.</summary>
    public bool HasBytes => _end > _start;

    /// <summary>Whether the call's body has been read to its end.</summary>
    public bool IsAtBodyEnd => _isChunked ? _chunks.IsDone : _bodyLeft == 0;

    /// <summary>Waits for more to come.</summary>
    /// <returns>False when no more will.</returns>
    public async ValueTask<bool> TryFillAsync()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end, _scanned) = (0, _end - _start, Math.Max(0, _scanned - _start));
        }

        var read = await ReadAsync(_buffer, _end, MostHeadBytes - _end).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    /// <summary>Reads the next call's head where all of it has come.</summary>
    /// <param name="head">Where to put it.</param>
    /// <param name="fault">The status that refuses it; null when it is right.</param>
    /// <returns>False when more has to come.</returns>
    public bool TryReadHead(HttpHead head, out HttpStatusCode? fault)
    {
        fault = null;
        while (_scanned < _end)
        {
            var found = Array.IndexOf(_buffer, (byte)'\n', _scanned, _end - _scanned);
            var isBare = found >= 0 && (found == _start || _buffer[found - 1] != '\r');
            if (found < 0 || isBare)
            {
                _scanned = _end;
                fault = isBare ? HttpStatusCode.BadRequest : null;
                break;
            }

            _scanned = found + 1;
            if (found == _start + 1)
            {
                // An empty line before a head is some senders' habit (RFC 9112, section 2.2).
                _start = _scanned;
            }
            else if (found >= _start + 3 && _buffer[found - 2] == '\n')
            {
                fault = head.Read(new ReadOnlySpan<byte>(_buffer, _start, _scanned - _start), address);
                _start = _scanned;
                Begin(head);
                return true;
            }
        }

        if (fault is null && _end - _start == MostHeadBytes)
        {
            fault = HeadTooLarge;
        }

        return fault is not null;
    }

    /// <summary>Reads a part of the body.</summary>
    /// <returns>The number of bytes; 0 at the body's end.</returns>
    /// <exception cref="InvalidDataException">The chunks are none.</exception>
    /// <exception cref="EndOfStreamException">The sender has gone.</exception>
    public async ValueTask<int> ReadBodyAsync(byte[] buffer, int offset, int count)
    {
        while (!IsAtBodyEnd)
        {
            var read = _isChunked ? Decode(buffer, offset, count) : await ReadPlainAsync(buffer, offset, (int)Math.Min(count, _bodyLeft)).ConfigureAwait(false);
            if (read > 0)
            {
                return read;
            }

            if (!IsAtBodyEnd && !await TryFillAsync().ConfigureAwait(false))
            {
                throw new EndOfStreamException();
            }
        }

        return 0;
    }

    /// <summary>Throws away what the sender still sends, until it ends or has sent too much.</summary>
    public async Task DrainAsync(long most)
    {
        (_start, _end) = (0, 0);
        while (most > 0 && await ReadAsync(_buffer, 0, MostHeadBytes).ConfigureAwait(false) is var read and > 0)
        {
            most -= read;
        }
    }

    /// <summary>Messages hold the password, so nothing of them stays behind.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    private void Begin(HttpHead head)
    {
        _isChunked = head.IsChunked;
        _bodyLeft = head.ContentLength;
        _chunks.Reset();
    }

    private int Decode(byte[] buffer, int offset, int count)
    {
        if (!_chunks.TryDecode(new ReadOnlySpan<byte>(_buffer, _start, _end - _start), buffer.AsSpan(offset, count), out var consumed, out var written))
        {
            throw new InvalidDataException();
        }

        _start += consumed;
        _scanned = _start;
        return written;
    }

    // What has come already first; then past the buffer into the caller's.
    private async ValueTask<int> ReadPlainAsync(byte[] buffer, int offset, int count)
    {
        int read;
        if (HasBytes)
        {
            read = Math.Min(count, _end - _start);
            Buffer.BlockCopy(_buffer, _start, buffer, offset, read);
            _start += read;
            _scanned = _start;
        }
        else
        {
            read = await ReadAsync(buffer, offset, count).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException();
            }
        }

        _bodyLeft -= read;
        return read;
    }

#if NET
    private ValueTask<int> ReadAsync(byte[] buffer, int offset, int count) => stream.ReadAsync(buffer.AsMemory(offset, count));
#else
    private ValueTask<int> ReadAsync(byte[] buffer, int offset, int count) => new(stream.ReadAsync(buffer, offset, count));
#endif
}
