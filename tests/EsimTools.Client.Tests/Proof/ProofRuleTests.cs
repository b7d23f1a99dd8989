// The rule itself, as a table: which word of two counts, what takes a word away, and what is left of it.

using System.Globalization;
using EsimTools.Client.Tests.Properties;
using EsimTools.Model;
using EsimTools.Proof;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Proof;

[Collection(PropertyRun.Name)]
public sealed class ProofRuleTests
{
    private static readonly long s_now = ManualClock.Start.UtcTicks;
    private static readonly IdentifierKey s_profile = IdentifierKey.Of(Sample.IccidOf(1))!.Value.ForAnySpelling();
    private static readonly IdentifierKey s_other = IdentifierKey.Of(Sample.IccidOf(2))!.Value.ForAnySpelling();
    private static readonly IdentifierKey s_euicc = IdentifierKey.Of(Sample.EidOf(1))!.Value;

    private static ProofQuestion Question => new(s_profile, Account: 1, CheckDigit: 5, s_now, SetBackAt: 0, UnorderedUpTo: 0, OpenRequest: 0, OpenFallback: 0);

    // --- Which of two words counts ------------------------------------------------------------------------------------

    [Theory]

    // Minutes before now and order of each word; + proves, - says otherwise.
    [InlineData("+10#1 +5#2", "+5#2")]
    [InlineData("-10#1 +5#2", "+5#2")]
    [InlineData("+10#1 -5#2", null)]

    // Asked at once: what proves nothing counts.
    [InlineData("+5#2 -5#2", null)]

    // Order and clock disagree: what proves nothing counts.
    [InlineData("-5#1 +10#2", null)]
    [InlineData("+5#1 -10#2", null)]

    // Each word that says otherwise counts, whichever others there are.
    [InlineData("-7#1 -10#2 +8#3", null)]
    [InlineData("-7#1 -10#2 +6#3", "+6#3")]
    [InlineData("-50#3 +60#4 -70#1 +80#2", null)]

    // A date in the future takes nothing from other words; its place does.
    [InlineData("-(-60)#1 +10#2", "+10#2")]
    [InlineData("+10#1 -(-60)#2", null)]
    public void Of_words_the_newest_counts_and_in_doubt_the_one_that_proves_nothing(string words, string? expected)
    {
        foreach (var order in (IEnumerable<string>[])[words.Split(' '), words.Split(' ').AsEnumerable().Reverse()])
        {
            var known = Fold(order);
            Assert.Equal(expected, known.Disabled.Any && known.Stands(known.Disabled, s_now) ? words.Split(' ').Single(word => Parse(word) == known.Disabled) : null);
        }
    }

    [Theory]
    [InlineData(3, 1u, 2, 9u, true)]
    [InlineData(2, 9u, 3, 1u, false)]
    [InlineData(2, 9u, 2, 1u, false)]
    [InlineData(2, 9u, 0, 8u, true)]
    [InlineData(2, 7u, 0, 8u, false)]
    [InlineData(2, 8u, 0, 8u, false)]
    [InlineData(0, 9u, 2, 8u, true)]
    [InlineData(0, 7u, 2, 8u, false)]
    public void A_confirmation_stands_against_confirmations_by_the_folders_line_and_against_answers_by_the_order_of_learning(
        long sequence, uint order, long otherSequence, uint otherOrder, bool stands)
    {
        var word = Parse("+5#1") with { When = new(s_now, order, sequence) };

        Assert.Equal(stands, default(Property).With(word with { When = new(s_now, otherOrder, otherSequence) }, SpokenKind.Other, s_now).Stands(word, s_now));
    }

    [Fact]
    public void After_the_clock_was_set_back_the_order_of_learning_decides_alone()
    {
        var known = Fold(["-5#1", "+60#2"]);

        Assert.False(known.Stands(Parse("+60#2"), s_now));
        Assert.True(known.Stands(Parse("+60#2"), s_now - TimeSpan.FromMinutes(30).Ticks));
        Assert.False(known.Stands(Parse("+60#1"), s_now - TimeSpan.FromMinutes(30).Ticks));
    }

    [Fact]
    public void What_counts_for_nothing_changes_nothing() => Assert.Equal(Fold(["+5#1"]), Fold(["+5#1"]).With(Parse("-1#9"), SpokenKind.None, s_now));

