// The help that is shipped says what the pages in docs/en-US say: whoever changes one has made the other.

using System.Xml.Linq;

namespace EsimTools.Module.Tests.Help;

/// <summary>Compares the pages with the help files. Neither PlatyPS nor PowerShell is needed.</summary>
public sealed class HelpFileTests
{
    private const string Remedy = "Run tools/Update-Help.ps1 after a page was changed.";

    private static readonly string Pages = Path.Combine(BuildInfo.Root, "docs/en-US");
    private static readonly string HelpFiles = Path.Combine(BuildInfo.Root, "module/en-US");
    private static readonly IReadOnlyDictionary<string, XElement> Commands = MamlCommand.Load(Path.Combine(HelpFiles, "EsimTools.dll-Help.xml"));

    public static TheoryData<string> CommandPages => [.. Names("*-*.md").Order(StringComparer.Ordinal)];

    public static TheoryData<string> AboutPages => [.. Names("about_*.md").Order(StringComparer.Ordinal)];

    [Fact]
    public void Each_page_has_its_help_and_there_is_no_other()
    {
        Assert.Equal(Names("*-*.md").Order(StringComparer.Ordinal), Commands.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            Names("about_*.md").Order(StringComparer.Ordinal),
            Directory.GetFiles(HelpFiles, "*.help.txt").Select(file => Path.GetFileName(file).Replace(".help.txt", string.Empty, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(CommandPages))]
    public void The_help_of_a_cmdlet_is_that_of_its_page(string name)
    {
        var onPage = CommandPage.Lines(File.ReadAllText(Path.Combine(Pages, name + ".md"))).ToList();
        var shipped = MamlCommand.Lines(Commands[name]).ToList();

        for (var i = 0; i < Math.Max(onPage.Count, shipped.Count); i++)
        {
            Assert.True(
                onPage.ElementAtOrDefault(i) == shipped.ElementAtOrDefault(i),
                $"The page says\n  {onPage.ElementAtOrDefault(i)}\nand the help\n  {shipped.ElementAtOrDefault(i)}\n{Remedy}");
        }
    }

    [Theory]
    [MemberData(nameof(AboutPages))]
    public void The_text_of_a_topic_is_that_of_its_page(string name)
    {
        var difference = AboutPage.FindDifference(File.ReadAllText(Path.Combine(Pages, name + ".md")), File.ReadAllText(Path.Combine(HelpFiles, name + ".help.txt")));

        Assert.True(difference is null, $"{difference}\n{Remedy}");
    }

    private static IEnumerable<string> Names(string pattern) => Directory.GetFiles(Pages, pattern).Select(file => Path.GetFileNameWithoutExtension(file)!);
}
