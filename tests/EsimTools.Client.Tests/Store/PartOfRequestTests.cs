// A request for some of its profiles alone, found by its id and by what is left of it elsewhere; and what failed in it.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Store;

public sealed class PartOfRequestTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_id_and_profiles_name_that_part_of_the_request()
    {
        var connection = await SendAsync();

        var part = connection.FindRequest("r", [Sample.Profile(3), Sample.Profile(99), new() { Iccid = Sample.IccidOf(1) }])!;

        Assert.Equal([Sample.IccidOf(3), Sample.IccidOf(1)], part.Profiles.Select(profile => profile.Iccid));
        Assert.Equal((2, 1, 1), (part.Count, part.SucceededCount, part.FailedCount));
        Assert.Null(connection.FindRequest("r", [Sample.Profile(99)]));
        Assert.Null(connection.FindRequest("nobodys", [Sample.Profile(1)]));
        Assert.Same(connection.FindRequest("r"), connection.FindRequest("r", Sample.Profiles(3)));
    }

    [Fact]
    public async Task Hidden_identifiers_name_a_part_too()
    {
        var first = await SendAsync(hash: true);
        first.Dispose();
        var later = await _fixture.OpenAsync(_fixture.Options(hashIdentifiers: true));
        var hidden = later.FindRequest("r")!.Profiles[1];

        Assert.True(EsimProfile.IsHashed(hidden));
        Assert.Equal(hidden.Iccid, Assert.Single(later.FindRequest("r", [hidden])!.Profiles).Iccid);
        Assert.Single(later.FindRequest("r", [Sample.Profile(2)])!.Profiles);
    }

    [Fact]
    public async Task What_failed_is_told_for_the_request_and_for_each_part()
    {
        var connection = await SendAsync();
        var request = connection.FindRequest("r")!;

        Assert.Equal([Sample.IccidOf(3)], request.Failures.Select(result => result.Iccid));
        Assert.Equal(OutcomeStatus.Failed, request.Failures[0].Status);
        Assert.Empty(connection.FindRequest("r", [Sample.Profile(1)])!.Failures);
        Assert.Single(connection.FindRequest("r", [Sample.Profile(3)])!.Failures);
    }

    // Three profiles: the first has succeeded, the second is open, the third has failed.
    private async Task<EsimConnection> SendAsync(bool hash = false)
    {
        var connection = await _fixture.OpenAsync(_fixture.Options(hashIdentifiers: hash));
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(3));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(3), "FAILED"));
        return connection;
    }
}
