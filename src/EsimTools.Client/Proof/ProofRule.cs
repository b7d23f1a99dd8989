// The one definition of proof: what counts as the service's own, newest, undisputed word of that very profile that it is disabled.
// A pure function. The guard, and with it every delete, goes through it; nothing else decides.

using EsimTools.Model;

namespace EsimTools.Proof;

/// <summary>What is asked about a profile.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Account">The account that the delete would name, by number.</param>
/// <param name="CheckDigit">The twentieth digit of its ICCID as the caller writes it; <see cref="Spoken.NoCheckDigit"/> where there is none.</param>
/// <param name="Now">The present moment in UTC ticks.</param>
/// <param name="SetBackAt">The logical clock when this machine's wall clock was last seen to be set back; 0 when it never was.</param>
/// <param name="UnorderedUpTo">Up to this place in the folder's line two requests have had one place: then none of them tells what came after what.</param>
/// <param name="OpenRequest">An action of ours that can end "disabled" and is open or in doubt, by number; 0 for none.</param>
/// <param name="OpenFallback">Likewise, for an action on another profile of the eUICC after which that may fall back to this one.</param>
/// <param name="Unplaced">Such actions on profiles of which nobody says on which eUICC they are.</param>
/// <param name="OpenAnywhere">Such an action that is open or in doubt, for any other profile, wherever it is.</param>
/// <param name="Anywhere">All such actions on other profiles, wherever they are.</param>
internal readonly record struct ProofQuestion(
    IdentifierKey Profile, ushort Account, byte CheckDigit, long Now, uint SetBackAt, long UnorderedUpTo, int OpenRequest, int OpenFallback, Voids Unplaced = default,
    int OpenAnywhere = 0, Voids Anywhere = default)
{
    /// <summary>The request about to leave whose own effect on the eUICC does not count, by number; 0 for none.</summary>
    public int Own { get; init; }

    /// <summary>When that was sent, by the logical clock: what has come since counts.</summary>
    public uint OwnOrder { get; init; }
}

/// <summary>A finding with requests by number, so that weighing makes no texts.</summary>
/// <param name="Reason">Why it is proven, or why not.</param>
/// <param name="By">The word that decides.</param>
/// <param name="Against">The request that stands against it, by number; 0 for none.</param>
/// <param name="Until">Until when that one may still arrive, in UTC ticks.</param>
/// <param name="IsStatus">Whether the word is about the profile status: then the profile is not the enabled one of its eUICC.</param>
/// <param name="IsBySwitch">Whether the word is about another profile of the eUICC.</param>
internal readonly record struct Weighed(ProofReason Reason, Spoken By = default, int Against = 0, long Until = 0, bool IsStatus = false, bool IsBySwitch = false)
{
    /// <summary>Whether the profile is proven disabled.</summary>
    public bool IsProven => Reason == ProofReason.Sound;
}

/// <summary>Weighs what is known of a profile.</summary>
internal static class ProofRule
{
    /// <summary>Whether a profile is proven disabled.</summary>
    /// <param name="known">What is known of it.</param>
    /// <param name="placed">What is known of the eUICC that it is remembered to be on.</param>
    /// <param name="named">What is known of the eUICC that the caller names, which can only take proof away.</param>
    /// <param name="question">What is asked.</param>
    public static Weighed Weigh(in ProofState known, in EuiccState placed, in EuiccState named, in ProofQuestion question)
    {
        if (question.OpenRequest > 0)
        {
            return new(ProofReason.OpenAction, Against: question.OpenRequest);
        }

        var byState = WeighWord(known.State.Disabled, known.State, known, placed, named, question, isStatus: false);
        if (byState.IsProven)
        {
            return byState;
        }

        var byStatus = WeighWord(known.Status.Disabled, known.Status, known, placed, named, question, isStatus: true);
        if (byStatus.IsProven)
        {
            return byStatus;
        }

        var bySwitch = WeighSwitch(known, placed, named, question);
        return bySwitch.IsProven ? bySwitch : Closest(byState, byStatus, bySwitch);
    }

