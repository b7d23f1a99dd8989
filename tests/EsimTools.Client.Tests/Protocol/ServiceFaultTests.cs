// Error answers in the five shapes of the service and in the shapes that stand between it and the client.

using System.Text;
using EsimTools.Protocol;

namespace EsimTools.Client.Tests.Protocol;

public sealed class ServiceFaultTests
{
    [Theory]
    [InlineData("""{"errorCode":"UnifiedWebService.REQUEST_FAILED.AccountNotFound","errorMessage":"no such account"}""", 400, "UnifiedWebService.REQUEST_FAILED.AccountNotFound", "no such account")]
    [InlineData("""{"errorCode":"404","errorMessage":"string"}""", 404, "404", "string")]
    [InlineData("""{"errorCode":404,"errorMessage":"a number"}""", 404, "404", "a number")]
    [InlineData("""{"ERRORCODE":"X","ErrorMessage":"y"}""", 400, "X", "y")]
    [InlineData("""{"errorCode":"X"}""", 400, "X", "the service gave no message")]
    [InlineData("""{"errorCode":"X","errorMessage":["odd"]}""", 400, "X", "the service gave no message")]
    [InlineData("""{"fault":{"code":"900901","message":"Invalid Credentials","description":"Make sure"}}""", 401, "900901", "Invalid Credentials: Make sure")]
    [InlineData("""{"fault":{"code":900902,"message":"Missing Credentials"}}""", 401, "900902", "Missing Credentials")]
    [InlineData("""{"fault":{"code":900804,"message":"Message throttled out","description":"Message throttled out"}}""", 429, "900804", "Message throttled out")]
    [InlineData("""{"fault":"words"}""", 500, null, "the gateway refused the request")]
    [InlineData("""{"error":"invalid_request","error_description":"Missing grant_type parameter value"}""", 400, "invalid_request", "Missing grant_type parameter value")]
    [InlineData("""{"error":"invalid_client"}""", 401, "invalid_client", "the token service gave no description")]
    [InlineData("<am:fault xmlns:am=\"http://wso2.org/apimanager\"><am:code>900906</am:code><am:message>No matching resource</am:message></am:fault>", 404, "900906", "No matching resource")]
    [InlineData("<fault><code> 900901 </code></fault>", 401, "900901", "the gateway refused the request")]
    [InlineData("", 503, null, "HTTP 503 without a body")]
    [InlineData("  \r\n", 503, null, "HTTP 503 without a body")]
    [InlineData("<html><body>Bad gateway</body></html>", 502, null, "HTTP 502 with a web page instead of the service's answer")]
    [InlineData("{\"errorCode\":\"UnifiedWebServ", 400, null, "HTTP 400 with a body that is not the service's error format")]
    [InlineData("no json at all", 400, null, "HTTP 400 with a body that is not the service's error format")]
    [InlineData("[]", 400, null, "HTTP 400 with a body that is not the service's error format")]
    [InlineData("null", 400, null, "HTTP 400 with a body that is not the service's error format")]
    [InlineData("\"text\"", 400, null, "HTTP 400 with a body that is not the service's error format")]
    [InlineData("{}", 400, null, "HTTP 400 with a body that is not the service's error format")]
    public void Every_shape_gives_its_code_and_its_words(string body, int status, string? code, string message)
    {
        var fault = ServiceFault.Read(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((status, code, message), (fault.StatusCode, fault.Code, fault.Message));
    }

    [Theory]
    [InlineData(400, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.SessionToken.Expired","errorMessage":"m"}""", "session")]
    [InlineData(400, """{"errorCode":"REQUEST_FAILED.SessionToken.Format","errorMessage":"m"}""", "session")]
    [InlineData(400, """{"errorCode":"Any.INPUT_INVALID.sessiontoken.Invalid","errorMessage":"m"}""", "session")]
    [InlineData(401, """{"errorCode":"X.REQUEST_FAILED.SessionToken.Expired","errorMessage":"m"}""", "session")]
    [InlineData(401, """{"fault":{"code":"900901","message":"Invalid Credentials"}}""", "bearer")]
    [InlineData(401, """{"fault":{"code":900902,"message":"Missing Credentials"}}""", "bearer")]
    [InlineData(403, """{"fault":{"code":"900901","message":"Invalid Credentials"}}""", "bearer")]
    [InlineData(403, "<am:fault><am:code>900904</am:code></am:fault>", "bearer")]
    [InlineData(401, "", "bearer")]
    [InlineData(401, "<html>login</html>", "bearer")]
    [InlineData(404, """{"fault":{"code":"900906","message":"No matching resource"}}""", "none")]
    [InlineData(429, """{"fault":{"code":"900804","message":"Message throttled out"}}""", "none")]
    [InlineData(400, """{"errorCode":"900901","errorMessage":"not from the gateway"}""", "none")]
    [InlineData(400, """{"errorCode":"UnifiedWebService.INPUT_INVALID.Device.Kind.Invalid","errorMessage":"SessionToken in words only"}""", "none")]
    [InlineData(403, "", "none")]
    [InlineData(500, "", "none")]
    public void The_token_at_fault_is_told_by_the_code(int status, string body, string blamed)
    {
        var fault = ServiceFault.Read(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal(blamed, (fault.BlamesSession, fault.BlamesBearer) switch { (true, false) => "session", (false, true) => "bearer", (false, false) => "none", _ => "both" });
    }

    [Fact]
    public void Bytes_that_are_no_text_are_described()
    {
        var noise = new byte[100_000];
        new Random(5).NextBytes(noise);

        Assert.Equal("HTTP 500 with a body that is not the service's error format", ServiceFault.Read(500, noise).Message);
    }

    [Fact]
    public void A_byte_order_mark_does_not_hide_the_code() =>
        Assert.Equal("X", ServiceFault.Read(400, Encoding.UTF8.GetPreamble().Concat("""{"errorCode":"X"}"""u8.ToArray()).ToArray()).Code);
}
