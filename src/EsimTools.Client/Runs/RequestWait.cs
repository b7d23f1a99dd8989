// Waits for one request: callbacks are noticed as they come, and in between the service is asked, less and less often.

namespace EsimTools.Runs;

/// <summary>One wait for one request.</summary>
internal sealed class RequestWait(Func<EsimRequest, CancellationToken, Task> poll, Clock clock, EsimRequest request, EsimWaitOptions options)
{
    private readonly TaskCompletionSource<bool> _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until every outcome is known (true) or the time is over (false).</summary>
    public async Task<bool> RunAsync(Action<EsimResult>? onResult, Action<EsimMessage> report, CancellationToken cancellationToken)
    {
        var seen = 0;
        var toldOfTrouble = false;
        if (request.IsRefused || request.Count == 0)
        {
            // There are no outcomes to wait for.
            _complete.TrySetResult(true);
        }

        using (request.Subscribe(Observe))
        {
            var start = clock.UtcNow;
            var interval = options.FirstInterval;
            while (true)
            {
                var pause = interval;
                if (!_complete.Task.IsCompleted && options.Timeout is { } timeout)
                {
                    var left = start + timeout - clock.UtcNow;
                    if (left <= TimeSpan.Zero)
                    {
                        return _complete.Task.IsCompleted && await _complete.Task.ConfigureAwait(false);
                    }

                    pause = pause < left ? pause : left;
                }

                options.OnPause?.Invoke(clock.UtcNow + pause);
                if (await CompletesWithinAsync(pause, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }

                try
                {
                    await poll(request, cancellationToken).ConfigureAwait(false);
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

        void Observe(EsimResult result)
        {
            try
            {
                onResult?.Invoke(result);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Whoever waits hears of it, and not the one that happens to bring the outcome: that may be sending another request.
                _complete.TrySetException(e);
            }

            if (++seen == request.Count)
            {
                _complete.TrySetResult(true);
            }
        }
    }

    private async Task<bool> CompletesWithinAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (_complete.Task.IsCompleted)
        {
            return await _complete.Task.ConfigureAwait(false);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_complete.Task, clock.Delay(pause, stop.Token)).ConfigureAwait(false);
        stop.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        return _complete.Task.IsCompleted && await _complete.Task.ConfigureAwait(false);
    }
}
