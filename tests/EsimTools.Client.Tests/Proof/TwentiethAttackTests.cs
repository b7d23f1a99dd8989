// What a twentieth attack on unproven deletes, by reading the source, has found in the client; what it found in a database is with the database's tests.
// Each way was seen red without its mend; the cases beside them are controls.

using System.Text;
using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Protocol;
using EsimTools.Store;
using EsimTools.Store.Folder;
using EsimTools.Transport;

namespace EsimTools.Client.Tests.Proof;

public sealed class TwentiethAttackTests : ProofScenario
{
    private const string Service = "https://service.test/api";

    // A failure has come before the journal told of its request, and while the journal cannot be read it waits on.
    [Fact]
    public async Task A_message_that_waits_for_its_request_is_not_lost_where_that_cannot_be_read_back()
    {
        var connection = await Fixture.OpenAsync();
        using var store = new HookedStore(new FolderStore(Fixture.JournalPath, Service, Fixture.Clock));
        using var other = new RequestTracker(store, Fixture.Clock, _ => { });
        other.Hear(EsimCallback.Parse(Sample.Callback("d", X.Iccid!, "FAILED", null, null)));
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("d", X.Iccid!)));
        connection.FlushJournal();
        store.WhenRecalled = () => throw new EsimException(EsimError.EsimJournalUnavailable, "The database cannot be reached.");

        Assert.Throws<EsimException>(other.Refresher.Refresh);
        other.Refresher.Refresh();

        Assert.False(other.Profiles.Explain(X, Sample.Account).IsProven, other.Profiles.Explain(X, Sample.Account).ToString());
    }

    // Hidden behind its hash a damaged ICCID looks like that of another profile, of whom nobody has heard.
    [Theory]
    [InlineData("89445380105", false)]
    [InlineData("490154203237518", false)]
    [InlineData(null, true)]
    public async Task A_recorded_failure_names_what_is_no_ICCID_in_a_journal_of_hashes(string? named, bool proven)
    {
        // A hash does not tell the twentieth digit.
        var shortened = new EsimProfile { Iccid = X.Iccid![..19], Eid = X.Eid };
        var first = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        await SendAsync(first, EsimAction.Deactivate, "d", shortened);
        first.ReceiveCallback(WithEid(Sample.Callback("d", shortened.Iccid)));
        AssertProven(first, shortened);
        using (var record = CallbackRecord.Begin(Fixture.JournalPath, Service, Fixture.Clock.UtcNow))
        {
            using var message = LenientJson.TryParse(Encoding.UTF8.GetBytes(Sample.Callback("d", named ?? Sample.IccidOf(9), "FAILED", null, null)), out _);
            record.Record(new(CallbackRecord.LineOf(message!.RootElement, Fixture.Clock.UtcNow, HasherKey.Open(Fixture.JournalPath, create: false))));
        }

        first.Dispose();

        await AssertAsync(proven, await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true)), shortened);
    }

    // Whoever reads the journal goes by the time of the reservation, and a clock that is set back hides how long that is ago.
    [Theory]
    [InlineData(60, 2)]
    [InlineData(61, 1)]
    public async Task A_request_that_has_waited_for_more_than_an_hour_is_not_sent_whatever_the_clock_says(int minutes, int calls)
    {
        Fixture.Clock.Monotonic = TimeSpan.Zero;
        Fixture.Service.On(Endpoint.Action, 429, "");
        var connection = await Fixture.OpenAsync();
        var submitting = connection.SubmitAsync(EsimAction.Activate, [X], new() { ServicePlan = "M2M" });
        var pause = await Fixture.Clock.NextPauseAsync();
        Fixture.Clock.Monotonic = TimeSpan.FromMinutes(minutes);
        Fixture.Clock.Advance(pause);

        var submission = await submitting.WaitAsync(ManualClock.HangLimit);

        Assert.Equal(calls, Fixture.Service.Of(Endpoint.Action).Count);
        Assert.Equal(calls == 1 ? EsimError.EsimThrottled : null, submission.Failure?.Error);
    }

    [Fact]
    public async Task A_pause_is_no_longer_for_a_clock_that_is_set_back()
    {
        Fixture.Clock.Monotonic = TimeSpan.Zero;
        var gate = new ThrottleGate(Fixture.Clock, _ => { });
        gate.Close(null, 1);
        Assert.False(gate.WaitAsync(default).IsCompleted);
        Fixture.Clock.Advance(TimeSpan.FromHours(-3));
        Fixture.Clock.Monotonic = TimeSpan.FromSeconds(2);

        await gate.WaitAsync(default).WaitAsync(ManualClock.HangLimit);
    }
}
