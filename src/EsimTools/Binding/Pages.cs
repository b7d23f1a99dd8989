// A page of a REST call in the place of what is on it: the answer of Invoke-MgGraphRequest, or of ThingSpace's device list.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Finds the devices on a page of an answer.</summary>
internal static class Pages
{
    /// <summary>The devices on a page, and whether it says that more follow; null where an object is no page.</summary>
    public static (IEnumerable<object?> Devices, bool HasMore)? Find(object? input)
    {
        var columns = RowColumns.Of(input).ToDictionary(column => column.Name, column => column.Value, StringComparer.OrdinalIgnoreCase);
        var list = columns.ContainsKey("@odata.context") && columns.TryGetValue("value", out var value) ? value
            : columns.TryGetValue("hasMoreData", out _) && columns.TryGetValue("devices", out var devices) ? devices
            : null;
        var plain = list is PSObject wrapped ? wrapped.BaseObject : list;
        if (plain is null or string or IDictionary || LanguagePrimitives.GetEnumerable(plain) is not { } members)
        {
            return null;
        }

        var hasMore = columns.ContainsKey("@odata.nextLink") || (columns.TryGetValue("hasMoreData", out var more) && LanguagePrimitives.IsTrue(more));
        return (members.Cast<object?>(), hasMore);
    }
}
