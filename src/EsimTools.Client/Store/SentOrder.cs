// When each request counts as sent: by its own time stamp, or by the one of a request that stands before it in the folder's line, whichever is
// later. So a process whose clock is behind, or was set back for a while, makes no cap forget.

namespace EsimTools.Store;

/// <summary>The requests in the folder's line. Not thread-safe: the tracker locks around it.</summary>
internal sealed class SentOrder(RequestTable table)
{
    private readonly List<TrackedRequest> _line = [];

    /// <summary>All requests that left or may have, each with when it counts as sent.</summary>
    /// <param name="now">The present moment. What is dated behind it counts by its own date, and moves no other.</param>
    public IEnumerable<(TrackedRequest Request, DateTimeOffset At)> Sent(DateTimeOffset now)
    {
        TakeNew();
        var latest = DateTimeOffset.MinValue;
        foreach (var request in _line)
        {
            var at = request.SubmittedAt;
            if (request.Sent.Sequence > 0 && at <= now)
            {
                at = latest = at > latest ? at : latest;
            }

            if (request.Phase != EsimRequest.Phase.Refused)
            {
                yield return (request, at);
            }
        }
    }

    private void TakeNew()
    {
        var isInOrder = true;
        for (var i = _line.Count; i < table.Count; i++)
        {
            var request = table.All[i];
            isInOrder &= _line.Count == 0 || _line[_line.Count - 1].Sent.Sequence <= request.Sent.Sequence;
            _line.Add(request);
        }

        if (!isInOrder)
        {
            _line.Sort(static (one, other) => one.Sent.Sequence.CompareTo(other.Sent.Sequence));
        }
    }
}
