// Lets one sender at a time look at a journal folder, reservation profiles and write its line, among all threads and processes that share it.

using System.Collections.Concurrent;

namespace EsimTools.Store.Folder;

/// <summary>The right to send over a journal folder. The system takes it back from a process that ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    /// <summary>The file that is held open; it stays behind empty.</summary>
    public const string FileName = "journal.lock";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Threads of one process queue up here, so that only other processes have to be asked again and again.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> s_gates = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _gate;
    private readonly FileStream _file;

    private FolderLock(SemaphoreSlim gate, FileStream file)
    {
        _gate = gate;
        _file = file;
    }

    /// <summary>Waits for the right.</summary>
    /// <exception cref="IOException">The folder cannot be written to, or somebody else did not give the right back.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static async Task<FolderLock> EnterAsync(string folder, Clock clock, CancellationToken cancellationToken)
    {
        var gate = s_gates.GetOrAdd(folder, static _ => new(1, 1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var start = clock.UtcNow;
            while (true)
            {
                try
                {
                    return new(gate, OwnFiles.Open(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                }
                catch (IOException e) when (DiskFault.IsInUse(e) && clock.UtcNow - start < Limit)
                {
                    await clock.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _gate.Release();
    }
}
