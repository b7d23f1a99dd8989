// The small synchronous answers: tokens, the request id, the status of a request.

using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>Reads the answers; null means that the body is not what the service documents.</summary>
internal static class ServiceAnswers
{
    /// <summary>A token without an expiry is taken to live ten minutes, so that it is asked for again soon.</summary>
    private const int UnstatedLifetimeSeconds = 600;

    /// <summary>Reads the answer of <c>oauth2/token</c>.</summary>
    public static BearerAnswer? Bearer(ReadOnlyMemory<byte> body)
    {
        using var document = LenientJson.TryParse(body, out _);
        return document is { RootElement: var answer } && AsToken(answer.RawText("access_token")) is { } token
            ? new(token, TimeSpan.FromSeconds(Math.Max(0, answer.Number("expires_in") ?? UnstatedLifetimeSeconds)))
            : null;
    }

    /// <summary>Reads the answer of <c>session/login</c>.</summary>
    public static string? SessionToken(ReadOnlyMemory<byte> body)
    {
        using var document = LenientJson.TryParse(body, out _);
        return AsToken(document?.RootElement.RawText("sessionToken"));
    }

    // A token goes into a header. With a line feed in it, it would bring headers of its own.
    private static string? AsToken(string? text) => text?.All(c => c is > ' ' and <= '~') == true ? text : null;

    /// <summary>Reads the request id that a profile action answers; null also where it is none that can be used.</summary>
    public static string? RequestId(ReadOnlyMemory<byte> body)
    {
        using var document = LenientJson.TryParse(body, out _);
        return document is { RootElement: var answer } && answer.Find("requestId") is { ValueKind: JsonValueKind.String } ? RequestIds.Read(answer) : null;
    }

    /// <summary>Reads the answer of the v2 request status; the SDK spells some names differently, and <c>ids</c> may be one object.</summary>
    public static RequestStatusAnswer? RequestStatus(ReadOnlyMemory<byte> body)
    {
        using var document = LenientJson.TryParse(body, out _);
        if (document?.RootElement is not { } root || root.Text("status") is not { } status || root.Text("requestId") is not { } requestId)
        {
            return null;
        }

        return new(requestId, status, root.Find("subRequests") switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Part)],
            { } one => [Part(one)],
        }, HasFault(root));

        static SubRequestStatus Part(JsonElement part) => part.ValueKind != JsonValueKind.Object
            ? new(default, null)
            : new(WireIdentifiers.Read(part.Find("ids"), part.Find("deviceIds")), part.Text("status"), HasFault(part));

        static bool HasFault(JsonElement element) => element.Find("faultResponse") is not null;
    }

    /// <summary>The error for an answer that makes no sense.</summary>
    public static EsimException Unreadable(string what) => new(
        EsimError.EsimAnswerInvalid, $"The service's answer for the {what} cannot be understood.", "Try again; if it goes on, look at what stands between here and the service.");
}
