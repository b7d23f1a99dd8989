// Made-up inputs that several properties start from: identifiers with right check digits, texts, JSON of any shape, damaged bytes.

using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

/// <summary>Generators.</summary>
internal static class Inputs
{
    /// <summary>The names that the service's messages and the journal use, so that made-up JSON gets past the first look of a reader.</summary>
    private static readonly string[] s_names =
    [
        "requestId", "deviceIds", "id", "kind", "status", "deviceResponse", "deviceProfileResponse", "deviceIdentifierCollection", "state", "profileStatus", "profileRole",
        "faultResponse", "faultcode", "faultstring", "callbackCount", "devices", "hasMoreData", "carrierInformations", "servicePlan", "extendedAttributes", "key", "value",
        "connected", "accountName", "access_token", "expires_in", "sessionToken", "subRequests", "ids", "fault", "code", "message", "description", "errorCode", "errorMessage",
        "error", "error_description", "username", "password", "v", "at", "event", "request", "profiles", "iccid", "source", "result", "", "x",
    ];

    private static readonly string[] s_words =
    [
        "", " ", "iccid", "Iccid", "EID", "imei", "mdn", "SUCCESS", "FAILED", "warning", "DEACTIVE", "ENABLE", "LEAD", "ProfileStatus", "DeviceId", "true", "1", "-1", "99999999999",
        "89141390780800784259", "sending", "outcome", "callback", "2026-03-01T12:00:00.000Z", "\\ud800", "\\u0000", "\\n", "é", "𝄞",
    ];

    private static readonly string[] s_scalars = ["null", "true", "false", "0", "-1", "1e400", "3.5", "123456789012345678901234567890", "[]", "{}"];

    /// <summary>Digits.</summary>
    public static Gen<string> Digits(int count) => Gen.Choose(0, 9).ArrayOf(count).Select(digits => string.Concat(digits));

    /// <summary>A kind of identifier with one that is sound.</summary>
    public static Gen<(IdentifierKind Kind, string Digits)> SoundIdentifiers { get; } = Gen.OneOf(
        Digits(30).Select(body => (IdentifierKind.Eid, body + CheckDigits.Mod97(body))),
        Gen.Choose(17, 19).SelectMany(Digits).Select(body => (IdentifierKind.Iccid, body + CheckDigits.Luhn(body))),
        Digits(14).Select(body => (IdentifierKind.Imei, body + CheckDigits.Luhn(body))));

    /// <summary>A text of any characters, also of halves of such.</summary>
    public static Gen<string> AnyText { get; } = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? string.Empty),
        Gen.Choose(0, 0xffff).Select(code => (char)code).ArrayOf().Select(characters => new string(characters)),
        Gen.Elements("0123456789 -'\"=.,eE+\u00a0\u200b٣".ToCharArray()).ArrayOf().Select(characters => new string(characters)));

    /// <summary>A text that is valid Unicode and not blank.</summary>
    public static Gen<string> SoundText { get; } = AnyText
        .Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))
        .Where(text => !string.IsNullOrWhiteSpace(text));

    /// <summary>The same, or nothing.</summary>
    public static Gen<string?> SoundTextOrNull { get; } = Gen.Frequency((1, Gen.Constant((string?)null)), (3, SoundText.Select(text => (string?)text)));

    /// <summary>A text that is shown as it is, or nothing.</summary>
    public static Gen<string?> ShownTextOrNull { get; } = SoundTextOrNull.Select(text => text is null ? null : ForeignText.Show(text));

    /// <summary>JSON of names and words that the readers know, in shapes that they do not expect.</summary>
    public static Gen<string> Json { get; } = Gen.Choose(0, 6).SelectMany(JsonOf);

    /// <summary>Bytes: any, JSON, or one of the given texts with some bytes changed, taken out, put in or cut off.</summary>
    public static Gen<byte[]> BytesNear(params string[] texts) => Gen.Frequency(
        (1, ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => bytes ?? [])),
        (2, Json.Select(Encoding.UTF8.GetBytes)),
        (4, Gen.Elements(texts).SelectMany(text => Damaged(Encoding.UTF8.GetBytes(text)))));

    private static Gen<string> JsonOf(int depth)
    {
        var scalar = Gen.OneOf(Gen.Elements(s_words).Select(Quote), Gen.Elements(s_scalars));
        if (depth == 0)
        {
            return scalar;
        }

        var value = JsonOf(depth - 1);
        var member = Gen.Elements(s_names).SelectMany(name => value.Select(text => $"{Quote(name)}:{text}"));
        return Gen.Frequency(
            (1, scalar),
            (2, Gen.Choose(0, 3).SelectMany(value.ListOf).Select(items => $"[{string.Join(",", items)}]")),
            (4, Gen.Choose(0, 5).SelectMany(member.ListOf).Select(members => $"{{{string.Join(",", members)}}}")));
    }

    private static string Quote(string text) => $"\"{text}\"";

    private static Gen<byte[]> Damaged(byte[] bytes) =>
        Gen.Choose(0, 4).SelectMany(count => DamageAt(bytes.Length).ListOf(count)).Select(damages => damages.Aggregate(bytes, (now, damage) => damage(now)));

    private static Gen<Func<byte[], byte[]>> DamageAt(int length) =>
        from place in Gen.Choose(0, Math.Max(0, length - 1))
        from value in Gen.Frequency((3, Gen.Elements("\"\\{}[],:<>\0\n0".ToCharArray()).Select(character => (byte)character)), (1, Gen.Choose(0, 255).Select(number => (byte)number)))
        from kind in Gen.Choose(0, 4)
        select (Func<byte[], byte[]>)(bytes => Damage(bytes, Math.Min(place, bytes.Length), value, kind));

    private static byte[] Damage(byte[] bytes, int place, byte value, int kind) => kind switch
    {
        0 => bytes[..place],
        1 => [.. bytes[..place], value, .. bytes[place..]],
        2 => [.. bytes[..place], value, .. bytes[Math.Min(place + 1, bytes.Length)..]],
        3 => [.. bytes[..place], .. bytes[Math.Min(place + 3, bytes.Length)..]],
        _ => [.. bytes[..place], .. bytes[(place / 2)..]],
    };
}
