// The small answers: tokens, request id, request status, in the documented form and in the forms that the field shows.

using System.Text;
using EsimTools.Protocol;

namespace EsimTools.Client.Tests.Protocol;

public sealed class ServiceAnswersTests
{
    [Theory]
    [InlineData("""{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"s"}""", "abc", 3600)]
    [InlineData("""{"access_token":"abc","expires_in":"1799"}""", "abc", 1799)]
    [InlineData("""{"access_token":"abc"}""", "abc", 600)]
    [InlineData("""{"access_token":"abc","expires_in":null}""", "abc", 600)]
    [InlineData("""{"access_token":"abc","expires_in":"soon"}""", "abc", 600)]
    [InlineData("""{"access_token":"abc","expires_in":-5}""", "abc", 0)]
    public void A_bearer_token_lives_as_long_as_it_says_or_ten_minutes(string body, string token, int seconds) =>
        Assert.Equal(new BearerAnswer(token, TimeSpan.FromSeconds(seconds)), ServiceAnswers.Bearer(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("""{"access_token":null}""")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":{}}""")]
    [InlineData("""{"access_token":"abc""")]
    [InlineData("<html></html>")]
    public void Without_a_token_there_is_no_answer(string body)
    {
        Assert.Null(ServiceAnswers.Bearer(Encoding.UTF8.GetBytes(body)));
        Assert.Null(ServiceAnswers.SessionToken(Encoding.UTF8.GetBytes(body.Replace("access_token", "sessionToken"))));
    }

    [Fact]
    public void A_session_token_is_read() => Assert.Equal("guid", ServiceAnswers.SessionToken("""{"sessionToken":"guid"}"""u8.ToArray()));

    [Theory]
    [InlineData("""{"requestId":"d1f08526-5443-4054-9a29-4456490ea9f8"}""", "d1f08526-5443-4054-9a29-4456490ea9f8")]
    [InlineData("""{"RequestID":"d1f08526"}""", "d1f08526")]
    [InlineData("""{"requestId":12345}""", null)]
    [InlineData("""{"requestId":null}""", null)]
    [InlineData("""{"requestId":""}""", null)]
    [InlineData("""{"requestId":" "}""", null)]
    [InlineData("""{"requestId":["d1f08526"]}""", null)]
    [InlineData("""{"request":"d1f08526"}""", null)]
    [InlineData("""[{"requestId":"d1f08526"}]""", null)]
    [InlineData("{}", null)]
    [InlineData("", null)]
    [InlineData("""{"requestId":"d1f0""", null)]
    [InlineData("<html>ok</html>", null)]
    public void A_request_id_is_a_string_and_nothing_else(string body, string? expected) =>
        Assert.Equal(expected, ServiceAnswers.RequestId(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("subRequests", """[{"ids":[{"id":"1","kind":"iccid"},{"id":"2","kind":"EID"}],"status":"Success"},{"ids":[{"id":"3","kind":"imei"}],"status":"Failed"}]""")]
    [InlineData("subrequests", """[{"ids":[{"id":"1","kind":"Iccid"},{"id":"2","kind":"eid"}],"status":"Success"},{"ids":{"id":"3","kind":"Imei"},"status":"Failed"}]""")]
    [InlineData("SubRequests", """[{"Ids":[{"Id":1,"Kind":"iccId"},{"id":"2","kind":"Eid"}],"Status":"Success"},"odd",null,{"ids":[]},{"ids":{"id":"3","kind":"IMEI"},"status":"Failed"}]""")]
    public void The_parts_of_a_request_status_are_read_in_every_spelling(string name, string parts)
    {
        var answer = ServiceAnswers.RequestStatus(Encoding.UTF8.GetBytes($$"""{"requestId":"x","status":"Pending","{{name}}":{{parts}}}"""));

        Assert.Equal("Pending", answer!.Status);
        Assert.Equal("x", answer.RequestId);
        Assert.Equal(
            [new SubRequestStatus(new("1", "2", null, null), "Success"), new SubRequestStatus(new(null, null, "3", null), "Failed")],
            answer.SubRequests.Where(part => part.Status is not null));
    }

    [Theory]
    [InlineData("""[{"ids":[{"id":"1","kind":"iccid"}]}]""")]
    [InlineData("[7]")]
    [InlineData("[null]")]
    [InlineData("\"none\"")]
    [InlineData("{}")]
    public void What_is_no_part_by_the_documents_is_one_that_is_not_understood(string parts)
    {
        var answer = ServiceAnswers.RequestStatus(Encoding.UTF8.GetBytes($$"""{"requestId":"x","status":"Success","subRequests":{{parts}}}"""));

        Assert.Null(Assert.Single(answer!.SubRequests).Status);
    }

    [Fact]
    public void A_part_may_name_its_profile_as_callbacks_do_and_in_any_spelling()
    {
        var answer = ServiceAnswers.RequestStatus(
            """{"requestId":"x","status":"Success","subRequests":[{"deviceIds":[{"id":"8914 1390 7808 0078 4259","kind":"iccid"}],"status":"Success"}]}"""u8.ToArray());

        Assert.Equal(new SubRequestStatus(new("89141390780800784259", null, null, null), "Success"), Assert.Single(answer!.SubRequests));
    }

    [Theory]
    [InlineData("""{"requestId":"x","status":"Success"}""")]
    [InlineData("""{"requestId":"x","status":"Success","subRequests":null}""")]
    [InlineData("""{"requestId":"x","status":"Success","subRequests":[]}""")]
    public void A_request_status_may_have_no_parts(string body)
    {
        var answer = ServiceAnswers.RequestStatus(Encoding.UTF8.GetBytes(body));

        Assert.Equal("Success", answer!.Status);
        Assert.Empty(answer.SubRequests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"status":"Success"}""")]
    [InlineData("""{"requestId":"x","status":null}""")]
    [InlineData("""{"requestId":"x","status":{}}""")]
    [InlineData("""{"status":"Succ""")]
    [InlineData("<html></html>")]
    public void Without_a_status_and_the_request_it_is_about_there_is_no_answer(string body) => Assert.Null(ServiceAnswers.RequestStatus(Encoding.UTF8.GetBytes(body)));
}
