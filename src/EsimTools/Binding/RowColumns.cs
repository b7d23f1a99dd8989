// The columns of whatever is a row: the entries of a hashtable, the properties of an object.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Lists the columns of a row with what they hold.</summary>
internal static class RowColumns
{
    /// <summary>The columns, in their order; none where the value is null or a text.</summary>
    public static IEnumerable<(string Name, object? Value)> Of(object? row) => (row is PSObject wrapped ? wrapped.BaseObject : row) switch
    {
        null or string or ValueType => [],
        IDictionary map => map.Keys.OfType<string>().Select(name => (name, (object?)map[name])),
        _ => PSObject.AsPSObject(row).Properties.Where(property => property.IsGettable).Select(property => (property.Name, ValueOf(property))),
    };

    /// <summary>What a property holds; null where asking for it fails.</summary>
    public static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // A calculated property that fails says nothing.
            return null;
        }
    }
}
