// A cmdlet's page in docs/en-US, as lines that say one thing each.

using System.Globalization;
using System.Text.RegularExpressions;

namespace EsimTools.Module.Tests.Help;

/// <summary>Reads the page of a cmdlet.</summary>
internal static partial class CommandPage
{
    /// <summary>What the page says, in the order and the words of <see cref="MamlCommand.Lines"/>.</summary>
    public static IEnumerable<string> Lines(string page)
    {
        var sections = Parts(page, "##").ToDictionary(part => part.Title, part => part.Text);
        yield return $"synopsis: {MarkdownText.Plain(sections["SYNOPSIS"])}";
        yield return $"description: {MarkdownText.Plain(sections["DESCRIPTION"])}";
        foreach (var set in Parts(sections["SYNTAX"], "###"))
        {
            yield return $"syntax: {MarkdownText.OneLine(set.Text.Replace("```", string.Empty, StringComparison.Ordinal))}";
        }

        foreach (var (title, text) in Parts(sections["PARAMETERS"], "###").Where(part => part.Title.StartsWith('-')))
        {
            var yaml = Yaml().Match(text);
            yield return $"parameter {title[1..]}: {Attributes(yaml.Groups["Text"].Value)}";
            yield return $"parameter {title[1..]} is described: {MarkdownText.Plain(text[..yaml.Index])}";
        }

        foreach (var (title, text) in Parts(sections["INPUTS"], "###"))
        {
            yield return $"input {title}: {MarkdownText.Plain(text)}";
        }

        foreach (var (title, text) in Parts(sections["OUTPUTS"], "###"))
        {
            yield return $"output {title}: {MarkdownText.Plain(text)}";
        }

        yield return $"notes: {MarkdownText.Plain(sections["NOTES"])}";
        foreach (var (title, text) in Parts(sections["EXAMPLES"], "###"))
        {
            yield return title;
            yield return $"code: {string.Join('\n', PowerShell().Matches(text).Select(match => match.Groups["Code"].Value))}";
            yield return $"remarks: {MarkdownText.Plain(PowerShell().Replace(text, string.Empty))}";
        }

        yield return $"links: {MarkdownText.Plain(sections["RELATED LINKS"].Replace("- [", "[", StringComparison.Ordinal))}";
    }

    /// <summary>The parts of a text that begin with headings of one rank.</summary>
    private static IEnumerable<(string Title, string Text)> Parts(string text, string rank) =>
        Regex.Matches(text, string.Create(CultureInfo.InvariantCulture, $"(?ms)^{rank} (?<Title>[^\n]+)\n(?<Text>.*?)(?=^{rank} |\\z)"))
            .Select(match => (match.Groups["Title"].Value, match.Groups["Text"].Value));

    // Get-Help knows one place for a parameter; where it has several sets, it is that of the first.
    private static string Attributes(string yaml)
    {
        var pipeline = (Value(yaml, "ValueFromPipeline"), Value(yaml, "ValueFromPipelineByPropertyName")) switch
        {
            ("true", "true") => "true (ByValue, ByPropertyName)",
            ("true", _) => "true (ByValue)",
            (_, "true") => "true (ByPropertyName)",
            _ => "false",
        };
        var aliases = string.Join(", ", Alias().Match(yaml).Groups["Alias"].Captures.Select(capture => capture.Value));
        return $"{Value(yaml, "Type")}, required {Value(yaml, "IsRequired")}, position {Value(yaml, "Position")}, pipeline {pipeline}, "
            + $"aliases {(aliases.Length > 0 ? aliases : "none")}, wildcards {Value(yaml, "SupportsWildcards")}, default '{Value(yaml, "DefaultValue").Trim('\'').Replace("''", "'", StringComparison.Ordinal)}'";
    }

    private static string Value(string yaml, string name) => Regex.Match(yaml, $"(?m)^ *(?:- )?{name}: *(?<Value>.*)$").Groups["Value"].Value.Trim();

    [GeneratedRegex("(?s)```yaml\n(?<Text>.*?)```")]
    private static partial Regex Yaml();

    [GeneratedRegex("(?s)```powershell\n(?<Code>.*?)\n```")]
    private static partial Regex PowerShell();

    [GeneratedRegex("Aliases:\n(?:- (?<Alias>.+)\n)+")]
    private static partial Regex Alias();
}
