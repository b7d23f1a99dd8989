// Identifiers: what a check digit finds, that people's ways of writing change nothing, and that no text is too strange to be read.

using EsimTools.Model;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class IdentifierPropertyTests
{
    private const string Between = " \t-\"'=\u00a0\u2010\u2011\u2012\u2013\u200b\ufeff";

    [Fact]
    public void A_sound_identifier_is_accepted_in_every_written_form() => PropertyCheck.Holds(
        from sound in Inputs.SoundIdentifiers
        from fillers in Gen.Elements(Between.ToCharArray()).ArrayOf().Select(characters => new string(characters)).ArrayOf(sound.Digits.Length + 1)
        select (sound, fillers),
        input => Assert.Equal(
            new IdentifierReading(input.sound.Digits, IdentifierFault.None, true, null), input.sound.Kind.Read(Write(input.sound.Digits, input.fillers))));

    [Fact]
    public void One_changed_digit_is_a_warning() => PropertyCheck.Holds(
        from sound in Inputs.SoundIdentifiers
        from place in Gen.Choose(0, sound.Digits.Length - 1)
        from more in Gen.Choose(1, 9)
        select (sound.Kind, sound.Digits, Text: Replace(sound.Digits, place, (char)('0' + ((sound.Digits[place] - '0' + more) % 10)))),
        input => AssertWarns(input.Kind, input.Text));

    [Fact]
    public void Two_digits_the_wrong_way_round_are_a_warning() => PropertyCheck.Holds(
        from sound in Inputs.SoundIdentifiers
        from place in Gen.Choose(0, sound.Digits.Length - 2)
        select (sound.Kind, sound.Digits, place),
        input =>
        {
            var (left, right) = (input.Digits[input.place], input.Digits[input.place + 1]);
            var swapped = Replace(Replace(input.Digits, input.place, right), input.place + 1, left);

            // Luhn's known blind spot is 09 and 90; MOD 97-10 has none.
            if (left == right || (input.Kind != IdentifierKind.Eid && (left, right) is ('0', '9') or ('9', '0')))
            {
                Assert.True(input.Kind.Read(swapped).CheckDigitOk);
                return;
            }

            AssertWarns(input.Kind, swapped);
        });

    [Fact]
    public void A_wrong_number_of_digits_is_an_error() => PropertyCheck.Holds(
        from kind in Gen.Elements(IdentifierKind.Eid, IdentifierKind.Iccid, IdentifierKind.Imei)
        from length in Gen.Choose(1, 60).Where(length => !IsLengthOf(kind, length))
        from digits in Inputs.Digits(length)
        select (kind, digits),
        input =>
        {
            var reading = input.kind.Read(input.digits);
            Assert.Equal((IdentifierFault.Length, null), (reading.Fault, reading.Value));
            Assert.Contains($"has {input.digits.Length} digits", reading.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void A_character_that_is_neither_a_digit_nor_between_digits_is_an_error() => PropertyCheck.Holds(
        from sound in Inputs.SoundIdentifiers
        from place in Gen.Choose(0, sound.Digits.Length)
        from foreign in Gen.Choose(0, 0xffff).Select(code => (char)code).Where(c => c is not (>= '0' and <= '9') && !char.IsWhiteSpace(c) && !Between.Contains(c, StringComparison.Ordinal))
        select (sound.Kind, Text: sound.Digits.Insert(place, foreign.ToString()), foreign),
        input =>
        {
            var reading = input.Kind.Read(input.Text);
            Assert.Equal(input.foreign is 'e' or 'E' && reading.Fault == IdentifierFault.Spreadsheet ? IdentifierFault.Spreadsheet : IdentifierFault.Characters, reading.Fault);
            Assert.Null(reading.Value);
        });

    [Fact]
    public void What_has_been_read_reads_back_the_same() => PropertyCheck.Holds(
        Gen.Elements(IdentifierKind.Eid, IdentifierKind.Iccid, IdentifierKind.Imei).SelectMany(kind => Texts.Select(text => (kind, text))),
        input =>
        {
            var reading = input.kind.Read(input.text);
            if (reading.IsUsable)
            {
                Assert.Equal(reading, input.kind.Read(reading.Value));
            }
        });

    [Fact]
    public void Any_text_is_read_or_told_what_is_wrong_with_it() => PropertyCheck.Holds(
        Gen.Elements(IdentifierKind.Eid, IdentifierKind.Iccid, IdentifierKind.Imei).SelectMany(kind => Texts.Select(text => (kind, text))),
        input =>
        {
            var reading = input.kind.Read(input.text);
            Assert.Equal(reading.IsUsable, reading.Message is null);
            Assert.Equal(reading.IsUsable, reading.Value is not null);
            Assert.All(reading.Value ?? string.Empty, c => Assert.InRange(c, '0', '9'));
            Assert.True(reading.Message is null or { Length: < 400 });
        });

    [Fact]
    public void Two_identifiers_have_one_key_only_when_they_are_the_same() => PropertyCheck.Holds(
        from length in Gen.Choose(1, 32)
        from one in Inputs.Digits(length)
        from other in Gen.OneOf(Gen.Constant(one), Inputs.Digits(length), Gen.Constant("0" + one), Gen.Constant(one[1..]))
        select (one, other),
        input =>
        {
            var (one, other) = (IdentifierKey.Of(input.one), IdentifierKey.Of(input.other));
            Assert.NotNull(one);
            Assert.Equal(input.other.Length is > 0 and <= 32, other is not null);
            Assert.Equal(input.one == input.other, one == other);
        });

    // A caller of the library may put anything there.
    [Fact]
    public void A_profile_shows_its_identifiers_as_they_were_given() => PropertyCheck.Holds(
        Gen.Frequency((1, Gen.Constant((string?)null)), (4, Texts.Select(text => (string?)text))).ArrayOf(3),
        texts =>
        {
            var profile = new EsimProfile { Iccid = texts[0], Eid = texts[1], Imei = texts[2] };
            var other = new EsimProfile(profile);

            Assert.Equal(texts, new[] { profile.Iccid, profile.Eid, profile.Imei });
            Assert.Equal(texts, new[] { other.Iccid, other.Eid, other.Imei });
            Assert.Equal(new ProfileKeys(Key(texts[0]).ForAnySpelling(), Key(texts[1]), Key(texts[2])) { Twentieth = Key(texts[0]).Twentieth }, profile.Keys);
        });

    private static IdentifierKey Key(string? text) => IdentifierKey.Of(text) ?? default;

    private static Gen<string> Texts => Gen.OneOf(Inputs.AnyText, Inputs.SoundIdentifiers.Select(sound => sound.Digits), Gen.Choose(1, 40).SelectMany(Inputs.Digits));

    private static bool IsLengthOf(IdentifierKind kind, int length) =>
        kind == IdentifierKind.Eid ? length == 32 : kind == IdentifierKind.Imei ? length == 15 : length is >= 18 and <= 20;

    // Zeros from the sixteenth digit on look like a spreadsheet's damage once the check digit is wrong, and are told as that.
    private static void AssertWarns(IdentifierKind kind, string text)
    {
        var reading = kind.Read(text);
        Assert.False(reading.CheckDigitOk);
        Assert.True(reading.Fault == (text.Length > 18 && text[15..].All(c => c == '0') ? IdentifierFault.Spreadsheet : IdentifierFault.None), reading.ToString());
    }

    private static string Write(string digits, string[] fillers) => string.Concat(digits.Select((digit, i) => fillers[i] + digit)) + fillers[digits.Length];

    private static string Replace(string text, int place, char character) => text[..place] + character + text[(place + 1)..];
}
