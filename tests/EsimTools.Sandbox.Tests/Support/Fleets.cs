// Profiles for tests, each with valid identifiers of its own.

using System.Globalization;

namespace EsimTools.Sandbox.Tests.Support;

internal static class Fleets
{
    /// <summary>A Global profile on the device with a number.</summary>
    public static SandboxProfile Local(
        int device, int profile = 0, string state = "ACTIVE", string status = "ENABLE", bool connected = true, string role = "LOCAL", string plan = "M2M Global")
    {
        var culture = CultureInfo.InvariantCulture;
        var iccid = "8931440" + profile.ToString("D3", culture) + device.ToString("D9", culture);
        var eid = "8904903200000000000000" + device.ToString("D8", culture);
        var imei = "35000000" + device.ToString("D6", culture);
        return new SandboxProfile
        {
            Iccid = iccid + CheckDigits.Luhn(iccid).ToString(culture),
            Eid = eid + CheckDigits.Mod97(eid),
            Imei = imei + CheckDigits.Luhn(imei).ToString(culture),
            ServicePlan = plan,
            State = state,
            ProfileStatus = status,
            ProfileRole = role,
            Connected = connected,
        };
    }

    public static SandboxProfile[] Many(int count) => [.. Enumerable.Range(1, count).Select(device => Local(device))];

    public static SandboxFleet Of(params SandboxProfile[] profiles)
    {
        var fleet = new SandboxFleet();
        foreach (var profile in profiles)
        {
            fleet.Add(profile);
        }

        return fleet;
    }

    /// <summary>The Verizon US profile on the same eUICC.</summary>
    public static SandboxProfile LeadOf(this SandboxFleet fleet, SandboxProfile profile) =>
        fleet.ToList().Single(row => row.Eid == profile.Eid && row.ProfileRole == "LEAD");
}
