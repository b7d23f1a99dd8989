// How a profile names itself in messages, and that what is said of one is not said of another.

using EsimTools.Client.Tests.Support;
using EsimTools.Identity;
using EsimTools.Rules;

namespace EsimTools.Client.Tests.Identity;

public sealed class EsimProfileTests
{
    [Theory]
    [InlineData(Sample.Iccid, Sample.Eid, Sample.Imei, $"ICCID {Sample.Iccid}, EID {Sample.Eid}")]
    [InlineData(Sample.Iccid, null, Sample.Imei, $"ICCID {Sample.Iccid}")]
    [InlineData(null, Sample.Eid, Sample.Imei, $"EID {Sample.Eid}")]
    [InlineData(null, null, Sample.Imei, $"IMEI {Sample.Imei}")]
    [InlineData(null, null, null, "a profile without identifiers")]
    public void Names_itself_by_what_there_is(string? iccid, string? eid, string? imei, string expected) =>
        Assert.Equal(expected, new EsimProfile { Iccid = iccid, Eid = eid, Imei = imei }.ToString());

    [Fact]
    public void Shows_what_is_said_of_it_and_what_is_said_of_one_is_said_of_no_other()
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var told = new EsimProfile
        {
            Iccid = Sample.Iccid,
            AccountName = "account",
            ServicePlan = "plan",
            State = "ACTIVE",
            ProfileStatus = "ENABLE",
            ProfileRole = "LOCAL",
            Connected = true,
            Source = EvidenceSource.ServiceList,
            AsOf = at,
        };
        var untold = new EsimProfile { Iccid = Sample.Iccid };

        Assert.Equal(("account", "plan", "ACTIVE", "ENABLE", "LOCAL"), (told.AccountName, told.ServicePlan, told.State, told.ProfileStatus, told.ProfileRole));
        Assert.Equal((true, EvidenceSource.ServiceList, at), (told.Connected, told.Source, told.AsOf));
        Assert.Equal((null, null, null, null, null), (untold.AccountName, untold.ServicePlan, untold.State, untold.ProfileStatus, untold.ProfileRole));
        Assert.Equal((null, EvidenceSource.None, null), (untold.Connected, untold.Source, untold.AsOf));
    }
}
