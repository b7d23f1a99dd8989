// The actions of ThingSpace's profile API as rows of data: what each needs, what it does, what its confirmation proves.

namespace EsimTools.Requests;

/// <summary>One action of <c>POST /m2m/v1/devices/profile/actions/{name}</c>.</summary>
public sealed class EsimAction
{
    private EsimAction(string name, string cmdlet, string effect)
    {
        Name = name;
        Cmdlet = cmdlet;
        Effect = effect;
    }

    /// <summary>Ends carrier service. Source: the deactivate document.</summary>
    public static EsimAction Deactivate { get; } = new("deactivate", "Disable-EsimProfile", "ends carrier service; an early termination fee may apply")
    {
        TakesDeactivateFields = true,
        ProvesState = "DEACTIVE",
    };

    /// <summary>
    /// Disables the profile on the card through an SM-SR. Limited release: not every account has it. Source: the older local-profile
    /// reference, which requires EID, ICCID and the SM-SR's OID.
    /// </summary>
    public static EsimAction Disable { get; } = new("disable", "Disable-EsimProfile", "disables the profile on the card; the device falls back to its default profile")
    {
        NeedsEid = true,
        NeedsSmsrOid = true,
        ProvesProfileStatus = "DISABLE",
    };

    /// <summary>Deletes a Global profile from the card. Source: the delete document.</summary>
    public static EsimAction Delete { get; } = new("delete", "Remove-EsimProfile", "cannot be undone")
    {
        ProvesProfileStatus = "DELETE",
    };

    /// <summary>Every action, by its ThingSpace word.</summary>
    public static IReadOnlyList<EsimAction> All { get; } = [Deactivate, Disable, Delete];

    /// <summary>The ThingSpace word, used in paths, objects, journal and messages.</summary>
    public string Name { get; }

    /// <summary>The cmdlet that performs it.</summary>
    public string Cmdlet { get; }

    /// <summary>What it does to the customer, in the words of the question that is asked.</summary>
    public string Effect { get; }

    /// <summary>Whether the service wants the EID beside the ICCID.</summary>
    public bool NeedsEid { get; private init; }

    /// <summary>Whether the service wants the OID of the SM-SR.</summary>
    public bool NeedsSmsrOid { get; private init; }

    /// <summary>Whether <c>etfWaiver</c> and <c>reasonCode</c> may be sent.</summary>
    public bool TakesDeactivateFields { get; private init; }

    /// <summary>The service state that a confirmation without details proves; null when it proves none.</summary>
    internal string? ProvesState { get; private init; }

    /// <summary>The profile status that a confirmation without details proves; null when it proves none.</summary>
    internal string? ProvesProfileStatus { get; private init; }

    /// <summary>The path behind the service's base address.</summary>
    internal string Path => "m2m/v1/devices/profile/actions/" + Name;

    /// <summary>The action with a ThingSpace word; null when there is none.</summary>
    /// <param name="name">The word, for example <c>deactivate</c>.</param>
    public static EsimAction? Find(string? name)
    {
        foreach (var action in All)
        {
            if (string.Equals(action.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return action;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
