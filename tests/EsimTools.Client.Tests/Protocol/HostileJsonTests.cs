// Property names and texts that are valid JSON and yet no valid Unicode: readers must pass over them, not throw.

using System.Text;
using EsimTools.Protocol;

namespace EsimTools.Client.Tests.Protocol;

public sealed class HostileJsonTests
{
    private static readonly byte[] NameOfNoUtf8 =
        [.. "{\""u8, 0xff, 0xfe, .. "\":1,\"REQUESTID\":\"found\",\"STATUS\":\"found\",\"DEVICES\":[],\"SESSIONTOKEN\":\"found\"}"u8];

    public static TheoryData<byte[]> BrokenNames => new()
    {
        Bytes("""{"\ud800":1,"REQUESTID":"found","STATUS":"found","DEVICES":[],"SESSIONTOKEN":"found"}"""),
        Bytes("""{"requestI\ud800":1,"REQUESTID":"found","STATUS":"found","DEVICES":[],"SESSIONTOKEN":"found"}"""),
        NameOfNoUtf8,
    };

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A_broken_property_name_is_passed_over(byte[] body)
    {
        Assert.Equal("found", ServiceAnswers.RequestId(body));
        Assert.Equal("found", ServiceAnswers.SessionToken(body));
        Assert.Equal("found", ServiceAnswers.RequestStatus(body)?.Status);
        Assert.NotNull(DeviceList.Read(body));
        Assert.Equal("HTTP 400 with a body that is not the service's error format", ServiceFault.Read(400, body).Message);
    }

    [Fact]
    public void A_text_that_is_no_unicode_counts_as_not_said()
    {
        Assert.Null(ServiceAnswers.RequestId(Bytes("""{"requestId":"\udc00"}""")));
        byte[] notUtf8 = [.. "{\"requestId\":\""u8, 0xff, 0xfe, .. "\"}"u8];
        Assert.Null(ServiceAnswers.RequestId(notUtf8));
    }

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
