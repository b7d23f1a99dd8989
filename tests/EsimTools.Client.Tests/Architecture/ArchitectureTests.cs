// What the client may know of: the framework and itself, and the time by its clock alone.

using System.Reflection;
using System.Runtime.Versioning;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Client = typeof(EsimConnection).Assembly;

    [Fact]
    public void The_tests_run_against_the_build_for_net8() =>
        Assert.Equal(".NETCoreApp,Version=v8.0", Client.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);

    [Fact]
    public void The_client_refers_to_the_framework_alone_and_to_what_PowerShell_brings_for_signatures()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Client.GetReferencedAssemblies().Select(name => name.Name!).ToArray();

        Assert.Contains("System.Text.Json", references);
        Assert.DoesNotContain("System.Management.Automation", references);
        Assert.All(references.Where(name => name != "System.Security.Cryptography.Pkcs"), name => Assert.True(File.Exists(Path.Combine(framework, name + ".dll")), $"{name} is no part of the framework"));
    }

    [Fact]
    public void Everything_public_stands_in_one_namespace() => Assert.All(Client.GetExportedTypes(), type => Assert.Equal("EsimTools", type.Namespace));

    [Fact]
    public void What_is_internal_stands_in_the_namespace_of_its_room() => Assert.All(
        Client.GetTypes().Where(type => !type.IsNested && !type.IsPublic && type.Namespace?.StartsWith("EsimTools", StringComparison.Ordinal) == true && RoomGraph.OfClient.RoomOf(type) is not null and not "Root"),
        type => Assert.True(type.Namespace == "EsimTools" || type.Namespace!.EndsWith("." + RoomGraph.OfClient.RoomOf(type), StringComparison.Ordinal), type.FullName));

    [Theory]
    [InlineData("EsimTools")]
    [InlineData("EsimTools.Client")]
    [InlineData("EsimTools.Postgres")]
    public void No_file_of_a_class_has_more_than_350_lines(string project)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(File.ReadLines(file).Count() <= 350, file));
    }

    [Fact]
    public void Nothing_asks_the_machine_for_the_time_but_the_clock()
    {
        var callers = MethodsThatCall(
            ("System.DateTime", "get_Now"), ("System.DateTime", "get_UtcNow"), ("System.DateTimeOffset", "get_Now"), ("System.DateTimeOffset", "get_UtcNow"),
            ("System.Threading.Tasks.Task", "Delay"), ("System.Threading.Thread", "Sleep"));

        Assert.Equal(["EsimTools.Clock"], callers.Distinct());
    }

    private static List<string> MethodsThatCall(params (string Type, string Method)[] targets)
    {
        var callers = new List<string>();
        foreach (var type in Client.GetTypes())
        {
            foreach (var method in type.GetMembers(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).OfType<MethodBase>())
            {
                if (ILTokens.MembersIn(method).OfType<MethodBase>().Any(called => targets.Contains((called.DeclaringType?.FullName ?? string.Empty, called.Name))))
                {
                    var outermost = type;
                    while (outermost.DeclaringType is { } outer)
                    {
                        outermost = outer;
                    }

                    callers.Add(outermost.FullName!);
                }
            }
        }

        return callers;
    }
}
