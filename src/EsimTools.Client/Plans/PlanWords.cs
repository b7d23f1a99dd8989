// The words of a plan's file for what a plan means to do with a profile.

namespace EsimTools.Plans;

/// <summary>Verdicts as the words of the file.</summary>
internal static class PlanWords
{
    private static readonly EsimPlanVerdict[] Verdicts = [EsimPlanVerdict.Allowed, EsimPlanVerdict.DisablesFirst, EsimPlanVerdict.Skipped, EsimPlanVerdict.Refused, EsimPlanVerdict.Unknown];

    /// <summary>The word of a verdict.</summary>
    public static string Of(EsimPlanVerdict verdict) => verdict switch
    {
        EsimPlanVerdict.Allowed => "allowed",
        EsimPlanVerdict.DisablesFirst => "disablesFirst",
        EsimPlanVerdict.Skipped => "skipped",
        EsimPlanVerdict.Refused => "refused",
        _ => "unknown",
    };

    /// <summary>The verdict of a word; null for another word.</summary>
    public static EsimPlanVerdict? Verdict(string word)
    {
        foreach (var verdict in Verdicts)
        {
            if (Of(verdict) == word)
            {
                return verdict;
            }
        }

        return null;
    }
}
