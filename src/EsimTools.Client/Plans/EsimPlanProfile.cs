// One profile of a plan: who it is, what was known of it, what was decided and why.

namespace EsimTools;

/// <summary>A profile of a plan with its evidence and its verdict.</summary>
public sealed class EsimPlanProfile
{
    /// <summary>The ICCID, in digits; null for an action on a device that is named by its EID alone.</summary>
    public string? Iccid { get; init; }

    /// <summary>The EID, in digits; null when not known.</summary>
    public string? Eid { get; init; }

    /// <summary>The IMEI, in digits; null when not known.</summary>
    public string? Imei { get; init; }

    /// <summary>The account that its request names.</summary>
    public required string AccountName { get; init; }

    /// <summary>The service plan that its request names; null for none.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>What is to be done.</summary>
    public required EsimPlanVerdict Verdict { get; init; }

    /// <summary>The error id of a refusal; null where it is not refused.</summary>
    public EsimError? ErrorId { get; init; }

    /// <summary>Why, as a sentence; null where an allowed action needs no reason.</summary>
    public string? Because { get; init; }

    /// <summary>Service state in ThingSpace's word when the plan was made; null when not known.</summary>
    public string? State => Known.State;

    /// <summary>Profile status in ThingSpace's word when the plan was made; null when not known.</summary>
    public string? ProfileStatus => Known.ProfileStatus;

    /// <summary><c>LEAD</c> or <c>LOCAL</c>; null when not known.</summary>
    public string? ProfileRole => Known.ProfileRole;

    /// <summary>Who said so.</summary>
    public EvidenceSource Source => Known.Source;

    /// <summary>When that was true, in UTC; null for an inventory, whose age nobody knows.</summary>
    public DateTimeOffset? AsOf => Known.At;

    /// <summary>The five above as one value.</summary>
    internal ProfileState Known { get; init; }

    /// <summary>Whether something is to be sent for it.</summary>
    public bool IsSent => Verdict is EsimPlanVerdict.Allowed or EsimPlanVerdict.DisablesFirst;

    /// <summary>The profile as a run takes it; what was known of it then is left behind.</summary>
    public EsimProfile ToProfile() => new() { Iccid = Iccid, Eid = Eid, Imei = Imei, AccountName = AccountName, ServicePlan = ServicePlan };

    /// <summary>The identifiers in a form for messages, ICCID first.</summary>
    public override string ToString() => EsimProfile.Describe(Iccid, Eid, Imei);
}
