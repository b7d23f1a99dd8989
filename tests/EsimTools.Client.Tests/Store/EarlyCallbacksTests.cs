// Messages that wait for their request: as many and as large as there is room for, the oldest go first.

using EsimTools.Client.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Client.Tests.Store;

// What the whole process has in memory is measured, so nothing else runs beside it.
[Collection(nameof(Alone))]
public sealed class EarlyCallbacksTests
{
    [Fact]
    public void They_are_handed_out_once_in_the_order_in_which_they_came()
    {
        var early = new EarlyCallbacks(10, 1_000_000);
        EsimCallback[] all = [Message("a", 1), Message("b", 2), Message("A", 3)];
        Array.ForEach(all, message => early.Keep(message));

        Assert.Equal(["a", "b"], early.RequestIds);
        Assert.Equal(all.Sum(one => one.Weight), early.Bytes);
        Assert.Equal([all[0], all[2]], early.Take("a"));
        Assert.Empty(early.Take("a"));
        Assert.Equal([all[1]], early.All);
        Assert.Equal([all[1]], early.Take("b"));
        Assert.Equal(0, early.Bytes);
    }

    [Fact]
    public void Where_there_are_too_many_the_oldest_go()
    {
        var early = new EarlyCallbacks(3, 1_000_000);
        Array.ForEach(["a", "b", "c"], id => early.Keep(Message(id, 1)));

        early.Keep(Message("d", 1));
        Assert.Equal(["b", "c", "d"], early.RequestIds);

        // One that was taken and came again is no older than its second coming.
        early.Take("b");
        early.Keep(Message("b", 1));
        early.Keep(Message("e", 1));
        Assert.Equal(["d", "b", "e"], early.RequestIds);
    }

    [Fact]
    public void Where_they_are_too_large_the_oldest_go()
    {
        var one = Message("a", 1);
        var early = new EarlyCallbacks(1000, 3 * one.Weight);
        Array.ForEach(["a", "b", "c", "d"], id => early.Keep(Message(id, 1)));
        Assert.Equal(["b", "c", "d"], early.RequestIds);

        early.Keep(Message("e", 1, listed: 1));
        Assert.Equal(["e"], early.RequestIds.Except(["d"]));
        Assert.InRange(early.Bytes, 1, 3 * one.Weight);

        early.Keep(Message("f", 1, listed: 20));
        Assert.DoesNotContain("f", early.RequestIds);
    }

    [Fact]
    public void A_message_is_as_heavy_as_what_is_kept_of_it()
    {
        const int Count = 500;
        var messages = Enumerable.Range(0, Count).Select(number => Message("r" + number, number, listed: 100)).ToList();
        var before = SettledMemory();
        messages.AddRange(Enumerable.Range(0, Count).Select(number => Message("s" + number, number, listed: 100)));
        var taken = SettledMemory() - before;

        Assert.InRange((double)taken / messages.TakeLast(Count).Sum(message => message.Weight), 0.3, 1.2);
        GC.KeepAlive(messages);
    }

    [Fact]
    public void A_message_that_describes_more_profiles_than_a_page_of_the_list_is_none() =>
        Assert.Equal(EsimError.EsimCallbackInvalid, Assert.Throws<EsimException>(() => Message("r", 1, listed: 2001)).Error);

    // What earlier tests have left to be cleaned up is not to go meanwhile.
    private static long SettledMemory()
    {
        for (var last = long.MaxValue; ;)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var now = GC.GetTotalMemory(forceFullCollection: true);
            if (last - now < 100_000)
            {
                return now;
            }

            last = now;
        }
    }

    private static EsimCallback Message(string id, int number, int listed = 0)
    {
        var iccid = Sample.IccidOf(number);
        var profile = $$"""{ "deviceIdentifierCollection": [ { "id": "{{iccid}}", "kind": "Iccid" } ], "state": "DEACTIVE", "profileStatus": "DISABLE", "profileRole": "LOCAL" }""";
        return EsimCallback.Parse($$"""
            { "requestId": "{{id}}", "status": "SUCCESS", "deviceIds": [ { "id": "{{iccid}}", "kind": "Iccid" } ],
              "deviceResponse": { "deviceProfileResponse": [ {{string.Join(",", Enumerable.Repeat(profile, listed))}} ] } }
            """);
    }
}
