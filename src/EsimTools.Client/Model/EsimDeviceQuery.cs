// Which lines of an account's device list are wanted.

namespace EsimTools;

/// <summary>What to ask the device list for. What is null does not narrow the search.</summary>
/// <remarks>
/// An identifier is whole, or has a star at its beginning, its end or both. The service's list knows "starts with", "ends with" and
/// "contains"; what it answers is compared here once more.
/// </remarks>
public sealed record EsimDeviceQuery
{
    /// <summary>The account; null means the connection's own.</summary>
    public string? AccountName { get; init; }

    /// <summary>An ICCID or a part of one with a star.</summary>
    public string? Iccid { get; init; }

    /// <summary>An EID or a part of one with a star.</summary>
    public string? Eid { get; init; }

    /// <summary>An IMEI or a part of one with a star.</summary>
    public string? Imei { get; init; }

    /// <summary>A phone number (MDN, 10 digits) or a part of one with a star.</summary>
    public string? Mdn { get; init; }

    /// <summary>The service plan.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>The service state, for example <c>active</c> or <c>deactive</c>.</summary>
    public string? State { get; init; }

    /// <summary>Whether the device is attached to a network; compared here, the service's list cannot ask for it.</summary>
    public bool? Connected { get; init; }

    /// <summary>The identifiers that are given, with the service's words for their kinds.</summary>
    internal IReadOnlyList<(string Kind, string Pattern)> Filters
    {
        get
        {
            var filters = new List<(string, string)>(4);
            foreach (var (kind, pattern) in (ReadOnlySpan<(string, string?)>)[("iccid", Iccid), ("eid", Eid), ("imei", Imei), ("mdn", Mdn)])
            {
                if (pattern is not null)
                {
                    filters.Add((kind, pattern));
                }
            }

            return filters;
        }
    }

    /// <summary>Whether a device is one of those wanted.</summary>
    internal bool Fits(EsimDevice device) =>
        Fits(Iccid, device.Iccid) && Fits(Eid, device.Eid) && Fits(Imei, device.Imei) && Fits(Mdn, device.Mdn)
        && (ServicePlan is null || string.Equals(ServicePlan, device.ServicePlan, StringComparison.OrdinalIgnoreCase))
        && (State is null || string.Equals(State, device.State, StringComparison.OrdinalIgnoreCase))
        && (Connected is null || Connected == device.Connected);

    private static bool Fits(string? pattern, string? digits)
    {
        if (pattern is null)
        {
            return true;
        }

        var part = pattern.Trim('*');
        return digits is not null && (pattern.StartsWith("*", StringComparison.Ordinal), pattern.EndsWith("*", StringComparison.Ordinal)) switch
        {
            (false, false) => digits == part,
            (false, true) => digits.StartsWith(part, StringComparison.Ordinal),
            (true, false) => digits.EndsWith(part, StringComparison.Ordinal),
            (true, true) => digits.IndexOf(part, StringComparison.Ordinal) >= 0,
        };
    }
}