    [Theory]
    [InlineData(1, 9, 2, 1, false)]
    [InlineData(2, 1, 1, 9, true)]
    [InlineData(0, 2, 1, 1, true)]
    [InlineData(0, 1, 1, 2, false)]
    [InlineData(1, 2, 0, 1, true)]
    [InlineData(1, 1, 0, 2, false)]
    [InlineData(0, 1, 0, 1, false)]
    [InlineData(3, 2, 3, 1, false)]
    public void Requests_stand_in_the_folders_line_and_all_else_in_the_order_of_learning(long sequence, uint order, long otherSequence, uint otherOrder, bool isAfter) =>
        Assert.Equal(isAfter, new Moment(0, order, sequence).IsAfter(new Moment(0, otherOrder, otherSequence)));

    [Fact]
    public void Whatever_the_order_of_arrival_it_comes_to_the_same_and_nothing_is_proven_against_a_word_that_is_newer_by_either_measure() => PropertyCheck.Holds(
        from words in (from proves in Gen.Elements(true, false) from minutes in Gen.Choose(-3, 6) from order in Gen.Choose(1, 6) select string.Create(CultureInfo.InvariantCulture, $"{(proves ? '+' : '-')}({minutes})#{order}")).ArrayOf()
        from shuffled in Gen.Shuffle(words.DistinctBy(word => (word[0], word.Split('#')[1])).ToArray())
        select shuffled,
        words =>
        {
            var known = Fold(words);
            Assert.Equal(known, Fold(words.AsEnumerable().Reverse()));
            if (known.Disabled.Any && known.Stands(known.Disabled, s_now))
            {
                Assert.DoesNotContain(words, text => text[0] == '-' && Parse(text) is var word
                    && (!known.Disabled.When.IsAfter(word.When) || (word.When.Ticks > known.Disabled.When.Ticks && word.When.Ticks <= s_now)));
            }
        });

    // --- What a word is worth -----------------------------------------------------------------------------------------

    [Fact]
    public void Nothing_said_is_nothing_proven() => Assert.Equal(ProofReason.NothingSaid, Weigh(default).Reason);

    [Fact]
    public void A_sound_word_proves()
    {
        Assert.Equal(new Weighed(ProofReason.Sound, Parse("+5#3")), Weigh(State("+5#3")));
        Assert.Equal(new Weighed(ProofReason.Sound, Parse("+5#3"), IsStatus: true), Weigh(Status("+5#3")));
    }

    [Fact]
    public void Either_property_proves_and_the_reason_told_is_the_one_closest_to_a_proof()
    {
        Assert.True(Weigh(State("-5#3") with { Status = Fold(["+5#3"]) }).IsProven);
        Assert.True(Weigh(State("+5#3") with { Status = Fold(["-5#3"]) }).IsProven);
        Assert.Equal(ProofReason.SaysOtherwise, Weigh(State("-5#3")).Reason);
        Assert.Equal(ProofReason.SaysOtherwise, Weigh(Status("-5#3")).Reason);
        Assert.Equal(ProofReason.TooOld, Weigh(State("-5#3") with { Status = Fold(["+1441#3"]) }).Reason);
        Assert.Equal(ProofReason.TooOld, Weigh(Status("-5#3") with { State = Fold(["+1441#3"]) }).Reason);
    }

    [Fact]
    public void Of_equal_reasons_the_one_about_the_profiles_own_state_is_told_first()
    {
        var (state, status) = (Parse("+1441#3"), Parse("+1442#3"));
        var tooOld = new ProofState { State = Of(state), Status = Of(status), Euicc = s_euicc, IsPlaced = true, OnEuiccOrder = 1 };
        var switched = new EuiccState { Switch = Confirmed(sequence: 7) with { When = new(s_now - TimeSpan.FromHours(25).Ticks, 3, 7) }, SwitchedTo = s_other };

        Assert.Equal(new Weighed(ProofReason.TooOld, state), Weigh(tooOld, placed: switched));
        Assert.Equal(new Weighed(ProofReason.TooOld, status, IsStatus: true), Weigh(tooOld with { State = default }, placed: switched));
    }

    [Theory]
    [InlineData(0, ProofReason.Sound)]
    [InlineData(-1, ProofReason.FromTheFuture)]
    [InlineData(1440, ProofReason.Sound)]
    [InlineData(1441, ProofReason.TooOld)]
    public void A_word_is_young_and_not_from_the_future(int minutes, ProofReason expected)
    {
        var word = string.Create(CultureInfo.InvariantCulture, $"+({minutes})#3");

        Assert.Equal(expected, Weigh(State(word)).Reason);
        Assert.Equal(expected, Weigh(Status(word)).Reason);
    }

