// The sandbox must be able to disagree with the client, so it may share nothing with it but identifiers and the clock.

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace EsimTools.Sandbox.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_sandbox_uses_only_identifiers_and_the_clock_of_the_client()
    {
        var used = TypesUsedFrom("EsimTools.Client");

        Assert.Contains("EsimTools.Clock", used);
        Assert.Empty(used.Except(["EsimTools.CheckDigits", "EsimTools.Clock", "EsimTools.IdentifierFault", "EsimTools.IdentifierKind", "EsimTools.IdentifierReading"]));
    }

    [Fact]
    public void The_sandbox_needs_nothing_that_is_not_in_the_box()
    {
        var others = ReferencesOf(Open(out var reader), reader).Where(name =>
            name != "EsimTools.Client" && !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("netstandard" or "mscorlib"));

        Assert.Empty(others);
    }

    private static List<string> TypesUsedFrom(string assembly)
    {
        using var file = Open(out var reader);
        return [.. reader.TypeReferences
            .Select(reader.GetTypeReference)
            .Where(type => type.ResolutionScope.Kind == HandleKind.AssemblyReference &&
                reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == assembly)
            .Select(type => reader.GetString(type.Namespace) + "." + reader.GetString(type.Name))];
    }

    private static List<string> ReferencesOf(PEReader file, MetadataReader reader)
    {
        using (file)
        {
            return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
        }
    }

    private static PEReader Open(out MetadataReader reader)
    {
        var file = new PEReader(File.OpenRead(typeof(ThingSpaceSandbox).Assembly.Location));
        reader = file.GetMetadataReader();
        return file;
    }
}
