// Which column of the input is read as what: the usual names, and before them those that -Property gives.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Finds the field that a column is read as.</summary>
internal sealed class ColumnMap
{
    // What is given, by the name as names are compared.
    private readonly Dictionary<string, InventoryField> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unseen = new(StringComparer.Ordinal);
    private readonly HashSet<InventoryField> _fields = [];

    private ColumnMap()
    {
    }

    /// <summary>The usual names alone.</summary>
    public static ColumnMap Usual { get; } = new();

    /// <summary>The columns that were given and that no input had so far.</summary>
    public IReadOnlyCollection<string> Unseen => _unseen.Values;

    /// <summary>The map that -Property gives: field names to the names of columns.</summary>
    /// <param name="property">What was given; null where nothing was.</param>
    public static ColumnMap Of(IDictionary? property)
    {
        if (property is null)
        {
            return Usual;
        }

        var map = new ColumnMap();
        foreach (DictionaryEntry entry in property)
        {
            if (InventoryColumns.Find($"{entry.Key}") is not { } field)
            {
                throw new EsimException(
                    EsimError.EsimParameterInvalid,
                    $"-Property has '{ForeignText.Show($"{entry.Key}", ForeignText.LongestWord)}', which is nothing that rows carry.",
                    "Its keys are Iccid, Eid, Imei, AccountName, ServicePlan, State, ProfileStatus and ProfileRole; its values are names of columns, as in -Property @{ Iccid = 'SIM serial' }.");
            }

            map._fields.Add(field);
            foreach (var column in LanguagePrimitives.GetEnumerable(entry.Value) ?? new[] { entry.Value })
            {
                map.Give(field, $"{column}");
            }
        }

        return map;
    }

    /// <summary>The field that a column is read as; null when it is none of ours.</summary>
    /// <remarks>A field that -Property gives is read from the columns given and from no other; one that is given none is not read at all.</remarks>
    public InventoryField? Find(string columnName)
    {
        if (_fields.Count == 0)
        {
            return InventoryColumns.Find(columnName);
        }

        var plain = InventoryColumns.Plain(columnName);
        if (_given.TryGetValue(plain, out var given))
        {
            _unseen.Remove(plain);
            return given;
        }

        return InventoryColumns.Find(columnName) is { } field && !_fields.Contains(field) ? field : null;
    }

    private void Give(InventoryField field, string column)
    {
        var plain = InventoryColumns.Plain(column);
        if (plain.Length == 0)
        {
            return;
        }

        if (_given.TryGetValue(plain, out var other) && other != field)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid,
                $"-Property reads the column '{ForeignText.Show(column, ForeignText.LongestWord)}' as two things, {other} and {field}.",
                "Give each column once.");
        }

        _given[plain] = field;
        _unseen[plain] = ForeignText.Show(column, ForeignText.LongestWord);
    }
}
