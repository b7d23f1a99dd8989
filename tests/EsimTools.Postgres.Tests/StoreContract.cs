// What every store promises, whatever it is kept in.

using EsimTools.Store;
using EsimTools.Store.Lines;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

/// <summary>The promises of <see cref="IEsimStore"/>, for two connections that share a store.</summary>
public abstract class StoreContract : IDisposable
{
    internal const string Service = "https://service.test/api";

    private readonly List<IEsimStore> _stores = [];

    private protected abstract IEsimStore Make();

    private IEsimStore Open()
    {
        var store = Make();
        _stores.Add(store);
        return store;
    }

    [PostgresFact]
    public async Task What_one_reserves_the_other_reads_before_it_chooses()
    {
        var (one, other) = (Open(), Open());
        await one.ReserveAsync(() => Sending("a", 1), default);
        var seen = new List<string?>();

        await other.ReserveAsync(
            () =>
            {
                seen.AddRange(New(other).Select(line => line.LocalId));
                return null;
            },
            default);

        Assert.Equal(["a"], seen);
    }

    [PostgresFact]
    public async Task Nobody_chooses_while_another_one_does()
    {
        var (one, other) = (Open(), Open());
        using var entered = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var order = new List<string>();
        var first = Task.Run(() => one.ReserveAsync(
            () =>
            {
                entered.Set();
                Assert.True(goOn.Wait(ManualClock.HangLimit));
                order.Add("first");
                return Sending("a", 1);
            },
            default));
        Assert.True(entered.Wait(ManualClock.HangLimit));
        var second = Task.Run(() => other.ReserveAsync(
            () =>
            {
                order.Add("second");
                return null;
            },
            default));

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open().ReserveAsync(() => throw new InvalidOperationException("It has no right to."), stop.Token));
        goOn.Set();
        await Task.WhenAll(first, second).WaitAsync(ManualClock.HangLimit);