    [Theory]
    [InlineData(2u, ProofReason.Sound)]
    [InlineData(3u, ProofReason.ClockSetBack)]
    [InlineData(4u, ProofReason.ClockSetBack)]
    public void A_word_was_asked_for_since_the_clock_was_set_back(uint setBackAt, ProofReason expected) =>
        Assert.Equal(expected, Weigh(State("+5#3"), Question with { SetBackAt = setBackAt }).Reason);

    [Theory]
    [InlineData(5, 5, ProofReason.Sound)]
    [InlineData(5, 6, ProofReason.OtherCheckDigit)]
    [InlineData(Spoken.NoCheckDigit, 6, ProofReason.Sound)]
    [InlineData(5, Spoken.NoCheckDigit, ProofReason.Sound)]
    public void A_word_is_about_the_check_digit_that_is_asked_for(byte said, byte asked, ProofReason expected) =>
        Assert.Equal(expected, Weigh(new ProofState { State = Of(Parse("+5#3") with { CheckDigit = said }) }, Question with { CheckDigit = asked }).Reason);

    [Fact]
    public void A_word_is_about_the_account_that_is_asked_for() => Assert.Equal(ProofReason.OtherAccount, Weigh(State("+5#3"), Question with { Account = 2 }).Reason);

    [Fact]
    public void A_confirmation_has_its_place_in_the_folders_line()
    {
        Assert.Equal(ProofReason.Unordered, Weigh(new ProofState { State = Of(Parse("+5#3") with { Request = 4 }) }).Reason);
        Assert.True(Weigh(new ProofState { State = Of(Confirmed(sequence: 7)) }).IsProven);
    }

    // --- What takes it away -------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(2u, 9, true)]
    [InlineData(3u, 0, false)]
    [InlineData(4u, 0, false)]
    public void An_answer_is_void_up_to_the_last_that_was_learned_of_an_action(uint order, long sequence, bool isProven)
    {
        var voids = new Voids(sequence, order, Request: 8, UntilTicks: 0);

        AssertVoid(isProven, State("+5#3") with { Voids = voids });
        AssertVoid(isProven, Status("+5#3") with { Voids = voids });
        AssertVoid(isProven, State("+5#3"), placed: new() { Device = voids });
        AssertVoid(isProven, State("+5#3"), named: new() { Device = voids });
        AssertVoid(isProven, Status("+5#3"), placed: new() { Fallback = voids, FallenFrom = s_other });
        AssertVoid(isProven, Status("+5#3"), named: new() { Fallback = voids, FallenFrom = s_other });
        AssertVoid(isProven, Status("+5#3"), placed: new() { FallbackBefore = voids, FallenFrom = s_profile });
    }

    [Theory]
    [InlineData(6, 9u, true)]
    [InlineData(7, 0u, false)]
    [InlineData(8, 0u, false)]
    public void A_confirmation_is_void_up_to_the_place_of_an_action(long sequence, uint order, bool isProven) =>
        AssertVoid(isProven, new ProofState { State = Of(Confirmed(sequence: 7)), Voids = new(sequence, order, Request: 8, UntilTicks: 0) });

    [Theory]
    [InlineData(6, true)]
    [InlineData(5, false)]
    [InlineData(4, false)]
    public void While_an_inferred_action_may_arrive_everything_is_void(int minutesAgo, bool isProven)
    {
        var until = s_now - TimeSpan.FromMinutes(minutesAgo).Ticks;
        var weighed = Weigh(State("+5#3") with { Voids = new(0, 0, Request: 8, until) });

        Assert.Equal(isProven ? ProofReason.Sound : ProofReason.MayStillArrive, weighed.Reason);
        Assert.Equal(isProven ? (0, 0) : (8, until), (weighed.Against, weighed.Until));
    }

