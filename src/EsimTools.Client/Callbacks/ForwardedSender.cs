// X-Forwarded-For: for whom a proxy has passed a call on.

using System.Net;

namespace EsimTools.Callbacks;

/// <summary>Reads the header.</summary>
internal static class ForwardedSender
{
    /// <summary>The address in the last entry, which is the proxy's own observation; those before it are the sender's word. Null where it is none.</summary>
    public static IPAddress? Of(string forwarded)
    {
        // 1.2.3.4, 1.2.3.4:567, [2001:db8::1]:567 and 2001:db8::1 all occur.
        var text = forwarded.Substring(forwarded.LastIndexOf(',') + 1).Trim();
        var port = text.LastIndexOf(':');
        var isIPv4WithPort = port > 0 && text.IndexOf(':') == port;
        var isIPv6InBrackets = text.StartsWith("[", StringComparison.Ordinal) && text.IndexOf(']') > 0;
        var host = isIPv4WithPort ? text.Substring(0, port) : isIPv6InBrackets ? text.Substring(1, text.IndexOf(']') - 1) : text;
        return IPAddress.TryParse(host, out var address) ? address : null;
    }
}
