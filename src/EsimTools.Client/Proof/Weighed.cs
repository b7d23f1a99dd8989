// A finding with requests by number, so that weighing makes no texts.

namespace EsimTools.Proof;

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
