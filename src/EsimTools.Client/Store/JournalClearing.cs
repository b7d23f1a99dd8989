// Clears a journal of what is old, service by service, while nobody writes to it.

using System.Globalization;

namespace EsimTools.Store;

/// <summary>Removes what no verdict needs.</summary>
/// <param name="journal">The journal as a whole.</param>
/// <param name="open">Opens the store of a service in it.</param>
/// <param name="clock">The clock, where the journal has none of its own.</param>
/// <param name="report">Told of what a person should know.</param>
internal sealed class JournalClearing(IKeptJournal journal, Func<string, IEsimStore> open, Clock clock, Action<EsimMessage> report)
{
    // Nothing that was sent so long ago proves anything, wherever the clocks of the machines are.
    private static readonly TimeSpan s_youth = TimeSpan.FromTicks(2 * Guard.ProofLifetime.Ticks);

    /// <summary>Removes what is older than a moment and no longer needed.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalInUse"/>, <see cref="EsimError.EsimPolicyUnusable"/>, <see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public async Task<EsimJournalClearance> RunAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        // Opening a store in a database may write to it, which nobody can once the right is held.
        string[] services = [.. journal.Services()];
        var stores = services.ToDictionary(static service => service, open, StringComparer.Ordinal);
        try
        {
            await journal.EnterAsync(services, cancellationToken).ConfigureAwait(false);
            if (journal.Writers() is { Count: > 0 } writers)
            {
                throw new EsimException(
                    EsimError.EsimJournalInUse,
                    $"A connection is at work in the journal {journal.Title}: {string.Join(", ", writers)}. Nothing was removed.",
                    "Close it there with Disconnect-EsimService, or wait until its command has ended; then clear again.");
            }

            // In a database its clock counts, whatever this machine's says.
            var now = stores.Values.Select(static store => store.Clock.UtcNow).DefaultIfEmpty(clock.UtcNow).Min();
            var cutoff = CutoffOf(before, now);
            return Clear(services.ToDictionary(static service => service, service => Retention(stores[service], cutoff, now), StringComparer.Ordinal), cutoff);
        }
        finally
        {
            foreach (var store in stores.Values)
            {
                store.Dispose();
            }
        }
    }

    private EsimJournalClearance Clear(Dictionary<string, LineRetention> services, DateTimeOffset cutoff)
    {
        foreach (var line in journal.Read(static _ => { }))
        {
            if (!line.Part.IsArchived && services.TryGetValue(line.Service, out var service))
            {
                service.Take(line);
            }
        }

        var (removed, kept, going) = (0L, 0L, new HashSet<string>(journal.HalfRemoved, StringComparer.Ordinal));
        foreach (var service in services.Values)
        {
            going.UnionWith(service.Decide().Select(static request => request.Id));
        }

        journal.Remove(going, line =>
        {
            var goes = services.TryGetValue(line.Service, out var service) && service.Goes(line);
            _ = goes ? removed++ : kept++;
            return goes;
        });
        var requestsKept = services.Values.Sum(static service => (long)service.Staying);
        journal.End();
        return new()
        {
            Journal = journal.Title,
            Before = cutoff,
            RequestsRemoved = going.Count,
            RequestsKept = requestsKept,
            LinesRemoved = removed,
            LinesKept = kept,
        };
    }

    private DateTimeOffset CutoffOf(DateTimeOffset before, DateTimeOffset now)
    {
        var counted = journal.ReadPolicy() is { } text ? EsimPolicy.Parse(text).LongestCap : TimeSpan.Zero;
        var latest = now - (counted > s_youth ? counted : s_youth);
        if (before <= latest)
        {
            return before;
        }

        report(new(
            EsimMessageLevel.Warning,
            string.Format(CultureInfo.InvariantCulture, "Only what is older than {0} is removed: what is younger may still prove something, or a cap of the policy counts it.", Clock.ToIso(latest))));
        return latest;
    }

    private LineRetention Retention(IEsimStore store, DateTimeOffset cutoff, DateTimeOffset now)
    {
        using var tracker = new RequestTracker(new ListeningStore(store), store.Clock, static _ => { });
        tracker.Refresher.Refresh();
        var ended = tracker.EndedRequests();
        return new(cutoff, now, ended.Contains, journal.HalfRemoved);
    }
}
