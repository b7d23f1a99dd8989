// How a profile names itself in messages.

namespace EsimTools.Client.Tests.Model;

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
}
