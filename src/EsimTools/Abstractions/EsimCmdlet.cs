// What every cmdlet shares: a token that ends with the pipeline, errors through the one factory, messages of the client on the right stream.

using System.Collections.Concurrent;
using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>The root of all cmdlets.</summary>
public abstract class EsimCmdlet : PSCmdlet, IDisposable
{
    // How often a waiting pipeline thread looks for other things to write.
    private const int IdleMilliseconds = 200;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<PendingMessage> _messages = new();

    /// <summary>Cancelled when the pipeline is stopped or torn down.</summary>
    protected CancellationToken Stop => _stop.Token;

    /// <summary>Whether somebody has stopped the command.</summary>
    private protected bool WasStopped { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Reached at every end of a pipeline, also where neither EndProcessing nor StopProcessing is (Select-Object -First, a failing neighbour).
        _stop.Cancel();
        Dispose(disposing: true);
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        WasStopped = true;
        _stop.Cancel();
    }

    /// <summary>Waits, bounded, for what is still under way. Nothing can be written any more.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Keeps a message for the pipeline thread; callable from any thread.</summary>
    /// <param name="message">The message.</param>
    private protected void Keep(PendingMessage message) => _messages.Enqueue(message);

    /// <summary>Writes the messages that have been kept, where their stream is on and no other cmdlet has.</summary>
    internal void WriteMessages()
    {
        while (_messages.TryDequeue(out var pending))
        {
            var (level, text) = pending.Message;
            if (level == EsimMessageLevel.Warning && pending.TryTake())
            {
                WriteWarning(text);
            }
            else if (level == EsimMessageLevel.Verbose && IsSet("Verbose", "VerbosePreference") && pending.TryTake())
            {
                WriteVerbose(text);
            }
            else if (level == EsimMessageLevel.Debug && IsSet("Debug", "DebugPreference") && pending.TryTake())
            {
                WriteDebug(text);
            }
        }
    }

    /// <summary>Whether a switch, or without it the preference variable that stands for it, is on.</summary>
    private protected bool IsSet(string parameter, string preference) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out var value)
            ? value is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.IsTrue(GetVariableValue(preference));

    /// <summary>Ends the command where a parameter was given and is null, as a variable is that nobody has set: it is not the wish for what is done without it.</summary>
    /// <remarks>ValidateNotNull does not do for a default of $PSDefaultParameterValues: PowerShell drops one that fails with a warning, and goes on without.</remarks>
    private protected void RefuseNull(params string[] names)
    {
        if (Array.Find(names, name => MyInvocation.BoundParameters.TryGetValue(name, out var value) && value is null) is { } empty)
        {
            Terminate(new EsimException(EsimError.EsimParameterInvalid, $"-{empty} was given, and it is null.", $"See why its variable holds nothing, or leave -{empty} out."));
        }
    }

    /// <summary>Runs one asynchronous piece of work on behalf of the pipeline thread and ends with the pipeline.</summary>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        var task = Task.Run(() => work(Stop), Stop);
        while (Task.WaitAny([task], IdleMilliseconds) < 0)
        {
            WriteMessages();
        }

        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            if (!Stop.IsCancellationRequested)
            {
                WriteMessages();
            }
        }
    }

    /// <summary>Reads an inventory file row by row; ends the command where it cannot be read.</summary>
    /// <param name="path">The file, as it was given.</param>
    /// <param name="take">Takes a row; null for a line with nothing in it, which counts all the same.</param>
    private protected void ReadInventory(string path, Action<PSObject?> take)
    {
        var file = GetUnresolvedProviderPathFromPSPath(path);
        try
        {
            foreach (var row in InventoryFile.Read(file))
            {
                if (Stop.IsCancellationRequested)
                {
                    throw new PipelineStoppedException();
                }

                take(row);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminate(new EsimException(EsimError.EsimInputInvalid, $"The inventory '{file}' cannot be read. {e.Message}", "Check the path and who may read it.", e), path);
        }
    }

    /// <summary>Asks, or says what would happen; ends the command where a question has nobody to answer it.</summary>
    internal new bool ShouldProcess(string target, string effect)
    {
        try
        {
            return base.ShouldProcess(target, effect);
        }
        catch (Exception e) when (Unasked.MeansNobody(e))
        {
            Terminate(new EsimException(
                EsimError.EsimNobodyToAsk,
                $"{MyInvocation.MyCommand.Name} asks before it acts, and nobody can answer here. Not done: {effect}, for {target}.",
                "In a runbook, say that you mean it: add -Force or -Confirm:$false. -WhatIf shows what would happen."));
            throw;
        }
    }

    /// <summary>Writes a warning. What is not seen in it is made visible.</summary>
    internal new void WriteWarning(string text) => Unasked.Tell(() => base.WriteWarning(ForeignText.Show(text, ForeignText.LongestSentence)));

    /// <summary>Writes a verbose line. What is not seen in it is made visible.</summary>
    internal new void WriteVerbose(string text) => Unasked.Tell(() => base.WriteVerbose(ForeignText.Show(text, ForeignText.LongestSentence)));

    /// <summary>Writes a debug line. What is not seen in it is made visible.</summary>
    internal new void WriteDebug(string text) => Unasked.Tell(() => base.WriteDebug(ForeignText.Show(text, ForeignText.LongestSentence)));

    /// <summary>Writes a line for whoever looks at the screen, as Write-Host does. What is not seen in it is made visible.</summary>
    internal void WriteHostLine(string text) =>
        Unasked.Tell(() => WriteInformation(new HostInformationMessage { Message = ForeignText.Show(text, ForeignText.LongestSentence) }, ["PSHOST"]));

    /// <summary>Shows how far the command has come.</summary>
    internal new void WriteProgress(ProgressRecord progress) => Unasked.Tell(() => base.WriteProgress(progress));

    /// <summary>Writes one non-terminating error.</summary>
    internal void WriteFailure(EsimException exception, object? target)
    {
        var record = ErrorRecords.From(exception, target);
        if (!Unasked.Tell(() => WriteError(record)))
        {
            // Of an error it asks before it writes it.
            Unasked.WriteError(this, record);
        }
    }

    /// <summary>Ends the command with an error.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private protected void Terminate(EsimException exception, object? target = null)
    {
        ThrowTerminatingError(ErrorRecords.From(exception, target));
        throw exception;
    }
}
