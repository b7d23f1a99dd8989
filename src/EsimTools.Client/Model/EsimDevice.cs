// One line of the service's device list.

namespace EsimTools;

/// <summary>A line of the device list. On an eUICC with several profiles each has a line of its own, as far as the documents tell.</summary>
/// <remarks>Source: the reference's page on device information (<c>POST /m2m/v1/devices/actions/list</c>).</remarks>
public sealed class EsimDevice
{
    /// <summary>The profile's ICCID; null when the list gives none.</summary>
    public string? Iccid { get; init; }

    /// <summary>The eUICC's EID; null when the list gives none.</summary>
    public string? Eid { get; init; }

    /// <summary>The device's IMEI; null when the list gives none.</summary>
    public string? Imei { get; init; }

    /// <summary>The phone number, 10 digits; null when the list gives none.</summary>
    public string? Mdn { get; init; }

    /// <summary>The account.</summary>
    public string? AccountName { get; init; }

    /// <summary>The service plan.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>The service state, which the list writes in small letters.</summary>
    public string? State { get; init; }

    /// <summary>The profile status, where the list has one; nothing documents that it always does.</summary>
    public string? ProfileStatus { get; init; }

    /// <summary>Whether the device is attached to a network.</summary>
    public bool? Connected { get; init; }

    /// <summary>The IP address.</summary>
    public string? IPAddress { get; init; }

    /// <summary>When the line was made, in UTC; null where the list does not tell, or not in ISO 8601.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the device was last attached, in UTC; null where the list does not tell, or not in ISO 8601.</summary>
    public DateTimeOffset? LastConnectionDate { get; init; }

    /// <summary>When the service was asked, in UTC.</summary>
    public DateTimeOffset AsOf { get; init; }

    /// <summary>The line as a profile, with its words as evidence of the service.</summary>
    public EsimProfile ToProfile() => new()
    {
        Iccid = Iccid,
        Eid = Eid,
        Imei = Imei,
        AccountName = AccountName,
        ServicePlan = ServicePlan,
        State = State,
        ProfileStatus = ProfileStatus,
        Connected = Connected,
        Source = EvidenceSource.ServiceList,
        AsOf = AsOf,
    };

    /// <inheritdoc/>
    public override string ToString() => EsimProfile.Describe(Iccid, Eid, Imei);
}
