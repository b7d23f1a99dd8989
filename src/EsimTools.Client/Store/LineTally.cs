// The lines of a journal counted, so that two journals can be compared line by line, wherever each line stands.

using System.Security.Cryptography;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>How often each line is there. Not thread-safe.</summary>
internal sealed class LineTally : IDisposable
{
    private readonly Dictionary<LineDigest, (int Count, string Service)> _lines = [];
    private readonly SHA256 _sha256 = SHA256.Create();

    /// <summary>How many lines.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them say that a request leaves.</summary>
    public long Requests { get; private set; }

    /// <summary>Counts lines.</summary>
    public static LineTally Of(IEnumerable<KeptLine> lines)
    {
        var tally = new LineTally();
        foreach (var line in lines)
        {
            tally.Add(line);
        }

        return tally;
    }

    /// <summary>What a line is known by.</summary>
    public LineDigest DigestOf(in KeptLine line) => LineDigest.Of(_sha256, line.Text);

    /// <summary>Counts a line.</summary>
    public void Add(in KeptLine line)
    {
        var digest = DigestOf(line);
        _lines[digest] = (CountOf(digest) + 1, line.Service);
        Count++;
        Requests += line.Line.Event == JournalEvent.Sending ? 1 : 0;
    }

    /// <summary>How often a line is there.</summary>
    public int CountOf(LineDigest digest) => _lines.TryGetValue(digest, out var line) ? line.Count : 0;

    /// <summary>How many lines of each service are here and not in another journal.</summary>
    public IReadOnlyDictionary<string, long> Without(LineTally other) => _lines
        .Select(line => (line.Value.Service, More: line.Value.Count - other.CountOf(line.Key)))
        .Where(static line => line.More > 0)
        .GroupBy(static line => line.Service, StringComparer.Ordinal)
        .ToDictionary(static group => group.Key, static group => group.Sum(static line => (long)line.More), StringComparer.Ordinal);

    /// <summary>How many of another journal's lines are here, and the SHA-256 over the digests of these, in ascending order.</summary>
    public (long Count, string Digest) Shared(LineTally other)
    {
        using var sha256 = SHA256.Create();
        var count = 0L;
        foreach (var digest in other._lines.Keys.OrderBy(static digest => digest))
        {
            for (var times = Math.Min(CountOf(digest), other.CountOf(digest)); times > 0; times--, count++)
            {
                sha256.TransformBlock(digest.ToBytes(), 0, LineDigest.Size, null, 0);
            }
        }

        sha256.TransformFinalBlock([], 0, 0);
        return (count, string.Concat(sha256.Hash!.Select(static value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))));
    }

    /// <inheritdoc/>
    public void Dispose() => _sha256.Dispose();
}
