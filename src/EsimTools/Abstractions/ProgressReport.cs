// A progress bar that is redrawn at most five times a second, because Windows PowerShell draws every record it is given.

using System.Management.Automation;

namespace EsimTools.Abstractions;

/// <summary>Shows how far a command has come.</summary>
internal sealed class ProgressReport(EsimCmdlet cmdlet, Clock clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly string _activity = cmdlet.MyInvocation.MyCommand.Name;

    private DateTimeOffset _next = clock.UtcNow + Pause;
    private bool _isShown;

    /// <summary>Shows the status, unless it was shown a moment ago.</summary>
    /// <param name="status">Makes the text; called only when it is shown.</param>
    /// <param name="percent">How much is done; −1 when the whole is not known.</param>
    public void Show(Func<string> status, int percent = -1)
    {
        var now = clock.UtcNow;
        if (now < _next)
        {
            return;
        }

        _next = now + Pause;
        _isShown = true;
        cmdlet.WriteProgress(new ProgressRecord(0, _activity, status()) { PercentComplete = percent });
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
