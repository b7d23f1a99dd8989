// Which identifiers an action needs of a profile, said in one clear error.

namespace EsimTools.Runs;

/// <summary>Checks the identifiers that an action cannot do without.</summary>
internal static class ProfileRequirement
{
    /// <summary>What is missing; null when nothing is.</summary>
    public static EsimException? Check(EsimAction action, EsimProfile profile) =>
        action.NeedsIccid && profile.Iccid is null
            ? new EsimException(
                EsimError.EsimIccidMissing,
                $"'{action}' was not sent for {profile}: it needs the ICCID, because a card may hold several profiles.",
                "Look the ICCID up with Get-EsimProfile, or add a column Iccid to the inventory.")
            : action.NeedsEid && profile.Eid is null
                ? new EsimException(
                    EsimError.EsimEidMissing,
                    $"'{action}' was not sent for {profile}: it needs the EID.",
                    "Look the EID up with Get-EsimProfile, or add a column Eid to the inventory.")
                : null;
}
