// The truth: eUICCs, their profiles, and what each action does to them. It is written from docs/thingspace.md and not from the client, and is
// smaller than the sandbox: it has no network and no queue of its own, because the adversary decides when what happens.

using System.Globalization;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>What is true.</summary>
internal sealed class World
{
    /// <summary>The two accounts.</summary>
    public static readonly string[] Accounts = ["0000123456-00001", "0000123456-00002"];

    private static readonly string[] s_states = ["ACTIVE", "ACTIVE", "DEACTIVE", "SUSPEND"];
    private static readonly string[] s_idle = ["DISABLE", "DISABLE", "DOWNLOAD_DISABLE", "NOT_DOWNLOADED"];

    private readonly SeededRandom _random;
    private readonly AdversitySettings _settings;

    public World(SeededRandom random, AdversitySettings settings)
    {
        _random = random;
        _settings = settings;
        var euiccs = random.OneOf((int[])[1, 1, 1, 2, 2, 3]);
        for (var e = 0; e < euiccs; e++)
        {
            var euicc = new TrueEuicc("E" + e, Sample.EidOf(e + 1), Sample.ImeiOf(e + 1));
            var enabled = random.Below(3);
            var profiles = 1 + random.Below(3);
            for (var p = 0; p < profiles; p++)
            {
                var digits = "89141" + (e * 10 + p).ToString("D13", CultureInfo.InvariantCulture);
                var profile = new TrueProfile(
                    euicc,
                    $"P{e}{p}",
                    digits + CheckDigits.Luhn(digits).ToString(CultureInfo.InvariantCulture),
                    p == 0 && random.Happens(0.3) ? "LEAD" : "LOCAL",
                    Accounts[random.Happens(settings.OtherAccount) ? 1 : 0],
                    random.OneOf(s_states),
                    p == enabled ? "ENABLE" : random.OneOf(s_idle));
                euicc.Profiles.Add(profile);
                Profiles.Add(profile);
            }

            Euiccs.Add(euicc);
        }
    }

    /// <summary>The true time, in ticks since the life began.</summary>
    public long Now { get; set; }

    public List<TrueEuicc> Euiccs { get; } = [];

    public List<TrueProfile> Profiles { get; } = [];

    /// <summary>Called when an eUICC has fallen back to another profile.</summary>
    public Action? OnFallback { get; init; }

    /// <summary>The profile that is meant by digits, however they are written.</summary>
    public TrueProfile? ProfileOf(string digits) => Profiles.Find(profile => digits.Length >= 18 && string.CompareOrdinal(profile.Iccid, 0, digits, 0, Math.Min(19, digits.Length)) == 0);

    public TrueEuicc? EuiccOf(string eid) => Euiccs.Find(euicc => euicc.Eid == eid);

    /// <summary>Whether an action goes to the eUICC, and so to the eUICC that is named: one on which the profile is not cannot carry it out.</summary>
    public static bool IsOnEuicc(string action) => action is "enable" or "disable" or "delete" or "download" or "download_enable";

    /// <summary>Carries an action out on one profile; whether it could be.</summary>
    /// <param name="action">ThingSpace's word.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="by">The request; null for another hand.</param>
    public bool Apply(string action, TrueProfile profile, TrueRequest? by)
    {
        var state = profile.State.Word;
        if (profile.Status.Word == "DELETE")
        {
            return false;
        }

        switch (action)
        {
            case "activate" when state == "DEACTIVE" || _settings.IsLenient:
            case "profile_resume" when state == "SUSPEND" || _settings.IsLenient:
            case "device_resume" when (state == "SUSPEND" && !profile.IsSuspendedAlone) || (_settings.IsLenient && _random.Happens(0.5)):
                profile.State.Become("ACTIVE", Now, by);
                return true;
            case "deactivate" when state == "ACTIVE" || _settings.IsLenient:
                profile.State.Become("DEACTIVE", Now, by);
                return true;
            case "profile_suspend" or "device_suspend" when state == "ACTIVE":
                profile.State.Become("SUSPEND", Now, by: null);
                profile.IsSuspendedAlone = action == "profile_suspend";
                return true;
            case "enable" when profile.IsIdle && (state != "DEACTIVE" || _settings.IsLenient):
                Enable(profile, "ENABLE", by);
                return true;
            case "download_enable" when profile.Status.Word == "NOT_DOWNLOADED" || (_settings.IsLenient && profile.IsIdle):
                Enable(profile, "DOWNLOAD_ENABLE", by);
                return true;
            case "download" when profile.Status.Word == "NOT_DOWNLOADED":
                profile.Status.Become("DOWNLOAD_DISABLE", Now, by);
                return true;
            case "disable" when profile.IsEnabled:
                profile.Status.Become("DISABLE", Now, by);
                FallBack(profile, by);
                return true;
            case "delete" when !profile.IsLead && (profile.IsOff || _settings.IsLenient):
                var wasEnabled = profile.IsEnabled;
                profile.Status.Become("DELETE", Now, by);
                if (wasEnabled)
                {
                    FallBack(profile, by);
                }

                return true;
            case "serviceplan" or "setfallbackattribute":
                return true;
            default:
                return false;
        }
    }

    /// <summary>Somebody else changes a profile.</summary>
    public string ByOtherHand(TrueProfile profile)
    {
        var action = _random.OneOf((string[])["activate", "deactivate", "enable", "disable", "profile_suspend", "profile_resume"]);
        Apply(action, profile, by: null);
        return action;
    }

    /// <summary>Somebody else makes a profile "not disabled", where that can be.</summary>
    public string EndByOtherHand(TrueProfile profile)
    {
        Apply("activate", profile, by: null);
        Apply("enable", profile, by: null);
        return "activate and enable";
    }

    private void Enable(TrueProfile profile, string word, TrueRequest? by)
    {
        foreach (var other in profile.Euicc.Profiles)
        {
            if (other != profile && other.IsEnabled)
            {
                other.Status.Become("DISABLE", Now, by);
            }
        }

        profile.Status.Become(word, Now, by);
    }

    // To which profile it falls back is not said; nor that it does.
    private void FallBack(TrueProfile from, TrueRequest? by)
    {
        var others = from.Euicc.Profiles.FindAll(other => other != from && other.IsIdle);
        if (others.Count > 0 && _random.Happens(0.8))
        {
            _random.OneOf(others).Status.Become("ENABLE", Now, by);
            OnFallback?.Invoke();
        }
    }
}
