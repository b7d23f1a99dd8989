// Messages that were recorded and acknowledged and could not be taken in, because the journal could not be read for one of them: where they stand on the
// disk, so that they may be as many as come.

using EsimTools.Store.Folder;

namespace EsimTools.Callbacks;

/// <summary>Knows from where on the files of a listener have to be read again. Not thread-safe.</summary>
internal sealed class UntakenCallbacks
{
    private readonly List<(string Path, long From)> _files = [];

    /// <summary>Whether there are some.</summary>
    public bool Any => _files.Count > 0;

    /// <summary>Whether some are in a file.</summary>
    public bool AreIn(string path) => _files.Exists(file => file.Path == path);

    /// <summary>Notes one, and with it all that come behind it in its file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">Where its line begins.</param>
    public void Note(string path, long from)
    {
        if (!AreIn(path))
        {
            _files.Add((path, from));
        }
    }

    /// <summary>Takes them in, in their order. What is told twice is harmless.</summary>
    /// <param name="tell">Takes one in; false where it cannot be.</param>
    /// <returns>Whether none is left.</returns>
    public bool TryTake(Func<EsimCallback, bool> tell)
    {
        while (Any)
        {
            var (path, from) = _files[0];
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) { Position = from };
                foreach (var (callback, length) in CallbackRecord.MessagesIn(file))
                {
                    if (callback is not null && !tell(callback))
                    {
                        return false;
                    }

                    _files[0] = (path, from += length);
                }
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                return false;
            }

            _files.RemoveAt(0);
        }

        return true;
    }
}
