// One reading of an account's list from its first page to its last: where it stands, and what it has seen, so that it comes to an end.

using System.Security.Cryptography;
using System.Text;

namespace EsimTools.Protocol;

/// <summary>The state of one listing. Not thread-safe: its pages come one after the other.</summary>
/// <remarks>
/// The service goes on behind <c>largestDeviceIdSeen</c>. A service that gives the same place twice, or the same devices at another place, would
/// give them for ever.
/// </remarks>
/// <param name="query">What is asked for.</param>
/// <param name="place">Behind which device it goes on; null to begin.</param>
internal sealed class DeviceListing(EsimDeviceQuery query, string? place = null)
{
    private readonly HashSet<string> _places = place is null ? [] : [place];
    private readonly HashSet<string> _pages = [];

    /// <summary>What is asked for.</summary>
    public EsimDeviceQuery Query => query;

    /// <summary>Behind which device the next page begins; null for the first page, and when there is no next one.</summary>
    public string? Place { get; private set; } = place;

    /// <summary>Takes a page in and moves behind it.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimAnswerInvalid"/>: it has been seen before in this listing, or nothing can come behind it.</exception>
    public void Follow(DeviceListPage page)
    {
        var next = page.Devices.Count > 0 ? page.Devices[page.Devices.Count - 1].PagingId : null;
        if (page.HasMore && next is null)
        {
            throw new EsimException(
                EsimError.EsimAnswerInvalid, "The service has more devices but gave no DeviceId to go on from, so the list is not complete.", "Ask for single profiles by ICCID.");
        }

        if ((page.HasMore && !_places.Add(next!)) || (KeyOf(page) is { } key && !_pages.Add(key)))
        {
            throw new EsimException(
                EsimError.EsimAnswerInvalid, "The service gave a page of its device list again that it had given before, so the list is not complete.", "Ask for single profiles by ICCID.");
        }

        Place = page.HasMore ? next : null;
    }

    // Which devices a page names; null where it names none, and so cannot be told from another one.
    private static string? KeyOf(DeviceListPage page)
    {
        var names = new StringBuilder();
        foreach (var (iccid, eid, imei, mdn) in page.Devices.Select(device => device.Identifiers))
        {
            names.Append(iccid).Append(',').Append(eid).Append(',').Append(imei).Append(',').Append(mdn).Append(';');
        }

        if (names.Length == 4 * page.Devices.Count)
        {
            return null;
        }

        using var hash = SHA256.Create();
        return Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes(names.ToString())));
    }
}
