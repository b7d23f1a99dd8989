// A connection to a scripted service whose clock a test moves, and what the tests of the proof do with it: send, be told, ask, and see that
// nothing leaves unproven.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

/// <summary>What the tests of the proof have in common. Each step takes a second.</summary>
public abstract class ProofScenario : IDisposable
{
    private protected static readonly EsimProfile X = Sample.Profile(1);

    // Another profile of the same eUICC.
    private protected static readonly EsimProfile Y = new() { Iccid = Sample.IccidOf(2), Eid = X.Eid };

    private protected ConnectionFixture Fixture { get; } = new();

    public void Dispose()
    {
        Fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string WithEid(string callback) => Sample.WithEid(callback, X.Eid!);

    // An entry of a callback.
    private protected static string Entry(int number, string state, string more = "") =>
        $$"""{"deviceIdentifierCollection":[{"id":"{{Sample.IccidOf(number)}}","kind":"Iccid"}],"state":"{{state}}"{{more}}}""";

    // A row of the device list that tells on which eUICC the profile is.
    private protected static string Listed(EsimProfile profile, string state, string? status) => Sample.ListedWithEid(profile, state, status);

    // Two processes with one journal.
    private protected async Task<(EsimConnection One, EsimConnection Two)> OpenTwoAsync()
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        return (one, await Fixture.OpenAsync());
    }

    // What others have written by now.
    private protected static EsimConnection Read(EsimConnection connection)
    {
        connection.FindRequest("nobody's");
        return connection;
    }

    private protected async Task<EsimConnection> NextAsync(EsimConnection connection, bool inNextSession)
    {
        if (!inNextSession)
        {
            return connection;
        }

        connection.Dispose();
        return await Fixture.OpenAsync();
    }

    // Request objects that nobody holds are collected.
    private protected static void Forget(bool really = true)
    {
        if (really)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    private protected static void AssertProven(EsimConnection connection, EsimProfile profile)
    {
        Assert.True(connection.Explain(profile).IsProven, connection.Explain(profile).ToString());
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, profile).Decision);
    }

    // Neither judging nor submitting lets it through, whatever the caller says of having asked; without an expected error nothing may be proven either.
    private protected async Task AssertRefusedAsync(EsimConnection connection, EsimProfile profile, EsimError? expected = null, bool resubmit = false)
    {
        var before = Fixture.Service.Of(Endpoint.Action).Count;
        var verdict = connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true, resubmit);
        Assert.True(verdict.Decision == GuardDecision.Refused, $"{verdict.Decision}: {connection.Explain(profile)}");
        Assert.True(verdict.Error == expected || expected is null, $"{verdict.Error}: {verdict.Reason}");
        Assert.True(expected is not null || !connection.Explain(profile).IsProven, $"{connection.Explain(profile)}");
        Assert.NotEmpty(verdict.Reason!);
        var submission = await connection.SubmitAsync(EsimAction.Delete, [profile], new() { Resubmit = resubmit }, serviceWasAsked: true);
        Assert.Null(submission.Request);
        Assert.Equal(before, Fixture.Service.Of(Endpoint.Action).Count);
    }

    // The same with the error that stands for "nothing proven".
    private protected async Task AssertNotProvenAsync(
        EsimConnection connection, EsimProfile profile, EsimError expected = EsimError.EsimProfileStateUnknown, bool resubmit = false, bool alsoUnknown = false)
    {
        var isUnknown = alsoUnknown && connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true, resubmit).Error == EsimError.EsimProfileStateUnknown;
        await AssertRefusedAsync(connection, profile, isUnknown ? EsimError.EsimProfileStateUnknown : expected, resubmit);
    }

    private protected async Task AssertAsync(bool proven, EsimConnection connection, EsimProfile profile)
    {
        if (proven)
        {
            AssertProven(connection, profile);
        }
        else
        {
            await AssertNotProvenAsync(connection, profile, resubmit: true);
        }
    }

    private protected async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var options = new EsimActionOptions
        {
            Resubmit = true,
            ServicePlan = action == EsimAction.ServicePlan ? "Other" : null,
            SmsrOid = action == EsimAction.Disable ? "1.2.3" : null,
        };
        var submission = await connection.SubmitAsync(action, profiles, options).WaitAsync(ManualClock.HangLimit);
        Assert.Empty(submission.Refused);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        return submission.Request!;
    }

    private protected async Task ConfirmAsync(EsimConnection connection, EsimAction action, string requestId, EsimProfile profile, string state = "DEACTIVE")
    {
        await SendAsync(connection, action, requestId, profile);
        connection.ReceiveCallback(Sample.Callback(requestId, profile.Iccid!, state: state));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private protected async Task PollAsync(EsimConnection connection, EsimRequest request, string answer)
    {
        Fixture.Service.On(Endpoint.Status, 200, answer);
        await connection.PollAsync(request);
    }

    // The service tells on which eUICC it is.
    private protected Task PlaceAsync(EsimConnection connection, EsimProfile profile, string status) => ListAsync(connection, profile, Listed(profile, "active", status));

    private protected async Task ListAsync(EsimConnection connection, EsimProfile profile, string row)
    {
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, row));
        await connection.LookUpAsync([profile]);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
