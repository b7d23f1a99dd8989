// A wave of a plan, and how the plan stands then.

using EsimTools.Runs;

namespace EsimTools;

/// <summary>A wave of a plan, and how the plan stands.</summary>
/// <param name="Number">The wave, from 1.</param>
/// <param name="Waves">How many there are.</param>
/// <param name="Profiles">How many profiles it holds.</param>
/// <param name="IsOver">Whether it has been sent and confirmed; otherwise it is about to be sent.</param>
/// <param name="Succeeded">Of the whole plan: profiles for which the action has succeeded.</param>
/// <param name="Failed">Of the whole plan: profiles for which it has failed.</param>
/// <param name="InDoubt">Of the whole plan: profiles in requests of which nobody knows whether they were taken.</param>
/// <param name="Open">Of the whole plan: profiles in accepted requests whose outcome is not known.</param>
public readonly record struct EsimPlanWave(int Number, int Waves, int Profiles, bool IsOver, int Succeeded, int Failed, int InDoubt, int Open)
{
    /// <inheritdoc/>
    public override string ToString() => IsOver
        ? $"Wave {Number} of {Waves} is over: of the plan {RunWords.Profiles(Succeeded)} succeeded, {Failed} failed{(Open > 0 ? $", {Open} open" : string.Empty)}{(InDoubt > 0 ? $", {InDoubt} in doubt" : string.Empty)}."
        : $"Wave {Number} of {Waves}: {RunWords.Profiles(Profiles)}.";
}
