// Evidence for the guard with the proof that it holds, where a test has statements and no connection.

using EsimTools.Proof;

namespace EsimTools.Client.Tests.Support;

/// <summary>Weighs statements as the service's answers to questions of ours.</summary>
internal static class Weighing
{
    /// <summary>Judges by evidence, with the proof that the service's statement gives.</summary>
    public static GuardVerdict Judge(EsimAction action, ProfileEvidence evidence) => Guard.Judge(action, evidence with { Proof = ProofOf(evidence.Service, evidence.Now) });

    /// <summary>What a statement proves by itself.</summary>
    public static ProofFinding ProofOf(in ProfileState said, DateTimeOffset now)
    {
        var word = new Spoken(new(said.At?.UtcTicks ?? 0, 1), 0, 0, Spoken.NoCheckDigit);
        var known = default(ProofState).With(word, KindOf(said.State, ServiceWords.IsDeactive(said.State)), KindOf(said.ProfileStatus, ServiceWords.IsDisabled(said.ProfileStatus)), now.UtcTicks);
        var weighed = ProofRule.Weigh(known, default, default, new(default, 0, Spoken.NoCheckDigit, now.UtcTicks, 0, 0, 0, 0));
        return new(weighed.Reason, said.At);
    }

    private static SpokenKind KindOf(string? word, bool isDisabled) => word is null ? SpokenKind.None : isDisabled ? SpokenKind.Disabled : SpokenKind.Other;
}
