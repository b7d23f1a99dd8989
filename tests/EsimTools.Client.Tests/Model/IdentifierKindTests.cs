// Reading identifiers as people have them: what is stripped, what is refused and why, and that the messages name the text.

namespace EsimTools.Client.Tests.Model;

public sealed class IdentifierKindTests
{
    [Theory]
    [InlineData("89141390780800784259")]
    [InlineData(" 89141390780800784259 ")]
    [InlineData("8914 1390 7808 0078 4259")]
    [InlineData("8914-1390-7808-0078-4259")]
    [InlineData("8914\u20101390\u20117808\u20120078\u20134259")]
    [InlineData("\"89141390780800784259\"")]
    [InlineData("=\"89141390780800784259\"")]
    [InlineData("'89141390780800784259")]
    [InlineData("'89141390780800784259'")]
    [InlineData("8914\u00a01390\u00a07808\u00a00078\u00a04259")]
    [InlineData("8914\u202f1390\u2009780800784259")]
    [InlineData("89141390\u200b780800784259\u200b")]
    [InlineData("\ufeff89141390780800784259")]
    [InlineData("\t89141390780800784259\r\n")]
    public void What_people_and_programs_put_around_the_digits_is_taken_off(string text)
    {
        var reading = IdentifierKind.Iccid.Read(text);

        Assert.Equal(new IdentifierReading("89141390780800784259", IdentifierFault.None, true, null), reading);
        Assert.True(reading.IsUsable);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\"\"")]
    [InlineData("=\"\"")]
    [InlineData("-")]
    [InlineData("\u00a0\u200b\ufeff")]
    public void Nothing_but_decoration_is_missing(string? text)
    {
        var reading = IdentifierKind.Eid.Read(text);

        Assert.Equal(IdentifierFault.Missing, reading.Fault);
        Assert.False(reading.IsUsable);
        Assert.Null(reading.Value);
        Assert.Contains("EID", reading.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.9E+19")]
    [InlineData("8,9E+19")]
    [InlineData("8.91413907808008E+19")]
    [InlineData("8.91480e19")]
    [InlineData("9E19")]
    [InlineData(" 8,9E+19 ")]
    [InlineData("\"8.9E+19\"")]
    public void Scientific_notation_is_told_from_other_characters(string text)
    {
        var reading = IdentifierKind.Iccid.Read(text);

        Assert.Equal(IdentifierFault.Spreadsheet, reading.Fault);
        Assert.Null(reading.Value);
        Assert.Contains($"'{ForeignText.Show(text)}'", reading.Message, StringComparison.Ordinal);
        Assert.Contains("spreadsheet", reading.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8914139078080078425X")]
    [InlineData("8914139078080078425/")]
    [InlineData("8914139078080078425:")]
    [InlineData("E19")]
    [InlineData("8.9E")]
    [InlineData("8.9E+1E9")]
    [InlineData("8.9E+19x")]
    [InlineData("89.141390780800784259")]
    [InlineData("89141390780800784259\u0000")]
    [InlineData("٨٩١٤١٣٩٠٧٨٠٨٠٠٧٨٤٢٥٩")]
    [InlineData("8914139078080078425٩")]
    [InlineData("８９１４１３９０７８０８００７８４２５９")]
    [InlineData("N/A")]
    public void Characters_that_are_not_ascii_digits_are_refused(string text)
    {
        var reading = IdentifierKind.Iccid.Read(text);

        Assert.Equal(IdentifierFault.Characters, reading.Fault);
        Assert.Null(reading.Value);
        Assert.Contains($"'{ForeignText.Show(text)}'", reading.Message, StringComparison.Ordinal);
        Assert.Contains("ICCID", reading.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ICCID", 17, false)]
    [InlineData("ICCID", 18, true)]
    [InlineData("ICCID", 19, true)]
    [InlineData("ICCID", 20, true)]
    [InlineData("ICCID", 21, false)]
    [InlineData("ICCID", 22, false)]
    [InlineData("EID", 30, false)]
    [InlineData("EID", 31, false)]
    [InlineData("EID", 32, true)]
    [InlineData("EID", 33, false)]
    [InlineData("IMEI", 14, false)]
    [InlineData("IMEI", 15, true)]
    [InlineData("IMEI", 16, false)]
    public void Only_the_lengths_of_the_kind_are_taken(string kindName, int length, bool isTaken)
    {
        var kind = new[] { IdentifierKind.Iccid, IdentifierKind.Eid, IdentifierKind.Imei }.Single(kind => kind.Name == kindName);
        var text = new string('7', length);

        var reading = kind.Read(text);

        Assert.Equal(isTaken ? IdentifierFault.None : IdentifierFault.Length, reading.Fault);
        Assert.Equal(isTaken ? text : null, reading.Value);
        if (!isTaken)
        {
            Assert.Contains($"'{ForeignText.Show(text)}'", reading.Message, StringComparison.Ordinal);
            Assert.Contains($"{length} digits", reading.Message, StringComparison.Ordinal);
            Assert.Contains(kind.LengthText, reading.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ICCID", "85000022411113460014")]
    [InlineData("ICCID", "99948000005795977263")]
    [InlineData("ICCID", "891413907808007843")]
    [InlineData("EID", "89034011560010000000000000000122")]
    [InlineData("IMEI", "990013907835573")]
    public void A_wrong_check_digit_is_no_fault(string kindName, string digits)
    {
        var kind = new[] { IdentifierKind.Iccid, IdentifierKind.Eid, IdentifierKind.Imei }.Single(kind => kind.Name == kindName);

        Assert.Equal(new IdentifierReading(digits, IdentifierFault.None, false, null), kind.Read(digits));
    }

    [Theory]
    [InlineData("EID", Sample.Eid)]
    [InlineData("IMEI", Sample.Imei)]
    [InlineData("ICCID", Sample.Iccid)]
    public void Each_kind_has_its_own_check_digit(string kindName, string digits)
    {
        var kind = new[] { IdentifierKind.Iccid, IdentifierKind.Eid, IdentifierKind.Imei }.Single(kind => kind.Name == kindName);

        Assert.True(kind.Read(digits).CheckDigitOk);
    }

    [Theory]
    [InlineData("ICCID", "89445380507965800000")]
    [InlineData("ICCID", "8944538050796580000")]
    [InlineData("ICCID", "8914-1390-7808-0070-0000")]
    [InlineData("EID", "89049032004000800000000000000000")]
    public void A_number_rounded_to_fifteen_digits_is_a_spreadsheets_work(string kindName, string text)
    {
        var kind = new[] { IdentifierKind.Iccid, IdentifierKind.Eid }.Single(kind => kind.Name == kindName);

        var reading = kind.Read(text);

        Assert.Equal(IdentifierFault.Spreadsheet, reading.Fault);
        Assert.False(reading.IsUsable);
        Assert.Null(reading.Value);
        Assert.Contains($"'{ForeignText.Show(text)}'", reading.Message, StringComparison.Ordinal);
        Assert.Contains("rounded to 15 digits", reading.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ICCID", "89445380507965800002", false)]
    [InlineData("ICCID", "89445380507965820000", false)]
    [InlineData("IMEI", "490154203237600", false)]
    public void Zeros_that_are_fewer_or_fit_the_kind_are_left_alone(string kindName, string digits, bool checkDigitOk)
    {
        var kind = new[] { IdentifierKind.Iccid, IdentifierKind.Imei }.Single(kind => kind.Name == kindName);

        Assert.Equal(new IdentifierReading(digits, IdentifierFault.None, checkDigitOk, null), kind.Read(digits));
    }

    [Fact]
    public void Zeros_at_the_end_are_believed_where_the_check_digit_fits()
    {
        // One in ten numbers that end in zeros has 0 as its right check digit, and that one may be genuine.
        var genuine = Enumerable.Range(0, 10).Select(digit => $"89445380507965{digit}00000").Single(CheckDigits.IsLuhn);

        Assert.Equal(new IdentifierReading(genuine, IdentifierFault.None, true, null), IdentifierKind.Iccid.Read(genuine));
    }

    [Fact]
    public void A_text_without_end_is_shortened_in_the_message()
    {
        var reading = IdentifierKind.Iccid.Read(new string('8', 5000));

        Assert.Equal(IdentifierFault.Length, reading.Fault);
        Assert.Contains("5000 digits", reading.Message, StringComparison.Ordinal);
        Assert.True(reading.Message!.Length < 200, reading.Message);
    }

    [Fact]
    public void Names_on_the_wire_are_lower_case()
    {
        Assert.Equal(["eid", "iccid", "imei"], [IdentifierKind.Eid.WireName, IdentifierKind.Iccid.WireName, IdentifierKind.Imei.WireName]);
        Assert.Equal("18 to 20 digits", IdentifierKind.Iccid.LengthText);
        Assert.Equal("32 digits", IdentifierKind.Eid.LengthText);
    }
}
