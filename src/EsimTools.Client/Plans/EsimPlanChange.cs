// One difference between two plans.

using EsimTools.Model;
using EsimTools.Plans;

namespace EsimTools;

/// <summary>A profile, a field or a limit about which two plans differ.</summary>
public sealed class EsimPlanChange
{
    private EsimPlanChange(EsimPlanChangeKind kind, EsimPlanProfile? before, EsimPlanProfile? after)
    {
        Kind = kind;
        Before = before;
        After = after;
    }

    private EsimPlanChange(string field, string? before, string? after)
    {
        Kind = EsimPlanChangeKind.Field;
        (Field, ValueBefore, ValueAfter) = (field, before, after);
    }

    /// <summary>How they differ.</summary>
    public EsimPlanChangeKind Kind { get; }

    /// <summary>The ICCID, in digits; null where the profile has none.</summary>
    public string? Iccid => (After ?? Before)?.Iccid;

    /// <summary>The EID, in digits; null where it is not known.</summary>
    public string? Eid => (After ?? Before)?.Eid;

    /// <summary>The verdict of the first plan; null where it does not name the profile.</summary>
    public EsimPlanVerdict? VerdictBefore => Before?.Verdict;

    /// <summary>The verdict of the second plan; null where it does not name the profile.</summary>
    public EsimPlanVerdict? VerdictAfter => After?.Verdict;

    /// <summary>Why the second plan says what it says, or, where it does not name the profile, the first; null where nothing was to be said.</summary>
    public string? Because => (After ?? Before)?.Because;

    /// <summary>What differs, by the name of New-EsimPlan's parameter, where it is no profile; null where it is one.</summary>
    public string? Field { get; }

    /// <summary>The field's value in the first plan; null where it has none.</summary>
    public string? ValueBefore { get; }

    /// <summary>The field's value in the second plan; null where it has none.</summary>
    public string? ValueAfter { get; }

    /// <summary>The profile in the first plan; null where it is not in it.</summary>
    public EsimPlanProfile? Before { get; }

    /// <summary>The profile in the second plan; null where it is not in it.</summary>
    public EsimPlanProfile? After { get; }

    /// <summary>Compares two plans field by field and profile by profile.</summary>
    /// <param name="before">The first plan.</param>
    /// <param name="after">The second one.</param>
    /// <returns>The differences: fields and limits first; then profiles in the order of the second plan, then what is gone in the order of the first.</returns>
    public static IEnumerable<EsimPlanChange> Compare(EsimPlan before, EsimPlan after)
    {
        _ = after ?? throw new ArgumentNullException(nameof(after));
        _ = before ?? throw new ArgumentNullException(nameof(before));
        var areForDevices = before.Kind.IsForDevice && after.Kind.IsForDevice;
        var former = new Dictionary<IdentifierKey, EsimPlanProfile>();
        foreach (var profile in before.Profiles)
        {
            // A row that is repeated is refused as such; the first one counts.
            var key = KeyOf(profile, areForDevices);
            if (!former.ContainsKey(key))
            {
                former[key] = profile;
            }
        }

        var named = new HashSet<IdentifierKey>();
        var changes = PlanFields.Differences(before, after).Select(field => new EsimPlanChange(field.Name, field.Before, field.After)).ToList();
        foreach (var profile in after.Profiles)
        {
            var key = KeyOf(profile, areForDevices);
            if (!named.Add(key))
            {
                continue;
            }

            if (!former.TryGetValue(key, out var earlier))
            {
                changes.Add(new(EsimPlanChangeKind.Added, null, profile));
            }
            else if (Sent(earlier) != Sent(profile) || earlier.Verdict != profile.Verdict || earlier.ErrorId != profile.ErrorId)
            {
                changes.Add(new(EsimPlanChangeKind.Changed, earlier, profile));
            }
        }

        changes.AddRange(former.Where(profile => !named.Contains(profile.Key)).Select(profile => new EsimPlanChange(EsimPlanChangeKind.Gone, profile.Value, null)));
        return changes;
    }

    // What the request would say of it: the same ICCID in another device is a change, whatever the verdict. Digits count, not how they are written.
    private static (IdentifierKey Iccid, IdentifierKey Eid, IdentifierKey Imei, string Account, string? Plan) Sent(EsimPlanProfile profile)
    {
        var keys = profile.ToProfile().Keys;
        return (keys.Iccid, keys.Eid, keys.Imei, profile.AccountName, profile.ServicePlan);
    }

    // The identity of a row is what the action is for: one on devices reaches whatever is behind an EID.
    private static IdentifierKey KeyOf(EsimPlanProfile profile, bool isForDevice)
    {
        var keys = profile.ToProfile().Keys;
        return isForDevice && !keys.Eid.IsNone ? keys.Eid : keys.First;
    }
}
