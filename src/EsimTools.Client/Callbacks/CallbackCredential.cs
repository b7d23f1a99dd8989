// The user name and password that the service puts into each message, compared without telling by time which of them is wrong.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EsimTools.Protocol;

namespace EsimTools.Callbacks;

/// <summary>A user name and password of messages. Keeps hashes only.</summary>
internal sealed class CallbackCredential
{
    private readonly byte[] _name;
    private readonly byte[] _secret;

    /// <summary>The pair that a listener asks for.</summary>
    public CallbackCredential(EsimCredential credential)
    {
        _name = Hash(credential.Name);
        _secret = Hash(credential.Secret);
    }

    private CallbackCredential(string name, string secret)
    {
        _name = Hash(name);
        _secret = Hash(secret);
    }

    /// <summary>The pair that a message carries, at its top or, as a failure may, inside its <c>faultResponse</c>.</summary>
    public static CallbackCredential Of(JsonElement message)
    {
        var fault = message.Find("faultResponse");
        return new(
            message.RawText("username") ?? fault?.RawText("username") ?? string.Empty,
            message.RawText("password") ?? fault?.RawText("password") ?? string.Empty);
    }

    /// <summary>Whether both are the same.</summary>
    public bool Matches(CallbackCredential other)
    {
        // Hashes have one length, so the comparison takes the same time for every wrong pair; both are always made.
        var name = AreEqual(_name, other._name);
        var secret = AreEqual(_secret, other._secret);
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
