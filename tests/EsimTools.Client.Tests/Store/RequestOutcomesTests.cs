// The one place for what became of the profiles of a request: what is set once, what is kept how long, and who is told.

using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Client.Tests.Store;

public sealed class RequestOutcomesTests
{
    [Fact]
    public void An_outcome_is_set_once_and_a_dispute_noted_once()
    {
        var outcomes = new RequestOutcomes(2);

        Assert.True(outcomes.TrySet(0, Result(OutcomeStatus.Succeeded)));
        Assert.False(outcomes.TrySet(0, Result(OutcomeStatus.Failed)));
        Assert.Equal((1, 0), outcomes.CountOf(null));
        Assert.Equal((true, true, false, false), (outcomes.TryDispute(0), outcomes.TryDispute(1), outcomes.TryDispute(0), outcomes.TryDispute(1)));
    }

    [Fact]
    public void The_table_of_places_is_kept_until_every_outcome_is_known()
    {
        var outcomes = new RequestOutcomes(2);
        var built = 0;
        int Find() => outcomes.Find(IdentifierKey.Of("1")!.Value, () =>
        {
            built++;
            return new() { [IdentifierKey.Of("1")!.Value] = 1 };
        });

        Assert.Equal((1, 1, 1), (Find(), Find(), built));
        outcomes.TrySet(0, Result(OutcomeStatus.Succeeded));
        Assert.Equal((1, 1), (Find(), built));
        outcomes.TrySet(1, Result(OutcomeStatus.Failed));
        Assert.Equal((1, 2), (Find(), built));
    }

    [Fact]
    public void An_observer_that_fails_keeps_no_other_from_hearing_and_the_first_failure_is_told()
    {
        var outcomes = new RequestOutcomes(1);
        var heard = 0;
        using var first = outcomes.Subscribe(_ => throw new InvalidOperationException("first"));
        using var second = outcomes.Subscribe(_ => throw new InvalidOperationException("second"));
        using var third = outcomes.Subscribe(_ => heard++);
        outcomes.TrySet(0, Result(OutcomeStatus.Succeeded));

        Assert.Equal("first", Assert.Throws<InvalidOperationException>(outcomes.Deliver).Message);
        Assert.Equal(1, heard);
    }

    [Fact]
    public void Who_goes_takes_no_other_along()
    {
        var outcomes = new RequestOutcomes(1);
        var heard = 0;
        var gone = outcomes.Subscribe(_ => throw new InvalidOperationException("gone"));
        using var stays = outcomes.Subscribe(_ => heard++);
        gone.Dispose();
        outcomes.TrySet(0, Result(OutcomeStatus.Succeeded));
        outcomes.Deliver();

        Assert.Equal(1, heard);
    }

    private static EsimResult Result(OutcomeStatus status) => new(Sample.Profile())
    {
        AccountName = Sample.Account,
        RequestId = "r",
        Action = "deactivate",
        Status = status,
    };
}
