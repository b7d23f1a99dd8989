// What has become of a run, in sentences for a person.

using EsimTools.Model;

namespace EsimTools.Runs;

/// <summary>Puts the numbers of a run into words.</summary>
internal static class RunWords
{
    /// <summary>A number of profiles.</summary>
    public static string Profiles(long count) => Quantity.Of(count, "profile");

    /// <summary>What has become of the profiles.</summary>
    public static string Of(EsimRun run, in EsimRunCounts counts)
    {
        var parts = new List<string>();
        if (counts.Deactivated > 0)
        {
            parts.Add($"deactivation accepted for {counts.Deactivated}");
        }

        parts.Add($"accepted for {Profiles(counts.Accepted)}");
        Add(counts.DeactivationsInDoubt, "deactivations in doubt");
        Add(counts.InDoubt, "in doubt");
        Add(counts.Refused, "refused by the service");
        Add(counts.Skipped, "skipped");
        Add(counts.KeptBack, "kept back");
        Add(counts.Declined, "declined");
        Add(counts.NotSent, "not sent");
        return $"'{run.Action}': {string.Join(", ", parts)}";

        void Add(long number, string what)
        {
            if (number > 0)
            {
                parts.Add($"{number} {what}");
            }
        }
    }

    /// <summary>What would become of them, where nothing is sent.</summary>
    public static string OfRehearsal(EsimRun run, in EsimRunCounts counts)
    {
        var keptBack = run.Refusals.Select(refusal => $"{refusal.Count} kept back ({refusal.ErrorId})");
        string[] parts = [$"would be sent for {counts.Declined} of {Profiles(counts.Given)}", .. keptBack, .. counts.Skipped > 0 ? (string[])[$"{counts.Skipped} skipped, because nothing is left to do for them"] : []];
        return $"'{run.Action}' {string.Join(", ", parts)}";
    }

    /// <summary>What is left to do.</summary>
    public static string? Next(in EsimRunCounts counts)
    {
        var doubt = counts.InDoubt + counts.DeactivationsInDoubt > 0
            ? "Get-EsimRequest -Status InDoubt | Resolve-EsimRequest finds out what became of those in doubt."
            : null;
        var rest = counts.NotSent > 0 ? "Run the same command again: it sends only what has not been done." : null;
        return doubt is null ? rest : rest is null ? doubt : $"{doubt} {rest}";
    }
}
