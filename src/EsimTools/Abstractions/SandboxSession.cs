// A sandbox together with all that a connection to it needs: its fleet, its callbacks, and a journal that goes with it.

using EsimTools.Binding;
using EsimTools.Sandbox;

namespace EsimTools.Abstractions;

/// <summary>A running sandbox that lives as long as the connection to it.</summary>
internal sealed class SandboxSession : IDisposable
{
    /// <summary>An address that no network can ever know (RFC 2606).</summary>
    private static readonly Uri Address = new("https://sandbox.invalid/api");

    private readonly ThingSpaceSandbox _sandbox;
    private readonly JournalTarget _journal;
    private readonly SandboxFolder? _folder;
    private EsimConnection? _connection;

    private SandboxSession(ThingSpaceSandbox sandbox, JournalTarget journal)
    {
        _sandbox = sandbox;
        SandboxFolder.Sweep();
        _folder = journal.IsDefault ? SandboxFolder.Create() : null;
        _journal = _folder is null ? journal : journal with { Folder = _folder.Path };
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>What was left out of the inventory, as a warning; null when nothing was.</summary>
    public string? Skipped =>
        _sandbox.Fleet.Skipped is { Count: > 0 } skipped
            ? $"{skipped.Count} rows of the inventory are not in the sandbox (the first is row {skipped[0].Row}: {skipped[0].Reason.TrimEnd('.')})."
            : null;

    /// <summary>Starts a sandbox.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimSandboxInvalid"/>: the inventory or a knob makes no sense.</exception>
    public static SandboxSession Start(SandboxOptions options, string? inventory, JournalTarget journal)
    {
        try
        {
            return new(new ThingSpaceSandbox(options, fleet: inventory is null ? null : SandboxFleet.Load(inventory, options.AccountName)), journal);
        }
        catch (ArgumentException e)
        {
            throw new EsimException(
                EsimError.EsimSandboxInvalid, $"The sandbox could not be started: {e.Message.TrimEnd('.')}.", "Correct the value in -SandboxOptions; times are time spans ('00:00:05') or seconds.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw new EsimException(EsimError.EsimSandboxInvalid, $"The sandbox could not be started: {e.Message.TrimEnd('.')}.", "Give a CSV file with the columns Iccid and Eid, or leave -SandboxInventory out.", e);
        }
    }

    /// <summary>What is needed to connect to it.</summary>
    public EsimConnectionOptions ConnectionOptions(TimeSpan timeout, int throttleLimit, bool hashIdentifiers) => new()
    {
        ApiCredential = new EsimCredential(_sandbox.Options.ApiKey, _sandbox.Options.ApiSecret),
        UserCredential = new EsimCredential(_sandbox.Options.UserName, _sandbox.Options.Password),
        AccountName = _sandbox.Options.AccountName,
        BaseUri = Address,
        Handler = _sandbox.CreateHandler(),
        JournalPath = _journal.Folder,
        Database = _journal.Database,
        DatabaseCredential = _journal.Credential,
        PostgresFolder = _journal.PostgresFolder,
        HashIdentifiers = hashIdentifiers,
        Timeout = timeout,
        ThrottleLimit = throttleLimit,
        IsSandbox = true,
    };

    /// <summary>Leads the sandbox's callbacks to the connection.</summary>
    public void Attach(EsimConnection connection)
    {
        _connection = connection;
        _sandbox.CallbackSent += connection.ReceiveCallback;
        connection.ExpectCallbacks();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        if (_connection is not null)
        {
            _sandbox.CallbackSent -= _connection.ReceiveCallback;
        }

        _sandbox.Dispose();
        _folder?.Dispose();
    }

    // A shell that just ends calls nobody else, and the throw-away journal would stay behind.
    private void OnProcessExit(object? sender, EventArgs e)
    {
        _connection?.Dispose();
        Dispose();
    }
}
