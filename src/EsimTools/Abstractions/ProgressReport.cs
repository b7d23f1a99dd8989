// A progress bar that is redrawn at most five times a second, because Windows PowerShell draws every record it is given.

using System.Globalization;
using System.Management.Automation;

namespace EsimTools.Abstractions;

/// <summary>Shows how far a command has come.</summary>
internal sealed class ProgressReport(EsimCmdlet cmdlet, Clock clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly string _activity = cmdlet.MyInvocation.MyCommand.Name;

    private readonly DateTimeOffset _start = clock.UtcNow;
    private DateTimeOffset _next = clock.UtcNow + Pause;
    private bool _isShown;

    /// <summary>Shows the status, unless it was shown a moment ago.</summary>
    /// <param name="status">Makes the text; called only when it is shown.</param>
    /// <param name="done">How much is done.</param>
    /// <param name="total">How much there is to do; 0 where that is not known.</param>
    public void Show(Func<string> status, long done, long total = 0) => Show(now => RecordOf(_activity, status(), done, total, now - _start));

    /// <summary>Shows what is waited for, unless something was shown a moment ago. No rate stands there: nothing is done meanwhile.</summary>
    /// <param name="status">Makes the text; called only when it is shown.</param>
    /// <param name="left">How long it still lasts.</param>
    public void ShowWait(Func<string> status, TimeSpan left) => Show(_ => new(0, _activity, status()) { SecondsRemaining = (int)Math.Min(int.MaxValue, left.TotalSeconds) });

    private void Show(Func<DateTimeOffset, ProgressRecord> record)
    {
        var now = clock.UtcNow;
        if (now < _next)
        {
            return;
        }

        _next = now + Pause;
        _isShown = true;
        cmdlet.WriteProgress(record(now));
    }

    /// <summary>A record with the rate, the time so far, and the time left where the whole is known and something is done.</summary>
    /// <param name="activity">The command.</param>
    /// <param name="status">What it does.</param>
    /// <param name="done">How much is done.</param>
    /// <param name="total">How much there is to do; 0 where that is not known.</param>
    /// <param name="elapsed">The time so far.</param>
    private static ProgressRecord RecordOf(string activity, string status, long done, long total, TimeSpan elapsed)
    {
        var rate = done / Math.Max(elapsed.TotalSeconds, 0.001);
        var pace = rate >= 1 ? string.Format(CultureInfo.InvariantCulture, "{0:0}/s, ", rate) : string.Empty;
        return new(0, activity, string.Format(CultureInfo.InvariantCulture, "{0} ({1}{2:h\\:mm\\:ss})", status, pace, elapsed))
        {
            PercentComplete = total > 0 ? (int)(100 * done / total) : -1,
            SecondsRemaining = total > 0 && done > 0 ? (int)Math.Min(int.MaxValue, (total - done) / rate) : -1,
        };
    }

    /// <summary>Takes the bar away, if there is one.</summary>
    public void Complete()
    {
        if (_isShown)
        {
            _isShown = false;
            cmdlet.WriteProgress(new ProgressRecord(0, _activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }
}
