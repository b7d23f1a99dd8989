// The memory of what the service said of each profile: newest word wins, and no word is younger than the message that said it.

using EsimTools.Client.Tests.Support;
using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Client.Tests.Store;

public sealed class ProfileLedgerTests
{
    private static readonly IdentifierKey Key = IdentifierKey.Of(Sample.Iccid)!.Value;
    private static readonly DateTimeOffset T0 = ManualClock.Start;

    private readonly ProfileLedger _ledger = new(new EventOrder(new ManualClock()));

    [Fact]
    public void Knows_nothing_of_a_profile_at_first() => Assert.Equal((default, default), (_ledger.FindReservation(Key), _ledger.StatementOf(Key, default)));

    [Fact]
    public void Newer_words_replace_older_ones_and_older_ones_never_newer_word_by_word()
    {
        Note(T0, "ACTIVE", "ENABLE", "LOCAL");
        Note(T0.AddMinutes(5), "DEACTIVE", "DISABLE");
        Note(T0.AddMinutes(2), "SUSPEND", "ENABLE", "LEAD");

        Assert.Equal(new ProfileState(EvidenceSource.Callback, T0.AddMinutes(5), "DEACTIVE", "DISABLE", "LEAD"), _ledger.StatementOf(Key, default));
    }

    // Found by the property of retention: an old word passed for as young as the message behind it, which did not say it.
    [Fact]
    public void A_word_left_out_for_more_than_a_day_is_not_told_with_newer_ones_but_LEAD_and_DELETE_are()
    {
        Note(T0, "ACTIVE", "ENABLE", "LEAD");
        Note(T0.AddHours(24), null, "DISABLE");
        Assert.Equal("ACTIVE", _ledger.StatementOf(Key, default).State);
        Note(T0.AddHours(25), null, "DELETE");
        Assert.Equal(new ProfileState(EvidenceSource.Callback, T0.AddHours(25), null, "DELETE", "LEAD"), _ledger.StatementOf(Key, default));
        Note(T0.AddHours(60), "DEACTIVE");
        Assert.Equal(new ProfileState(EvidenceSource.Callback, T0.AddHours(60), "DEACTIVE", "DELETE", "LEAD"), _ledger.StatementOf(Key, default));
    }

    [Fact]
    public void A_word_left_out_leaves_the_earlier_one_standing()
    {
        Note(T0, "DEACTIVE", "ENABLE", "LOCAL");
        Note(T0.AddMinutes(1), null, "DISABLE");
        Note(T0.AddMinutes(2), "ACTIVE");

        var statement = _ledger.StatementOf(Key, default);
        Assert.Equal(("ACTIVE", "DISABLE", "LOCAL"), (statement.State, statement.ProfileStatus, statement.ProfileRole));
    }

    [Theory]
    [InlineData(null, "DISABLE", "active")]
    [InlineData(null, "DOWNLOAD_DISABLE", "active")]
    public void A_proof_does_not_grow_younger_by_messages_that_leave_it_out(string? state, string status, string laterState)
    {
        Note(T0, state, status);
        Note(T0.AddHours(20), laterState);
        Note(T0.AddHours(40), laterState);

        Assert.Equal(T0, _ledger.StatementOf(Key, default).At);
        Assert.Equal(GuardDecision.AskService, Weighing.Judge(EsimAction.Delete, new(_ledger.StatementOf(Key, default), default, T0.AddHours(40))).Decision);
    }

    [Fact]
    public void A_deactivation_does_not_grow_younger_either()
    {
        Note(T0, "DEACTIVE", "ENABLE");
        Note(T0.AddHours(40), null, "ENABLE");

        Assert.Equal(T0, _ledger.StatementOf(Key, default).At);
    }

    [Fact]
    public void Of_two_proofs_the_younger_counts()
    {
        Note(T0, null, "DISABLE");
        Note(T0.AddHours(40), "DEACTIVE");

        Assert.Equal(T0.AddHours(40), _ledger.StatementOf(Key, default).At);
    }

    [Fact]
    public void Moments_within_a_second_do_not_make_an_object_newer_than_the_statement_it_was_taken_from()
    {
        var taken = T0.AddMilliseconds(900);
        Note(taken, "ACTIVE", "ENABLE");
        Note(T0.AddMilliseconds(950), "DEACTIVE", "ENABLE");

        var verdict = Weighing.Judge(EsimAction.Delete, new(
            _ledger.StatementOf(Key, default), new(EvidenceSource.ServiceList, taken, "ACTIVE", "ENABLE"), T0.AddMilliseconds(980)));

        Assert.Equal(GuardDecision.Allowed, verdict.Decision);
    }

    [Fact]
    public void The_last_request_to_reserve_a_profile_holds_it()
    {
        _ledger.Reserve(Key, 1);
        Assert.Equal((1, true), FindReservation());
        _ledger.Reserve(Key, 2);
        _ledger.Settle(Key, 1, OutcomeStatus.Succeeded, T0);
        Assert.Equal((2, true), FindReservation());
        _ledger.Settle(Key, 2, OutcomeStatus.Failed, T0.AddMilliseconds(1999));
        Assert.Equal(new Reservation(2, OutcomeStatus.Failed, T0.AddSeconds(1)), _ledger.FindReservation(Key));
    }

    [Fact]
    public void Statements_alone_reserve_nothing()
    {
        Note(T0, "ACTIVE");

        Assert.Equal((0, false), FindReservation());
    }

    [Fact]
    public void More_words_than_the_service_has_do_not_mix_up_those_it_has()
    {
        Note(T0, "ACTIVE", "ENABLE", "LOCAL");
        for (var i = 0; i < 1000; i++)
        {
            _ledger.Note(IdentifierKey.Of(Sample.IccidOf(i))!.Value, new(EvidenceSource.ServiceList, T0, "odd word " + i));
        }

        Note(T0.AddSeconds(1), "ENABLE", "ACTIVE");
        var statement = _ledger.StatementOf(Key, default);
        Assert.Equal(("ENABLE", "ACTIVE", "LOCAL"), (statement.State, statement.ProfileStatus, statement.ProfileRole));
        Assert.Equal("odd word 7", _ledger.StatementOf(IdentifierKey.Of(Sample.IccidOf(7))!.Value, default).State);
        Assert.Null(_ledger.StatementOf(IdentifierKey.Of(Sample.IccidOf(999))!.Value, default).State);
    }

    private (int Request, bool IsOpen) FindReservation()
    {
        var found = _ledger.FindReservation(Key);
        return (found.Request, found.IsOpen);
    }

    private void Note(DateTimeOffset at, string? state = null, string? status = null, string? role = null) =>
        _ledger.Note(Key, new(EvidenceSource.Callback, at, state, status, role));
}
