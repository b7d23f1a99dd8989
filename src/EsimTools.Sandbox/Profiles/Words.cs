// ThingSpace's own words for state, profile status and role, each once, so that profiles share the strings.

namespace EsimTools.Sandbox.Profiles;

/// <summary>Looks a text up among the service's words.</summary>
internal static class Words
{
    public static string? Find(string[] words, string text)
    {
        // Nearly every inventory has the words exactly as they are.
        var exact = Array.IndexOf(words, text);
        if (exact >= 0)
        {
            return words[exact];
        }

        var plain = text.Trim().Replace('-', '_').Replace(' ', '_');
        foreach (var word in words)
        {
            if (string.Equals(word, plain, StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        return null;
    }
}
