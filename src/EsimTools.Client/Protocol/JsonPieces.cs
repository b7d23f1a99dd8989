// Writes long JSON to its stream piece by piece, so that the writer never holds the whole of it.

using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>A request of ten thousand profiles is a megabyte and more; a writer left alone gathers it all and doubles its memory on the way.</summary>
internal static class JsonPieces
{
    private const int Size = 32 * 1024;

    /// <summary>Hands on what the writer has gathered once it is a good piece.</summary>
    /// <param name="writer">A writer to a stream.</param>
    public static void PassOn(Utf8JsonWriter writer)
    {
        if (writer.BytesPending > Size)
        {
            writer.Flush();
        }
    }
}
