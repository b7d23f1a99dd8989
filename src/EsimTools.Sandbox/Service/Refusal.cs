// A request that the service turns down: thrown where it is found, written as an answer in one place.

namespace EsimTools.Sandbox.Service;

/// <summary>Ends a request with an error answer.</summary>
internal sealed class Refusal : Exception
{
    /// <summary>The prefix of every code; what follows it is the documented part.</summary>
    public const string Prefix = "UnifiedWebService.";

    private Refusal(SandboxAnswer answer, string message)
        : base(message)
    {
        Answer = answer;
    }

    public SandboxAnswer Answer { get; }

    /// <summary>The M2M service's own error: 400 with <c>errorCode</c> and <c>errorMessage</c>.</summary>
    /// <param name="code">The code without its prefix.</param>
    /// <param name="message">The message, for people.</param>
    public static Refusal BadRequest(string code, string message) =>
        new(Answers.Error(400, Prefix + code, message), message);

    /// <summary>The gateway's error: a <c>fault</c> body.</summary>
    public static Refusal Gateway(int status, string code, string message, string description) =>
        new(Answers.Fault(status, code, message, description), message);

    /// <summary>The token endpoint's error: <c>error</c> and <c>error_description</c>.</summary>
    public static Refusal OAuth(int status, string error, string description) =>
        new(Answers.OAuthError(status, error, description), description);

    /// <summary>The gateway knows nothing below this path: 404 in XML.</summary>
    public static Refusal UnknownApi() => new(Answers.UnknownApi(), "No API is published under this path.");
}
