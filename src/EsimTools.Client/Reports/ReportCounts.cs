// Profiles for which something was sent, in numbers.

namespace EsimTools.Reports;

/// <summary>Profiles counted by what has become of them.</summary>
internal readonly record struct ReportCounts(long Succeeded, long Failed, long InDoubt, long Open)
{
    /// <summary>All of them.</summary>
    public long Sent => Succeeded + Failed + InDoubt + Open;

    public static ReportCounts operator +(ReportCounts one, ReportCounts other) =>
        new(one.Succeeded + other.Succeeded, one.Failed + other.Failed, one.InDoubt + other.InDoubt, one.Open + other.Open);
}
