// From the record to the requests: takes in what has been acknowledged, one message after the other, and tells who waits for it.

using System.Collections.Concurrent;

namespace EsimTools.Callbacks;

/// <summary>Hears messages and tells of them.</summary>
/// <remarks>
/// A thread of its own does it; who judges hears before it what has come by then. Hearing needs the memory and, where that has let go of a request, the journal. Telling may take
/// as long as whoever is told likes, and bringing to the store what came of it as long as others write there.
/// </remarks>
internal sealed class CallbackDispatcher
{
    private const int GatherMilliseconds = 200;
    private const int RetryMilliseconds = 1000;

    private readonly CallbackInbox _inbox;
    private readonly UnheardCallbacks _unheard;
    private readonly UnmatchedCallbacks _unmatched;
    private readonly Action<string> _report;
    private readonly Func<CallbackRecord> _record;
    private readonly Thread _thread;

    // One message at a time; inside it the memory's lock and that of the store's sessions, but nobody who holds it reads on.
    private readonly object _hearing = new();
    private readonly UntakenCallbacks _untaken = new();
    private readonly ConcurrentQueue<Heard> _heard = new();

    /// <param name="inbox">What the messages are for.</param>
    /// <param name="unheard">The messages.</param>
    /// <param name="unmatched">Counts those for nobody's request.</param>
    /// <param name="report">Told of failures that a person should know of.</param>
    /// <param name="record">The file that messages are recorded in.</param>
    public CallbackDispatcher(CallbackInbox inbox, UnheardCallbacks unheard, UnmatchedCallbacks unmatched, Action<string> report, Func<CallbackRecord> record)
    {
        _inbox = inbox;
        _unheard = unheard;
        _unmatched = unmatched;
        _report = report;
        _record = record;
        inbox.Tracker.Refresher.Listen(HearAll);
        _thread = new Thread(TellAll) { IsBackground = true, Name = "EsimTools callback dispatcher" };
        _thread.Start();
    }

    /// <summary>Waits for a moment until everything has been told and no more will come.</summary>
    public bool Join(TimeSpan limit) => _thread.Join(limit);

    private void TellAll()
    {
        int? due = null;
        while (!_unheard.IsOver)
        {
            var left = due is { } moment ? Math.Max(0, moment - Environment.TickCount) : Timeout.Infinite;
            if (left != 0 && _unheard.Await(left))
            {
                TellNext();
                due ??= Environment.TickCount + GatherMilliseconds;
            }
            else
            {
                // Other processes may wait for what has been told, and the next message may be hours away. What a database that is away does not take, or
                // is needed to understand, and what has overtaken the answer that brings its request's id, is tried again.
                var began = Environment.TickCount;
                TellAgain();
                var isLeft = due is not null && _inbox.IsOpen && (!_inbox.Flush() || _inbox.WaitsForRequest || _untaken.Any);

                // As long as it took: a database that does not answer must not keep the messages waiting.
                var now = Environment.TickCount;
                due = isLeft ? now + Math.Max(RetryMilliseconds, now - began) : null;
            }
        }

        TellAgain();
        while (_untaken.Any && _inbox.IsOpen)
        {
            // The listener was stopped, and its connection sends nothing before they are taken in.
            lock (_hearing)
            {
                Monitor.Wait(_hearing, RetryMilliseconds);
            }

            TellAgain();
        }

        End(_record());
        _inbox.Tracker.Refresher.Forget(HearAll);
    }

    private void TellNext()
    {
        // What other processes have sent is read first. A database that is away is not asked for each message.
        if (_unheard.TryPeek(out var next) && next.Callback is { } callback && !_untaken.Any)
        {
            _inbox.Knows(callback.RequestId);
        }

        lock (_hearing)
        {
            HearNext();
        }

        Tell();
    }

    // Who judges has read the journal, and may not wait for whoever is told of the messages before these, nor for a database that takes what came of them.
    private void HearAll()
    {
        var hasHeard = false;
        lock (_hearing)
        {
            while (HearNext())
            {
                hasHeard = true;
            }
        }

        if (hasHeard)
        {
            // It has to be told, and brought to the journal.
            _unheard.Wake();
        }
    }

    private bool HearNext()
    {
        if (!_unheard.TryTake(out var next))
        {
            return false;
        }

        if (next.Callback is not { } callback)
        {
            _heard.Enqueue(new(null, null, next.Record));
            return true;
        }

        if (!_inbox.Tracker.Knows(callback.RequestId))
        {
            _unmatched.Add(next.Bytes);
        }

        var (isTaken, problem) = _untaken.Any ? (false, null) : Hear(callback);
        if (!isTaken)
        {
            // Nobody judges in between, whatever who is told of it does: what waits may speak against what is believed.
            _inbox.Tracker.Refresher.Hold(this);
            _untaken.Note(next.Record.FilePath, next.Place);
        }

        _heard.Enqueue(new(callback, problem, null));
        return true;
    }

    private void TellAgain()
    {
        lock (_hearing)
        {
            if (_untaken.Any && _untaken.TryTake(callback =>
            {
                var (isTaken, problem) = Hear(callback);
                _heard.Enqueue(new(callback, isTaken ? problem : null, null));
                return isTaken;
            }))
            {
                _inbox.Tracker.Refresher.Release(this);
            }
        }

        Tell();
    }

    // Behind every lock: who is told may call whatever it likes.
    private void Tell()
    {
        while (_heard.TryDequeue(out var heard))
        {
            if (heard.Full is { } full)
            {
                End(full);
                continue;
            }

            if (heard.Problem is { } problem)
            {
                _report(problem);
            }

            try
            {
                _inbox.Tracker.Tell();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Someone who waits for the outcome failed on hearing it. The message itself is recorded, and taken in.
                _report(Failed(heard.Callback!, e));
            }
        }
    }

    private void End(CallbackRecord record)
    {
        if (!AreUntaken(record) && _inbox.Flush())
        {
            record.End(_inbox.Clock.UtcNow);
        }
        else
        {
            record.Dispose();
        }
    }

    // After the connection's end nobody takes them in any more; the next connection finds them in the record.
    private (bool IsTaken, string? Problem) Hear(EsimCallback callback)
    {
        try
        {
            _inbox.Hear(callback);
            return (_inbox.IsOpen, null);
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            return (false, $"The callback message {callback} was recorded, and is taken in when the journal can be read, or by the next connection: {e.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (true, Failed(callback, e));
        }
    }

    private static string Failed(EsimCallback callback, Exception e) => $"The callback message {callback} was recorded, but taking it in failed: {e.Message}";

    private bool AreUntaken(CallbackRecord record)
    {
        lock (_hearing)
        {
            return _untaken.AreIn(record.FilePath);
        }
    }

    /// <summary>What is to be told: of a message, with what went wrong; or that all of a full file has been taken in.</summary>
    private readonly record struct Heard(EsimCallback? Callback, string? Problem, CallbackRecord? Full);
}
