// What a reader sees of markdown, as words: the same whether it stands in a page or in the help that is made of it.

using System.Text.RegularExpressions;

namespace EsimTools.Module.Tests.Help;

/// <summary>Takes the marks off markdown.</summary>
internal static partial class MarkdownText
{
    /// <summary>The text without marks, one space between two words.</summary>
    public static string Plain(string markdown)
    {
        var text = Link().Replace(markdown, link => link.Groups["To"].Value.StartsWith("http", StringComparison.Ordinal) ? $"{link.Groups["Text"].Value} ({link.Groups["To"].Value})" : link.Groups["Text"].Value);
        return OneLine(Code().Replace(text, "$1").Replace("**", string.Empty, StringComparison.Ordinal).Replace("\\|", "|", StringComparison.Ordinal));
    }

    /// <summary>The text with one space between two words.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"\[(?<Text>[^\]]+)\]\((?<To>[^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?<!`)`([^`]+)`")]
    private static partial Regex Code();
}
