// Tells whether a row has the same properties as one that was listed, for a tenth of what listing it costs.

using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Reflection;

namespace EsimTools.Binding;

/// <summary>What a row's properties are called, in their order.</summary>
/// <remarks>
/// PowerShell keeps what an object itself carries apart from what its type gives it, but not for others to see: from outside, asking for a
/// property that is not there takes five times as long as for one that is, and nothing tells how many there are. So its own two
/// properties are read. In a PowerShell that has not got them no row has a shape, and every row is listed: slower, and the same result.
/// </remarks>
internal sealed class RowShape
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    private static readonly Func<PSObject, object>? s_membersOf = Getter<object>("InstanceMembers");

    private static readonly Func<PSObject, Collection<string>>? s_typeNamesOf = Getter<Collection<string>>("InternalTypeNames");

    private static readonly MemberList? s_list = MemberList.Make();

    private readonly string[] _typeNames;

    private RowShape(string[] typeNames, Column[] columns)
    {
        _typeNames = typeNames;
        Columns = columns;
        CanIdentify = Array.Exists(columns, column => InventoryColumns.CanIdentify(column.Field));
        Members = new PSMemberInfo[columns.Length];
    }

    /// <summary>Whether rows of this shape have a column that can name a profile.</summary>
    public bool CanIdentify { get; }

    /// <summary>All that rows of this shape carry.</summary>
    public Column[] Columns { get; }

    /// <summary>What the last row carried, for each column.</summary>
    public PSMemberInfo[] Members { get; }

    /// <summary>Lists the properties of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="map">What its columns are read as; null for the usual names.</param>
    /// <param name="shape">Its shape; null when others cannot be told to be like it.</param>
    public static PSPropertyInfo[] List(PSObject row, ColumnMap? map, out RowShape? shape)
    {
        // Listing adds to what a row carries, so its names are taken first.
        var names = s_membersOf is null || s_typeNamesOf is null || s_list is null ? null : s_list.NamesOf(s_membersOf(row));
        var properties = row.Properties.ToArray();

        // What comes from its type (Update-TypeData), from a .NET object or from another process is not among the names.
        shape = names is not null && Array.TrueForAll(properties, property => Array.IndexOf(names, property.Name) >= 0)
            ? new([.. s_typeNamesOf!(row)], Array.ConvertAll(names, name => new Column(name, (map ?? ColumnMap.Usual).Find(name))))
            : null;
        return properties;
    }

    /// <summary>Takes the members of a row; false when it is of another shape.</summary>
    public bool TryTake(PSObject row)
    {
        if (row.BaseObject is not PSCustomObject)
        {
            return false;
        }

        var typeNames = s_typeNamesOf!(row);
        if (typeNames.Count != _typeNames.Length)
        {
            return false;
        }

        for (var i = 0; i < _typeNames.Length; i++)
        {
            if (typeNames[i] != _typeNames[i])
            {
                return false;
            }
        }

        return s_list!.TryTake(s_membersOf!(row), Columns, Members);
    }

    private static Func<PSObject, T>? Getter<T>(string property)
        where T : class =>
        typeof(PSObject).GetProperty(property, Any)?.GetGetMethod(nonPublic: true) is { } getter && typeof(T).IsAssignableFrom(getter.ReturnType)
            ? (Func<PSObject, T>)Delegate.CreateDelegate(typeof(Func<PSObject, T>), getter)
            : null;

    // The list of members is of PowerShell's own type, so it cannot be named here.
    private abstract class MemberList
    {
        public static MemberList? Make() =>
            typeof(PSObject).GetProperty("InstanceMembers", Any)?.PropertyType is { IsClass: true } type
                && type.GetProperty("Count", Any, null, typeof(int), [], null)?.GetGetMethod(nonPublic: true) is { } count
                && type.GetProperty("Item", Any, null, typeof(PSMemberInfo), [typeof(int)], null)?.GetGetMethod(nonPublic: true) is { } at
                ? (MemberList)Activator.CreateInstance(typeof(MemberList<>).MakeGenericType(type), count, at)!
                : null;

        public abstract string[] NamesOf(object members);

        public abstract bool TryTake(object members, Column[] columns, PSMemberInfo[] into);
    }

    private sealed class MemberList<T>(MethodInfo count, MethodInfo at) : MemberList
        where T : class
    {
        private readonly Func<T, int> _count = (Func<T, int>)Delegate.CreateDelegate(typeof(Func<T, int>), count);
        private readonly Func<T, int, PSMemberInfo> _at = (Func<T, int, PSMemberInfo>)Delegate.CreateDelegate(typeof(Func<T, int, PSMemberInfo>), at);

        public override string[] NamesOf(object members)
        {
            var list = (T)members;
            var names = new string[_count(list)];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = _at(list, i).Name;
            }

            return names;
        }

        public override bool TryTake(object members, Column[] columns, PSMemberInfo[] into)
        {
            var list = (T)members;
            if (_count(list) != columns.Length)
            {
                return false;
            }

            for (var i = 0; i < columns.Length; i++)
            {
                into[i] = _at(list, i);
                if (into[i].Name != columns[i].Name)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
