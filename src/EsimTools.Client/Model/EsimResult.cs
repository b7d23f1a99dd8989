// What became of one profile in one request.

namespace EsimTools;

/// <summary>The outcome of an action on one profile, as the service reported it.</summary>
public sealed class EsimResult
{
    internal EsimResult(EsimProfile profile) => Profile = profile;

    /// <summary>The profile's ICCID.</summary>
    public string? Iccid => Profile.Iccid;

    /// <summary>The eUICC's EID, when the request named it.</summary>
    public string? Eid => Profile.Eid;

    /// <summary>The device's IMEI, when the request named it.</summary>
    public string? Imei => Profile.Imei;

    /// <summary>The profile by its identifiers, its account and its plan; of its state nothing, which the connection that heard the outcome knows.</summary>
    public EsimProfile ToProfile() => new(Profile) { AccountName = AccountName, ServicePlan = ServicePlan };

    /// <summary>The account of the request.</summary>
    public required string AccountName { get; init; }

    /// <summary>The service plan of the request, or where it was sent without one, that of the profile as it was given; null when none was given.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>The run that sent the request; null for a request of a journal from before there were runs.</summary>
    public string? RunId { get; init; }

    /// <summary>The request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The action, in ThingSpace's word.</summary>
    public required string Action { get; init; }

    /// <summary>Whether it succeeded or failed.</summary>
    public required OutcomeStatus Status { get; init; }

    /// <summary>Service state afterwards; null when the source does not tell.</summary>
    public string? State => Said.State;

    /// <summary>Profile status afterwards; null when the source does not tell.</summary>
    public string? ProfileStatus => Said.ProfileStatus;

    /// <summary>Profile role; null when the source does not tell.</summary>
    public string? ProfileRole => Said.ProfileRole;

    /// <summary>When the outcome became known here, in UTC.</summary>
    public DateTimeOffset ReceivedAt => Said.At!.Value;

    /// <summary>How it became known.</summary>
    public EvidenceSource Source => Said.Source;

    /// <summary>The service's failure code; null on success and where polling gives none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The service's failure text; null on success and where polling gives none.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The word of the outcome: who said it and when, and the state afterwards.</summary>
    internal ProfileState Said { get; init; }

    /// <summary>The profile as the request named it.</summary>
    internal EsimProfile Profile { get; }

    /// <summary>The same outcome for the same profile as somebody else names it.</summary>
    internal EsimResult About(EsimProfile profile) => new(profile)
    {
        AccountName = AccountName,
        ServicePlan = ServicePlan,
        RunId = RunId,
        RequestId = RequestId,
        Action = Action,
        Status = Status,
        Said = Said,
        ErrorCode = ErrorCode,
        ErrorMessage = ErrorMessage,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Status}: {Profile}";
}
