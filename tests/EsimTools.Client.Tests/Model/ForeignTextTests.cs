// Foreign texts as they are shown: nothing that is not seen, nothing that commands a terminal, nothing that is long.

using EsimTools.Client.Tests.Properties;
using EsimTools.Client.Tests.Support;
using EsimTools.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Model;

[Collection(PropertyRun.Name)]
public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("plain words, 'quoted' <and> \\ more", "plain words, 'quoted' <and> \\ more")]
    [InlineData("Zürich 東京 🚚", "Zürich 東京 🚚")]
    [InlineData("e\u0301", "e\u0301")]
    [InlineData("\u001b[2Jgone", "\\u001b[2Jgone")]
    [InlineData("one\r\ntwo\tthree", "one\\u000d\\u000atwo\\u0009three")]
    [InlineData("a\u0085b\u2028c\u2029d\u007fe\u009bf", "a\\u0085b\\u2028c\\u2029d\\u007fe\\u009bf")]
    [InlineData("\u202aa\u202bb\u202cc\u202dd\u202ee", "\\u202aa\\u202bb\\u202cc\\u202dd\\u202ee")]
    [InlineData("\u2066a\u2067b\u2068c\u2069d\u200ee\u200ff\u061cg", "\\u2066a\\u2067b\\u2068c\\u2069d\\u200ee\\u200ff\\u061cg")]
    [InlineData("DEACTIVE\u200b\u200d\ufeff\u00ad", "DEACTIVE\\u200b\\u200d\\ufeff\\u00ad")]
    [InlineData("a\u3164b\ufe0fc\u2800d", "a\\u3164b\\ufe0fc\\u2800d")]
    [InlineData("a\U000e0041b\U000e0100c", "a\\udb40\\udc41b\\udb40\\udd00c")]
    [InlineData("a\ue000b", "a\\ue000b")]
    [InlineData("z\u0300\u0300\u0300\u0300\u0300\u0300", "z\u0300\u0300\u0300\u0300\\u0300\\u0300")]
    public void What_is_not_seen_is_made_visible(string text, string shown) => Assert.Equal(shown, ForeignText.Show(text));

    [Fact]
    public void Half_a_character_is_made_visible() => Assert.Equal("a\\ud83db\\ude9ac\\ud83d", ForeignText.Show("a\ud83db\ude9ac\ud83d"));

    [Theory]
    [InlineData("0123456789", 10, "0123456789")]
    [InlineData("0123456789A", 10, "012345678…")]
    [InlineData("01234567🚚A", 10, "01234567…")]
    [InlineData("0123456🚚AB", 10, "0123456🚚…")]
    [InlineData("01234\u001bABC", 10, "01234…")]
    [InlineData("012\u001b9", 10, "012\\u001b9")]
    [InlineData("0123\u001b", 10, "0123\\u001b")]
    public void What_is_too_long_is_cut_between_characters(string text, int most, string shown) => Assert.Equal(shown, ForeignText.Show(text, most));

    [Fact]
    public void No_text_is_shown_with_anything_that_is_not_seen() => PropertyCheck.Holds(
        from text in Gen.OneOf(Inputs.AnyText, Hostile)
        from most in Gen.Choose(1, 60)
        select (text, most),
        input =>
        {
            var shown = ForeignText.Show(input.text, input.most);

            Assert.InRange(shown.Length, 0, input.most);
            HostileText.AssertShown(shown);
            Assert.Equal(shown, ForeignText.Show(shown, input.most));
            Assert.Equal(shown == input.text, input.text.Length <= input.most && ForeignText.IsPlain(input.text));
        });

    [Fact]
    public void Ordinary_texts_of_all_languages_stay_as_they_are() => PropertyCheck.Holds(
        Gen.Elements("aZ09 ~!éßøŁĞжЯאبกあ漢字한€→".ToCharArray()).ArrayOf().Select(characters => new string(characters)),
        text => Assert.Equal(text, ForeignText.Show(text, Math.Max(1, text.Length))));

    [Theory]
    [InlineData("16ba8908-9dcb-488f-8cbc-09825a2f8b2c", true)]
    [InlineData("r_1.a~b:c", true)]
    [InlineData("..", false)]
    [InlineData(".", false)]
    [InlineData("-Force", false)]
    [InlineData("=1+1", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\u001b", false)]
    [InlineData("a\u202e", false)]
    [InlineData("é", false)]
    [InlineData("", false)]
    public void A_request_id_is_harmless_wherever_it_is_put(string text, bool isUsable) => Assert.Equal(isUsable, RequestIds.IsUsable(text));

    [Fact]
    public void A_request_id_has_128_characters_at_most()
    {
        Assert.True(RequestIds.IsUsable(new string('a', 128)));
        Assert.False(RequestIds.IsUsable(new string('a', 129)));
    }

    private static Gen<string> Hostile { get; } =
        Gen.Elements((char[])['a', ' ', '\\', '\u001b', '\u0007', '\r', '\n', '\u0085', '\u009b', '\u202e', '\u2066', '\u200f', '\u061c', '\u2028', '\u200b', '\ufeff', '\ud83d', '\ude9a', '\udb40', '\udc41', '\u0300'])
            .ArrayOf().Select(characters => new string(characters));
}