    [Fact]
    public void An_open_action_that_ends_disabled_leaves_nothing()
    {
        var known = State("+5#3") with { Status = Fold(["+5#3"]) };

        Assert.Equal(new Weighed(ProofReason.OpenAction, Against: 8), Weigh(known, Question with { OpenRequest = 8 }));
        Assert.Equal(new Weighed(ProofReason.OpenAction, Parse("+5#3"), 9, IsStatus: true), Weigh(Status("+5#3"), Question with { OpenFallback = 9 }));

        // The service state of a profile is not ended by what its neighbours do.
        Assert.True(Weigh(State("+5#3"), Question with { OpenFallback = 9 }).IsProven);
        Assert.True(Weigh(State("+5#3"), placed: new() { Fallback = new(9, 9, 9, 0), FallenFrom = s_other }).IsProven);
        Assert.True(Weigh(Status("+5#3"), placed: new() { Fallback = new(9, 9, 9, 0), FallenFrom = s_profile }).IsProven);
    }

    [Fact]
    public void Actions_gather_and_the_last_of_them_is_named()
    {
        var voids = default(Voids).Sent(3, new(0, 5, 2)).Sent(4, new(0, 4, 1));
        Assert.Equal(new Voids(2, 5, 4, 0), voids);
        Assert.Equal(new Voids(2, 6, 3, 0), voids.Heard(3, 6));
        Assert.Equal(new Voids(2, 5, 3, 0), voids.Heard(3, 1));
        Assert.Equal(new Voids(9, 6, 3, 0), voids.HeardLate(3, 6, 9));
        Assert.Equal(new Voids(2, 6, 3, 0), voids.HeardLate(3, 6, 1));
        Assert.Equal(new Voids(2, 6, 3, 77), voids.Inferred(3, 6, 77));
        Assert.Equal(new Voids(2, 6, 3, 77), voids.Inferred(3, 6, 77).Inferred(3, 2, 11));
        Assert.False(default(Voids).Void(Parse("+5#3") with { When = default }));
    }

    [Fact]
    public void What_falls_back_to_a_profile_is_what_was_done_to_others()
    {
        var first = default(EuiccState).Falling(s_other, 1, new(0, 1, 1));
        Assert.Equal((new Voids(1, 1, 1, 0), default(Voids)), (first.FallbackFor(s_profile), first.FallbackFor(s_other)));

        var both = first.Falling(s_profile, 2, new(0, 2, 2));
        Assert.Equal(new Voids(1, 1, 1, 0), both.FallbackFor(s_profile));
        Assert.Equal(new Voids(2, 2, 2, 0), both.FallbackFor(s_other));

        var again = both.Falling(s_profile, 3, new(0, 3, 3));
        Assert.Equal(new Voids(1, 1, 1, 0), again.FallbackFor(s_profile));
        Assert.Equal(new Voids(3, 3, 3, 0), again.FallbackFor(s_other));
    }

    // --- Another profile of the eUICC ---------------------------------------------------------------------------------

    [Fact]
    public void Enabling_another_profile_proves_where_the_service_has_placed_both()
    {
        var known = new ProofState { Euicc = s_euicc, IsPlaced = true, OnEuiccOrder = 1 };
        var switched = new EuiccState { Switch = Confirmed(sequence: 7) with { CheckDigit = 9 }, SwitchedTo = s_other };

        Assert.Equal((ProofReason.Sound, true, true), (Weigh(known, placed: switched).Reason, Weigh(known, placed: switched).IsBySwitch, Weigh(known, placed: switched).IsStatus));
        Assert.Equal(ProofReason.NothingSaid, Weigh(known with { IsPlaced = false }, placed: switched).Reason);
        Assert.Equal(ProofReason.NothingSaid, Weigh(known, named: switched).Reason);
        Assert.Equal(ProofReason.NothingSaid, Weigh(known with { IsContested = true }, placed: switched).Reason);
        Assert.Equal(ProofReason.NothingSaid, Weigh(known with { OnEuiccOrder = 0 }, placed: switched).Reason);
        Assert.Equal(ProofReason.NothingSaid, Weigh(known with { OffEuiccOrder = 1 }, placed: switched).Reason);
        Assert.Equal(ProofReason.NothingSaid, Weigh(known, placed: switched with { SwitchedTo = s_profile }).Reason);
        Assert.Equal(ProofReason.NothingSaid, Weigh(known, placed: switched with { Switch = default }).Reason);
    }

