// What profiles of one source have in common: rows of a file share one of these, so that a profile is little more than its identifiers.

using EsimTools.Rules;

namespace EsimTools.Identity;

/// <summary>What is said of a profile beside its identifiers. Each member is documented where <see cref="EsimProfile"/> shows it.</summary>
internal sealed record ProfileDetails
{
    /// <summary>Nothing is said.</summary>
    public static ProfileDetails None { get; } = new();

    public string? AccountName { get; init; }

    public string? ServicePlan { get; init; }

    public string? State { get; init; }

    public string? ProfileStatus { get; init; }

    public string? ProfileRole { get; init; }

    public bool? Connected { get; init; }

    public EvidenceSource Source { get; init; }

    public DateTimeOffset? AsOf { get; init; }
}
