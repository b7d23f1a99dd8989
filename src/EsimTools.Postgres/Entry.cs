// A line on its way into the database.

using System.Text;
using EsimTools.Store.Lines;

namespace EsimTools.Postgres;

/// <summary>A line as it is written.</summary>
/// <param name="Token">Made with it, so that it is written once however often that is tried.</param>
/// <param name="Key">What it is found by; see <see cref="JournalLine.Key"/>.</param>
/// <param name="Text">The line, without its line feed.</param>
internal sealed record Entry(Guid Token, string? Key, string Text)
{
    /// <summary>Makes one of a line.</summary>
    public static Entry Of(JournalLine line, IdentifierHasher? hasher)
    {
        using var stream = new MemoryStream(1024);
        line.WriteTo(stream, hasher);
        return new(Guid.NewGuid(), line.Key, Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length - 1));
    }
}
