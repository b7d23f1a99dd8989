// What listeners have left whose processes ended suddenly: found, and taken in by the next connection.

using System.Text;
using EsimTools.Protocol;
using EsimTools.Store.Folder;

namespace EsimTools.Callbacks;

/// <summary>Finds the files that were left, and takes in what is in them.</summary>
internal static class LeftBehindCallbacks
{
    // Ten seconds for another process to take in what a listener has left, or to read it.
    private const int MostTries = 100;
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(100);

    /// <summary>Hands over the messages that listeners of earlier processes had acknowledged and not brought to the journal.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="service">Only messages of this service.</param>
    /// <param name="receive">Takes a message.</param>
    /// <param name="flush">Brings to the store what came of them; false where it could not.</param>
    /// <param name="clock">The clock.</param>
    /// <returns>How many messages there were.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: a file cannot be read, and what is in it may speak against what is believed.</exception>
    public static int Recover(string folder, string service, Action<EsimCallback> receive, Func<bool> flush, Clock clock) =>
        Directory.GetFiles(folder, CallbackRecord.Prefix + "*.jsonl").Sum(path => RecoverFile(path, service, receive, flush, clock));

    /// <summary>The files in a folder whose messages have not all reached the journal, of whatever service; also those of listeners that are at work.</summary>
    public static IReadOnlyList<string> FindIn(string folder) => !Directory.Exists(folder) ? [] : [.. Directory.GetFiles(folder, CallbackRecord.Prefix + "*.jsonl").Where(static path => IsLeftBehind(path))];

    private static int RecoverFile(string path, string service, Action<EsimCallback> receive, Func<bool> flush, Clock clock)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                // Nobody else may have it open: neither its listener, which is still at work, nor who recovers it, and may not have taken all of it in yet.
                using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                if (!IsLeftBehind(file, service))
                {
                    return 0;
                }

                var count = 0;
                file.Position = 0;
                foreach (var callback in CallbackRecord.MessagesIn(file).Select(static line => line.Callback).OfType<EsimCallback>())
                {
                    receive(callback);
                    count++;
                }

                if (flush())
                {
                    CallbackRecord.End(file, clock.UtcNow);
                    File.Delete(CallbackRecord.LifePathOf(path));
                }

                return count;
            }
            catch (FileNotFoundException)
            {
                return 0;
            }
            catch (Exception e) when (DiskFault.IsInUse(e) && tries < MostTries)
            {
                if (IsAtWork(path))
                {
                    // It takes its messages in itself.
                    return 0;
                }

                clock.Delay(s_again, CancellationToken.None).GetAwaiter().GetResult();
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                if (IsOver(path, service))
                {
                    return 0;
                }

                throw new EsimException(
                    EsimError.EsimJournalUnavailable,
                    $"The callbacks in '{path}' cannot be read, and may speak against what the journal says: {e.Message.TrimEnd('.')}.",
                    "Try again in a moment. Where that does not end, see to the permissions and the disk; nothing is sent without them.",
                    e);
            }
        }
    }

    // Its listener shares the file that tells of it with nobody; those who look do.
    private static bool IsAtWork(string path)
    {
        try
        {
            using var life = new FileStream(CallbackRecord.LifePathOf(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            return DiskFault.IsInUse(e);
        }
    }

    // One that may only be read, and has nothing for anybody.
    private static bool IsOver(string path, string service)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return !IsLeftBehind(file, service);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            return false;
        }
    }

    private static bool IsLeftBehind(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return ServiceOf(file) is not null && !HasEnded(file);
        }
        catch (Exception e) when (DiskFault.IsInUse(e))
        {
            return true;
        }
    }

    private static bool IsLeftBehind(FileStream file, string service) => string.Equals(ServiceOf(file), service, StringComparison.OrdinalIgnoreCase) && !HasEnded(file);

    // The service's address in the first line; null where that is none of a listener's.
    private static string? ServiceOf(FileStream file)
    {
        var first = TextLines.Read(file).FirstOrDefault();
        using var begin = LenientJson.TryParse(first.Bytes, out _);
        return begin is not null && begin.RootElement.Text("event") == CallbackRecord.Begun ? begin.RootElement.RawText("service") : null;
    }

    private static bool HasEnded(FileStream file)
    {
        const int LongestEnd = 256;
        var tail = new byte[(int)Math.Min(LongestEnd, file.Length)];
        file.Position = file.Length - tail.Length;
        var length = file.Read(tail, 0, tail.Length);
        var text = Encoding.UTF8.GetString(tail, 0, length).TrimEnd();
        using var end = LenientJson.TryParse(Encoding.UTF8.GetBytes(text.Substring(text.LastIndexOf('\n') + 1)), out _);
        return end is not null && end.RootElement.Text("event") == CallbackRecord.Ended;
    }
}
