// What the server hands its calls to.

using System.Net;

namespace EsimTools.HttpServer;

/// <summary>Judges calls and hears of those that never became one.</summary>
internal interface ICallHandler
{
    /// <summary>Whether calls of an address may be answered at all; where not, it is not even heard.</summary>
    bool MayHear(IPAddress sender);

    /// <summary>Whether an address speaks for many senders: a reverse proxy on this machine.</summary>
    bool IsProxy(IPAddress sender);

    /// <summary>Says what to answer to a call. Nothing is written before.</summary>
    Task<HttpStatusCode> AnswerAsync(HttpConnection call);

    /// <summary>Says what to answer to a question about the program itself, which takes no place from the calls.</summary>
    Task<HttpStatusCode> AnswerAsync(HttpConnection call, HealthQuestion question);

    /// <summary>Counts a call that is turned away, with the reason.</summary>
    HttpStatusCode Refuse(HttpStatusCode status, string problem);

    /// <summary>Counts a call that could not be understood, with the reason.</summary>
    HttpStatusCode Reject(HttpStatusCode status, string problem);
}
