// Messages that also tell on which eUICC a profile is; apart, because .NET Framework has no such Replace.

namespace EsimTools.Testing;

internal static partial class Sample
{
    /// <summary>The same callback, whose entry and devices also name an eUICC.</summary>
    public static string WithEid(string callback, string eid) =>
        callback.Replace("\"kind\": \"Iccid\" } ]", $"\"kind\": \"Iccid\" }}, {{ \"id\": \"{eid}\", \"kind\": \"Eid\" }} ]", StringComparison.Ordinal);

    /// <summary>A line of the service's device list that tells on which eUICC the profile is.</summary>
    public static string ListedWithEid(EsimProfile profile, string state, string? status) =>
        Listed(profile.Iccid!, state, status).Replace("\"kind\": \"iccId\" }", $"\"kind\": \"iccId\" }}, {{ \"id\": \"{profile.Eid}\", \"kind\": \"eid\" }}", StringComparison.Ordinal);
}
