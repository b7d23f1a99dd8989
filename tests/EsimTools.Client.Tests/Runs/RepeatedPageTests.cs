// A device list that repeats itself ends with an error after the first page that was seen before, whoever reads it.

using System.Text.Json;
using EsimTools.Client.Tests.Support;
using EsimTools.Protocol;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Runs;

public sealed class RepeatedPageTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    // Each page as its DeviceId and the number of its profile.
    [Theory]
    [InlineData("1:1 1:2", 2)]
    [InlineData("1:1 2:2 1:3", 3)]
    [InlineData("1:1 2:2 1:1 2:2", 3)]
    [InlineData("1:1 2:2 3:3 2:4", 4)]
    [InlineData("1:1 2:1", 2)]
    [InlineData("1:1 2:2 3:1", 3)]
    public async Task A_page_that_was_seen_before_ends_the_look_up(string pages, int asked)
    {
        var connection = await _fixture.OpenAsync();
        Script(pages);

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.LookUpAsync(Sample.Profiles(30, first: 100)).WaitAsync(ManualClock.HangLimit));

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        Assert.Equal(asked, _fixture.Service.Of(Endpoint.List).Count);
    }

    [Fact]
    public async Task It_ends_the_search_for_a_request_in_doubt()
    {
        using (await _fixture.OpenAsync(_fixture.Options(hashIdentifiers: true)))
        {
        }

        var hasher = HasherKey.Open(_fixture.JournalPath, create: false)!;
        _fixture.WriteJournal(
            "20260301T000000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"a","service":"https://service.test/api","action":"deactivate","account":"0000123456-00001","profiles":[{"iccid":"{{hasher.Hide(Sample.IccidOf(50))}}"}]}""");
        var connection = await _fixture.OpenAsync(_fixture.Options(hashIdentifiers: true));
        Script("1:1 2:2 1:3");

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.ResolveAsync(connection.GetRequests().Single()).WaitAsync(ManualClock.HangLimit));

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        Assert.Equal(3, _fixture.Service.Of(Endpoint.List).Count);
    }

    [Fact]
    public async Task A_list_that_comes_to_an_end_is_read_to_it_and_may_be_read_again()
    {
        var connection = await _fixture.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            Script("3:1 1:2 7:3", isLast: true);
            Assert.Equal(3, (await connection.LookUpAsync(Sample.Profiles(30))).Count(found => found is not null));
        }

        Assert.Equal([null, "3", "1", null, "3", "1"], _fixture.Service.Of(Endpoint.List).Select(call => PlaceIn(call.Body)));
    }

    [Fact]
    public void Pages_that_name_no_device_are_told_apart_by_their_places_alone()
    {
        var listing = new DeviceListing(new EsimDeviceQuery());
        listing.Follow(Nameless("1"));
        listing.Follow(Nameless("2"));

        Assert.Equal("2", listing.Place);
        Assert.Equal(EsimError.EsimAnswerInvalid, Assert.Throws<EsimException>(() => listing.Follow(Nameless("1"))).Error);
    }

    [Fact]
    public void A_listing_that_begins_in_the_middle_does_not_come_back_to_its_beginning() =>
        Assert.Throws<EsimException>(() => new DeviceListing(new EsimDeviceQuery(), "5").Follow(Nameless("5")));

    private static DeviceListPage Nameless(string place) => new([new(default, null, null, null, null, null, null, null, null, place)], HasMore: true);

    private static string? PlaceIn(string body)
    {
        using var question = JsonDocument.Parse(body);
        return question.RootElement.TryGetProperty("largestDeviceIdSeen", out var place) ? place.ToString() : null;
    }

    private void Script(string pages, bool isLast = false)
    {
        var all = pages.Split(' ').Select(page => page.Split(':')).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            var number = int.Parse(all[i][1], System.Globalization.CultureInfo.InvariantCulture);
            _fixture.Service.On(Endpoint.List, 200, Sample.Page(!isLast || i < all.Length - 1, Sample.Listed(Sample.IccidOf(number), deviceId: all[i][0]).Replace("5551234567", $"555{number:d7}", StringComparison.Ordinal)));
        }
    }
}
