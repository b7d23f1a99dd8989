// What a listener's prefix says: where to open the port, and which calls are for it.

using System.Net;
using System.Text;

namespace EsimTools.HttpServer;

/// <summary>A prefix such as <c>http://+:9001/thingspace/</c>, taken apart.</summary>
internal sealed class ListenAddress
{
    private const string ReadyPath = "/ready";

    private readonly byte[]? _host;
    private readonly byte[] _path;
    private readonly byte[]? _healthPath;

    private ListenAddress(string text, Uri address, bool isAnyHost, byte[]? healthPath)
    {
        _healthPath = healthPath;
        Text = text;
        IsSecure = address.Scheme == Uri.UriSchemeHttps;
        Port = address.Port;
        _path = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.AbsolutePath).TrimEnd('/'));
        if (isAnyHost)
        {
            return;
        }

        if (IPAddress.TryParse(address.DnsSafeHost, out var one))
        {
            Addresses = [one];
        }
        else if (address.DnsSafeHost.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            Addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }
        else
        {
            // Which of this machine's addresses a name leads to is for the callers' name servers to say, so all are listened on.
            _host = Encoding.ASCII.GetBytes(address.IdnHost);
        }
    }

    /// <summary>The prefix with a slash at its end.</summary>
    public string Text { get; }

    /// <summary>Whether it is https.</summary>
    public bool IsSecure { get; }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The addresses of this machine to listen on; none means all.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; } = [];

    /// <summary>Reads a prefix.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="healthPath">The path of questions about the program itself; null where none are answered.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    public static ListenAddress Parse(string? prefix, string? healthPath = null)
    {
        var text = prefix?.Trim() ?? string.Empty;
        var full = text.EndsWith("/", StringComparison.Ordinal) ? text : text + "/";

        // + and * stand for any host; no address has them.
        var probe = full;
        foreach (var sign in new[] { "://+:", "://*:", "://+/", "://*/" })
        {
            probe = probe.Replace(sign, $"://any{sign[sign.Length - 1]}");
        }

        return Uri.TryCreate(probe, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && Uri.CheckHostName(address.DnsSafeHost) != UriHostNameType.Unknown && address.Port > 0
            && address.Query.Length + address.Fragment.Length + address.UserInfo.Length == 0
            ? new(full, address, isAnyHost: probe != full, healthPath is null ? null : ReadHealthPath(healthPath))
            : throw new EsimException(
                EsimError.EsimParameterInvalid, $"'{WithoutUser(text)}' is not an address to listen on.", "Give scheme, host, port and path, for example http://+:9001/thingspace/; + stands for any host name.");
    }

    // Whoever writes a user and a password into an address must not read them again in an error.
    private static string WithoutUser(string text)
    {
        var at = text.LastIndexOf('@');
        return at < 0 ? text : "…" + text.Substring(at);
    }

    /// <summary>Whether a call is for this prefix: its path is the prefix's or below, and the host is right where the prefix names one.</summary>
    /// <param name="target">What the request line names: a path, or a whole address.</param>
    /// <param name="host">The Host header.</param>
    public bool Serves(ReadOnlySpan<byte> target, ReadOnlySpan<byte> host)
    {
        TakeHost(ref target, ref host);
        return (_host is null || Ascii.AreEqual(WithoutPort(host), _host)) && IsBelow(target);
    }

    /// <summary>The question about the program itself that a target stands for, whatever host it names; null where it is none.</summary>
    public HealthQuestion? QuestionOf(ReadOnlySpan<byte> target)
    {
        if (_healthPath is null)
        {
            return null;
        }

        ReadOnlySpan<byte> host = default;
        TakeHost(ref target, ref host);
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target.Slice(0, query);
        return path.SequenceEqual(_healthPath) ? HealthQuestion.IsAlive
            : path.StartsWith(_healthPath) && path.Slice(_healthPath.Length).SequenceEqual(Encoding.ASCII.GetBytes(ReadyPath)) ? HealthQuestion.IsReady
            : null;
    }

    // A target may be a whole address, whose host then counts.
    private static void TakeHost(scoped ref ReadOnlySpan<byte> target, scoped ref ReadOnlySpan<byte> host)
    {
        if (target.Length > 0 && target[0] != '/' && target.IndexOf("://"u8) is var scheme and > 0)
        {
            target = target.Slice(scheme + 3);
            var slash = target.IndexOf((byte)'/');
            host = slash < 0 ? target : target.Slice(0, slash);
            target = slash < 0 ? "/"u8 : target.Slice(slash);
        }
    }

    private static byte[] ReadHealthPath(string text)
    {
        var path = Encoding.UTF8.GetBytes(text);
        return path.Length > 1 && path[0] == '/' && path[path.Length - 1] != '/' && Ascii.IsVisible(path) && text.IndexOfAny(['%', '?', '#']) < 0
            ? path
            : throw new EsimException(EsimError.EsimParameterInvalid, $"'{text}' is not a path for questions about the listener itself.", "Give a path in plain letters, for example /health; /health/ready is then answered too.");
    }

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon < 0 ? host : host.Slice(0, colon);
    }

    private static int HexOf(byte digit) => Ascii.TryReadHex(digit, out var value) ? value : -1;

    private static byte[] Unescaped(ReadOnlySpan<byte> path)
    {
        var plain = new byte[path.Length];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var isEscape = path[i] == '%' && i + 2 < path.Length && HexOf(path[i + 1]) >= 0 && HexOf(path[i + 2]) >= 0;
            plain[length++] = isEscape ? (byte)((HexOf(path[i + 1]) << 4) | HexOf(path[i + 2])) : path[i];
            i += isEscape ? 2 : 0;
        }

        return plain.AsSpan(0, length).ToArray();
    }

    private bool IsBelow(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target.Slice(0, query);
        if (path.IndexOf((byte)'%') >= 0)
        {
            path = Unescaped(path);
        }

        return path.Length >= _path.Length && Ascii.AreEqual(path.Slice(0, _path.Length), _path)
            && (path.Length == _path.Length ? _path.Length > 0 : path[_path.Length] == '/') && path.IndexOf("/../"u8) < 0;
    }
}
