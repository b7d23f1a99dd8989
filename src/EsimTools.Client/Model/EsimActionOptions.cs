// What a request says beside its profiles.

using EsimTools.Model;

namespace EsimTools;

/// <summary>The fields of a request beside its devices. What is null is left out of the body.</summary>
public record EsimActionOptions
{
    /// <summary>The account; null means the connection's own.</summary>
    public string? AccountName { get; init; }

    /// <summary>The service plan: the Verizon plan for a US profile, the Global plan for a Global one.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>Deactivate only: whether the customer qualifies for the early termination fee waiver.</summary>
    public bool? EtfWaiver { get; init; }

    /// <summary>Deactivate only: two characters; <c>FF</c> (general maintenance) is the one that Verizon documents.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>Disable only: the OID of the SM-SR, for example <c>1.3.6.1.4.1.31746.1.500.200.101.5</c>.</summary>
    public string? SmsrOid { get; init; }

    /// <summary>Send although an earlier request for a profile is open or in doubt. The disable-before-delete guard stays.</summary>
    public bool Resubmit { get; init; }

    /// <summary>
    /// Skip a profile whose same action is open, or was confirmed no longer ago than this with no newer evidence against it; zero skips
    /// only open ones. Null skips none: an open one is then refused as busy, and a confirmed one is sent again.
    /// </summary>
    public TimeSpan? SkipConfirmedWithin { get; init; }

    /// <summary>Activate only: the ZIP code, five digits, from whose area the phone number is taken.</summary>
    public string? MdnZipCode { get; init; }

    /// <summary>The run whose request it is; null makes one of its own.</summary>
    internal EsimRunInfo? Run { get; init; }

    /// <summary>The wave of the plan that it belongs to, from 1 on; 0 where there are no waves.</summary>
    internal int Wave { get; init; }

    /// <summary>Checks the fields against an action.</summary>
    /// <param name="action">The action.</param>
    /// <param name="elsewhere">Fields that stand elsewhere, and need not be given here.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check(EsimAction action, ActionFields elsewhere = ActionFields.None)
    {
        var given = (ServicePlan is null ? 0 : ActionFields.ServicePlan)
            | (EtfWaiver is null ? 0 : ActionFields.EtfWaiver)
            | (ReasonCode is null ? 0 : ActionFields.ReasonCode)
            | (SmsrOid is null ? 0 : ActionFields.SmsrOid)
            | (MdnZipCode is null ? 0 : ActionFields.MdnZipCode);
        if ((given & ~action.Takes) is not 0 and var superfluous)
        {
            throw Invalid($"'{action}' does not take -{superfluous.ToString().Replace(", ", " and -")}");
        }

        if ((action.Requires & ~(given | elsewhere)) is not 0 and var missing)
        {
            throw Invalid($"'{action}' needs -{missing.ToString().Replace(", ", " and -")}");
        }

        if (ReasonCode is { } code && (code.Length != 2 || !code.All(c => c is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'))))
        {
            throw Invalid($"the reason code '{code}' is not two letters or digits");
        }

        if (SmsrOid is { } oid && (oid.Length is < 3 or > 46 || !oid.All(c => c is (>= '0' and <= '9') or '.')))
        {
            throw Invalid($"the SM-SR OID '{oid}' is not 3 to 46 digits and dots");
        }

        if (MdnZipCode is { } zip && (zip.Length != 5 || !zip.All(c => c is >= '0' and <= '9')))
        {
            throw Invalid($"the ZIP code '{zip}' is not five digits");
        }

        CheckText("account name", AccountName);
        CheckText("service plan", ServicePlan);
    }

    /// <summary>Refuses what the service documents as forbidden characters, and control characters.</summary>
    internal static void CheckText(string what, string? value)
    {
        if (value is "." or "..")
        {
            // In a path these lead elsewhere.
            throw Invalid($"'{value}' is no {what}");
        }

        if (value is not null && (value.Any(c => c is '\'' or '<' or '\\') || !ForeignText.IsPlain(value)))
        {
            throw Invalid($"the {what} '{value}' holds a character that the service does not accept (' < \\ or one that is not seen)");
        }
    }

    private static EsimException Invalid(string problem) => new(EsimError.EsimParameterInvalid, $"The request was not sent: {problem}.");
}
