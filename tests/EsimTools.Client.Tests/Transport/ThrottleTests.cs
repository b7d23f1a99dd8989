// "Too many requests": the pause that the service asks for, kept by every caller and said once.

using System.Globalization;
using EsimTools.Client.Tests.Support;
using EsimTools.Transport;

namespace EsimTools.Client.Tests.Transport;

public sealed class ThrottleTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("17", 17)]
    [InlineData("0", 1)]
    [InlineData("date+42", 42)]
    [InlineData("date-42", 1)]
    [InlineData("99999", 300)]
    [InlineData(null, 2)]
    public async Task The_wish_of_the_service_is_kept_in_both_forms(string? retryAfter, int seconds)
    {
        _fixture.Service.On(Endpoint.Action, _ => Throttled(retryAfter)).On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();

        var submitting = ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        Assert.Equal(TimeSpan.FromSeconds(seconds), await _fixture.Clock.NextPauseAsync());
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal("r", (await submitting).Request!.RequestId);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
        Assert.Contains($"waiting {seconds} second{(seconds == 1 ? string.Empty : "s")}", Assert.Single(_fixture.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_wish_the_pause_doubles_and_after_six_attempts_it_is_an_error()
    {
        for (var i = 0; i < 10; i++)
        {
            _fixture.Service.On(Endpoint.Action, _ => Throttled(null));
        }

        var connection = await _fixture.OpenAsync();

        var submitting = ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        foreach (var seconds in new[] { 2, 4, 8, 16, 32 })
        {
            await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(seconds));
        }

        var submission = await submitting;
        Assert.Equal((EsimError.EsimThrottled, 429), (submission.Failure!.Error, submission.Failure.StatusCode));
        Assert.Equal(EsimRequestStatus.Failed, submission.Request!.Status);
        Assert.Equal(6, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task One_callers_refusal_holds_all_callers_back_and_is_said_once()
    {
        _fixture.Service.On(Endpoint.Action, _ => Throttled("30"));
        var connection = await _fixture.OpenAsync();

        var first = ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        Assert.Equal(TimeSpan.FromSeconds(30), await _fixture.Clock.NextPauseAsync());
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        var others = Enumerable.Range(2, 5).Select(i => ConnectionFixture.DeactivateAsync(connection, Sample.Profile(i))).ToArray();
        var lookUp = connection.LookUpAsync(Sample.Profiles(1));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(20), await _fixture.Clock.NextPauseAsync());
        }

        Assert.Single(_fixture.Service.Of(Endpoint.Action));
        Assert.Empty(_fixture.Service.Of(Endpoint.List));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        await Task.WhenAll([first, .. others, lookUp]);

        Assert.Equal(7, _fixture.Service.Of(Endpoint.Action).Count);
        Assert.Single(_fixture.Warnings);
    }

    [Fact]
    public async Task Callers_refused_together_say_it_once_and_wait_for_the_longest_pause()
    {
        var clock = new ManualClock();
        var said = new List<EsimMessage>();
        var gate = new ThrottleGate(clock, said.Add);

        gate.Close(new(TimeSpan.FromSeconds(5)), 1);
        gate.Close(new(TimeSpan.FromSeconds(9)), 1);
        gate.Close(new(TimeSpan.FromSeconds(3)), 1);

        var waiting = gate.WaitAsync(CancellationToken.None);
        await clock.PassAsync(TimeSpan.FromSeconds(9));
        await waiting;
        Assert.Equal(EsimMessageLevel.Warning, Assert.Single(said).Level);

        gate.Close(new(TimeSpan.FromSeconds(5)), 1);
        Assert.Equal(2, said.Count);
    }

    [Fact]
    public async Task A_question_is_asked_again_after_a_pause_and_after_a_failure_of_the_service()
    {
        _fixture.Service
            .On(Endpoint.List, _ => Throttled("3"))
            .On(Endpoint.List, 503, "")
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")));
        var connection = await _fixture.OpenAsync();

        var lookUp = connection.LookUpAsync(Sample.Profiles(1));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(3));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("DEACTIVE", Assert.Single(await lookUp)!.State);
    }

    [Theory]
    [InlineData("500", EsimError.EsimServiceFailed)]
    [InlineData("timeout", EsimError.EsimServiceTimeout)]
    [InlineData("cut", EsimError.EsimServiceUnreachable)]
    public async Task A_question_is_given_up_after_three_attempts(string failure, EsimError expected)
    {
        for (var i = 0; i < 5; i++)
        {
            _fixture.Service.On(Endpoint.List, (_, _) => failure switch
            {
                "500" => Task.FromResult(ScriptedService.Answer(500, "")),
                "timeout" => Task.FromException<HttpResponseMessage>(new TaskCanceledException()),
                _ => Task.FromException<HttpResponseMessage>(new HttpRequestException("cut", new IOException("reset"))),
            });
        }

        var connection = await _fixture.OpenAsync();

        var lookUp = connection.LookUpAsync(Sample.Profiles(1));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(expected, (await Assert.ThrowsAsync<EsimException>(() => lookUp)).Error);
        Assert.Equal(3, _fixture.Service.Of(Endpoint.List).Count);
    }

    private static HttpResponseMessage Throttled(string? retryAfter)
    {
        var answer = ScriptedService.Answer(429, """{"fault":{"code":"900804","message":"Message throttled out"}}""");
        if (retryAfter?.StartsWith("date", StringComparison.Ordinal) == true)
        {
            retryAfter = (ManualClock.Start + TimeSpan.FromSeconds(int.Parse(retryAfter.AsSpan(4), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))).ToString("R", CultureInfo.InvariantCulture);
        }

        if (retryAfter is not null)
        {
            Assert.True(answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter));
        }

        return answer;
    }
}
