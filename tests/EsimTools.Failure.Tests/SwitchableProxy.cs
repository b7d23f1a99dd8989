// A web proxy that comes into force in the middle of a connection's life, so that names, ports and certificates can turn out wrong
// for a request although the login before it went well.

using System.Net;

namespace EsimTools.Failure.Tests;

/// <summary>Leads nowhere until it is told where.</summary>
internal sealed class SwitchableProxy : IWebProxy
{
    public Uri? Address { get; set; }

    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => Address;

    public bool IsBypassed(Uri host) => Address is null;
}
