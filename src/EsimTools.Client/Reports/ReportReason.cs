// Profiles that share a reason: why they failed, or were kept back.

namespace EsimTools.Reports;

/// <summary>Profiles that share a reason.</summary>
internal sealed class ReportReason(string? action, string? code, string? text)
{
    /// <summary>How many profiles are named for a reason.</summary>
    public const int MostIds = 1000;

    private readonly List<string> _ids = [];

    /// <summary>The action, in ThingSpace's word; null where it is the run's own.</summary>
    public string? Action { get; } = action;

    /// <summary>The service's code, or the id of the error.</summary>
    public string? Code { get; } = code;

    /// <summary>The reason in words.</summary>
    public string? Text { get; } = text;

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Adds profiles of which some are named.</summary>
    public void Add(long count, IEnumerable<string> ids)
    {
        Count += count;
        _ids.AddRange(ids.Take(MostIds - _ids.Count));
    }
}
