// A cmdlet's part of the help that Get-Help reads, as lines that say one thing each.

using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EsimTools.Module.Tests.Help;

/// <summary>Reads a command of a help file.</summary>
internal static partial class MamlCommand
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The commands of a help file, by their names.</summary>
    public static IReadOnlyDictionary<string, XElement> Load(string path) =>
        XDocument.Load(path).Root!.Elements(Command + "command").ToDictionary(command => command.Element(Command + "details")!.Element(Command + "name")!.Value);

    /// <summary>What the help says of a command.</summary>
    public static IEnumerable<string> Lines(XElement command)
    {
        yield return $"synopsis: {Words(command.Element(Command + "details")!.Element(Maml + "description"))}";
        yield return $"description: {Words(command.Element(Maml + "description"))}";
        foreach (var set in Inside(command, Command + "syntax"))
        {
            yield return $"syntax: {string.Join(' ', set.Elements(Command + "parameter").Select(InSyntax).Prepend(set.Element(Maml + "name")!.Value))}";
        }

        foreach (var parameter in Inside(command, Command + "parameters"))
        {
            var name = parameter.Element(Maml + "name")!.Value;
            yield return $"parameter {name}: {TypeOf(parameter)}, required {Of(parameter, "required")}, position {Of(parameter, "position")}, pipeline {Of(parameter, "pipelineInput")}, "
                + $"aliases {Of(parameter, "aliases")}, wildcards {Of(parameter, "globbing")}, default '{parameter.Element(Dev + "defaultValue")?.Value}'";
            yield return $"parameter {name} is described: {Words(parameter.Element(Maml + "description"))}";
        }

        foreach (var input in Inside(command, Command + "inputTypes"))
        {
            yield return $"input {TypeOf(input)}: {Words(input.Element(Maml + "description"))}";
        }

        foreach (var output in Inside(command, Command + "returnValues"))
        {
            yield return $"output {TypeOf(output)}: {Words(output.Element(Maml + "description"))}";
        }

        yield return $"notes: {Words(command.Element(Maml + "alertSet"))}";
        foreach (var example in Inside(command, Command + "examples"))
        {
            yield return Frame().Replace(example.Element(Maml + "title")!.Value, string.Empty);
            yield return $"code: {example.Element(Dev + "code")!.Value.Replace("\r", string.Empty, StringComparison.Ordinal)}";
            yield return $"remarks: {Words(example.Element(Dev + "remarks"))}";
        }

        yield return $"links: {string.Join(' ', command.Descendants(Maml + "linkText").Select(link => link.Value))}";
    }

    private static IEnumerable<XElement> Inside(XElement command, XName name) => command.Element(name)!.Elements();

    private static string Of(XElement parameter, string attribute) => parameter.Attribute(attribute)!.Value;

    private static string TypeOf(XElement element) => element.Element(Dev + "type")!.Element(Maml + "name")!.Value;

    private static string Words(XElement? element) => MarkdownText.OneLine(string.Join(' ', element?.Descendants(Maml + "para").Select(paragraph => paragraph.Value) ?? []));

    private static string InSyntax(XElement parameter)
    {
        var name = $"-{parameter.Element(Maml + "name")!.Value}";
        var value = parameter.Element(Command + "parameterValue") is { } type ? $" <{type.Value}>" : string.Empty;
        var text = Of(parameter, "position") == "named" ? name + value : $"[{name}]{value}";
        return Of(parameter, "required") == "true" ? text : $"[{text}]";
    }

    [GeneratedRegex("^-+ | -+$")]
    private static partial Regex Frame();
}
