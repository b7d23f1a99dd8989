// When outcomes became known, in steps that a person reads easily.

namespace EsimTools.Reports;

/// <summary>Counts outcomes by the second and gives them in steps.</summary>
internal sealed class ReportTime
{
    private const int MostSteps = 40;

    private static readonly int[] s_seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

    private readonly Dictionary<long, (int Succeeded, int Failed)> _seconds = [];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _seconds.Count == 0;

    /// <summary>Adds an outcome.</summary>
    public void Add(DateTimeOffset at, bool succeeded)
    {
        var second = at.ToUnixTimeSeconds();
        _seconds.TryGetValue(second, out var counts);
        _seconds[second] = succeeded ? (counts.Succeeded + 1, counts.Failed) : (counts.Succeeded, counts.Failed + 1);
    }

    /// <summary>The steps from the first outcome to the last, those without one too.</summary>
    public IReadOnlyList<ReportTimeStep> Steps(out int seconds)
    {
        seconds = 1;
        if (IsEmpty)
        {
            return [];
        }

        var (first, last) = (_seconds.Keys.Min(), _seconds.Keys.Max());
        var width = (last - first) / MostSteps + 1;
        seconds = Array.Find(s_seconds, step => step >= width) is > 0 and var nice ? nice : (int)((width + 86_399) / 86_400 * 86_400);
        var begin = first - (first % seconds);
        var steps = new (int Succeeded, int Failed)[((last - begin) / seconds) + 1];
        foreach (var second in _seconds)
        {
            var place = (second.Key - begin) / seconds;
            steps[place] = (steps[place].Succeeded + second.Value.Succeeded, steps[place].Failed + second.Value.Failed);
        }

        var size = seconds;
        return [.. steps.Select((step, i) => new ReportTimeStep(DateTimeOffset.FromUnixTimeSeconds(begin + ((long)i * size)), step.Succeeded, step.Failed))];
    }
}
