// The invariant: at the moment a delete leaves, every profile in it is truly disabled or deactivated, or became otherwise by somebody else's hand
// after the question was asked whose answer was the proof.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>Judges deletes by the truth.</summary>
/// <remarks>
/// Which question was the proof only the client knows, and it is not believed. So the invariant is stated without it. Of the two properties that make a
/// profile disabled, one at least must be so now, or must have ended by another hand, without a request of ours having seen to it since, at a time
/// since which a proof is still young; and no younger question may have been answered plainly with "not disabled", to whomever: each answer is written
/// before whoever asked goes on. Where clocks are more than a day apart a request may be too old to be written to by one of them and not by another.
/// </remarks>
internal sealed class DeleteInvariant(Life life)
{
    /// <summary>How a delete violates the invariant; null where it does not.</summary>
    /// <param name="machine">Who sends it.</param>
    /// <param name="profile">A profile in it.</param>
    public string? Judge(Machine machine, TrueProfile profile) =>
        profile.IsOff || IsExcused(machine, profile, profile.State) || IsExcused(machine, profile, profile.Status) ? null
            : $"a delete leaves for {profile}; its state {WhyNot(profile.State)}, its status {WhyNot(profile.Status)}"
                + (machine.ToldOn.TryGetValue(profile, out var told) ? $"; {machine} was told that it is not disabled in answer to a question {Ago(told)}" : string.Empty)
                + (life.Written.TryGetValue(profile, out var written) ? $"; somebody was, in answer to a question {Ago(written)}" : string.Empty);

    private bool IsExcused(Machine machine, TrueProfile profile, TrueProperty property) =>
        property is { WasOff: true, EndedBy: null }
            && property.EndedAt >= life.World.Now - Guard.ProofLifetime.Ticks - life.Processes.Spread
            && machine.ToldOn.GetValueOrDefault(profile, -1) <= property.EndedAt
            && (life.Written.GetValueOrDefault(profile, -1) <= property.EndedAt || life.Processes.Spread > Guard.ProofLifetime.Ticks);

    private string WhyNot(TrueProperty property) =>
        !property.WasOff ? "has never been so" : $"was ended by {property.EndedBy?.ToString() ?? "another hand"} {Ago(property.EndedAt)}";

    private string Ago(long then) => $"{TimeSpan.FromTicks(life.World.Now - then)} ago";
}
