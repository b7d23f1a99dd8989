// The service's own words are shown in errors and kept in the journal. A service, or what stands before it, that repeats what it was sent
// would put secrets into them, so words that hold one are not used at all.

using System.Net;
using System.Text;

namespace EsimTools.Transport;

/// <summary>Finds secrets in words that others wrote.</summary>
internal static class Secrets
{
    /// <summary>What stands in an error in place of such words.</summary>
    public const string Withheld = "its reason is not shown because it repeats a secret";

    /// <summary>Whether a text holds one of the secrets, plain or in one of the forms in which they travel.</summary>
    /// <param name="text">The text; null holds none.</param>
    /// <param name="secrets">The secrets; what is null or empty is none.</param>
    public static bool AreIn(string? text, params string?[] secrets)
    {
        foreach (var secret in text is null ? [] : secrets)
        {
            if (!string.IsNullOrEmpty(secret) && Array.Exists(FormsOf(secret!), form => text!.IndexOf(form, StringComparison.OrdinalIgnoreCase) >= 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A pair as the Basic scheme sends it.</summary>
    public static string Basic(EsimCredential pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{pair.Name}:{pair.Secret}"));

    private static string[] FormsOf(string secret) =>
        [secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), WebUtility.HtmlEncode(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))];
}
