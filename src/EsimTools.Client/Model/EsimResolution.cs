// What could be found out of one profile in a request whose outcome was unknown.

namespace EsimTools;

/// <summary>What became of one profile in a request whose outcome was unknown, and what shows it.</summary>
public sealed class EsimResolution
{
    internal EsimResolution(EsimProfile profile) => Profile = profile;

    /// <summary>The profile's ICCID.</summary>
    public string? Iccid => Profile.Iccid;

    /// <summary>The eUICC's EID, when the request named it.</summary>
    public string? Eid => Profile.Eid;

    /// <summary>The device's IMEI, when the request named it.</summary>
    public string? Imei => Profile.Imei;

    /// <summary>The account of the request.</summary>
    public required string AccountName { get; init; }

    /// <summary>The service's id of the request, or the journal's where there is none.</summary>
    public required string RequestId { get; init; }

    /// <summary>The action, in ThingSpace's word.</summary>
    public required string Action { get; init; }

    /// <summary>How it ended.</summary>
    public required EsimResolutionStatus Resolution { get; init; }

    /// <summary>What shows it, or what is missing, in words.</summary>
    public required string Evidence { get; init; }

    /// <summary>Who says so; <see cref="EvidenceSource.None"/> when nobody does.</summary>
    public EvidenceSource Source => Known.Source;

    /// <summary>When that was true, in UTC; null when nobody says anything.</summary>
    public DateTimeOffset? AsOf => Known.At;

    /// <summary>Service state; null when not known.</summary>
    public string? State => Known.State;

    /// <summary>Profile status; null when not known.</summary>
    public string? ProfileStatus => Known.ProfileStatus;

    /// <summary>What shows it.</summary>
    internal ProfileState Known { get; init; }

    /// <summary>The profile as the request named it.</summary>
    internal EsimProfile Profile { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Resolution}: {Profile}";
}
