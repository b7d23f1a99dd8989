// What is done with a whole journal, of all services, while nobody is connected to it.

using EsimTools.Callbacks;
using EsimTools.Store;

namespace EsimTools;

/// <summary>Copies and clears journals.</summary>
public static class EsimJournal
{
    /// <summary>Copies a journal into another one: adds what is not there, and never replaces anything. Broken off, it is finished by the same call.</summary>
    /// <param name="source">The journal that is copied; it stays as it is.</param>
    /// <param name="destination">The journal that it is copied to; one that is missing is made.</param>
    /// <param name="report">Told, on any thread, of what a person should know.</param>
    /// <param name="clock">The clock; null means the machine's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimJournalInUse"/>: somebody is at work in one of them; <see cref="EsimError.EsimJournalConflict"/>: they do not go together;
    /// <see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimDatabaseUnavailable"/>: one of them cannot be used.
    /// </exception>
    public static async Task<EsimJournalCopy> CopyAsync(
        EsimJournalPlace source, EsimJournalPlace destination, Action<EsimMessage>? report = null, Clock? clock = null, CancellationToken cancellationToken = default)
    {
        _ = source ?? throw new ArgumentNullException(nameof(source));
        _ = destination ?? throw new ArgumentNullException(nameof(destination));
        report ??= static _ => { };
        clock ??= Clock.System;
        using var from = StoreOpener.OpenKept(source, mustExist: true, clock, report);
        using var to = StoreOpener.OpenKept(destination, mustExist: false, clock, report);
        if (string.Equals(from.Identity, to.Identity, StringComparison.Ordinal))
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"The journal {from.Title} cannot be copied to itself.", "Give another destination.");
        }

        RefuseLeftBehind(from);
        return await new JournalCopy(from, to, report).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes from a journal what is older than a moment and what no verdict needs: requests that have ended, with their answers and outcomes, and the ends of
    /// runs and plans. What is open or in doubt stays, and so does what may still forbid or prove something, or is counted by a cap.
    /// </summary>
    /// <param name="journal">The journal.</param>
    /// <param name="before">The moment; no later than two days ago counts, and none that a cap of the policy counts from.</param>
    /// <param name="report">Told, on any thread, of what a person should know.</param>
    /// <param name="clock">The clock; null means the machine's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimJournalInUse"/>: somebody is at work in it; <see cref="EsimError.EsimPolicyUnusable"/>: nobody knows what its policy counts;
    /// <see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimDatabaseUnavailable"/>: it cannot be used.
    /// </exception>
    public static async Task<EsimJournalClearance> ClearAsync(
        EsimJournalPlace journal, DateTimeOffset before, Action<EsimMessage>? report = null, Clock? clock = null, CancellationToken cancellationToken = default)
    {
        _ = journal ?? throw new ArgumentNullException(nameof(journal));
        report ??= static _ => { };
        clock ??= Clock.System;
        using var kept = StoreOpener.OpenKept(journal, mustExist: true, clock, report);
        RefuseLeftBehind(kept);
        return await new JournalClearing(kept, service => StoreOpener.Open(journal, service, clock, report), clock, report).RunAsync(before, cancellationToken).ConfigureAwait(false);
    }

    // What a listener has acknowledged the service does not say again.
    private static void RefuseLeftBehind(IKeptJournal journal)
    {
        if (LeftBehindCallbacks.FindIn(journal.Folder) is { Count: > 0 } files)
        {
            throw new EsimException(
                EsimError.EsimJournalInUse,
                $"Callback messages for the journal {journal.Title} are not in it yet: {string.Join(", ", files.Select(static file => $"'{file}'"))}.",
                "Stop the listener that is at work. Where none is, connect once with that journal, which takes them in, and disconnect; then give the command again.");
        }
    }
}
