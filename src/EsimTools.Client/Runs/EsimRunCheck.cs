// What the service says now of one profile of a run.

namespace EsimTools;

/// <summary>One profile of a run, compared with what the service says of it now.</summary>
public sealed class EsimRunCheck
{
    /// <summary>The profile's ICCID.</summary>
    public string? Iccid { get; init; }

    /// <summary>The eUICC's EID, when the request named it.</summary>
    public string? Eid { get; init; }

    /// <summary>The device's IMEI, when the request named it.</summary>
    public string? Imei { get; init; }

    /// <summary>The account of the request.</summary>
    public required string AccountName { get; init; }

    /// <summary>The run; null for a request of a journal from before there were runs.</summary>
    public string? RunId { get; init; }

    /// <summary>The request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The action, in ThingSpace's word.</summary>
    public required string Action { get; init; }

    /// <summary>Whether the profile is as the run has left it.</summary>
    public required EsimRunVerdict Verdict { get; init; }

    /// <summary>What the action makes of a profile, in the service's words; null where that is not known.</summary>
    public string? Expected { get; init; }

    /// <summary>What the service says now, in its words; null where it says nothing.</summary>
    public string? Found { get; init; }

    /// <summary>Why it is different, or why it cannot be told; null where it is verified.</summary>
    public string? Because { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {EsimProfile.Describe(Iccid, Eid, Imei)}";
}
