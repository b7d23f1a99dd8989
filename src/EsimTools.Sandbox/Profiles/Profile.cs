// What the sandbox keeps of each profile and each eUICC. A fleet may hold a million, so the fields are few and packed.

using EsimTools.Sandbox.Actions;

namespace EsimTools.Sandbox.Profiles;

/// <summary>One profile's state. Read and changed only under the fleet's gate.</summary>
internal sealed class Profile
{
    private ushort[]? _accepted;

    public Profile(Euicc euicc, int deviceId)
    {
        Euicc = euicc;
        DeviceId = deviceId;
    }

    public Euicc Euicc { get; }

    /// <summary>The increasing number by which the device list is paged; starts at 1.</summary>
    public int DeviceId { get; }

    public Digits Iccid { get; set; }

    public Digits Mdn { get; set; }

    public string Account { get; set; } = "";

    public string? Plan { get; set; }

    public string State { get; set; } = ServiceState.Active;

    public string Status { get; set; } = ProfileStatus.Enable;

    public string Role { get; set; } = ProfileRole.Local;

    /// <summary>The sandbox made this LEAD profile itself, because the inventory had none for the eUICC.</summary>
    public bool IsSynthetic { get; set; }

    /// <summary>Suspended by <c>profile_suspend</c>, so that <c>device_resume</c> leaves it suspended.</summary>
    public bool IsSuspendedAlone { get; set; }

    /// <summary>Those with whom it was suspended last: what ends that suspension must not end a later one.</summary>
    public object? Suspension { get; set; }

    /// <summary>An accepted action has not ended yet.</summary>
    public bool IsBusy { get; set; }

    /// <summary>The newest event of the profile's history; each knows the one before.</summary>
    public ProfileEvent? LastEvent { get; set; }

    public bool IsDeleted => Status == ProfileStatus.Delete;

    public bool IsEnabled => ProfileStatus.IsEnabled(Status);

    /// <summary>How often a request with this action for this profile was accepted.</summary>
    public int TimesAccepted(ProfileAction action) => _accepted?[action.Index] ?? 0;

    public void CountAccepted(ProfileAction action)
    {
        _accepted ??= new ushort[ProfileAction.All.Count];
        if (_accepted[action.Index] < ushort.MaxValue)
        {
            _accepted[action.Index]++;
        }
    }
}
