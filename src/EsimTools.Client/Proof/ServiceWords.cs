// What the service's words for states mean to the rules. Words are compared without case: the v1 list writes them small.

namespace EsimTools.Proof;

/// <summary>Meanings of <c>state</c>, <c>profileStatus</c> and <c>profileRole</c>.</summary>
internal static class ServiceWords
{
    /// <summary>The service's own word where it does not tell; here also for two words that differ, or for none where one has been taken away.</summary>
    public const string Unknown = "UNKNOWN";

    /// <summary>Every word that a rule looks at.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "DEACTIVE", "DEACTIVATED", "ACTIVE", "ACTIVATED", "SUSPEND", "SUSPENDED",
        "ENABLE", "DOWNLOAD_ENABLE", "DISABLE", "DOWNLOAD_DISABLE", "NOT_DOWNLOADED", "DELETE", "LEAD",
    ];

    /// <summary>Carrier service has been ended.</summary>
    public static bool IsDeactive(string? state) => Is(state, "DEACTIVE") || Is(state, "DEACTIVATED");

    /// <summary>Carrier service is running.</summary>
    public static bool IsActive(string? state) => Is(state, "ACTIVE") || Is(state, "ACTIVATED");

    /// <summary>Carrier service is suspended.</summary>
    public static bool IsSuspended(string? state) => Is(state, "SUSPEND") || Is(state, "SUSPENDED");

    /// <summary>The profile is the enabled one of its eUICC.</summary>
    public static bool IsEnabled(string? profileStatus) => Is(profileStatus, "ENABLE") || Is(profileStatus, "DOWNLOAD_ENABLE");

    /// <summary>The profile is on the eUICC and not enabled.</summary>
    public static bool IsDisabled(string? profileStatus) => Is(profileStatus, "DISABLE") || Is(profileStatus, "DOWNLOAD_DISABLE");

    /// <summary>The profile is not on the eUICC.</summary>
    public static bool IsNotDownloaded(string? profileStatus) => Is(profileStatus, "NOT_DOWNLOADED");

    /// <summary>Whether the profile is on the eUICC, enabled or not; null where the word does not tell.</summary>
    public static bool? IsOnEuicc(string? profileStatus) =>
        IsEnabled(profileStatus) || IsDisabled(profileStatus) ? true
        : IsNotDownloaded(profileStatus) || IsDeleted(profileStatus) ? false
        : null;

    /// <summary>The profile has been deleted.</summary>
    public static bool IsDeleted(string? profileStatus) => Is(profileStatus, "DELETE");

    /// <summary>The profile is a Verizon US one.</summary>
    public static bool IsLead(string? profileRole) => Is(profileRole, "LEAD");

    /// <summary>A word as the documents write it. Letters beyond ASCII stay as they are: two of them have "S" and "K" for their capitals, and would make another word.</summary>
    public static string? InCapitals(string? word) => word is not null && word.Any(static c => c is >= 'a' and <= 'z')
        ? string.Concat(word.Select(static c => c is >= 'a' and <= 'z' ? (char)(c - 32) : c))
        : word;

    private static bool Is(string? word, string expected) => string.Equals(word, expected, StringComparison.OrdinalIgnoreCase);
}
