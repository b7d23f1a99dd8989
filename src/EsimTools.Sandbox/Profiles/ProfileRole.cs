// What a profile is on its eUICC.

namespace EsimTools.Sandbox.Profiles;

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
