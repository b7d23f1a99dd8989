// An account's device list, page by page.

using EsimTools.Protocol;
using EsimTools.Runs;

namespace EsimTools;

/// <summary>One reading of a device list from its first page to its last. Its pages come one after the other.</summary>
public sealed class EsimDeviceListing
{
    private readonly LookUp _lookUp;
    private readonly DeviceListing _listing;

    internal EsimDeviceListing(LookUp lookUp, EsimDeviceQuery query)
    {
        _lookUp = lookUp;
        _listing = new(query);
    }

    /// <summary>Whether the last page has been read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Asks for the next page.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The devices of the page that fit; none behind the last page.</returns>
    /// <exception cref="EsimException">The service could not be asked, or gave a page twice.</exception>
    public async Task<IReadOnlyList<EsimDevice>> ReadNextAsync(CancellationToken cancellationToken = default)
    {
        if (IsComplete)
        {
            return [];
        }

        var page = await _lookUp.ReadPageAsync(_listing, cancellationToken).ConfigureAwait(false);
        IsComplete = page.Next is null;
        return page.Devices;
    }
}
