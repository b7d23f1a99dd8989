// What the sandbox said, in an answer or in a callback.

using System.Text.Json;

namespace EsimTools.Sandbox.Tests.Support;

/// <summary>An HTTP answer or a callback, with ways into its JSON.</summary>
internal sealed record Answer(int Status, string Body, string? MediaType, string? RetryAfter)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Text(params string[] path) => Element(path).GetString()!;

    public string? Find(params string[] path)
    {
        var element = Json;
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ToString();
    }

    public JsonElement Element(params string[] path)
    {
        var element = Json;
        foreach (var name in path)
        {
            element = element.GetProperty(name);
        }

        return element;
    }

    /// <summary>What a profile action's callback says of the profile.</summary>
    public (string Status, string? State, string? ProfileStatus) Outcome => (
        Text("status"),
        Find("deviceResponse", "deviceProfileResponse", "state"),
        Find("deviceResponse", "deviceProfileResponse", "profileStatus"));

    /// <summary>Why a callback says that the action failed; null when it does not.</summary>
    public string? Fault => Find("faultResponse", "faultstring");

    public void AssertError(string codeEnd, int status = 400)
    {
        Assert.Equal(status, Status);
        Assert.EndsWith(codeEnd, Text("errorCode"), StringComparison.Ordinal);
        Assert.NotEmpty(Text("errorMessage"));
    }

    public void AssertGatewayFault(int status, string code)
    {
        Assert.Equal(status, Status);
        Assert.Equal(code, Text("fault", "code"));
    }
}
