// A program that a test starts: it has a limit, it is ended with all that it has started, and what it prints is kept.

using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EsimTools.Module.Tests;

/// <summary>How a program ended, and what it printed.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors);

/// <summary>A running program.</summary>
internal sealed class ChildProcess : IDisposable
{
    // After a kill nothing is left to wait for but the system.
    private static readonly TimeSpan s_systemLimit = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;
    private readonly Task _streams;
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, TimeSpan limit)
    {
        _process = process;
        _process.StandardInput.Close();
        _streams = Task.WhenAll(KeepAsync(process.StandardOutput, _output), KeepAsync(process.StandardError, _errors));
        Completion = CompleteAsync(limit);
    }

    /// <summary>The first line that it prints.</summary>
    public Task<string> FirstLine => _firstLine.Task;

    /// <summary>Its end. Fails when the limit is over first, and when something that it started outlives it with hold of its output.</summary>
    public Task<Ended> Completion { get; }

    /// <summary>Whether it runs no more.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it has printed up to now.</summary>
    public string Output => TextOf(_output);

    /// <summary>Starts a program; nobody answers its questions.</summary>
    public static ChildProcess Start(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        return new ChildProcess(Process.Start(start)!, limit);
    }

    /// <summary>Kills it and all that it has started, as kill -9 does, and returns when they are dead.</summary>
    public async Task<Ended> KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        return await Completion.WaitAsync(s_systemLimit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(s_systemLimit);
        }

        _process.Dispose();
    }

    private async Task<Ended> CompleteAsync(TimeSpan limit)
    {
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(), _streams).WaitAsync(limit);
            _firstLine.TrySetException(new InvalidOperationException($"It printed nothing.\n{TextOf(_errors)}"));
        }
        catch (TimeoutException)
        {
            var what = _process.HasExited ? "ended, and something that it started did not" : "did not end";
            _process.Kill(entireProcessTree: true);
            var problem = new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} {what} within {limit.TotalSeconds} seconds.\n{Output}\n{TextOf(_errors)}"));
            _firstLine.TrySetException(problem);
            throw problem;
        }

        return new Ended(_process.ExitCode, Output, TextOf(_errors));
    }

    private async Task KeepAsync(StreamReader from, StringBuilder to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
            {
                to.Append(line).Append('\n');
            }

            if (to == _output)
            {
                _firstLine.TrySetResult(line);
            }
        }
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
