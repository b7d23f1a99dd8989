// Shows which column of a row became what.

using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Lists the columns of rows with what each is read as; of rows with the same columns the first.</summary>
internal sealed class ColumnExplainer
{
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

    /// <summary>The columns of a row; none when a row with the same columns has been explained.</summary>
    public IEnumerable<EsimColumn> Explain(object? row, ColumnMap map)
    {
        var columns = RowColumns.Of(row).ToArray();
        if (columns.Length == 0 || !_shown.Add(string.Join("\n", columns.Select(column => column.Name))))
        {
            return [];
        }

        var taken = new Dictionary<InventoryField, string>();
        var outer = columns.SelectMany(column => Explain(column.Name, column.Value, map.Find(column.Name), taken)).ToList();

        // What lies inside counts where the row itself has nothing.
        var inner = columns.SelectMany(column => ExplainInside(string.Empty, column.Name, column.Value, map, taken)).ToList();
        return outer.Concat(inner);
    }

    private static IEnumerable<EsimColumn> Explain(string name, object? value, InventoryField? field, Dictionary<InventoryField, string> taken)
    {
        if (field is InventoryField.HardwareInformation or InventoryField.AdditionalProperties or InventoryField.DeviceIds)
        {
            return [];
        }

        var text = LanguagePrimitives.ConvertTo<string>(value);
        if (field is not { } known)
        {
            return [new() { Column = name, Value = Show(text) }];
        }

        if (!string.IsNullOrWhiteSpace(text) && taken.TryGetValue(known, out var first))
        {
            return [new() { Column = name, Value = Show(text), Note = $"{known} is read from {first}, which stands before it." }];
        }

        if (!string.IsNullOrWhiteSpace(text))
        {
            taken[known] = name;
        }

        return [new() { Column = name, ReadAs = known.ToString(), Value = Show(text), Note = NoteOn(known, text) }];
    }

    private static IEnumerable<EsimColumn> ExplainInside(string outer, string name, object? value, ColumnMap map, Dictionary<InventoryField, string> taken)
    {
        var path = outer.Length == 0 ? name : $"{outer}.{name}";
        switch (map.Find(name))
        {
            case InventoryField.DeviceIds:
                return (LanguagePrimitives.GetEnumerable(value) ?? new[] { value }).Cast<object?>().SelectMany(entry =>
                {
                    var parts = RowColumns.Of(entry).ToDictionary(part => part.Name, part => part.Value, StringComparer.OrdinalIgnoreCase);
                    return parts.TryGetValue("kind", out var kind) && parts.TryGetValue("id", out var id) && InventoryColumns.IsIdentifier(InventoryColumns.Find($"{kind}"))
                        ? Explain($"{path}.{kind}", id, InventoryColumns.Find($"{kind}"), taken)
                        : [];
                });
            case InventoryField.AdditionalProperties or InventoryField.HardwareInformation:
                return RowColumns.Of(value).SelectMany(part => map.Find(part.Name) switch
                {
                    InventoryField.HardwareInformation => ExplainInside(path, part.Name, part.Value, map, taken),
                    var field when InventoryColumns.IsIdentifier(field) => Explain($"{path}.{part.Name}", part.Value, field, taken),
                    _ => [],
                });
            default:
                return [];
        }
    }

    private static string? NoteOn(InventoryField field, string? text) => field switch
    {
        InventoryField.Iccid => IdentifierKind.Iccid.Read(text).Message,
        InventoryField.Eid => IdentifierKind.Eid.Read(text).Message,
        InventoryField.Imei => IdentifierKind.Imei.Read(text).Message,
        _ => null,
    };

    private static string? Show(string? text) => text is null ? null : ForeignText.Show(text, ForeignText.LongestWord);
}
