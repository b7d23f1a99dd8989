// Waits for one request: callbacks are noticed as they come, and in between the service is asked, less and less often.

using EsimTools.Session;

namespace EsimTools.Requests;

/// <summary>One wait for one request.</summary>
internal sealed class RequestWait(EsimConnection connection, EsimRequest request, EsimWaitOptions options)
{
    private readonly TaskCompletionSource<bool> _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until every outcome is known (true) or the time is over (false).</summary>
    public async Task<bool> RunAsync(Action<EsimResult>? onResult, Action<EsimMessage> report, CancellationToken cancellationToken)
    {
        var seen = 0;
        var toldOfTrouble = false;
        request.Subscribe(Observe);
        try
        {
            if (request.IsComplete)
            {
                return true;
            }

            var start = connection.Clock.UtcNow;
            var interval = options.FirstInterval;
            while (true)
            {
                var pause = interval;
                if (options.Timeout is { } timeout)
                {
                    var left = start + timeout - connection.Clock.UtcNow;
                    if (left <= TimeSpan.Zero)
                    {
                        return request.IsComplete;
                    }

                    pause = pause < left ? pause : left;
                }

                if (await CompletesWithinAsync(pause, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }

                try
                {
                    await connection.PollAsync(request, cancellationToken).ConfigureAwait(false);
                }
                catch (EsimException e) when (e.Error is not (EsimError.EsimLoginRefused or EsimError.EsimNotConnected or EsimError.EsimJournalUnavailable))
                {
                    // Polling is one of two ways to learn outcomes, and the documents do not promise it for bulk requests.
                    if (!toldOfTrouble)
                    {
                        toldOfTrouble = true;
                        report(new(EsimMessageLevel.Warning, $"The service does not tell the status of request {request.RequestId}: {e.Message} Waiting goes on."));
                    }
                }

                var next = TimeSpan.FromTicks(interval.Ticks * 3 / 2);
                interval = next < EsimWaitOptions.LongestInterval ? next : EsimWaitOptions.LongestInterval;
            }
        }
        finally
        {
            request.Unsubscribe(Observe);
        }

        void Observe(EsimResult result)
        {
            onResult?.Invoke(result);
            if (++seen == request.Count)
            {
                _complete.TrySetResult(true);
            }
        }
    }

    private async Task<bool> CompletesWithinAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_complete.Task, connection.Clock.Delay(pause, stop.Token)).ConfigureAwait(false);
        stop.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        return _complete.Task.IsCompleted;
    }
}
