// Messages of the callback service ExternalProvisioningChanges at the listener: most have no request id, and one change may be made twice.

using System.Net;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class ChangeMessageTests : ListenerScenario
{
    private static readonly EsimProfile s_profile = Sample.Profile(1);

    [Fact]
    public async Task The_same_change_is_heard_again_behind_a_newer_confirmation()
    {
        var connection = await Fixture.OpenAsync();
        var listener = Start(connection);
        foreach (var id in new[] { "d", "e" })
        {
            await ActAsync(connection, EsimAction.Deactivate, s_profile, id, resubmit: true);
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback(id, s_profile.Iccid!))));
            await UntilAsync(() => connection.Explain(s_profile).IsProven);

            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Change(s_profile.Iccid!, "iccid"))));
            await UntilAsync(() => !connection.Explain(s_profile).IsProven);
        }
    }

    [Fact]
    public async Task What_names_no_profile_is_acknowledged_so_that_it_does_not_come_again()
    {
        var connection = await Fixture.OpenAsync();
        var listener = Start(connection);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Change("5551234567", "mdn"))));
        Assert.Equal((1, 0, 0), (listener.Recorded, listener.Invalid, listener.Duplicates));
    }

    [Fact]
    public async Task Nobody_waits_for_a_request_behind_it()
    {
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Change(s_profile.Iccid!, "iccid").Insert(1, "\"requestId\":\"r\","));

        Assert.False(connection.Parts.Inbox.WaitsForRequest);
    }

    private static string Change(string id, string kind) => $$"""{"deviceIds":[{"id":"{{id}}","kind":"{{kind}}"}],"externalProvisioningChange":{"source":"Portal","change":"Restore"} }""";
}
