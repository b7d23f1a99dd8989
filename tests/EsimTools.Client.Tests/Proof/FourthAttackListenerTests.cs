// The same for those who listen: what they throw must not change what is known of a request.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class FourthAttackListenerTests : ProofScenario
{
    public static TheoryData<Exception> Failures =>
    [
        new EsimException(EsimError.EsimServiceUnreachable, "no log server"),
        new HttpRequestException(HttpRequestError.NameResolutionError, "no log server"),
        new OperationCanceledException(),
        new InvalidOperationException(),
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Who_is_told_of_the_call_that_was_answered_fails(Exception failure)
    {
        var connection = await Fixture.OpenAsync();
        connection.Message += message =>
        {
            if (message.Text.Contains("/activate", StringComparison.Ordinal))
            {
                throw failure;
            }
        };
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("a"));
        await Record.ExceptionAsync(() => connection.SubmitAsync(EsimAction.Activate, [X], new()));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileBusy);
        Assert.DoesNotContain(Fixture.JournalLines(), line => line.Contains("\"refused\"", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Who_waits_for_an_outcome_of_another_request_fails_on_hearing_it(Exception failure)
    {
        var other = await Fixture.OpenAsync();
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", Y);
        var wait = connection.WaitAsync(request, _ => throw failure);
        _ = other.FindRequest("d");
        other.ReceiveCallback(Sample.Callback("d", Y.Iccid!));
        other.FlushJournal();
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("a"));

        var submission = await connection.SubmitAsync(EsimAction.Activate, [X], new());

        Assert.Equal("a", submission.Request!.RequestId);
        Assert.IsType(failure.GetType(), await Record.ExceptionAsync(() => wait.WaitAsync(ManualClock.HangLimit)));
        Assert.Equal(1, request.SucceededCount);
    }
}
