// What an error answer says, whichever of the service's five body shapes it comes in.

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EsimTools.Protocol;

/// <summary>An error answer, read: HTTP status, the service's code and message, and which token it blames.</summary>
internal sealed class ServiceFault
{
    private ServiceFault(int statusCode, string? code, string message, bool fromGateway)
    {
        StatusCode = statusCode;
        Code = code is null ? null : ForeignText.Show(code, ForeignText.LongestWord);
        Message = ForeignText.Show(message);
        Words = $"{code} {message}";

        // Whatever a body says, a status of another kind does not tell that the request was turned away at the gate.
        var isTurnedAway = ProvesNotTaken && statusCode != 429;
        BlamesSession = isTurnedAway && code?.IndexOf("SessionToken", StringComparison.OrdinalIgnoreCase) >= 0;
        IsBearerCode = code?.StartsWith("9009", StringComparison.Ordinal) == true;
        BlamesBearer = isTurnedAway && !BlamesSession && ((fromGateway && IsBearerCode && code != "900906") || statusCode == 401);
    }

    private ServiceFault(ServiceFault fault, string message)
    {
        StatusCode = fault.StatusCode;
        Message = message;
        Words = message;
        BlamesSession = fault.BlamesSession;
        BlamesBearer = fault.BlamesBearer;
        IsBearerCode = fault.IsBearerCode;
    }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>Whether the answer proves that a request was not taken: 400, 401, 403 and 429 do, and nothing else.</summary>
    public bool ProvesNotTaken => StatusCode is 400 or 401 or 403 or 429;

    /// <summary>The service's code, if it gave one.</summary>
    public string? Code { get; }

    /// <summary>The service's words, or a description of the answer when it had none.</summary>
    public string Message { get; }

    /// <summary>Code and message as they came, to be searched for secrets and for nothing else.</summary>
    public string Words { get; }

    /// <summary>The VZ-M2M session is unknown, malformed or expired: log in again.</summary>
    public bool BlamesSession { get; }

    /// <summary>The bearer token is missing, invalid or expired: fetch a new one.</summary>
    public bool BlamesBearer { get; }

    /// <summary>Whether the code is one of the gateway's own about the bearer token.</summary>
    public bool IsBearerCode { get; }

    /// <summary>The same without the service's words.</summary>
    /// <param name="message">What is said in their place.</param>
    public ServiceFault WithoutWords(string message) => new(this, message);

    /// <summary>Reads an error answer. Never throws: an unreadable body becomes a description of it.</summary>
    /// <param name="statusCode">The HTTP status.</param>
    /// <param name="body">The body as it came.</param>
    public static ServiceFault Read(int statusCode, ReadOnlyMemory<byte> body)
    {
        using var document = LenientJson.TryParse(body, out _);
        if (document is not null && ReadJson(statusCode, document.RootElement) is { } fault)
        {
            return fault;
        }

        var text = Encoding.UTF8.GetString(body.Span.Slice(0, Math.Min(body.Length, 4096)).ToArray()).Trim();
        if (text.Length == 0)
        {
            return new(statusCode, null, $"HTTP {statusCode} without a body", fromGateway: false);
        }

        if (Inside(XmlCode, text) is { } code)
        {
            return new(statusCode, code, Inside(XmlMessage, text) ?? "the gateway refused the request", fromGateway: true);
        }

        return text[0] == '<'
            ? new(statusCode, null, $"HTTP {statusCode} with a web page instead of the service's answer", fromGateway: false)
            : new(statusCode, null, $"HTTP {statusCode} with a body that is not the service's error format", fromGateway: false);
    }

    private static ServiceFault? ReadJson(int statusCode, JsonElement root)
    {
        if (root.Find("fault") is { } gateway)
        {
            var message = gateway.RawText("message");
            var description = gateway.RawText("description");
            return new(statusCode, gateway.RawText("code"), Join(message, description) ?? "the gateway refused the request", fromGateway: true);
        }

        if (root.RawText("errorCode") is { } errorCode)
        {
            return new(statusCode, errorCode, root.RawText("errorMessage") ?? "the service gave no message", fromGateway: false);
        }

        if (root.RawText("error") is { } oauth)
        {
            return new(statusCode, oauth, root.RawText("error_description") ?? "the token service gave no description", fromGateway: false);
        }

        return null;
    }

    private static string? Join(string? first, string? second) =>
        first is null ? second : second is null || second == first ? first : $"{first}: {second}";

    // White space is taken off here and not by the expressions: side by side with "anything", it makes a long blank take them minutes.
    private static string? Inside(Regex element, string text) =>
        element.Match(text) is { Success: true } match && match.Groups[1].Value.Trim() is { Length: > 0 } inside ? inside : null;

    private static readonly Regex XmlCode = new(@"<(?:\w+:)?code>([^<]+)</", RegexOptions.CultureInvariant);

    private static readonly Regex XmlMessage = new(@"<(?:\w+:)?message>([^<]+)</", RegexOptions.CultureInvariant);
}
