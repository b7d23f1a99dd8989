// The answers' bodies, error shapes included: the service has five of them and a client must live with all.

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EsimTools.Sandbox.Service;

/// <summary>Builds answers.</summary>
internal static class Answers
{
    private const string Json = "application/json";

    /// <summary>The connection is cut.</summary>
    public static SandboxAnswer Cut { get; } = new(0, null, default);

    /// <summary>An answer whose JSON the given code writes.</summary>
    public static SandboxAnswer Write(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ByteBuffer();
        using (var json = new Utf8JsonWriter(buffer, ByteBuffer.WriterOptions))
        {
            write(json);
        }

        return new SandboxAnswer(status, Json, buffer.Written);
    }

    /// <summary>A flat JSON object of strings.</summary>
    public static SandboxAnswer Strings(int status, params (string Name, string Value)[] fields) => Write(status, json =>
    {
        json.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    });

    /// <summary>The M2M service's error body.</summary>
    public static SandboxAnswer Error(int status, string code, string message) =>
        Strings(status, ("errorCode", code), ("errorMessage", message));

    /// <summary>The gateway's error body.</summary>
    public static SandboxAnswer Fault(int status, string code, string message, string description, string? retryAfter = null)
    {
        var answer = Write(status, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("fault");
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteString("description", description);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return new SandboxAnswer(status, Json, answer.Body) { RetryAfter = retryAfter };
    }

    /// <summary>The token endpoint's error body.</summary>
    public static SandboxAnswer OAuthError(int status, string error, string description) =>
        Strings(status, ("error", error), ("error_description", description));

    /// <summary>The gateway's XML for a path under which nothing is published.</summary>
    public static SandboxAnswer UnknownApi() => Text(404, "application/xml",
        """
        <am:fault xmlns:am="http://wso2.org/apimanager"><am:code>404</am:code><am:type>Status report</am:type><am:message>Not Found</am:message><am:description>The requested resource is not available.</am:description></am:fault>
        """);

    /// <summary>429 with <c>Retry-After</c> in seconds (rounded up) or as a date.</summary>
    public static SandboxAnswer TooManyRequests(SandboxOptions options, DateTimeOffset now) =>
        Fault(429, "900802", "Message throttled out", "You have exceeded your quota.",
            options.RetryAfterAsDate
                ? (now + options.RetryAfter).ToString("R", CultureInfo.InvariantCulture)
                : Math.Ceiling(options.RetryAfter.TotalSeconds).ToString("F0", CultureInfo.InvariantCulture));

    /// <summary>The service's own 500.</summary>
    public static SandboxAnswer ServerError() =>
        Error(500, Refusal.Prefix + "REQUEST_FAILED.UnexpectedError", "An unexpected error has occurred. Please contact support.");

    /// <summary>A proxy's 502 page.</summary>
    public static SandboxAnswer Html() => Text(502, "text/html",
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>");

    /// <summary>One of the four 5xx answers that are met in the field.</summary>
    /// <param name="kind">Any number; it chooses.</param>
    public static SandboxAnswer AnyServerError(ulong kind) => (kind % 4) switch
    {
        0 => ServerError(),
        1 => Html(),
        2 => Fault(503, "303001", "Runtime Error", "The endpoint is suspended."),
        _ => new SandboxAnswer(504, null, default),
    };

    private static SandboxAnswer Text(int status, string contentType, string text) => new(status, contentType, Encoding.UTF8.GetBytes(text));
}
