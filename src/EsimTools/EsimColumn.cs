// What a column of an inventory is read as.

namespace EsimTools;

/// <summary>What one column of the input is read as.</summary>
public sealed class EsimColumn
{
    /// <summary>The column, as it is called in the input; what lies inside of one has its name behind a dot.</summary>
    public required string Column { get; init; }

    /// <summary>What it is read as: Iccid, Eid, Imei, AccountName, ServicePlan, State, ProfileStatus or ProfileRole; null where it is not read.</summary>
    public string? ReadAs { get; init; }

    /// <summary>What the first row with these columns has there.</summary>
    public string? Value { get; init; }

    /// <summary>Why it is not read although its name is known, or why its value cannot be used; otherwise null.</summary>
    public string? Note { get; init; }
}
