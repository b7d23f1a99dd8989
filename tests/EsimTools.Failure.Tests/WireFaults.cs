// What can be done to one request for an action on the wire, and to its answer.

using System.Globalization;
using System.Text;

namespace EsimTools.Failure.Tests;

/// <summary>Faults for <see cref="FaultProxy.Arm"/>.</summary>
internal static class WireFaults
{
    /// <summary>No fault: request and answer go through; a cut by the server arrives as one.</summary>
    public static async Task PassOn(WireCall call)
    {
        var answer = await call.AskAsync();
        if (answer.Length == 0)
        {
            call.Cut();
            return;
        }

        await call.ToClientAsync(answer);
        call.HangUp();
    }

    /// <summary>The client is cut off when it has sent its headers and is about to send the rest.</summary>
    public static Task CutBehindTheHeaders(WireCall call)
    {
        call.Cut();
        return Task.CompletedTask;
    }

    /// <summary>Only the first bytes of the request reach the server, then both are cut off.</summary>
    public static Func<WireCall, Task> CutRequest(double share) => async call =>
    {
        var request = await call.ReadRequestAsync();
        await call.ToServerAsync(request.AsMemory(0, Part(request.Length, share)));
        call.Cut();
        await call.EndRequestAsync();
    };

    /// <summary>The server takes the request; only the first bytes of its answer reach the client.</summary>
    public static Func<WireCall, Task> CutAnswer(double share, bool inOrder = true) => async call =>
    {
        var answer = await call.AskAsync();
        await call.ToClientAsync(answer.AsMemory(0, Part(answer.Length, share)));
        if (inOrder)
        {
            call.HangUp();
        }
        else
        {
            call.Cut();
        }
    };

    /// <summary>The server takes the request; of its answer only the headers reach the client.</summary>
    public static async Task CutBehindTheAnswersHeaders(WireCall call)
    {
        var answer = await call.AskAsync();
        await call.ToClientAsync(answer.AsMemory(0, answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4));
        call.HangUp();
    }

    /// <summary>The server takes the request; the client gets another answer.</summary>
    public static Func<WireCall, Task> AnswerOtherwise(params byte[][] answer) => async call =>
    {
        await call.AskAsync();
        await SayAsync(call, answer);
    };

    /// <summary>The request reaches no server; somebody on the way answers.</summary>
    public static Func<WireCall, Task> AnswerInstead(params byte[][] answer) => async call =>
    {
        await call.ReadRequestAsync();
        await SayAsync(call, answer);
    };

    /// <summary>The client is never let finish its request: nobody reads it.</summary>
    public static async Task ReadNoFurther(WireCall call)
    {
        call.HasReached();
        await call.Released;
        call.Cut();
    }

    /// <summary>The server takes the request; its answer is held back.</summary>
    public static Task HoldTheAnswer(WireCall call) => HoldTheRest(call, 0);

    /// <summary>The server takes the request; its answer begins and does not go on.</summary>
    public static Task HoldHalfTheAnswer(WireCall call) => HoldTheRest(call, 0.9);

    /// <summary>An answer as it stands on the wire.</summary>
    public static byte[] Http(string status, string body, string type = "application/json", string headers = "") =>
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}"));

    /// <summary>The headers of an answer whose body comes apart from them.</summary>
    public static byte[] Headers(long length, string headers = "") =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n"));

    private static async Task SayAsync(WireCall call, byte[][] answer)
    {
        foreach (var piece in answer)
        {
            await call.ToClientAsync(piece);
        }

        call.HangUp();
    }

    private static async Task HoldTheRest(WireCall call, double share)
    {
        var answer = await call.AskAsync();
        await call.ToClientAsync(answer.AsMemory(0, Part(answer.Length, share)));
        call.HasReached();
        await call.Released;
        call.Cut();
    }

    // Never the whole: the last byte is what makes it one.
    private static int Part(int length, double share) => Math.Min((int)(length * share), length - 1);
}
