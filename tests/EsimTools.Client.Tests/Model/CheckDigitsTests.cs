// Check digits against vectors from the facts: Luhn for ICCID and IMEI, MOD 97-10 for EID.

using System.Globalization;

namespace EsimTools.Client.Tests.Model;

public sealed class CheckDigitsTests
{
    [Theory]
    [InlineData("89141390780800784259")]
    [InlineData("490154203237518")]
    [InlineData("18")]
    [InlineData("00")]
    public void Luhn_accepts_numbers_with_the_right_last_digit(string digits) => Assert.True(CheckDigits.IsLuhn(digits));

    [Theory]
    [InlineData("85000022411113460014")]
    [InlineData("85000022412313460016")]
    [InlineData("78425989148000000840")]
    [InlineData("99948000005795977263")]
    [InlineData("990013907835573")]
    [InlineData("990001131241920")]
    [InlineData("89141390780800784258")]
    [InlineData("0")]
    [InlineData("")]
    public void Luhn_refuses_numbers_with_another_last_digit(string digits) => Assert.False(CheckDigits.IsLuhn(digits));

    [Theory]
    [InlineData("89034011560010000000000000000121")]
    [InlineData("89001012012341234012345678901224")]
    [InlineData("89001567010203040506070809101152")]
    [InlineData("89044011112233441122334411223321")]
    public void Mod97_accepts_the_known_eids(string digits) => Assert.True(CheckDigits.IsMod97(digits));

    [Theory]
    [InlineData("89034011560010000000000000000122")]
    [InlineData("89034011560010000000000000001021")]
    [InlineData("98034011560010000000000000000121")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("")]
    public void Mod97_refuses_a_changed_digit_and_swapped_digits(string digits) => Assert.False(CheckDigits.IsMod97(digits));

    [Fact]
    public void The_digits_made_are_those_that_the_vectors_carry()
    {
        Assert.Equal(9, CheckDigits.Luhn("8914139078080078425"));
        Assert.Equal(8, CheckDigits.Luhn("49015420323751"));
        Assert.Equal("21", CheckDigits.Mod97("890340115600100000000000000001"));
        Assert.Equal("24", CheckDigits.Mod97("890010120123412340123456789012"));
        Assert.Equal("52", CheckDigits.Mod97("890015670102030405060708091011"));
    }

    [Fact]
    public void Made_check_digits_are_accepted_and_every_other_one_is_refused()
    {
        var random = new Random(97);
        for (var round = 0; round < 500; round++)
        {
            var luhnBody = RandomDigits.Of(random, random.Next(14, 20));
            var luhn = CheckDigits.Luhn(luhnBody);
            var eidBody = RandomDigits.Of(random, 30);
            var eid = int.Parse(CheckDigits.Mod97(eidBody), CultureInfo.InvariantCulture);
            for (var digit = 0; digit < 10; digit++)
            {
                Assert.Equal(digit == luhn, CheckDigits.IsLuhn(luhnBody + digit.ToString(CultureInfo.InvariantCulture)));
            }

            for (var pair = 2; pair <= 98; pair++)
            {
                Assert.Equal(pair == eid, CheckDigits.IsMod97(eidBody + pair.ToString("D2", CultureInfo.InvariantCulture)));
            }
        }
    }
}
