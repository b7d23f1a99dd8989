// Readiness: whether a message that comes now could be recorded here, and what it tells written to the journal.

namespace EsimTools.Callbacks;

/// <summary>Asks disk and store, at most once a second however often it is asked itself. Every member may be called from any thread.</summary>
/// <param name="inbox">What messages are for.</param>
/// <param name="report">Told when the answer becomes "no", and when it becomes "yes" again.</param>
internal sealed class ReadinessCheck(CallbackInbox inbox, Action<string> report)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    /// <summary>Below the patience of those who ask, and below the time that a call may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly object _lock = new();
    private Task<bool>? _answer;
    private DateTimeOffset _at;
    private bool _wasReady = true;

    /// <summary>Whether it is ready; one that can't be found out in time is "no".</summary>
    public async Task<bool> AskAsync()
    {
        var answer = Answer();
        using var over = new CancellationTokenSource();
        var first = await Task.WhenAny(answer, inbox.Clock.Delay(Limit, over.Token)).ConfigureAwait(false);
        over.Cancel();
        return first == answer && await answer.ConfigureAwait(false);
    }

    // One at a time: who asks while a database does not answer waits for the same answer.
    private Task<bool> Answer()
    {
        lock (_lock)
        {
            var now = inbox.Clock.UtcNow;
            if (_answer is null || (_answer.IsCompleted && (now < _at || now - _at >= Lifetime)))
            {
                _at = now;
                _answer = Task.Run(Look);
            }

            return _answer;
        }
    }

    private bool Look()
    {
        string? problem = null;
        try
        {
            inbox.Check();
        }
        catch (EsimException e)
        {
            problem = e.Message;
        }

        // One look at a time, so nobody else writes this.
        if (problem is null != _wasReady)
        {
            _wasReady = problem is null;
            report(problem is null ? "The callback listener is ready again." : $"The callback listener is not ready: {problem}");
        }

        return problem is null;
    }
}
