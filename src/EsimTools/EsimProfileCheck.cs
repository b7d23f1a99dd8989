// What the preflight says of one input object.

namespace EsimTools;

/// <summary>The preflight of one profile for one action.</summary>
public sealed class EsimProfileCheck
{
    /// <summary>The ICCID, in digits; null when it cannot be used or is missing.</summary>
    public string? Iccid { get; init; }

    /// <summary>The EID, in digits; null when it cannot be used or is missing.</summary>
    public string? Eid { get; init; }

    /// <summary>The IMEI, in digits; null when it cannot be used or is missing.</summary>
    public string? Imei { get; init; }

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

    /// <summary>The object that was checked.</summary>
    public required object? InputObject { get; init; }
}