    // A word on the profile status is ended by what makes the eUICC fall back to this profile, too; one on the service state is not.
    private static Weighed WeighWord(
        in Spoken word, in Property said, in ProofState known, in EuiccState placed, in EuiccState named, in ProofQuestion question, bool isStatus)
    {
        if (!word.Any || !said.Stands(word, question.Now))
        {
            return new(said.OtherOrder > 0 ? ProofReason.SaysOtherwise : ProofReason.NothingSaid, IsStatus: isStatus);
        }

        var reason = Fault(word, question);
        if (reason != ProofReason.Sound)
        {
            return new(reason, word, IsStatus: isStatus);
        }

        if (Against(word, known.Voids) is { } own)
        {
            return own with { IsStatus = isStatus };
        }

        if ((Against(word, placed.Device) ?? Against(word, named.Device)) is { } device)
        {
            return device with { IsStatus = isStatus };
        }

        var isAnywhere = IsAnywhere(known, word);
        if (isStatus && (question.OpenFallback > 0 ? question.OpenFallback : isAnywhere ? question.OpenAnywhere : 0) is > 0 and var open)
        {
            return new(ProofReason.OpenAction, word, open, IsStatus: true);
        }

        if (isStatus && (AgainstOf(placed.FallbackFor(question.Profile), word, question) ?? AgainstOf(named.FallbackFor(question.Profile), word, question)
            ?? AgainstOf(question.Unplaced, word, question) ?? (isAnywhere ? AgainstOf(question.Anywhere, word, question) : null)) is { } fallback)
        {
            return fallback with { IsStatus = true };
        }

        return new(ProofReason.Sound, word, IsStatus: isStatus);
    }

    // Whether any eUICC may be the profile's. Where the service has not placed it, a request of ours that succeeded on the card has done so, if it named one.
    private static bool IsAnywhere(in ProofState known, in Spoken word) =>
        known.IsContested || (!known.IsPlaced && (word.Request == 0 || known.Euicc.IsNone));

    // Only where the service itself has placed both profiles on that eUICC, has told that this one is on it, and has not called it enabled since.
    private static Weighed WeighSwitch(in ProofState known, in EuiccState placed, in EuiccState named, in ProofQuestion question)
    {
        var word = placed.Switch;
        if (!known.IsPlaced || known.IsContested || !known.IsOnEuicc || !word.Any || placed.SwitchedTo == question.Profile)
        {
            return default;
        }

        // The check digit in the word is the other profile's.
        return WeighWord(word with { CheckDigit = Spoken.NoCheckDigit }, known.Status, known, placed, named, question, isStatus: true) with { IsBySwitch = true };
    }

    private static ProofReason Fault(in Spoken word, in ProofQuestion question) =>
        word.When.Ticks > question.Now ? ProofReason.FromTheFuture
        : question.Now - word.When.Ticks > Guard.ProofLifetime.Ticks ? ProofReason.TooOld
        : word.When.Order <= question.SetBackAt ? ProofReason.ClockSetBack
        : word.Account != question.Account || word.Account == Spoken.AnyOtherAccount ? ProofReason.OtherAccount
        : word.CheckDigit != question.CheckDigit && word.CheckDigit != Spoken.NoCheckDigit && question.CheckDigit != Spoken.NoCheckDigit ? ProofReason.OtherCheckDigit
        : word.Request > 0 && word.When.Sequence <= question.UnorderedUpTo ? ProofReason.Unordered
        : ProofReason.Sound;

    private static Weighed? AgainstOf(in Voids voids, in Spoken word, in ProofQuestion question) =>
        question.Own > 0 && voids.Request == question.Own && voids.Order <= question.OwnOrder && word.When.Ticks > voids.UntilTicks ? null : Against(word, voids);

    private static Weighed? Against(in Spoken word, in Voids voids) =>
        !voids.Void(word) ? null
        : word.When.Ticks <= voids.UntilTicks ? new(ProofReason.MayStillArrive, word, voids.Request, voids.UntilTicks)
        : new(ProofReason.Superseded, word, voids.Request);

    // Of several reasons the one that is closest to a proof is told.
    private static Weighed Closest(in Weighed first, in Weighed second, in Weighed third)
    {
        var closest = second.Reason > first.Reason ? second : first;
        return third.Reason > closest.Reason ? third : closest;
    }
}
