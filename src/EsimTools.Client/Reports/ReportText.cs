// Numbers, times and foreign words as every kind of report writes them.

using System.Globalization;

namespace EsimTools.Reports;

/// <summary>Puts values into words.</summary>
internal static class ReportText
{
    /// <summary>A number, with commas between thousands.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of profiles.</summary>
    public static string Profiles(long count) => count == 1 ? "1 profile" : $"{Number(count)} profiles";

    /// <summary>A time, in UTC to the second.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A part of a whole in percent.</summary>
    public static string Percent(long part, long whole) => whole == 0 ? "–" : (100.0 * part / whole).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>What somebody else has written: what is not seen in it is made visible, and it is cut where it is long.</summary>
    public static string Foreign(string? text) => text is null ? string.Empty : ForeignText.Show(text);

    /// <summary>How a run has ended, in words.</summary>
    public static string Stage(EsimRunSummary run) => run.Stage switch
    {
        EsimRunStage.Ended => "came to its end",
        EsimRunStage.Stopped => "was stopped before its end",
        EsimRunStage.Held => $"was held. {run.HeldBecause}".TrimEnd(),
        EsimRunStage.Running => "is still at work",
        _ => "was interrupted: nothing tells how it ended",
    };

    /// <summary>Why something failed, in words.</summary>
    public static string Reason(ReportReason reason) => (reason.Code, reason.Text) switch
    {
        (null, null) => "no reason was given",
        (null, { } text) => Foreign(text),
        ({ } code, null) => Foreign(code),
        ({ } code, { } text) => $"{Foreign(code)}: {Foreign(text)}",
    };

    /// <summary>What the guard's reasons mean.</summary>
    public static string Meaning(string? errorId) => Enum.TryParse<EsimError>(errorId, out var error) ? error switch
    {
        EsimError.EsimProfileNotDisabled => "not proven disabled, and a profile is deleted only then",
        EsimError.EsimProfileNotDeletable => "a Verizon US (LEAD) profile, which cannot be deleted",
        EsimError.EsimProfileStateInvalid => "its state does not allow the action",
        EsimError.EsimInputInvalid => "without an identifier that the action needs",
        EsimError.EsimActionFailed => "its deactivation failed, so it was not deleted",
        EsimError.EsimProfileStateUnknown => "the service has not told the state",
        EsimError.EsimProfileBusy => "an earlier request was still open",
        EsimError.EsimOutcomeUnknown => "an earlier request is in doubt",
        EsimError.EsimProfileDuplicate => "more than once in the input",
        EsimError.EsimProfileAlreadyDeleted => "deleted already, by the inventory's word",
        EsimError.EsimPolicyRefused => "the policy did not allow it, or not then",
        EsimError.EsimPlanOutdated => "something has changed since the plan was made",
        EsimError.EsimJournalTooNew => "a newer version has written of it",
        _ => string.Empty,
    } : string.Empty;
}