    [Fact]
    public void Enabling_another_profile_is_outdated_and_taken_away_like_any_word()
    {
        var known = new ProofState { Euicc = s_euicc, IsPlaced = true, OnEuiccOrder = 1 };
        var switched = new EuiccState { Switch = Confirmed(sequence: 7), SwitchedTo = s_other };

        Assert.Equal(ProofReason.SaysOtherwise, Weigh(known with { Status = Fold(["-4#4"]) }, placed: switched).Reason);
        Assert.True(Weigh(known with { Status = Fold(["-6#2"]) }, placed: switched).IsProven);
        Assert.Equal(ProofReason.Superseded, Weigh(known with { Voids = new(7, 0, 8, 0) }, placed: switched).Reason);
        Assert.Equal(ProofReason.Superseded, Weigh(known, placed: switched with { Fallback = new(8, 0, 8, 0), FallenFrom = s_other }).Reason);
        Assert.Equal(ProofReason.TooOld, Weigh(known, placed: switched with { Switch = switched.Switch with { When = new(s_now - TimeSpan.FromHours(25).Ticks, 3, 7) } }).Reason);
    }

    // --- Folding ------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_word_left_out_leaves_the_earlier_one()
    {
        var known = State("+5#1") with { Status = Fold(["-5#1"]) };
        var word = Parse("+1#9");

        Assert.Equal(known, known.With(word, SpokenKind.None, SpokenKind.None, s_now));
        Assert.Equal(known with { State = known.State.With(word, SpokenKind.Other, s_now) }, known.With(word, SpokenKind.Other, SpokenKind.None, s_now));
        Assert.Equal(known with { Status = known.Status.With(word, SpokenKind.Disabled, s_now) }, known.With(word, SpokenKind.None, SpokenKind.Disabled, s_now));
    }

    [Fact]
    public void A_dispute_takes_away_what_the_request_has_said_and_nothing_else()
    {
        var (mine, other, answer) = (Of(Confirmed(7)), Of(Confirmed(7) with { Request = 5 }), Fold(["+5#3"]));

        var disputed = new ProofState { State = mine, Status = other }.Disputed(4);
        Assert.Equal((false, true, 4, 4), (disputed.State.Disabled.Any, disputed.Status.Disabled.Any, disputed.FailedRequest, disputed.DisputedRequest));
        Assert.Equal((other, default(Property)), (new ProofState { State = other, Status = mine }.Disputed(4).State, new ProofState { State = other, Status = mine }.Disputed(4).Status));
        Assert.Equal(answer, answer.Without(0));
    }

    [Fact]
    public void What_the_service_says_of_the_euicc_counts_more_than_an_inventory()
    {
        var elsewhere = IdentifierKey.Of(Sample.EidOf(2))!.Value;

        Assert.Equal(default, default(ProofState).On(default, isPlaced: true));
        Assert.Equal((s_euicc, false), Euicc(default(ProofState).On(s_euicc, isPlaced: false)));
        Assert.Equal((elsewhere, true), Euicc(default(ProofState).On(s_euicc, isPlaced: false).On(elsewhere, isPlaced: true)));
        Assert.Equal((elsewhere, true), Euicc(default(ProofState).On(elsewhere, isPlaced: true).On(s_euicc, isPlaced: false)));
        Assert.Equal((s_euicc, true), Euicc(default(ProofState).On(elsewhere, isPlaced: true).On(s_euicc, isPlaced: true)));

        static (IdentifierKey Euicc, bool IsPlaced) Euicc(ProofState known) => (known.Euicc, known.IsPlaced);
    }

    [Fact]
    public void What_requests_of_ours_name_can_only_contest_where_a_profile_is()
    {
        var elsewhere = IdentifierKey.Of(Sample.EidOf(2))!.Value;
        var placed = default(ProofState).On(s_euicc, isPlaced: true);

        Assert.False(placed.IsContested);
        Assert.False(placed.On(s_euicc, isPlaced: false).IsContested);
        Assert.True(placed.On(elsewhere, isPlaced: false).IsContested);
        Assert.True(placed.On(elsewhere, isPlaced: false).On(s_euicc, isPlaced: false).IsContested);
        Assert.Equal(placed, placed.On(elsewhere, isPlaced: false).On(s_euicc, isPlaced: true));
        Assert.True(default(ProofState).On(s_euicc, isPlaced: false).On(elsewhere, isPlaced: false).IsContested);
    }

