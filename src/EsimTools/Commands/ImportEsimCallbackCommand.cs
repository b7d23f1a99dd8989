// Import-EsimCallback: takes in callback messages that arrived elsewhere, in files, queues or webhooks.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Settles this connection's requests with messages from files or the pipeline. Repeated and foreign messages are harmless.</summary>
/// <remarks>
/// A message proves a profile's state at the time it was received. The files of Start-EsimCallbackListener tell that time; any other message is
/// taken to be as old as its request, so that an old message never passes for today's state.
/// </remarks>
[Cmdlet(VerbsData.Import, "EsimCallback", DefaultParameterSetName = PathSet)]
[OutputType(typeof(EsimCallback))]
public sealed class ImportEsimCallbackCommand : ConnectedCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputSet = "InputObject";

    private ProgressReport? _progress;
    private long _taken;
    private long _refused;
    private int _given;

    /// <summary>Files of messages: JSON, JSON Lines, or what a listener has recorded. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, HelpMessage = "Files of messages (JSON or JSON Lines), for example ./inbox-*.jsonl.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files of messages, by their exact names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, HelpMessage = "Files of messages (JSON or JSON Lines) by their exact names, for example ./inbox-1.jsonl.")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A message: JSON as text, an object of ConvertFrom-Json, a hashtable; or a file of Get-ChildItem.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet, HelpMessage = "A message: JSON as text, an object of ConvertFrom-Json, or a file of Get-ChildItem.")]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Write each message that was taken in.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _progress = new ProgressReport(this, Service.Clock);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case InputSet:
                ImportObject(InputObject!);
                break;
            case LiteralPathSet:
                Array.ForEach(LiteralPath, path => ImportFile(GetUnresolvedProviderPathFromPSPath(path)));
                break;
            default:
                Array.ForEach(Path, ImportFiles);
                break;
        }

        WriteMessages();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WriteMessages();
        _progress!.Complete();
        WriteVerbose($"{_taken} callback messages were taken in, {_refused} could not be used.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (HasConnection)
        {
            Service.FlushJournal();
        }

        base.Dispose(disposing);
    }

    private void ImportObject(PSObject input)
    {
        // Not the message itself, which holds a password.
        var place = $"message {++_given} of the input";
        switch (input.BaseObject)
        {
            case FileInfo file:
                ImportFile(file.FullName);
                break;
            case EsimCallback callback:
                Take(new(callback, null, place), place);
                break;
            case string text:
                // Get-Content hands on the empty lines of a file too.
                foreach (var imported in string.IsNullOrWhiteSpace(text) ? [] : EsimCallbackImport.ReadText(text))
                {
                    Take(imported, place);
                }

                break;
            default:
                var json = MessageWriter.TryWrite(input, out var problem);
                foreach (var imported in json is null ? [new(null, EsimCallback.Invalid(problem!), string.Empty)] : EsimCallbackImport.ReadUtf8(json))
                {
                    Take(imported, place);
                }

                break;
        }
    }

    private void ImportFiles(string path)
    {
        try
        {
            foreach (var file in GetResolvedProviderPathFromPSPath(path, out _))
            {
                ImportFile(file);
            }
        }
        catch (Exception e) when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or WildcardPatternException)
        {
            WriteFailure(new EsimException(EsimError.EsimCallbackInvalid, $"The file '{path}' cannot be read: {e.Message.TrimEnd('.')}.", "Check the path.", e), path);
        }
    }

    private void ImportFile(string file)
    {
        try
        {
            foreach (var imported in EsimCallbackImport.ReadFile(file))
            {
                Take(imported, imported.Place);
            }
        }
        catch (EsimException e)
        {
            WriteFailure(e, file);
        }
    }

    private void Take(in EsimImportedCallback imported, string target)
    {
        if (Stopping)
        {
            throw new PipelineStoppedException();
        }

        if (imported.Problem is { } problem)
        {
            // An error record keeps what the command was given, and that holds a password too.
            MyInvocation.BoundParameters.Remove(nameof(InputObject));
            _refused++;
            WriteFailure(problem, target);
            return;
        }

        _taken++;
        Service.ReceiveCallback(imported.Callback!);
        if (PassThru)
        {
            WriteObject(imported.Callback);
        }

        _progress!.Show(() => $"{_taken} taken in" + (_refused > 0 ? $", {_refused} not usable" : string.Empty), _taken + _refused);
    }
}
