// What each action demands of a profile and does to it: the service's own table, written from its documents and not from the client's.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

/// <summary>The profile state machine.</summary>
/// <remarks>
/// Where the documents are silent:
/// <list type="bullet">
/// <item>only an ACTIVE profile can be deactivated, as the list of state moves has it: a suspended one must be resumed first;</item>
/// <item>activate refuses a suspended profile, keeps the phone number and leaves the profile status alone;</item>
/// <item>enabling an enabled or a deactivated profile fails; enabling a suspended one works and leaves it suspended;</item>
/// <item>a downloaded profile that was never enabled counts as disabled for delete; one that is not on the eUICC cannot be deleted;</item>
/// <item>device_resume answers for a profile that was suspended alone with a failed callback and leaves it suspended.</item>
/// </list>
/// </remarks>
internal static class Transitions
{
    /// <summary>Carries an action out on one profile; returns why it cannot be, or null when it was.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile; it is changed where the action can be carried out.</param>
    /// <param name="plan">The request's service plan, if it names one.</param>
    /// <param name="isStrict">Whether a deactivated profile that is still enabled cannot be deleted.</param>
    public static ProfileFault? Apply(ProfileAction action, Profile profile, string? plan, bool isStrict = false)
    {
        if (profile.IsDeleted)
        {
            return ProfileFault.Deleted;
        }

        return action.Name switch
        {
            "activate" => Activate(profile, plan),
            "deactivate" => Deactivate(profile),
            "download" or "download_disable" => Download(profile, plan, ProfileStatus.DownloadDisable),
            "download_enable" => Download(profile, plan, ProfileStatus.DownloadEnable),
            "enable" => Enable(profile),
            "disable" => Disable(profile),
            "delete" => Delete(profile, isStrict),
            "profile_suspend" => profile.Role == ProfileRole.Local ? Suspend(profile, alone: true) : ProfileFault.GlobalOnly,
            "profile_resume" => Resume(profile),
            "device_suspend" => Suspend(profile, alone: false),
            "device_resume" => profile is { State: ServiceState.Suspend, IsSuspendedAlone: true } ? ProfileFault.SuspendedAlone : Resume(profile),
            "serviceplan" => ChangePlan(profile, plan),
            "setfallbackattribute" => SetFallback(profile),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action.Name, "The action has no transition."),
        };
    }

    private static ProfileFault? Activate(Profile profile, string? plan)
    {
        if (profile.State == ServiceState.Active)
        {
            return ProfileFault.AlreadyActive;
        }

        if (profile.State == ServiceState.Suspend)
        {
            return ProfileFault.AlreadySuspended;
        }

        profile.State = ServiceState.Active;
        profile.Plan = plan ?? profile.Plan;
        return null;
    }

    private static ProfileFault? Deactivate(Profile profile)
    {
        if (profile.State != ServiceState.Active)
        {
            return ProfileFault.NotActive;
        }

        profile.State = ServiceState.Deactive;
        return null;
    }

    private static ProfileFault? Download(Profile profile, string? plan, string result)
    {
        var fault = profile.Role != ProfileRole.Local ? ProfileFault.GlobalOnly
            : profile.Status is not (ProfileStatus.NotDownloaded or ProfileStatus.Unknown) ? ProfileFault.AlreadyDownloaded
            : profile.State != ServiceState.Active ? ProfileFault.NotActive
            : profile.Euicc.Lead?.State != ServiceState.Active ? ProfileFault.LeadNotActive
            : null;
        if (fault is null)
        {
            if (result == ProfileStatus.DownloadEnable)
            {
                DisableOthers(profile);
            }

            profile.Status = result;
            profile.Plan = plan ?? profile.Plan;
        }

        return fault;
    }

    private static ProfileFault? Enable(Profile profile)
    {
        var fault = profile.IsEnabled ? ProfileFault.AlreadyEnabled
            : !ProfileStatus.IsIdle(profile.Status) ? ProfileFault.NotDownloaded
            : profile.State is not (ServiceState.Active or ServiceState.Suspend) ? ProfileFault.NotActive
            : null;
        if (fault is null)
        {
            DisableOthers(profile);
            profile.Status = ProfileStatus.Enable;
        }

        return fault;
    }

    private static ProfileFault? Disable(Profile profile)
    {
        if (profile.Role != ProfileRole.Local)
        {
            return ProfileFault.GlobalOnly;
        }

        if (!profile.IsEnabled)
        {
            return ProfileFault.NotEnabled;
        }

        profile.Status = ProfileStatus.Disable;
        if (profile.Euicc.Lead is { } lead && ProfileStatus.IsIdle(lead.Status))
        {
            lead.Status = ProfileStatus.Enable;
        }

        return null;
    }

    private static ProfileFault? Delete(Profile profile, bool isStrict)
    {
        var fault = profile.Role != ProfileRole.Local ? ProfileFault.GlobalOnly
            : profile.Status == ProfileStatus.NotDownloaded ? ProfileFault.NotDownloaded
            : (isStrict || profile.State != ServiceState.Deactive) && !ProfileStatus.IsIdle(profile.Status) ? ProfileFault.NotDisabled
            : null;
        if (fault is null)
        {
            profile.State = ServiceState.Unknown;
            profile.Status = ProfileStatus.Delete;
        }

        return fault;
    }

    private static ProfileFault? Suspend(Profile profile, bool alone)
    {
        if (profile.State == ServiceState.Suspend)
        {
            return ProfileFault.AlreadySuspended;
        }

        if (profile.State != ServiceState.Active)
        {
            return ProfileFault.NotActive;
        }

        profile.State = ServiceState.Suspend;
        profile.IsSuspendedAlone = alone;
        return null;
    }

    private static ProfileFault? Resume(Profile profile)
    {
        if (profile.State == ServiceState.Active)
        {
            return ProfileFault.AlreadyResumed;
        }

        if (profile.State != ServiceState.Suspend)
        {
            return ProfileFault.NotActive;
        }

        profile.State = ServiceState.Active;
        profile.IsSuspendedAlone = false;
        return null;
    }

    private static ProfileFault? ChangePlan(Profile profile, string? plan)
    {
        if (profile.State != ServiceState.Active)
        {
            return profile.State == ServiceState.Suspend ? ProfileFault.AlreadySuspended : ProfileFault.NotActive;
        }

        profile.Plan = plan;
        return null;
    }

    private static ProfileFault? SetFallback(Profile profile) =>
        !profile.IsEnabled && !ProfileStatus.IsIdle(profile.Status) ? ProfileFault.NotDownloaded : null;

    // Only one profile of an eUICC can be enabled; the eUICC disables the others by itself.
    private static void DisableOthers(Profile profile)
    {
        foreach (var other in profile.Euicc.Profiles)
        {
            if (other != profile && other.IsEnabled)
            {
                other.Status = ProfileStatus.Disable;
            }
        }
    }
}
