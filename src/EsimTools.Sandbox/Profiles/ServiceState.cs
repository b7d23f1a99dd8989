// Service states of a profile, as callbacks write them.

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