    [Fact]
    public void Of_the_words_that_put_a_profile_on_its_euicc_and_off_it_the_newest_counts()
    {
        var known = default(ProofState).Seen(new(0, 5), isOn: true).Seen(new(0, 3), isOn: true).Seen(new(0, 4), isOn: false).Seen(new(0, 2), isOn: false);

        Assert.Equal((5u, 4u, true), (known.OnEuiccOrder, known.OffEuiccOrder, known.IsOnEuicc));
        Assert.False(known.Seen(new(0, 5), isOn: false).IsOnEuicc);
        Assert.Equal(known, known.Seen(new(0, 9), isOn: null));
    }

    [Theory]
    [InlineData("ENABLE", true)]
    [InlineData("DISABLE", true)]
    [InlineData("NOT_DOWNLOADED", false)]
    [InlineData("DELETE", false)]
    [InlineData("DOWNLOAD", null)]
    [InlineData(null, null)]
    public void A_profile_status_tells_whether_the_profile_is_on_its_euicc_or_does_not(string? status, bool? expected) => Assert.Equal(expected, ServiceWords.IsOnEuicc(status));

    [Fact]
    public void A_finding_tells_whose_confirmation_it_is()
    {
        var own = new ProofFinding(ProofReason.Sound, ManualClock.Start, "r", "enable");

        Assert.StartsWith("the confirmation of the 'enable' request r", own.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("the confirmed 'enable' of another profile of its eUICC (request r", (own with { IsBySwitch = true }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_success_is_contradicted_by_a_failure_of_its_own_and_where_several_have_failed_by_any_later_one()
    {
        var one = default(ProofState).Failed(3);
        Assert.Equal((3, false), (one.FailedRequest, one.HaveOthersFailed));
        Assert.Equal(one, one.Failed(3));
        Assert.Equal([false, true, false], new[] { 2, 3, 4 }.Select(request => one.Contradicts(request, succeeded: true)));

        foreach (var two in (ProofState[])[one.Failed(5), default(ProofState).Failed(5).Failed(3)])
        {
            Assert.Equal((5, true), (two.FailedRequest, two.HaveOthersFailed));
            Assert.Equal([true, true, true, false], new[] { 3, 4, 5, 6 }.Select(request => two.Contradicts(request, succeeded: true)));
        }
    }

    [Fact]
    public void A_failure_is_contradicted_by_what_its_own_request_has_said()
    {
        foreach (var known in (ProofState[])[new() { State = Of(Confirmed(7)) }, new() { Status = Of(Confirmed(7)) }])
        {
            Assert.True(known.Contradicts(4, succeeded: false));
            Assert.False(known.Contradicts(5, succeeded: false));
            Assert.False(known.Contradicts(4, succeeded: true));
        }
    }

    // ------------------------------------------------------------------------------------------------------------------

    private static void AssertVoid(bool isProven, in ProofState known, in EuiccState placed = default, in EuiccState named = default)
    {
        var weighed = Weigh(known, placed: placed, named: named);
        Assert.Equal(isProven ? ProofReason.Sound : ProofReason.Superseded, weighed.Reason);
        Assert.Equal((isProven ? 0 : 8, known.Status.Disabled.Any), (weighed.Against, weighed.IsStatus));
    }

    private static Weighed Weigh(in ProofState known, ProofQuestion? question = null, in EuiccState placed = default, in EuiccState named = default) =>
        ProofRule.Weigh(known, placed, named, question ?? Question);

    private static ProofState State(string word) => new() { State = Fold([word]) };

    private static ProofState Status(string word) => new() { Status = Fold([word]) };

    private static Property Of(in Spoken word) => default(Property).With(word, SpokenKind.Disabled, s_now);

    private static Property Fold(IEnumerable<string> words) =>
        words.Aggregate(default(Property), (known, text) => known.With(Parse(text), text[0] == '+' ? SpokenKind.Disabled : SpokenKind.Other, s_now));

    private static Spoken Confirmed(long sequence) => Parse("+5#3") with { Request = 4, When = Parse("+5#3").When with { Sequence = sequence } };

    // "+5#2": proves, five minutes old, second in order. "-(-60)#1": says otherwise, dated an hour ahead.
    private static Spoken Parse(string text)
    {
        var parts = text[1..].Split('#');
        var minutes = int.Parse(parts[0].Trim('(', ')'), CultureInfo.InvariantCulture);
        var order = uint.Parse(parts[1], CultureInfo.InvariantCulture);
        return new(new(s_now - TimeSpan.FromMinutes(minutes).Ticks, order), 0, 1, 5);
    }
}
