// The one definition of proof: what counts as the service's own, newest, undisputed word of that very profile that it is disabled.
// A pure function. The guard, and with it every delete, goes through it; nothing else decides.

namespace EsimTools.Proof;

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

        if (isStatus && (AgainstOf(placed.FallbackFor(question.Self), word, question) ?? AgainstOf(named.FallbackFor(question.Self), word, question)
            ?? AgainstOf(question.Unplaced, word, question) ?? (isAnywhere ? AgainstOf(question.Anywhere, word, question) : null)) is { } fallback)
        {
            return fallback with { IsStatus = true };
        }

        return new(ProofReason.Sound, word, IsStatus: isStatus);
    }

    // Whether any eUICC may be the profile's. Where the service has not placed it, a request of ours that succeeded on the eUICC has done so, if it named one.
    // One that it has placed since the word was asked for may have been on any other one until then.
    private static bool IsAnywhere(in ProofState known, in Spoken word) =>
        known.IsContested || (known.IsPlaced ? IsPlacedSince(known, word) : !word.NamesEuicc || known.Euicc.IsNone);

    /// <summary>Whether a profile may have been placed, by the service alone, since a word on it was asked for, and not by that word itself.</summary>
    public static bool IsPlacedSince(in ProofState known, in Spoken word) =>
        word.Any && !word.NamesEuicc && word.When != known.PlacedSince && known.PlacedAt.MayBeBehind(word.When);

    // Only where the service itself had been heard to place both profiles on that eUICC when it was asked for, has told that this one is on it, and has not called it
    // enabled since. One that has come there later may have been enabled before and since.
    private static Weighed WeighSwitch(in ProofState known, in EuiccState placed, in EuiccState named, in ProofQuestion question)
    {
        var word = placed.Switch;
        if (!known.IsPlaced || known.IsContested || !known.IsOnEuicc || !word.Any || known.PlacedAt.MayBeBehind(word.When) || placed.SwitchedTo == question.Profile)
        {
            return default;
        }

        // The check digit in the word is the other profile's; of the one on this eUICC other words have told it.
        return WeighWord(word with { CheckDigit = known.PlacedDigit }, known.Status, known, placed, named, question, isStatus: true) with { IsBySwitch = true };
    }

    private static ProofReason Fault(in Spoken word, in ProofQuestion question) =>
        word.When.Ticks > question.Now ? ProofReason.FromTheFuture
        : question.Now - word.When.Ticks > Guard.ProofLifetime.Ticks ? ProofReason.TooOld
        : word.When.Order <= question.SetBackAt ? ProofReason.ClockSetBack
        : word.Account != question.Account || word.Account == Spoken.AnyOtherAccount ? ProofReason.OtherAccount
        : word.CheckDigit != question.CheckDigit && word.CheckDigit != Spoken.NoCheckDigit && question.CheckDigit != Spoken.NoCheckDigit ? ProofReason.OtherCheckDigit
        : word.Request > 0 && word.When.Sequence <= question.UnorderedUpTo ? ProofReason.Unordered
        : ProofReason.Sound;

    // The last void hides those before it: nothing stood against the word that was the proof, and something may have against any other.
    private static Weighed? AgainstOf(in Voids voids, in Spoken word, in ProofQuestion question) =>
        question.Own > 0 && word == question.OwnProof && voids.Request == question.Own && voids.Order <= question.OwnOrder && word.When.Ticks > voids.UntilTicks ? null : Against(word, voids);

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
