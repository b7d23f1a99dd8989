// Says of an identifier that cannot be used that it is one of another kind: columns were swapped.

namespace EsimTools.Binding;

/// <summary>Recognises identifiers that stand in each other's column.</summary>
internal static class SwappedColumns
{
    /// <summary>What to do about it.</summary>
    public const string WhatToDo =
        "Correct the names of the columns, or say which is which: with -Property @{ Iccid = 'Eid'; Eid = 'Iccid' } the column Eid is read as the ICCID and Iccid as the EID.";

    /// <summary>A sentence that names the swap; null where the identifier is none of another kind.</summary>
    /// <param name="cells">The row.</param>
    /// <param name="kind">The kind of the identifier that cannot be used.</param>
    public static string? Explain(in Cells cells, IdentifierKind kind)
    {
        var text = TextOf(cells, kind);
        foreach (var other in new[] { IdentifierKind.Eid, IdentifierKind.Iccid, IdentifierKind.Imei })
        {
            if (other != kind && other.Read(text).IsUsable)
            {
                return kind.Read(TextOf(cells, other)).IsUsable
                    ? $" The columns are swapped: that is an {other}, and the {kind} stands where the {other} is expected."
                    : $" That is an {other}: it stands in the wrong column.";
            }
        }

        return null;
    }

    private static string? TextOf(in Cells cells, IdentifierKind kind) => kind == IdentifierKind.Iccid ? cells.Iccid : kind == IdentifierKind.Eid ? cells.Eid : cells.Imei;
}
