// The house stands on its order: each room knows only the rooms before it, nobody knows the facade, and the picture shows what is so.

using System.Text.RegularExpressions;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Architecture;

public sealed partial class RoomTests
{
    /// <summary>The rooms in their order; a room knows only those before it.</summary>
    private static readonly string[] s_order = ["Model", "Proof", "Policy", "Protocol", "Transport", "Lines", "Store", "Folder", "HttpServer", "Callbacks", "Runs", "Reports", "Plans", RoomGraph.Root];

    private static readonly IReadOnlyList<(string From, string To, string Why)> s_arrows = RoomGraph.OfClient.Arrows();

    [Fact]
    public void Each_room_knows_only_the_rooms_before_it() =>
        Assert.Empty(s_arrows.Where(arrow => Place(arrow.To) > Place(arrow.From)).Select(arrow => $"{arrow.From} → {arrow.To}: {arrow.Why}").Order(StringComparer.Ordinal));

    [Fact]
    public void A_store_of_another_kind_can_take_the_place_of_the_folder() =>
        Assert.Equal(["Callbacks", RoomGraph.Root], s_arrows.Where(arrow => arrow.To == "Folder").Select(arrow => arrow.From).Distinct().Order());

    [Fact]
    public void Every_folder_is_a_room_of_the_order() => Assert.Equal(s_order.Order(), s_arrows.SelectMany(arrow => new[] { arrow.From, arrow.To }).Distinct().Order());

    [Fact]
    public void The_picture_shows_the_arrows_that_there_are()
    {
        var drawn = Arrow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"))).Select(match => match.Value.Trim());
        var real = s_arrows.Select(arrow => $"{arrow.From} --> {arrow.To}").Distinct();

        // As one text: what it says can be put into the picture as it is.
        Assert.True(real.ToHashSet().SetEquals(drawn), "The arrows that there are:\n" + string.Join("\n", real.Order(StringComparer.Ordinal).Select(arrow => "    " + arrow)));
    }

    private static int Place(string room) => Array.IndexOf(s_order, room);

    [GeneratedRegex(@"^    \w+ --> \w+\r?$", RegexOptions.Multiline)]
    private static partial Regex Arrow();
}
