// The packed dictionary key: two digit strings have the same key exactly when they are the same string.

using EsimTools.Model;

namespace EsimTools.Client.Tests.Model;

public sealed class IdentifierKeyTests
{
    [Theory]
    [InlineData("1", "01")]
    [InlineData("0", "00")]
    [InlineData("0000000000000000", "000000000000000")]
    [InlineData("0000000000000000", "00000000000000000")]
    [InlineData("12345678901234567", "123456789012345607")]
    [InlineData("1234567890123456", "12345678901234560")]
    [InlineData("00000000000000000000000000000000", "0000000000000000000000000000000")]
    [InlineData("89141390780800784259", "089141390780800784259")]
    [InlineData("99999999999999999999999999999999", "99999999999999999999999999999998")]
    [InlineData("99999999999999999999999999999999", "89999999999999999999999999999999")]
    public void Different_strings_have_different_keys(string one, string other) => Assert.NotEqual(IdentifierKey.Of(one), IdentifierKey.Of(other));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("123456789012345678901234567890123")]
    [InlineData("1234567890123456789X")]
    [InlineData("/")]
    [InlineData(":")]
    [InlineData("-1")]
    [InlineData(" 1")]
    [InlineData("٨٩")]
    public void What_is_not_one_to_thirty_two_digits_has_no_key(string? text) => Assert.Null(IdentifierKey.Of(text));

    [Fact]
    public void Ten_thousand_random_strings_have_equal_keys_exactly_when_they_are_equal()
    {
        var random = new Random(20260301);
        var stringsByKey = new Dictionary<IdentifierKey, string>();
        for (var i = 0; i < 10_000; i++)
        {
            // Few digits and many leading zeros, so that near misses are frequent.
            var length = random.Next(1, 33);
            var zeros = random.Next(0, length + 1);
            var digits = new string('0', zeros) + RandomDigits.Of(random, length - zeros);
            var key = IdentifierKey.Of(digits)!.Value;

            Assert.Equal(key, IdentifierKey.Of(new string(digits.ToCharArray())));
            Assert.Equal((digits, length), (key.ToDigits(), key.DigitCount));
            if (stringsByKey.TryGetValue(key, out var earlier))
            {
                Assert.Equal(earlier, digits);
            }

            stringsByKey[key] = digits;
            var place = random.Next(length);
            var changed = digits.ToCharArray();
            changed[place] = (char)('0' + ((changed[place] - '0' + random.Next(1, 10)) % 10));
            Assert.NotEqual(key, IdentifierKey.Of(new string(changed)));
            Assert.NotEqual(key, IdentifierKey.Of("0" + digits));
        }

        Assert.True(stringsByKey.Count > 5000, $"only {stringsByKey.Count} different strings were tried");
    }
}
