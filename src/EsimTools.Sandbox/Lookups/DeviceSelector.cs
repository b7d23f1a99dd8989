// One condition on a profile's identifiers, as the lists take it.

using System.Text.Json;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Lookups;

/// <summary>A kind of number and what it must pass.</summary>
/// <remarks>
/// Where the documents are silent: of several comparisons in one filter all that are given must hold, and one that is empty or null is not
/// given. Verizon's own SDKs always send <c>contains</c>, empty where another is meant.
/// </remarks>
internal sealed class DeviceSelector
{
    private readonly NumberKind _kind;
    private readonly List<NumberTest> _tests;

    private DeviceSelector(NumberKind kind, List<NumberTest> tests)
    {
        _kind = kind;
        _tests = tests;
    }

    /// <summary>Whether it names one number whole.</summary>
    public bool IsExact => _tests.Exists(test => test.Match == NumberMatch.Equal);

    /// <summary>Reads <c>{kind, id}</c>.</summary>
    public static DeviceSelector ReadId(ref Utf8JsonReader json) => Read(ref json, ["id"]);

    /// <summary>Reads <c>{kind, contains, startswith, endswith, eq}</c>, one of them or several.</summary>
    public static DeviceSelector ReadFilter(ref Utf8JsonReader json) => Read(ref json, ["eq", "contains", "startswith", "endswith"]);

    /// <summary>The profiles that fit; uses the fleet's index where there is one. Called under the fleet's gate.</summary>
    public IEnumerable<Profile> Candidates(SandboxFleet fleet)
    {
        if (!IsExact || _kind is not (NumberKind.Iccid or NumberKind.Eid))
        {
            return fleet.Profiles.Where(Fits);
        }

        var digits = Digits.Of(_tests.Find(test => test.Match == NumberMatch.Equal).Digits);
        if (_kind == NumberKind.Eid)
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
        var length = _kind switch
        {
            NumberKind.Iccid => profile.Iccid.Format(number),
            NumberKind.Eid => profile.Euicc.Eid.Format(number),
            NumberKind.Imei => profile.Euicc.Imei.Format(number),
            NumberKind.Mdn => profile.Mdn.Format(number),
            NumberKind.Msisdn => 1 + profile.Mdn.Format(number.Slice(1)),
            _ => 0,
        };
        number = number.Slice(0, length);
        foreach (var test in _tests)
        {
            if (!test.Passes(number))
            {
                return false;
            }
        }

        return length > 0;
    }

    private static DeviceSelector Read(ref Utf8JsonReader json, string[] matches)
    {
        var kind = NumberKind.None;
        var seen = new List<string>();
        var tests = new List<NumberTest>();
        JsonBody.ReadProperties(ref json, "a device identifier", (string name, ref Utf8JsonReader value) =>
        {
            if (name == "kind")
            {
                kind = FindKind(JsonBody.Text(ref value, name));
                return true;
            }

            if (Array.IndexOf(matches, name) < 0 || seen.Contains(name))
            {
                return false;
            }

            seen.Add(name);
            var digits = value.TokenType == JsonTokenType.Null ? "" : JsonBody.Text(ref value, name);
            if (digits.Length > 0)
            {
                tests.Add(new NumberTest(FindMatch(name), digits));
            }

            return true;
        });
        if (kind == NumberKind.None)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Kind.Invalid", "The kind of the device identifier is missing or not supported.");
        }

        if (tests.Count == 0 || tests.Exists(test => Digits.Of(test.Digits).Length == 0))
        {
            throw Refusal.BadRequest("INPUT_INVALID.Device.Identifier.Invalid", "The device identifier is missing or not a number.");
        }

        return new DeviceSelector(kind, tests);
    }

    private static NumberMatch FindMatch(string name) => name switch
    {
        "contains" => NumberMatch.Contains,
        "startswith" => NumberMatch.StartsWith,
        "endswith" => NumberMatch.EndsWith,
        _ => NumberMatch.Equal,
    };

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
