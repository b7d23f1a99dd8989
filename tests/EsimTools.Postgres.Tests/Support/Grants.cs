// The rights that docs/database.md gives to those who work.

namespace EsimTools.Postgres.Tests.Support;

/// <summary>Reads the document's own statements.</summary>
internal static class Grants
{
    /// <summary>The statements for a role.</summary>
    public static string OfTheDocument(string role)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "database.md"));
        var begin = text.IndexOf("grant usage", StringComparison.Ordinal);
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)].Replace("esim_worker", role, StringComparison.Ordinal);
    }
}
