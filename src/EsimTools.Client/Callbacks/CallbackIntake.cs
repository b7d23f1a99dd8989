// Between the network and the requests: records messages in groups, answers for them, and hands them on one after the other.

using System.Collections.Concurrent;
using EsimTools.Store.Folder;

namespace EsimTools.Callbacks;

/// <summary>Takes messages in.</summary>
/// <remarks>
/// One thread writes: while it writes one group the next one gathers, so a group is one message when little comes in and hundreds when much
/// does. A second thread, the <see cref="CallbackDispatcher"/>, tells the connection, so that no acknowledgement waits for what comes of a message.
/// </remarks>
internal sealed class CallbackIntake : IDisposable
{
    private const int MostInAGroup = 1024;
    private const int MostRemembered = 100_000;

    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(500);

    private readonly CallbackInbox _inbox;
    private readonly IntakeLimits _limits;
    private readonly Action<string> _report;
    private readonly BlockingCollection<Message> _incoming = [];
    private readonly UnheardCallbacks _unheard;
    private readonly RecentCallbacks _recent = new(MostRemembered);
    private readonly UnmatchedCallbacks _unmatched;
    private readonly Thread _writer;
    private readonly CallbackDispatcher _dispatcher;
    private volatile CallbackRecord _record;
    private bool _toldOfDisk;

    /// <param name="inbox">What the messages are for.</param>
    /// <param name="report">Told of failures that a person should know of.</param>
    /// <param name="limits">How much is held and written.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public CallbackIntake(CallbackInbox inbox, Action<string> report, IntakeLimits limits)
    {
        _limits = limits;
        _unheard = new(limits.Untold);
        _inbox = inbox;
        _report = report;
        _unmatched = new(inbox, limits.Unmatched, report);
        _record = CallbackRecord.Begin(inbox.Folder, inbox.ServiceName, inbox.Clock.UtcNow);
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "EsimTools callback writer" };
        _dispatcher = new(inbox, _unheard, _unmatched, report, () => _record);
        _writer.Start();
    }

    /// <summary>The file that messages are recorded in. A large one is followed by another one.</summary>
    public CallbackRecord Record
    {
        get => _record;
        set => _record = value;
    }

    /// <summary>Takes in one message.</summary>
    /// <param name="line">Its line in the record.</param>
    /// <param name="callback">The message; null when it names no profile and is only kept.</param>
    /// <returns>What became of it, once that is certain.</returns>
    public Task<IntakeResult> TakeAsync(byte[] line, EsimCallback? callback)
    {
        var message = new Message(line, callback);
        try
        {
            _incoming.Add(message);
            return message.Result;
        }
        catch (InvalidOperationException)
        {
            // It has been stopped meanwhile.
            return Task.FromResult(IntakeResult.NotRecorded);
        }
    }

    /// <summary>Takes in no more, and waits for a moment until what is in hand is dealt with; what takes longer goes on behind.</summary>
    public void Dispose()
    {
        _incoming.CompleteAdding();
        if (_dispatcher.Join(StopLimit))
        {
            _incoming.Dispose();
        }
    }

    private void WriteAll()
    {
        var group = new List<Message>();
        foreach (var first in _incoming.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < MostInAGroup && _incoming.TryTake(out var next))
            {
                group.Add(next);
            }

            WriteGroup(group);
            group.Clear();
        }

        _unheard.Complete();
    }

    private void WriteGroup(List<Message> group)
    {
        var keys = new HashSet<RecentCallbacks.Key>();
        var fresh = new List<Message>(group.Count);
        using var lines = new MemoryStream(1024 * group.Count);
        foreach (var message in group)
        {
            // What names no profile cannot be told apart and is kept every time.
            if (message.Callback is { } callback && _recent.Contains(message.Key = RecentCallbacks.KeyOf(callback)))
            {
                continue;
            }

            if (_unmatched.AreTooMany(message.Callback))
            {
                message.End(IntakeResult.NotRecorded);
                continue;
            }

            if (message.Callback is not null && !keys.Add(message.Key))
            {
                continue;
            }

            fresh.Add(message);
            lines.Write(message.Line, 0, message.Line.Length);
        }

        var place = 0L;
        try
        {
            if (fresh.Count > 0)
            {
                place = _record.Record(new(lines.GetBuffer(), 0, (int)lines.Length));
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // A repeated message may stand for one of this very group, so none of them is acknowledged. The service sends them again.
            group.ForEach(message => message.End(IntakeResult.NotRecorded));
            if (!_toldOfDisk)
            {
                _toldOfDisk = true;
                _report($"Callbacks cannot be recorded in '{_record.FilePath}' and are refused until they can be, so the service will send them again: {e.Message}");
            }

            return;
        }

        // Before they are acknowledged: who judges behind an acknowledgement takes them in first.
        foreach (var message in fresh)
        {
            if (message.Callback is { } callback)
            {
                _recent.Add(message.Key);
                _unheard.Add(new(callback, message.Line.Length, _record, place));
            }
            else
            {
                _unmatched.Add(message.Line.Length);
            }

            place += message.Line.Length;
        }

        fresh.ForEach(message => message.End(IntakeResult.Recorded));
        group.ForEach(message => message.End(IntakeResult.Duplicate));
        BeginAnotherFile();

        // Where too much is in hand that slows the next acknowledgements down rather than memory up.
        _unheard.AwaitRoom();
    }

    private void BeginAnotherFile()
    {
        if (_record.Size < _limits.File)
        {
            return;
        }

        try
        {
            var full = _record;
            _record = CallbackRecord.Begin(_inbox.Folder, _inbox.ServiceName, _inbox.Clock.UtcNow);

            // Its last line is written when everything in it has been told.
            _unheard.Add(new(null, 0, full, 0));
        }
        catch (EsimException)
        {
            // The disk; then this one grows until there is room for another.
        }
    }

    private sealed class Message(byte[] line, EsimCallback? callback)
    {
        private readonly TaskCompletionSource<IntakeResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Line { get; } = line;

        public EsimCallback? Callback { get; } = callback;

        public RecentCallbacks.Key Key { get; set; }

        public Task<IntakeResult> Result => _result.Task;

        /// <summary>Answers for it, unless that has been done.</summary>
        public void End(IntakeResult result) => _result.TrySetResult(result);
    }
}
