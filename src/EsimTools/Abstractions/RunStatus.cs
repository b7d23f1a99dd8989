// The numbers of a run on a progress bar: the command's name stands before them, and at 80 columns there is room for about 55 characters.

using System.Globalization;

namespace EsimTools.Abstractions;

/// <summary>Puts the numbers of a run into few words.</summary>
internal static class RunStatus
{
    /// <summary>What has become of the profiles so far; what is 0 is left out, but for those accepted.</summary>
    public static string Of(in EsimRunCounts counts)
    {
        (long Number, string What)[] parts =
        [
            (counts.Deactivated, "deactivated"),
            (counts.InDoubt + counts.DeactivationsInDoubt, "in doubt"),
            (counts.Refused, "refused"),
            (counts.Skipped, "skipped"),
            (counts.KeptBack, "kept back"),
            (counts.Declined, "declined"),
            (counts.NotSent, "under way"),
        ];
        return string.Join(", ", parts.Where(static part => part.Number > 0).Prepend((counts.Accepted, "accepted"))
            .Select(static part => string.Format(CultureInfo.InvariantCulture, "{0} {1}", part.Item1, part.Item2)));
    }
}
