// One condition on a profile's identifiers, as the lists take it.

using System.Text.Json;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Lookups;

/// <summary>A kind, a way to compare and the digits to compare with.</summary>
internal readonly record struct DeviceSelector(NumberKind Kind, NumberMatch Match, string Digits)
{
    /// <summary>Reads <c>{kind, id}</c>.</summary>
    public static DeviceSelector ReadId(ref Utf8JsonReader json) => Read(ref json, ["id"]);

    /// <summary>Reads <c>{kind, contains|startswith|endswith|eq}</c>.</summary>
    public static DeviceSelector ReadFilter(ref Utf8JsonReader json) => Read(ref json, ["eq", "contains", "startswith", "endswith"]);

    /// <summary>The profiles that fit; uses the fleet's index where there is one. Called under the fleet's gate.</summary>
    public IEnumerable<Profile> Candidates(SandboxFleet fleet)
    {
        if (Match != NumberMatch.Equal || Kind is not (NumberKind.Iccid or NumberKind.Eid))
        {
            return fleet.Profiles.Where(Fits);
        }

        var digits = Profiles.Digits.Of(Digits);
        if (Kind == NumberKind.Eid)
        {
            return fleet.FindEuicc(digits)?.Profiles ?? [];
        }

        return fleet.FindProfile(digits) is { } profile ? [profile] : [];
    }

    /// <summary>Whether a profile fits.</summary>
    public bool Fits(Profile profile)
    {
        Span<byte> number = stackalloc byte[33];
        number[0] = (byte)'1';
        var length = Kind switch
        {
            NumberKind.Iccid => profile.Iccid.Format(number),
            NumberKind.Eid => profile.Euicc.Eid.Format(number),
            NumberKind.Imei => profile.Euicc.Imei.Format(number),
            NumberKind.Mdn => profile.Mdn.Format(number),
            NumberKind.Msisdn => 1 + profile.Mdn.Format(number.Slice(1)),
            _ => 0,
        };
        Span<byte> wanted = stackalloc byte[32];
        for (var i = 0; i < Digits.Length; i++)
        {
            wanted[i] = (byte)Digits[i];
        }

        wanted = wanted.Slice(0, Digits.Length);
        number = number.Slice(0, length);
        return length > 0 && Match switch
        {
            NumberMatch.Contains => number.IndexOf(wanted) >= 0,
            NumberMatch.StartsWith => number.StartsWith(wanted),
            NumberMatch.EndsWith => number.EndsWith(wanted),
            _ => number.SequenceEqual(wanted),
        };
    }

    private static DeviceSelector Read(ref Utf8JsonReader json, string[] matches)
    {
        var kind = NumberKind.None;
        var match = NumberMatch.Equal;
        string? digits = null;
        JsonBody.ReadProperties(ref json, "a device identifier", (string name, ref Utf8JsonReader value) =>
        {
            if (name == "kind")
            {
                kind = FindKind(JsonBody.Text(ref value, name));
                return true;
            }

            if (Array.IndexOf(matches, name) < 0 || digits is not null)
            {
                return false;
            }

            match = name switch
            {
                "contains" => NumberMatch.Contains,
                "startswith" => NumberMatch.StartsWith,
                "endswith" => NumberMatch.EndsWith,
                _ => NumberMatch.Equal,
            };
            digits = JsonBody.Text(ref value, name);
            return true;
        });
        if (kind == NumberKind.None)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Kind.Invalid", "The kind of the device identifier is missing or not supported.");
        }

        if (Profiles.Digits.Of(digits).Length == 0)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Identifier.Invalid", "The device identifier is missing or not a number.");
        }

        return new DeviceSelector(kind, match, digits!);
    }

    // Lookups take the kind in any case, unlike actions: their own pages write it in several.
    private static NumberKind FindKind(string kind) => kind.ToUpperInvariant() switch
    {
        "ICCID" => NumberKind.Iccid,
        "EID" => NumberKind.Eid,
        "IMEI" => NumberKind.Imei,
        "MDN" => NumberKind.Mdn,
        "MSISDN" => NumberKind.Msisdn,
        "ESN" or "MEID" => NumberKind.Other,
        _ => NumberKind.None,
    };
}
