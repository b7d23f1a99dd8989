// Messages for requests that nobody knows here would fill the disk, which the journal needs before anything is sent: so many of them are recorded in a
// day, and no more.

namespace EsimTools.Callbacks;

/// <summary>Counts what is recorded for nobody's request. One thread asks; any may add.</summary>
internal sealed class UnmatchedCallbacks(CallbackInbox inbox, long most, Action<string> report)
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(24);

    private DateTimeOffset _since = inbox.Clock.UtcNow;
    private long _bytes;
    private bool _told;

    /// <summary>Whether a message may not be recorded because of them. One for a request of this connection's journal always may.</summary>
    /// <param name="callback">The message; null when it names no profile.</param>
    public bool AreTooMany(EsimCallback? callback)
    {
        var now = inbox.Clock.UtcNow;
        if (now - _since >= Period)
        {
            (_since, _told) = (now, false);
            Interlocked.Exchange(ref _bytes, 0);
        }

        if (Interlocked.Read(ref _bytes) < most || (callback is not null && inbox.KnowsAlready(callback.RequestId)))
        {
            return false;
        }

        if (!_told)
        {
            _told = true;
            report($"More than {most / (1024 * 1024)} MB of callbacks within a day were for requests that are not known here. More of them are not recorded, and so not acknowledged, until the day is over.");
        }

        return true;
    }

    /// <summary>One has been recorded.</summary>
    public void Add(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
