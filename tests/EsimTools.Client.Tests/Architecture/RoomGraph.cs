// The rooms of an assembly and their arrows, as they really are: a type's room is the folder of its source, which the debug file tells.

using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace EsimTools.Client.Tests.Architecture;

/// <summary>Which room knows which.</summary>
internal sealed class RoomGraph
{
    /// <summary>The name of the folder that is no room: the facade.</summary>
    public const string Root = "Root";

    private const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    // For types without a body of any method, the compiler notes their source here (Portable PDB format, "type definition documents").
    private static readonly Guid s_typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly Dictionary<int, string> _rooms = [];
    private readonly Assembly _assembly;

    private RoomGraph(Assembly assembly)
    {
        _assembly = assembly;
        using var pdb = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb")));
        var reader = pdb.GetMetadataReader();
        foreach (var type in assembly.GetTypes())
        {
            if (SourceOf(reader, type) is { } source)
            {
                _rooms[type.MetadataToken] = FolderOf(source);
            }
        }
    }

    /// <summary>The client's.</summary>
    public static RoomGraph OfClient { get; } = new(typeof(EsimConnection).Assembly);

    /// <summary>The room of a type; null for one that the compiler has made.</summary>
    public string? RoomOf(Type type) => _rooms.TryGetValue(type.MetadataToken, out var room) ? room : type.DeclaringType is { } outer ? RoomOf(outer) : null;

    /// <summary>Every arrow from room to room, with the types at its ends.</summary>
    public IReadOnlyList<(string From, string To, string Why)> Arrows()
    {
        var arrows = new HashSet<(string, string, string)>();
        foreach (var type in _assembly.GetTypes())
        {
            if (RoomOf(type) is { } from)
            {
                foreach (var known in KnownBy(type))
                {
                    if (known.Assembly == _assembly && RoomOf(known) is { } to && to != from)
                    {
                        arrows.Add((from, to, $"{Outermost(type).Name} → {Outermost(known).Name}"));
                    }
                }
            }
        }

        return [.. arrows];
    }

    // Base types, interfaces, fields, signatures, locals, and what the instructions name.
    private static IEnumerable<Type> KnownBy(Type type)
    {
        var known = new List<Type?> { type.BaseType };
        known.AddRange(type.GetInterfaces());
        known.AddRange(type.GetFields(All).Select(field => field.FieldType));
        foreach (var method in type.GetMembers(All).OfType<MethodBase>())
        {
            known.Add((method as MethodInfo)?.ReturnType);
            known.AddRange(method.GetParameters().Select(parameter => parameter.ParameterType));
            known.AddRange(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []);
            foreach (var member in ILTokens.MembersIn(method))
            {
                known.Add(member as Type ?? member.DeclaringType);
                known.AddRange(member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : []);
            }
        }

        return known.OfType<Type>().SelectMany(Parts);
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericParameter ? []
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string? SourceOf(MetadataReader pdb, Type type)
    {
        // Last those that the compiler has written: of a type with nothing but properties there are no others.
        foreach (var method in type.GetMembers(All).OfType<MethodBase>().OrderBy(method => method.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            var handle = MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0xFFFFFF).ToDebugInformationHandle();
            var document = pdb.GetMethodDebugInformation(handle).Document;
            if (!document.IsNil)
            {
                return pdb.GetString(pdb.GetDocument(document).Name);
            }
        }

        foreach (var handle in pdb.GetCustomDebugInformation(MetadataTokens.EntityHandle(type.MetadataToken)))
        {
            var information = pdb.GetCustomDebugInformation(handle);
            if (pdb.GetGuid(information.Kind) == s_typeDocuments)
            {
                var row = pdb.GetBlobReader(information.Value).ReadCompressedInteger();
                return pdb.GetString(pdb.GetDocument(MetadataTokens.DocumentHandle(row)).Name);
            }
        }

        return null;
    }

    private static string FolderOf(string source)
    {
        var parts = source.Replace('\\', '/').Split('/');
        var project = Array.FindLastIndex(parts, part => part == "EsimTools.Client");
        return project >= 0 && project + 2 < parts.Length ? parts[^2] : Root;
    }
}
