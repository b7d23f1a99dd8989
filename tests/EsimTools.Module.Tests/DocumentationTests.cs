// What is promised in several places is promised in the same words.

using System.Text.RegularExpressions;

namespace EsimTools.Module.Tests;

/// <summary>Compares documents with each other.</summary>
public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData("docs/journal.md")]
    [InlineData("docs/thingspace.md")]
    [InlineData("docs/en-US/about_EsimGuard.md")]
    [InlineData("docs/en-US/Remove-EsimProfile.md")]
    [InlineData("module/en-US/about_EsimGuard.help.txt")]
    [InlineData("module/en-US/EsimTools.dll-Help.xml")]
    public void The_rule_of_proof_is_said_in_the_words_of_SECURITY(string path)
    {
        var rule = RuleIn("SECURITY.md");

        Assert.StartsWith("A word proves", rule, StringComparison.Ordinal);
        Assert.EndsWith("5. Young. It is no older than 24 hours.", rule, StringComparison.Ordinal);
        Assert.Equal(rule, RuleIn(path));
    }

    private static string RuleIn(string path)
    {
        var text = File.ReadAllText(Path.Combine(BuildInfo.Root, path)).Replace("</maml:para>", " ", StringComparison.Ordinal).Replace("<maml:para>", " ", StringComparison.Ordinal);
        return Rule().Match(Spaces().Replace(text, " ")).Value;
    }

    [GeneratedRegex("A word proves .*? Young\\. It is no older than 24 hours\\.")]
    private static partial Regex Rule();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
