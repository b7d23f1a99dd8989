// The digest of a plan: SHA-256 over its canonical form, which is its JSON without the whitespace between the tokens. Whatever may be signed and
// carried out is in it, so a plan that anybody has edited has another one.

using System.Security.Cryptography;

namespace EsimTools.Plans;

/// <summary>Takes the bytes of a JSON text as they come and hashes its canonical form.</summary>
internal sealed class PlanDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[8192];
    private int _count;
    private bool _isInText;
    private bool _isEscaped;

    /// <summary>The digest of a whole text.</summary>
    /// <param name="utf8">Valid JSON.</param>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        using var digest = new PlanDigest();
        digest.Append(utf8);
        return digest.Complete();
    }

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        foreach (var value in utf8)
        {
            if (!_isInText && value is ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                continue;
            }

            if (_isInText)
            {
                _isInText = _isEscaped || value != (byte)'"';
                _isEscaped = !_isEscaped && value == (byte)'\\';
            }
            else
            {
                _isInText = value == (byte)'"';
            }

            if (_count == _buffer.Length)
            {
                Flush();
            }

            _buffer[_count++] = value;
        }
    }

    /// <summary>The digest of all that was taken: <c>sha256:</c> and 64 hexadecimal digits in lower case.</summary>
    public string Complete()
    {
        Flush();
        return "sha256:" + string.Concat(_hash.GetHashAndReset().Select(value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _count);
        _count = 0;
    }
}
