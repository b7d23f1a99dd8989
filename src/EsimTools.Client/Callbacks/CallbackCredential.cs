// The user name and password that the service puts into each message, compared without telling by time which of them is wrong.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EsimTools.Session;
using EsimTools.Wire;

namespace EsimTools.Callbacks;

/// <summary>What messages have to carry. Keeps hashes only.</summary>
internal sealed class CallbackCredential(EsimCredential credential)
{
    private readonly byte[] _name = Hash(credential.Name);
    private readonly byte[] _secret = Hash(credential.Secret);

    /// <summary>Whether a message carries the right pair, at its top or, as a failure may, inside its <c>faultResponse</c>.</summary>
    public bool Matches(JsonElement message)
    {
        var fault = message.Find("faultResponse");

        // Hashes have one length, so the comparison takes the same time for every wrong pair; both are always made.
        var name = AreEqual(_name, Hash(message.RawText("username") ?? fault?.RawText("username") ?? string.Empty));
        var secret = AreEqual(_secret, Hash(message.RawText("password") ?? fault?.RawText("password") ?? string.Empty));
        return name & secret;
    }

    private static byte[] Hash(string text)
    {
        using var hash = SHA256.Create();
        return hash.ComputeHash(Encoding.UTF8.GetBytes(text));
    }

#if NET
    private static bool AreEqual(byte[] left, byte[] right) => CryptographicOperations.FixedTimeEquals(left, right);
#else
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining | System.Runtime.CompilerServices.MethodImplOptions.NoOptimization)]
    private static bool AreEqual(byte[] left, byte[] right)
    {
        var difference = left.Length ^ right.Length;
        for (var i = 0; i < left.Length && i < right.Length; i++)
        {
            difference |= left[i] ^ right[i];
        }

        return difference == 0;
    }
#endif
}
