// Whether what the service says of a profile shows that an action has been carried out, that it has not, or neither: a pure function.

namespace EsimTools.Proof;

/// <summary>Reads the effect of an action off a statement.</summary>
internal static class ActionProof
{
    /// <summary>True: the profile is as the action makes it. False: it is in a state that the action ends. Null: the statement does not tell.</summary>
    /// <param name="action">The action.</param>
    /// <param name="statement">What the service says.</param>
    public static bool? Shows(EsimAction action, in ProfileState statement) =>
        action.ProvesState is { } state ? ShowsState(state, statement.State)
        : action.ProvesProfileStatus is { } status ? ShowsStatus(action, status, statement.ProfileStatus)
        : null;

    private static bool? ShowsState(string proves, string? said)
    {
        var isActive = ServiceWords.IsActive(said);
        var isDeactive = ServiceWords.IsDeactive(said);
        var isSuspended = ServiceWords.IsSuspended(said);

        // Words like PENDING_DEACTIVATION say that something is under way, not how it ends.
        return !isActive && !isDeactive && !isSuspended ? null
            : ServiceWords.IsActive(proves) ? isActive
            : ServiceWords.IsDeactive(proves) ? isDeactive
            : isSuspended;
    }

    private static bool? ShowsStatus(EsimAction action, string proves, string? said)
    {
        var isEnabled = ServiceWords.IsEnabled(said);
        var isDisabled = ServiceWords.IsDisabled(said);
        var isGone = ServiceWords.IsDeleted(said) || ServiceWords.IsNotDownloaded(said);
        if (!isEnabled && !isDisabled && !isGone)
        {
            return null;
        }

        return ServiceWords.IsDeleted(proves) ? ServiceWords.IsDeleted(said) ? true : isGone ? null : false
            : action == EsimAction.Download ? !isGone
            : ServiceWords.IsEnabled(proves) ? isEnabled
            : isDisabled;
    }
}
