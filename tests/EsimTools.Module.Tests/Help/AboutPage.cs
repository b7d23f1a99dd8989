// A topic's page in docs/en-US, and the text that Get-Help shows of it: they agree in every word, wherever lines end.

using System.Text.RegularExpressions;

namespace EsimTools.Module.Tests.Help;

/// <summary>Compares a topic's page with its text.</summary>
internal static partial class AboutPage
{
    /// <summary>The first place at which the two differ; null where they agree.</summary>
    public static string? FindDifference(string page, string text)
    {
        var left = string.Join('\n', text.Split('\n').Where(line => !Rule().IsMatch(line)));
        left = MarkdownText.OneLine(left);
        foreach (var block in Blocks(FrontMatter().Replace(page, string.Empty)))
        {
            var words = block.FirstOrDefault(words => (left + ' ').StartsWith(words + ' ', StringComparison.Ordinal));
            if (words is null)
            {
                var same = block.Max(candidate => candidate.Zip(left).TakeWhile(pair => pair.First == pair.Second).Count());
                var nearest = block.First(candidate => candidate.Zip(left).TakeWhile(pair => pair.First == pair.Second).Count() == same);
                return $"The page says '{Part(nearest, same)}', the text '{Part(left, same)}'.";
            }

            left = left[Math.Min(left.Length, words.Length + 1)..];
        }

        return left.Length == 0 ? null : $"The text has more than the page: '{left}'.";
    }

    private static string Part(string text, int at) => text[Math.Max(0, at - 30)..Math.Min(text.Length, at + 50)];

    // Each block in the forms that it may have in the text.
    private static IEnumerable<string[]> Blocks(string page)
    {
        foreach (var block in Block().Matches(page).Select(match => match.Value.Trim()).Where(block => block.Length > 0))
        {
            yield return block switch
            {
                ['`', '`', '`', ..] => [MarkdownText.OneLine(block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..^3])],
                ['#', ' ', ..] => [$"TOPIC {block[2..]}"],
                ['#', ..] => [MarkdownText.Plain(block.TrimStart('#')).ToUpperInvariant()],
                ['|', ..] => Table(block),
                _ => [MarkdownText.Plain(block)],
            };
        }
    }

    // Columns where they fit, and otherwise a title and what belongs to it for each row, without the headings.
    private static string[] Table(string block)
    {
        var rows = block.Split('\n').Where(line => !Rule().IsMatch(line)).Select(line => Bar().Split(line.Trim().Trim('|')).Select(MarkdownText.Plain).ToArray()).ToArray();
        var columns = string.Join(' ', rows.SelectMany(cells => cells));
        var titles = string.Join(' ', rows.Skip(1).SelectMany(cells => cells.Length > 2 ? [cells[0], $"({cells[1]})", .. cells.Skip(2)] : cells));
        return [MarkdownText.OneLine(columns), MarkdownText.OneLine(titles)];
    }

    [GeneratedRegex(@"^[\s|-]*--[\s|-]*$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"\A---\n.*?\n---\n", RegexOptions.Singleline)]
    private static partial Regex FrontMatter();

    // A fenced block, a table, a heading, or whatever stands up to the next of them.
    [GeneratedRegex(@"(?ms)^```.*?^```$|^\|.*?(?=^[^|]|\z)|^#+ [^\n]+$|.+?(?=^```|^\||^#+ |\z)")]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
