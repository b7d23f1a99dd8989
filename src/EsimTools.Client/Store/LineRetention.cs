// Retention: which lines of a service may go, so that for no profile anything is allowed that was forbidden before. Whole requests go, with their answers and
// outcomes, or nothing of them; what is not understood stays.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Takes the lines of one service in, and then tells of each whether it may go. Not thread-safe.</summary>
/// <param name="cutoff">What is from then on or later stays.</param>
/// <param name="now">The present moment.</param>
/// <param name="hasEnded">Whether a request has ended for each of its profiles, by all that is known.</param>
/// <param name="halfRemoved">The requests of which a removal that was broken off has perhaps left something.</param>
internal sealed class LineRetention(DateTimeOffset cutoff, DateTimeOffset now, Func<string, bool> hasEnded, IReadOnlyCollection<string> halfRemoved)
{
    private readonly Dictionary<string, KeptRequest> _requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _plans = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _halfRemoved = new(halfRemoved, StringComparer.Ordinal);
    private HashSet<string> _runs = [];
    private HashSet<string> _plansOfRequests = [];

    /// <summary>How many requests stay.</summary>
    public int Staying { get; private set; }

    /// <summary>Takes in a line that connections read.</summary>
    public void Take(in KeptLine kept)
    {
        var (line, keys) = (kept.Line, kept.Keys);
        if (line is { Event: JournalEvent.Plan, Run.PlanId: { } plan })
        {
            // Without an end it may be carried out for ever.
            var until = line.Until ?? DateTimeOffset.MaxValue;
            _plans[plan] = _plans.TryGetValue(plan, out var known) && known > until ? known : until;
        }

        if (line.LocalId is not { } id)
        {
            return;
        }

        if (!_requests.TryGetValue(id, out var request))
        {
            _requests[id] = request = new(id);
        }

        request.Newest = line.WrittenAt > request.Newest ? line.WrittenAt : request.Newest;
        request.IsNewer |= line.Event == JournalEvent.Newer;
        if (line.Event == JournalEvent.Sending && EsimAction.Find(line.Action) is { } action)
        {
            request.IsKnown = true;
            request.Sequence = line.Sequence;
            (request.RunId, request.PlanId) = (line.Run?.Id, line.Run?.PlanId);
            request.Profiles = [.. keys.Profiles.Select(profile => IdentifierKeys.KeyOf(action, profile)), .. request.Profiles];
        }
        else if (line.Event == JournalEvent.Outcome)
        {
            var status = line.Said.ProfileStatus ?? (line.Outcome == OutcomeStatus.Succeeded ? EsimAction.Find(line.Action)?.ProvesProfileStatus : null);
            request.ForbidsForever |= ServiceWords.IsDeleted(status) || ServiceWords.IsLead(line.Said.ProfileRole);
        }
    }

    /// <summary>Decides, when all has been taken in.</summary>
    /// <returns>The requests that go.</returns>
    public IReadOnlyCollection<KeptRequest> Decide()
    {
        // Of what an earlier removal has left half of, nothing tells any more that it had ended; it had then.
        KeptRequest[] known = [.. _requests.Values.Where(request => request.IsKnown && !IsHalfRemoved(request)).OrderBy(static request => request.Sequence)];
        var places = known.ToLookup(static request => request.Sequence);

        // Whoever's clock was ahead or behind: what stands behind a young one in the line of all requests is no older.
        var youngFrom = known.Where(request => request.Newest >= cutoff).Select(static request => request.Sequence).DefaultIfEmpty(long.MaxValue).Min();
        foreach (var request in known)
        {
            request.IsAlive = request.Newest >= cutoff || request.Sequence >= youngFrom || request.Sequence == 0 || request.IsNewer || places[request.Sequence].Count() > 1
                || !hasEnded(request.Id) || (request.PlanId is { } plan && (!_plans.TryGetValue(plan, out var until) || until > now));
        }

        // Words of one request may stand against those of another for the same profile. What came behind one that forbids may have taken that back.
        var alive = new HashSet<IdentifierKey>(known.Where(static request => request.IsAlive).SelectMany(static request => request.Profiles));
        var forbidden = new HashSet<IdentifierKey>();
        foreach (var request in known)
        {
            // The last place of all is the one behind which the next is taken.
            request.Stays = request.IsAlive || request.ForbidsForever || request == known[known.Length - 1]
                || Array.Exists(request.Profiles, alive.Contains) || Array.Exists(request.Profiles, forbidden.Contains);
            if (request.Stays)
            {
                forbidden.UnionWith(request.Profiles);
            }
        }

        KeptRequest[] staying = [.. known.Where(static request => request.Stays)];
        Staying = staying.Length;
        _runs = new(staying.Select(static request => request.RunId).OfType<string>(), StringComparer.OrdinalIgnoreCase);
        _plansOfRequests = new(staying.Select(static request => request.PlanId).OfType<string>(), StringComparer.OrdinalIgnoreCase);
        return [.. known.Where(static request => !request.Stays)];
    }

    /// <summary>Whether a line goes, when it has been decided.</summary>
    public bool Goes(in KeptLine kept)
    {
        var line = kept.Line;
        if (line.Event == JournalEvent.Newer)
        {
            return false;
        }

        if (kept.Part.IsArchived)
        {
            // Nobody reads it.
            return line.At < cutoff;
        }

        return line switch
        {
            { LocalId: { } id } => _requests.TryGetValue(id, out var request) && (request.IsKnown ? !request.Stays : IsHalfRemoved(request)),
            { Event: JournalEvent.Run, Run.Id: { } run } => line.At < cutoff && !_runs.Contains(run),
            { Event: JournalEvent.Plan, Run.PlanId: { } plan } => line.At < cutoff && _plans[plan] < cutoff && !_plansOfRequests.Contains(plan),
            _ => false,
        };
    }

    private bool IsHalfRemoved(KeptRequest request) => request.Newest < cutoff && _halfRemoved.Contains(request.Id);
}
