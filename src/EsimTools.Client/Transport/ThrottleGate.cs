// One gate for all workers of a connection: when the service says "too many requests" to one of them, all wait.

using System.Net.Http.Headers;
using EsimTools.Model;

namespace EsimTools.Transport;

/// <summary>Holds calls back while the service asks for a pause.</summary>
internal sealed class ThrottleGate(Clock clock, Action<EsimMessage> report)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly object _lock = new();
    private TimeSpan _openAt;

    // A pause is no longer for a clock that is set meanwhile.
    private TimeSpan Present => clock.Elapsed ?? clock.UtcNow - DateTimeOffset.MinValue;

    /// <summary>Completes when no pause is in force.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan pause;
            lock (_lock)
            {
                pause = _openAt - Present;
            }

            if (pause <= TimeSpan.Zero)
            {
                return;
            }

            await clock.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the gate for as long as the service asks, and says so once a pause.</summary>
    /// <param name="retryAfter">The service's wish, in seconds or as a date; null when it has none.</param>
    /// <param name="attempt">How often this call has been refused, from 1; without a wish the pause doubles with it.</param>
    public void Close(RetryConditionHeaderValue? retryAfter, int attempt)
    {
        var pause = retryAfter?.Delta ?? (retryAfter?.Date - clock.UtcNow) ?? TimeSpan.FromSeconds(Math.Pow(2, attempt));
        pause = pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause > LongestPause ? LongestPause : pause;
        lock (_lock)
        {
            var now = Present;
            if (now + pause <= _openAt)
            {
                return;
            }

            var wasOpen = _openAt <= now;
            _openAt = now + pause;
            if (!wasOpen)
            {
                return;
            }
        }

        report(new(EsimMessageLevel.Warning, $"The service asks for fewer requests; waiting {Quantity.Of(Math.Ceiling(pause.TotalSeconds), "second")} before the next one."));
    }
}
