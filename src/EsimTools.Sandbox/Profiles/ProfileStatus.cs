// Where a profile stands on its eUICC.

namespace EsimTools.Sandbox.Profiles;

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

    /// <summary>Whether the profile is on the eUICC but not in use.</summary>
    public static bool IsIdle(string status) => status is Disable or DownloadDisable;
}
