// The profiles and messages of the measurement, made from their numbers alone, so that both processes know them.

using System.Globalization;
using System.Text;
using EsimTools;

namespace CallbackBench;

/// <summary>Made-up profiles: number n is profile n modulo 10,000 of request n / 10,000.</summary>
internal static class Fleet
{
    public const int ProfilesPerRequest = 10_000;
    public const string UserName = "bench-listener";
    public const string Password = "bench-listener-password";
    public const string AccountName = "0000123456-00001";

    private const string IccidStart = "8914139";

    public static string RequestIdOf(int number) => new Guid(number / ProfilesPerRequest, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]).ToString();

    public static string IccidOf(int number)
    {
        var digits = IccidStart + number.ToString("D12", CultureInfo.InvariantCulture);
        return digits + CheckDigits.Luhn(digits).ToString(CultureInfo.InvariantCulture);
    }

    public static int NumberOf(string iccid) => int.Parse(iccid.AsSpan(IccidStart.Length, 12), NumberStyles.None, CultureInfo.InvariantCulture);

    public static string EidOf(int number)
    {
        var digits = "8904901100" + number.ToString("D20", CultureInfo.InvariantCulture);
        return digits + CheckDigits.Mod97(digits);
    }

    /// <summary>A message of the size that the documents' samples have, about a kilobyte.</summary>
    public static byte[] Message(int number)
    {
        var (iccid, eid) = (IccidOf(number), EidOf(number));
        var ids = $$"""[{"id":"{{iccid}}","kind":"Iccid"},{"id":"490154203237518","kind":"Imei"},{"id":"{{eid}}","kind":"Eid"},{"id":"5551234567","kind":"mdn"},{"id":"15551234567","kind":"msisdn"}]""";
        return Encoding.UTF8.GetBytes(
            $$$"""{"requestId":"{{{RequestIdOf(number)}}}","deviceIds":{{{ids}}},"deviceResponse":{"deviceProfileResponse":{"deviceIdentifierCollection":{{{ids}}},"state":"DEACTIVE","servicePlan":"M2M Global","profileStatus":"ENABLE","profileRole":"LOCAL"}},"status":"SUCCESS","callbackCount":1,"maxCallbackThreshold":4,"username":"{{{UserName}}}","password":"{{{Password}}}"}""");
    }
}
