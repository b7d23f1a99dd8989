// Tries again what a store that is away has not given or taken: its connection may have nothing else to read or write for hours.

namespace EsimTools.Store;

/// <summary>Does some work a little later. Every member may be called from any thread.</summary>
/// <param name="clock">The clock.</param>
/// <param name="work">Does it; where it fails, it begins this again.</param>
internal sealed class Retries(Clock clock, Action work) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private int _isUnderWay;

    /// <summary>Begins, unless that is under way.</summary>
    public void Begin()
    {
        if (!_end.IsCancellationRequested && Interlocked.Exchange(ref _isUnderWay, 1) == 0)
        {
            _ = RunAsync(_end.Token);
        }
    }

    /// <summary>Ends it, done or not; the work may still be under way.</summary>
    public void Dispose() => _end.Cancel();

    private async Task RunAsync(CancellationToken end)
    {
        try
        {
            await clock.Delay(s_pause, end).ConfigureAwait(false);
            Volatile.Write(ref _isUnderWay, 0);
            work();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The connection has been closed; what was not done is on this machine's disk.
        }
    }
}
