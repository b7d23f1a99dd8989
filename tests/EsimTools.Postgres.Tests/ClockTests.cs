// Machines whose clocks differ by hours: the database's counts, so nothing that one has sent is hidden from another or older than it is.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class ClockTests : IDisposable
{
    private readonly ScriptedService _service = new();
    private readonly string _address;
    private readonly Machine _one;
    private readonly Machine _other;

    public ClockTests(PostgresServer server)
    {
        _address = server.NewDatabase();
        (_one, _other) = (new(_address, _service), new(_address, _service));
    }

    [PostgresTheory]
    [InlineData(5, 0)]
    [InlineData(-5, 0)]
    [InlineData(0, 5)]
    [InlineData(0, -5)]
    public async Task A_request_in_doubt_is_neither_hidden_nor_older_than_it_is(int hoursOfOne, int hoursOfOther)
    {
        var (one, other) = (await OpenAsync(_one, hoursOfOne), await OpenAsync(_other, hoursOfOther));
        _service.On(Endpoint.Action, 502, "gone");
        Assert.Equal(EsimError.EsimOutcomeUnknown, (await Machine.DeactivateAsync(one, Sample.Profile())).Failure!.Error);

        // It may still be carried out, so nobody sends it again, and an unchanged profile proves nothing yet.
        var doubt = Assert.Single(other.GetRequests(inDoubt: true));
        Assert.Single((await Machine.DeactivateAsync(other, Sample.Profile())).Refused);
        _service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));
        var resolution = Assert.Single(await other.ResolveAsync(doubt, TimeSpan.FromHours(1)).WaitAsync(ManualClock.HangLimit));
        Assert.Equal(EsimResolutionStatus.Unknown, resolution.Resolution);
        Assert.Contains("it may still change", resolution.Evidence, StringComparison.Ordinal);
        Assert.InRange(DateTimeOffset.UtcNow - doubt.SubmittedAt, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(10));
    }

    [PostgresTheory]
    [InlineData(5, "is 300 minutes ahead of")]
    [InlineData(-5, "is 300 minutes behind")]
    [InlineData(0, null)]
    public async Task A_clock_that_is_off_is_told_of(int hours, string? told)
    {
        var connection = await OpenAsync(_one, hours);

        Assert.Equal(told is null ? 0 : 1, _one.Messages.Count(message => message.Level == EsimMessageLevel.Warning && message.Text.Contains(told ?? "clock", StringComparison.Ordinal)));
        Assert.InRange(DateTimeOffset.UtcNow - connection.ConnectedAt, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(10));
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _service.Dispose();
    }

    private static Task<EsimConnection> OpenAsync(Machine machine, int hours) => machine.OpenAsync(machine.Options(clock: new Shifted(TimeSpan.FromHours(hours))));

    private sealed class Shifted(TimeSpan by) : Clock
    {
        public override DateTimeOffset UtcNow => System.UtcNow + by;

        public override Task Delay(TimeSpan time, CancellationToken cancellationToken) => System.Delay(time, cancellationToken);
    }
}
