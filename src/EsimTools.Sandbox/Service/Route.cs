// Which endpoint a path means.

using EsimTools.Sandbox.Actions;

namespace EsimTools.Sandbox.Service;

/// <summary>An endpoint with what its path says.</summary>
internal sealed class Route
{
    private static readonly string[] s_apis = ["/api/ts/v1/", "/api/m2m/v1/", "/api/m2m/v2/"];

    private static readonly (string[] Pattern, RouteKind Kind, string[] Methods)[] s_patterns =
    [
        Pattern("ts/v1/oauth2/token", RouteKind.Token, "POST"),
        Pattern("ts/v1/oauth2/revoke", RouteKind.Revoke, "POST"),
        Pattern("m2m/v1/session/login", RouteKind.Login, "POST"),
        Pattern("m2m/v1/session/logout", RouteKind.Logout, "POST"),
        Pattern("m2m/v1/session/password/actions/reset", RouteKind.ResetPassword, "PUT"),
        Pattern("m2m/v1/devices/profile/actions/{name}", RouteKind.Action, "POST"),
        Pattern("m2m/v1/devices/actions/list", RouteKind.DeviceList, "POST"),
        Pattern("m2m/v1/devices/history/actions/list", RouteKind.History, "POST"),
        Pattern("m2m/v2/devices/actions/list", RouteKind.ProfileList, "POST"),
        Pattern("m2m/v2/devices/history/actions/list", RouteKind.ProfileHistory, "POST"),
        Pattern("m2m/v1/accounts/{account}/requests/{name}/status", RouteKind.StatusV1, "GET"),
        Pattern("m2m/v2/accounts/{account}/requests/{name}/status", RouteKind.StatusV2, "GET"),
        Pattern("m2m/v1/callbacks/{account}", RouteKind.Callbacks, "GET", "POST"),
        Pattern("m2m/v1/callbacks/{account}/name/{name}", RouteKind.CallbackName, "DELETE"),
    ];

    private Route(RouteKind kind, string[] methods)
    {
        Kind = kind;
        Methods = methods;
    }

    public RouteKind Kind { get; }

    /// <summary>The methods that are allowed.</summary>
    public string[] Methods { get; }

    /// <summary>The profile action, if it is one.</summary>
    public ProfileAction? Action { get; private init; }

    /// <summary>The account in the path.</summary>
    public string Account { get; private set; } = "";

    /// <summary>The other variable part of the path: an action, a request id or a callback service.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The endpoint of a path; null when no API of the gateway begins like this.</summary>
    public static Route? Find(string path)
    {
        if (!Array.Exists(s_apis, api => path.StartsWith(api, StringComparison.Ordinal)))
        {
            return null;
        }

        var parts = path.Substring("/api/".Length).Split('/');
        foreach (var (pattern, kind, methods) in s_patterns)
        {
            var route = new Route(kind, methods);
            if (!route.Fits(pattern, parts))
            {
                continue;
            }

            if (kind != RouteKind.Action)
            {
                return route;
            }

            if (ProfileAction.Find(route.Name) is { } action)
            {
                return new Route(kind, methods) { Action = action };
            }
        }

        return new Route(RouteKind.Unknown, []);
    }

    // A double slash leaves an empty part, which fits nothing.
    private bool Fits(string[] pattern, string[] parts)
    {
        if (pattern.Length != parts.Length)
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            switch (pattern[i])
            {
                case "{account}" when parts[i].Length > 0:
                    Account = Uri.UnescapeDataString(parts[i]);
                    break;
                case "{name}" when parts[i].Length > 0:
                    Name = Uri.UnescapeDataString(parts[i]);
                    break;
                default:
                    if (pattern[i] != parts[i])
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    private static (string[] Pattern, RouteKind Kind, string[] Methods) Pattern(string path, RouteKind kind, params string[] methods) =>
        (path.Split('/'), kind, methods);
}
