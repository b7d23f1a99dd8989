// The fields beside the devices: which action takes which, and what cannot be sent.

namespace EsimTools.Client.Tests.Model;

public sealed class EsimActionOptionsTests
{
    private const string Oid = "1.3.6.1.4.1.31746.1.500.200.101.5";

    [Fact]
    public void Only_deactivate_takes_the_fee_waiver_and_the_reason_code()
    {
        new EsimActionOptions { ReasonCode = "FF", EtfWaiver = false, ServicePlan = "M2M Global" }.Check(EsimAction.Deactivate);
        foreach (var action in EsimAction.All.Where(action => action != EsimAction.Deactivate))
        {
            AssertInvalid(new() { ReasonCode = "FF" }, action, $"'{action}' does not take -ReasonCode");
            AssertInvalid(new() { EtfWaiver = true }, action, $"'{action}' does not take -EtfWaiver");
            AssertInvalid(new() { EtfWaiver = false }, action, $"'{action}' does not take -EtfWaiver");
        }
    }

    [Theory]
    [InlineData("F")]
    [InlineData("FFF")]
    [InlineData("")]
    [InlineData("F ")]
    [InlineData("F'")]
    [InlineData("ÄÖ")]
    [InlineData("٠١")]
    public void A_reason_code_is_two_letters_or_digits(string code) => AssertInvalid(new() { ReasonCode = code }, EsimAction.Deactivate, $"'{code}'");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1.")]
    [InlineData("1.3.6a")]
    [InlineData("12345678901234567890123456789012345678901234567")]
    public void Disable_needs_an_oid_that_is_one(string? oid) => AssertInvalid(new() { SmsrOid = oid }, EsimAction.Disable, oid is null ? "needs -SmsrOid" : $"'{oid}' is not 3 to 46 digits and dots");

    [Fact]
    public void Disable_takes_the_documented_oid() => new EsimActionOptions { SmsrOid = Oid }.Check(EsimAction.Disable);

    [Theory]
    [InlineData("a'b")]
    [InlineData("a<b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\u0000b")]
    public void Characters_that_the_service_forbids_are_not_sent(string text)
    {
        AssertInvalid(new() { ServicePlan = text }, EsimAction.Delete, "service plan");
        AssertInvalid(new() { AccountName = text }, EsimAction.Delete, "account name");
    }

    // Which fields and identifiers each page of the reference lists (facts, sections 1.2 and 3.1).
    [Theory]
    [InlineData("activate", "ServicePlan, MdnZipCode", "None", "All", "Iccid")]
    [InlineData("download", "ServicePlan", "None", "All", "Iccid")]
    [InlineData("enable", "ServicePlan", "None", "All", "Iccid")]
    [InlineData("download_enable", "ServicePlan", "None", "All", "Iccid")]
    [InlineData("deactivate", "ServicePlan, EtfWaiver, ReasonCode", "None", "All", "Iccid")]
    [InlineData("disable", "SmsrOid", "SmsrOid", "Eid, Iccid", "Eid, Iccid")]
    [InlineData("delete", "ServicePlan", "None", "All", "Iccid")]
    [InlineData("profile_suspend", "ServicePlan", "None", "Iccid", "Iccid")]
    [InlineData("profile_resume", "ServicePlan", "None", "Iccid", "Iccid")]
    [InlineData("device_suspend", "None", "None", "Eid", "Eid")]
    [InlineData("device_resume", "None", "None", "Eid", "Eid")]
    [InlineData("serviceplan", "ServicePlan", "ServicePlan", "Eid, Iccid", "Eid, Iccid")]
    [InlineData("setfallbackattribute", "None", "None", "All", "Iccid")]
    public void Each_action_takes_and_needs_what_its_page_says(string name, string takes, string requires, string sends, string needs)
    {
        var action = EsimAction.Find(name)!;

        Assert.Equal((takes, requires, sends, needs), (action.Takes.ToString(), action.Requires.ToString(), action.Sends.ToString(), action.Needs.ToString()));
        Assert.Equal("m2m/v1/devices/profile/actions/" + name, action.Path);
    }

    [Theory]
    [InlineData("1234")]
    [InlineData("123456")]
    [InlineData("1234a")]
    [InlineData("١٢٣٤٥")]
    public void A_zip_code_is_five_digits(string zip) => AssertInvalid(new() { MdnZipCode = zip }, EsimAction.Activate, $"'{zip}'");

    [Theory]
    [InlineData("deactivate", "deactivate")]
    [InlineData("DELETE", "delete")]
    [InlineData("Disable", "disable")]
    [InlineData("Download_Enable", "download_enable")]
    [InlineData("deactivat", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Actions_are_found_by_their_thingspace_word(string? word, string? expected) => Assert.Equal(expected, EsimAction.Find(word)?.Name);

    private static void AssertInvalid(EsimActionOptions options, EsimAction action, string named)
    {
        var error = Assert.Throws<EsimException>(() => options.Check(action));
        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }
}
