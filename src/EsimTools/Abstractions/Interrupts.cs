// Ctrl+C, counted: the first one that is pressed may mean something else than the second.

namespace EsimTools.Abstractions;

/// <summary>Counts how often Ctrl+C has been pressed in this process's console while a command runs.</summary>
/// <remarks>PowerShell tells a command once that it is to stop, for whatever reason, and does not tell it of a second key.</remarks>
internal sealed class Interrupts : IDisposable
{
    // PowerShell hears of the key before or after this; the two are moments apart.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _pressed = new(0);
    private readonly object _lock = new();
    private Action? _onSecond;
    private int _count;

    public Interrupts() => Console.CancelKeyPress += Count;

    /// <summary>Whether the key was pressed once, and the command may go on for a while.</summary>
    public bool IsEndingLater
    {
        get
        {
            lock (_lock)
            {
                return _count == 1;
            }
        }
    }

    /// <summary>Whether what stops the command is the first press of the key.</summary>
    public bool WasPressedOnce()
    {
        _pressed.Wait(Apart);
        return IsEndingLater;
    }

    /// <summary>Says what is done when the key is pressed again.</summary>
    public void OnSecond(Action action)
    {
        lock (_lock)
        {
            _onSecond = action;
            if (_count < 2)
            {
                return;
            }
        }

        action();
    }

    /// <inheritdoc/>
    public void Dispose() => Console.CancelKeyPress -= Count;

    private void Count(object? sender, ConsoleCancelEventArgs e)
    {
        Action? second;
        lock (_lock)
        {
            second = ++_count >= 2 ? _onSecond : null;
        }

        _pressed.Release();
        second?.Invoke();
    }
}
