// The order of a plan's profiles, which is the order in which they are sent.

namespace EsimTools.Plans;

/// <summary>Orders the profiles of a plan.</summary>
internal static class PlanOrder
{
    /// <summary>Puts a random sample of those that are sent first, as many as the first wave holds; the others keep their order.</summary>
    public static IReadOnlyList<EsimPlanProfile> WithRandomCanary(IReadOnlyList<EsimPlanProfile> profiles, EsimWaves waves)
    {
        var sent = Enumerable.Range(0, profiles.Count).Where(i => profiles[i].IsSent).ToArray();
        if (sent.Length == 0)
        {
            return profiles;
        }

        // The first steps of a Fisher-Yates shuffle: every sample is as likely as any other.
        var random = new Random();
        var wave = waves.Cut(sent.Length)[0];
        for (var i = 0; i < wave; i++)
        {
            var other = random.Next(i, sent.Length);
            (sent[i], sent[other]) = (sent[other], sent[i]);
        }

        var sample = sent.Take(wave).ToArray();
        var isFirst = new HashSet<int>(sample);
        return [.. sample.Concat(Enumerable.Range(0, profiles.Count).Where(i => !isFirst.Contains(i))).Select(i => profiles[i])];
    }
}
