// Work that is due later on the sandbox's clock.

namespace EsimTools.Sandbox.Service;

/// <summary>Puts work into a queue once its time has come.</summary>
internal sealed class Timetable : IDisposable
{
    private readonly Clock _clock;
    private readonly WorkQueue _queue;
    private readonly CancellationTokenSource _end = new();

    public Timetable(Clock clock, WorkQueue queue)
    {
        _clock = clock;
        _queue = queue;
    }

    /// <summary>Runs the steps in order, each when its time has come.</summary>
    /// <remarks>
    /// All waits begin before this method returns: a test that moves its clock by hand right after the answer must not be too early.
    /// </remarks>
    public void Start(params Step[] steps)
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        var waits = Array.ConvertAll(steps, step => _clock.Delay(step.After, _end.Token));
        _ = RunAsync(waits, steps);
    }

    public void Dispose() => _end.Cancel();

    private async Task RunAsync(Task[] waits, Step[] steps)
    {
        try
        {
            for (var i = 0; i < steps.Length; i++)
            {
                await waits[i].ConfigureAwait(false);
                _queue.Post(steps[i].Work);
            }
        }
        catch (OperationCanceledException)
        {
            // The sandbox was disposed of; nothing is due any more.
        }
    }
}