        Assert.Equal(["first", "second"], order);
    }

    [PostgresFact]
    public async Task A_judge_that_throws_gives_the_right_back_and_writes_nothing()
    {
        var (one, other) = (Open(), Open());
        await Assert.ThrowsAsync<InvalidOperationException>(() => one.ReserveAsync(() => throw new InvalidOperationException("No."), default));

        await one.ReserveAsync(() => Sending("a", 1), default).WaitAsync(ManualClock.HangLimit);
        await other.ReserveAsync(() => Sending("b", 1), default).WaitAsync(ManualClock.HangLimit);

        Assert.Equal(["a"], New(other).Select(line => line.LocalId));
    }

    [PostgresFact]
    public async Task Ten_thousand_profiles_are_one_line_that_is_found_again_with_its_answer()
    {
        var (one, other) = (Open(), Open());
        await one.ReserveAsync(() => Sending("a", 10_000), default);
        one.Record(Answer("a"));
        Assert.Equal(2, New(other).Count);

        foreach (var store in (IEsimStore[])[one, other])
        {
            var lines = store.Recall(["nobody", "a"]).ToArray();
            Assert.Equal([JournalEvent.Sending, JournalEvent.Accepted], lines.Select(line => line.Event));
            Assert.Equal(Sample.Profiles(10_000).Select(profile => (profile.Iccid, profile.Eid, profile.Imei)), lines[0].Profiles!.Select(profile => (profile.Iccid, profile.Eid, profile.Imei)));
            Assert.Equal("request-a", lines[1].RequestId);
        }
    }

    [PostgresFact]
    public void Lines_are_read_once_in_their_order_and_ones_own_never()
    {
        var (one, other) = (Open(), Open());
        one.Record(Sending("a", 1));
        one.Record(Answer("a"));
        Assert.Equal(["a Sending", "a Accepted"], New(other).Select(Tell));
        other.Record(Sending("b", 1));
        one.Record(Sending("c", 1));

        Assert.Equal(["c Sending"], New(other).Select(Tell));
        Assert.Equal(["b Sending"], New(one).Select(Tell));
        Assert.Empty(New(one));
        Assert.Equal(["a Sending", "a Accepted", "b Sending", "c Sending"], New(Open()).Select(Tell).Order(StringComparer.Ordinal).OrderBy(text => text[0]).ThenBy(text => text.EndsWith('d')));
    }

    [PostgresFact]
    public void Outcomes_gather_and_are_found_before_and_after_they_are_written()
    {
        var (one, other) = (Open(), Open());
        one.Record(Sending("a", 3));
        var outcome = new JournalLine { Event = JournalEvent.Outcome, At = ManualClock.Start, LocalId = "a", Service = Service, Action = "deactivate", Outcome = OutcomeStatus.Succeeded, Vouches = true };
        one.Gather(outcome, Sample.IccidOf(1));
        one.Gather(outcome, Sample.IccidOf(2));

        Assert.Equal(2, one.Gathered);
        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], one.Recall(["a"]).Last().Ids);
        Assert.True(one.Flush());
        one.Gather(outcome with { Outcome = OutcomeStatus.Failed }, Sample.IccidOf(3));
        one.Record(Answer("a"));

        Assert.Equal(0, one.Gathered);
        Assert.Equal(["a Sending", "a Outcome", "a Outcome", "a Accepted"], New(other).Select(Tell));
        Assert.Equal(4, one.Recall(["a"]).Count());
    }

    [PostgresFact]
    public void It_is_known_who_is_still_there()
    {
        var (one, other) = (Open(), Open());
        one.Record(Sending("a", 1));
        var parts = new List<string>();
        other.ReadNew((_, _, part) => parts.Add(part), Fail);

        Assert.True(other.IsBeingWritten(parts.Single()));
        one.Dispose();

        // A server ends a session behind the farewell.
        Assert.True(SpinWait.SpinUntil(() => !other.IsBeingWritten(parts.Single()), ManualClock.HangLimit));
    }

    [PostgresFact]
    public async Task The_policy_is_one_for_all_who_share_it()
    {
        var (one, other) = (Open(), Open());
        Assert.Null(one.ReadPolicy());
        await one.WritePolicyAsync(before => before is null ? """{"readOnly":true}""" : throw new InvalidOperationException(before), default);
        Assert.Equal("""{"readOnly":true}""", other.ReadPolicy());
        await other.WritePolicyAsync(before => before + " ", default);
        Assert.Equal("""{"readOnly":true} """, one.ReadPolicy());
        await one.WritePolicyAsync(null, default);

        Assert.Null(other.ReadPolicy());
    }

    [PostgresFact]
    public async Task No_line_is_missed_or_read_twice_while_many_write()
    {
        const int writers = 6;
        const int each = 40;
        var reader = Open();
        var read = new List<string>();
        using var over = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                read.AddRange(New(reader).Select(line => line.LocalId!));
            }
        });
        await Task.WhenAll(Enumerable.Range(0, writers).Select(number => Task.Run(async () =>
        {
            var store = OpenAlone();
            for (var i = 0; i < each; i++)
            {
                var line = Sending($"{number}-{i}", 1 + (i % 7 * 30));
                if (i % 3 == 0)
                {
                    await store.ReserveAsync(() => line, default);
                }
                else
                {
                    store.Record(line);
                }
            }
        })));
        await over.CancelAsync();
        await reading.WaitAsync(ManualClock.HangLimit);
        read.AddRange(New(reader).Select(line => line.LocalId!));

        Assert.Equal(writers * each, read.Count);
        Assert.Equal(writers * each, read.Distinct().Count());
        for (var number = 0; number < writers; number++)
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{number}-{i}"), read.Where(id => id.StartsWith($"{number}-", StringComparison.Ordinal)));
        }
    }

    public virtual void Dispose()
    {
        lock (_stores)
        {
            _stores.ForEach(store => store.Dispose());
        }

        GC.SuppressFinalize(this);
    }

    internal static JournalLine Sending(string id, int profiles) => new()
    {
        Event = JournalEvent.Sending, At = ManualClock.Start, LocalId = id, Service = Service, Action = "deactivate", AccountName = Sample.Account, Profiles = Sample.Profiles(profiles),
    };

    internal static JournalLine Answer(string id) => new() { Event = JournalEvent.Accepted, At = ManualClock.Start, LocalId = id, RequestId = "request-" + id };

    internal static List<JournalLine> New(IEsimStore store)
    {
        var lines = new List<JournalLine>();
        store.ReadNew((line, _, _) => lines.Add(line), Fail);
        return lines;
    }

    private static void Fail(string problem) => Assert.Fail(problem);

    private static string Tell(JournalLine line) => $"{line.LocalId} {line.Event}";

    private IEsimStore OpenAlone()
    {
        lock (_stores)
        {
            return Open();
        }
    }
}
