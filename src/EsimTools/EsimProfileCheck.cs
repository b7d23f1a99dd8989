// What the preflight says of one input object.

namespace EsimTools;

/// <summary>The preflight of one profile for one action.</summary>
public sealed class EsimProfileCheck
{
    /// <summary>The ICCID, in digits; null when it cannot be used or is missing.</summary>
    public string? Iccid => Profile?.Iccid;

    /// <summary>The EID, in digits; null when it cannot be used or is missing.</summary>
    public string? Eid => Profile?.Eid;

    /// <summary>The IMEI, in digits; null when it cannot be used or is missing.</summary>
    public string? Imei => Profile?.Imei;

    /// <summary>The account that the input names; null where it names none.</summary>
    public string? AccountName => Profile?.AccountName;

    /// <summary>The service plan that the input names; null where it names none.</summary>
    public string? ServicePlan => Profile?.ServicePlan;

    /// <summary>The service state by the input's word; null where it has none.</summary>
    public string? State => Profile?.State;

    /// <summary>The profile status by the input's word; null where it has none.</summary>
    public string? ProfileStatus => Profile?.ProfileStatus;

    /// <summary>The profile role by the input's word; null where it has none.</summary>
    public string? ProfileRole => Profile?.ProfileRole;

    /// <summary>Where the three words come from.</summary>
    public EvidenceSource Source => Profile?.Source ?? EvidenceSource.None;

    /// <summary>When they were true, in UTC; null for an inventory, whose age nobody knows.</summary>
    public DateTimeOffset? AsOf => Profile?.AsOf;

    /// <summary>The action, in ThingSpace's word.</summary>
    public required string Action { get; init; }

    /// <summary>What would happen.</summary>
    public required EsimProfileCheckResult Result { get; init; }

    /// <summary>Whether every check digit fits.</summary>
    public bool CheckDigitsOk { get; init; }

    /// <summary>The error id that the action would give; null when it would be allowed.</summary>
    public EsimError? ErrorId { get; init; }

    /// <summary>The reason of a refusal as a full sentence; for a deletion that is not refused, what proves the profile disabled or what is missing; otherwise null.</summary>
    public string? Message { get; init; }

    /// <summary>What to do about it; null when there is nothing to do.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>The profile that was read from the input; null when it cannot be used. A check that is piped on stands for it.</summary>
    internal EsimProfile? Profile { get; init; }

    /// <summary>Whether the input has a place for the ICCID, and nothing in it.</summary>
    internal bool IsIccidEmpty { get; init; }

    /// <summary>The object that was checked.</summary>
    public required object? InputObject { get; init; }
}
