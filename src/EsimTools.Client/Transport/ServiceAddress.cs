// Which addresses credentials may be sent to.

namespace EsimTools.Transport;

/// <summary>Checks the service's address.</summary>
internal static class ServiceAddress
{
    /// <summary>The production service.</summary>
    public static Uri Default { get; } = new("https://thingspace.verizon.com/api");

    /// <summary>Refuses an address that is no https address, or that holds more than one.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimAddressInvalid"/>.</exception>
    public static void Check(Uri address)
    {
        // First: a password in it must not get into the texts below.
        if (address.IsAbsoluteUri ? address.UserInfo.Length + address.Query.Length + address.Fragment.Length > 0 : address.OriginalString.Contains('@'))
        {
            throw new EsimException(EsimError.EsimAddressInvalid, "The service's address holds a user, a query or a fragment.", "Give the address alone, up to and including /api.");
        }

        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            throw new EsimException(EsimError.EsimAddressInvalid, $"'{address}' is not an https address.", $"Leave -BaseUri out for {Default}.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            throw new EsimException(
                EsimError.EsimAddressInvalid, $"'{address}' is not encrypted, and credentials are sent to it.", "Use https; plain http is accepted for this machine only.");
        }
    }
}
