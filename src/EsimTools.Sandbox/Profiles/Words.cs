// ThingSpace's own words for state, profile status and role, each once, so that profiles share the strings.

namespace EsimTools.Sandbox.Profiles;

/// <summary>Service states of a profile, as callbacks write them.</summary>
internal static class ServiceState
{
    public const string Active = "ACTIVE";
    public const string Deactive = "DEACTIVE";
    public const string Suspend = "SUSPEND";
    public const string Unknown = "UNKNOWN";

    private static readonly string[] s_all =
    [
        Active, Deactive, Suspend, Unknown, "DEACTIVATED", "ACTIVATED", "PENDING_ACTIVATION", "PENDING_DEACTIVATION", "PRE_ACTIVE",
        "ACTIVATION_READY", "INVENTORY", "PURGED", "REPLACED", "RETIRED", "TEST_READY",
    ];

    /// <summary>The shared word for a text in any case, with <c>-</c> or a space for <c>_</c>; null when it is no state.</summary>
    public static string? Find(string text) => Words.Find(s_all, text) switch
    {
        "ACTIVATED" => Active,
        "DEACTIVATED" => Deactive,
        var word => word,
    };

    /// <summary>The state as the synchronous device list writes it, for example <c>pre-active</c>.</summary>
    public static string InList(string state) => state switch
    {
        Active => "active",
        Deactive => "deactive",
        Suspend => "suspend",
        _ => state.ToLowerInvariant().Replace('_', '-'),
    };
}

/// <summary>Where a profile stands on its eUICC.</summary>
internal static class ProfileStatus
{
    public const string Enable = "ENABLE";
    public const string Disable = "DISABLE";
    public const string DownloadEnable = "DOWNLOAD_ENABLE";
    public const string DownloadDisable = "DOWNLOAD_DISABLE";
    public const string NotDownloaded = "NOT_DOWNLOADED";
    public const string Delete = "DELETE";
    public const string Unknown = "UNKNOWN";

    private static readonly string[] s_all = [Enable, Disable, DownloadEnable, DownloadDisable, NotDownloaded, Delete, Unknown];

    /// <summary>The shared word for a text; null when it is no profile status.</summary>
    public static string? Find(string text) => Words.Find(s_all, text);

    /// <summary>Whether the profile is the one the device uses.</summary>
    public static bool IsEnabled(string status) => status is Enable or DownloadEnable;

    /// <summary>Whether the profile is on the card but not in use.</summary>
    public static bool IsIdle(string status) => status is Disable or DownloadDisable;
}

/// <summary>What a profile is on its eUICC.</summary>
internal static class ProfileRole
{
    /// <summary>The Verizon US profile.</summary>
    public const string Lead = "LEAD";

    /// <summary>A Global profile.</summary>
    public const string Local = "LOCAL";

    private static readonly string[] s_all = [Lead, Local, "DEFAULT"];

    /// <summary>The shared word for a text; null when it is no role.</summary>
    public static string? Find(string text) => Words.Find(s_all, text);
}

/// <summary>Looks a text up among the service's words.</summary>
internal static class Words
{
    public static string? Find(string[] words, string text)
    {
        // Nearly every inventory has the words exactly as they are.
        var exact = Array.IndexOf(words, text);
        if (exact >= 0)
        {
            return words[exact];
        }

        var plain = text.Trim().Replace('-', '_').Replace(' ', '_');
        foreach (var word in words)
        {
            if (string.Equals(word, plain, StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        return null;
    }
}
