// From which states each action may be sent: refusals where Verizon's documents are plain, warnings where they are silent.
// Delete is not in here: its rule is the guard's own.

namespace EsimTools.Proof;

/// <summary>The transition table of all actions but delete.</summary>
internal static class TransitionTable
{
    private static readonly Dictionary<EsimAction, Row> Rows = new()
    {
        [EsimAction.Activate] = new(
            Active: Rule.Warn("active already"),
            Suspended: Rule.Warn("suspended, which Resume-EsimProfile ends")),
        [EsimAction.Download] = new(
            Lead: Rule.Refuse("a Verizon US (LEAD) profile, and only Global profiles can be downloaded"),
            Deactive: Rule.Refuse("not active, and a profile must be activated before it is downloaded"),
            Suspended: Rule.Warn("suspended"),
            Enabled: Rule.Warn("on the eUICC already"),
            Disabled: Rule.Warn("on the eUICC already")),
        [EsimAction.DownloadEnable] = new(
            Lead: Rule.Refuse("a Verizon US (LEAD) profile, and only Global profiles can be downloaded"),
            Deactive: Rule.Refuse("not active, and a profile must be activated before it is downloaded"),
            Suspended: Rule.Warn("suspended"),
            Enabled: Rule.Warn("on the eUICC already"),
            Disabled: Rule.Warn("on the eUICC already; Switch-EsimProfile enables it")),
        [EsimAction.Enable] = new(
            Deactive: Rule.Refuse("deactivated, and a profile must be active to be enabled"),
            NotDownloaded: Rule.Refuse("not on the eUICC, and a profile must be downloaded before it can be enabled"),
            Suspended: Rule.Warn("suspended"),
            Enabled: Rule.Warn("enabled already")),
        [EsimAction.Deactivate] = new(
            Deactive: Rule.Warn("deactivated already"),
            Suspended: Rule.Warn("suspended, and the documents know no way from there to deactivated")),
        [EsimAction.Disable] = new(
            Lead: Rule.Refuse("a Verizon US (LEAD) profile, and only local profiles can be disabled on the eUICC"),
            NotDownloaded: Rule.Refuse("not on the eUICC"),
            Disabled: Rule.Warn("disabled already")),
        [EsimAction.ProfileSuspend] = new(
            Lead: Rule.Refuse("a Verizon US (LEAD) profile, and only Global profiles can be suspended"),
            Deactive: Rule.Refuse("deactivated, and only an active profile can be suspended"),
            Suspended: Rule.Warn("suspended already")),
        [EsimAction.ProfileResume] = new(
            Active: Rule.Refuse("active, and only a suspended profile can be resumed"),
            Deactive: Rule.Refuse("deactivated, and only a suspended profile can be resumed; Enable-EsimProfile activates it")),
        [EsimAction.DeviceSuspend] = new(),
        [EsimAction.DeviceResume] = new(),
        [EsimAction.ServicePlan] = new(
            Deactive: Rule.Warn("deactivated"),
            Suspended: Rule.Warn("suspended, and plans are not changed while suspended")),
        [EsimAction.SetFallback] = new(
            Deactive: Rule.Warn("deactivated"),
            NotDownloaded: Rule.Warn("not on the eUICC")),
    };

    /// <summary>The first rule that a statement meets, refusals first; null when it meets none.</summary>
    public static Rule? Find(EsimAction action, in ProfileState statement)
    {
        var row = Rows[action];
        Rule? warning = null;
        foreach (var rule in (Rule?[])
                 [
                     ServiceWords.IsLead(statement.ProfileRole) ? row.Lead : null,
                     ServiceWords.IsDeactive(statement.State) ? row.Deactive : null,
                     ServiceWords.IsNotDownloaded(statement.ProfileStatus) ? row.NotDownloaded : null,
                     ServiceWords.IsActive(statement.State) ? row.Active : null,
                     ServiceWords.IsSuspended(statement.State) ? row.Suspended : null,
                     ServiceWords.IsEnabled(statement.ProfileStatus) ? row.Enabled : null,
                     ServiceWords.IsDisabled(statement.ProfileStatus) ? row.Disabled : null,
                 ])
        {
            if (rule is { IsRefusal: true })
            {
                return rule;
            }

            warning ??= rule;
        }

        return warning;
    }

    /// <summary>What the table says of one state.</summary>
    /// <param name="IsRefusal">Whether the action must not be sent.</param>
    /// <param name="State">What the profile is, to be put behind "it is".</param>
    internal sealed record Rule(bool IsRefusal, string State)
    {
        public static Rule Refuse(string state) => new(true, state);

        public static Rule Warn(string state) => new(false, state);
    }

    private sealed record Row(
        Rule? Lead = null,
        Rule? Active = null,
        Rule? Deactive = null,
        Rule? Suspended = null,
        Rule? Enabled = null,
        Rule? Disabled = null,
        Rule? NotDownloaded = null);
}
