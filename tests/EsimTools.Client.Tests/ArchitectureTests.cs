// What the client may know of: the framework and itself, each room only of the rooms below it.

using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace EsimTools.Client.Tests;

public sealed class ArchitectureTests
{
    private static readonly Assembly Client = typeof(EsimConnection).Assembly;

    [Fact]
    public void The_tests_run_against_the_build_for_net8() =>
        Assert.Equal(".NETCoreApp,Version=v8.0", Client.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);

    [Fact]
    public void The_client_refers_to_the_framework_alone()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Client.GetReferencedAssemblies().Select(name => name.Name!).ToArray();

        Assert.Contains("System.Text.Json", references);
        Assert.DoesNotContain("System.Management.Automation", references);
        Assert.All(references, name => Assert.True(File.Exists(Path.Combine(framework, name + ".dll")), $"{name} is no part of the framework"));
    }

    // Plan, section 2: Commands → {Requests, Callbacks, Journal} → {Proof, Session} → {Wire, Identity}.
    [Theory]
    [InlineData("Identity")]
    [InlineData("Wire", "Identity")]
    [InlineData("Proof", "Identity", "Wire")]
    [InlineData("Session", "Identity", "Wire")]
    [InlineData("Callbacks", "Identity", "Wire", "Proof", "Session", "Requests", "Journal")]
    [InlineData("Journal", "Identity", "Wire", "Proof", "Session", "Requests", "Callbacks")]
    [InlineData("Requests", "Identity", "Wire", "Proof", "Session", "Journal", "Callbacks")]
    public void Rooms_know_only_the_rooms_below_them(string room, params string[] allowed)
    {
        // Known and told: the plan's arrow is broken here, and each exception is one type that the lower room names in a signature.
        string[] known =
        [
            "Identity → Proof.EvidenceSource",
            "Proof → Requests.EsimAction",
        ];
        var broken = References(room).Where(target => !allowed.Contains(target.Room) && target.Room != room)
            .Select(target => $"{room} → {target.Room}.{target.Type}").Except(known).Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.Empty(broken);
    }

    [Fact]
    public void The_list_of_known_exceptions_is_no_longer_than_it_must_be()
    {
        Assert.Contains(("Proof", "EvidenceSource"), References("Identity"));
        Assert.Contains(("Requests", "EsimAction"), References("Proof"));
    }

    [Fact]
    public void Everything_public_stands_in_the_modules_own_namespaces() =>
        Assert.All(Client.GetExportedTypes(), type => Assert.True(type.Namespace == "EsimTools" || type.Namespace!.StartsWith("EsimTools.", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_asks_the_machine_for_the_time_but_the_clock()
    {
        var callers = MethodsThatCall(
            ("System.DateTime", "get_Now"), ("System.DateTime", "get_UtcNow"), ("System.DateTimeOffset", "get_Now"), ("System.DateTimeOffset", "get_UtcNow"),
            ("System.Threading.Tasks.Task", "Delay"), ("System.Threading.Thread", "Sleep"));

        Assert.Equal(["EsimTools.Clock"], callers.Distinct());
    }

    // Every type of the client that a room's types name: in signatures, fields, base types and method bodies.
    private static HashSet<(string Room, string Type)> References(string room)
    {
        var found = new HashSet<(string, string)>();
        foreach (var type in Client.GetTypes().Where(type => RoomOf(type) == room))
        {
            Note(found, type.BaseType);
            Array.ForEach(type.GetInterfaces(), face => Note(found, face));
            const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
            foreach (var field in type.GetFields(All))
            {
                Note(found, field.FieldType);
            }

            foreach (var method in type.GetMembers(All).OfType<MethodBase>())
            {
                Note(found, (method as MethodInfo)?.ReturnType);
                Array.ForEach(method.GetParameters(), parameter => Note(found, parameter.ParameterType));
                foreach (var member in MembersIn(method))
                {
                    Note(found, member as Type ?? member.DeclaringType);
                }
            }
        }

        return found;
    }

    private static void Note(HashSet<(string Room, string Type)> found, Type? type)
    {
        if (type is null)
        {
            return;
        }

        if (type.HasElementType)
        {
            Note(found, type.GetElementType());
            return;
        }

        foreach (var argument in type.GetGenericArguments())
        {
            if (!argument.IsGenericParameter)
            {
                Note(found, argument);
            }
        }

        if (type.Assembly == Client && RoomOf(type) is { } room)
        {
            while (type.DeclaringType is { } outer)
            {
                type = outer;
            }

            found.Add((room, type.Name));
        }
    }

    private static string? RoomOf(Type type) =>
        !type.IsGenericParameter && type.Namespace?.StartsWith("EsimTools.", StringComparison.Ordinal) == true && !type.IsDefined(typeof(CompilerGeneratedAttribute), false) | type.DeclaringType is not null
            ? type.Namespace["EsimTools.".Length..].Split('.')[0]
            : null;

    // The metadata tokens behind the operands of a method's instructions.
    private static IEnumerable<MemberInfo> MembersIn(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in ILTokens.In(code))
        {
            MemberInfo? member = null;
            try
            {
                member = method.Module.ResolveMember(token, typeArguments, methodArguments);
            }
            catch (ArgumentException)
            {
                // A string or a signature, not a member.
            }

            if (member is not null)
            {
                yield return member;
            }
        }
    }

    private static List<string> MethodsThatCall(params (string Type, string Method)[] targets)
    {
        var callers = new List<string>();
        foreach (var type in Client.GetTypes())
        {
            foreach (var method in type.GetMembers(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).OfType<MethodBase>())
            {
                if (MembersIn(method).OfType<MethodBase>().Any(called => targets.Contains((called.DeclaringType?.FullName ?? string.Empty, called.Name))))
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

    // Walks IL with the sizes that the opcode table of System.Reflection.Emit gives.
    private static class ILTokens
    {
        private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes)
            .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

        public static IEnumerable<int> In(byte[] code)
        {
            for (var i = 0; i < code.Length;)
            {
                int value = code[i++];
                if (value == 0xfe)
                {
                    value = (value << 8) | code[i++];
                }

                switch (Codes[value].OperandType)
                {
                    case OperandType.InlineNone:
                        break;
                    case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                        i += 1;
                        break;
                    case OperandType.InlineVar:
                        i += 2;
                        break;
                    case OperandType.InlineI8 or OperandType.InlineR:
                        i += 8;
                        break;
                    case OperandType.InlineSwitch:
                        i += 4 + (4 * BitConverter.ToInt32(code, i));
                        break;
                    case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                        yield return BitConverter.ToInt32(code, i);
                        i += 4;
                        break;
                    default:
                        i += 4;
                        break;
                }
            }
        }
    }
}
