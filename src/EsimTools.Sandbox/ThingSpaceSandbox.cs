// The sandbox as its users see it: make one, take a handler from it, watch what it saw.

using EsimTools.Sandbox.Actions;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox;

/// <summary>A ThingSpace inside the process: real paths, real bytes, real errors, and a state for each profile.</summary>
/// <remarks>
/// Follows Verizon's documents where they speak; each part says in its remarks what it chose where they are silent. Needs no network and no
/// account. All times run on the clock that it is given.
/// </remarks>
public sealed class ThingSpaceSandbox : IDisposable
{
    private readonly SandboxService _service;

    /// <summary>Starts a sandbox.</summary>
    /// <param name="options">Its knobs; the defaults work out of the box.</param>
    /// <param name="clock">Its clock; the machine's own when null.</param>
    /// <param name="fleet">Its profiles; <see cref="SandboxFleet.Default"/> when null. A fleet belongs to one sandbox.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public ThingSpaceSandbox(SandboxOptions? options = null, Clock? clock = null, SandboxFleet? fleet = null)
    {
        Options = options ?? new SandboxOptions();
        Options.Validate();
        Fleet = fleet ?? SandboxFleet.Default(Options.AccountName);
        Fleet.AddAccount(Options.AccountName);
        _service = new SandboxService(Options, Fleet, clock ?? Clock.System);
        Options.Tell(this);
    }

    /// <summary>
    /// Raised with the JSON text of each callback, one after the other, never on the thread that sent the request or moved the clock.
    /// Works with and without a registered HTTP listener. With no delay and no latency a callback can be here before the caller has read
    /// the answer, as in the field. What a subscriber throws is dropped.
    /// </summary>
    public event Action<string>? CallbackSent
    {
        add => _service.Callbacks.Sent += value;
        remove => _service.Callbacks.Sent -= value;
    }

    /// <summary>The knobs. Shares and times may be changed at any moment.</summary>
    public SandboxOptions Options { get; }

    /// <summary>The profiles.</summary>
    public SandboxFleet Fleet { get; }

    /// <summary>The newest 10,000 requests that the service saw, oldest first.</summary>
    public IReadOnlyList<SandboxLogEntry> Log => _service.Log.ToList();

    /// <summary>
    /// Whether all whose time has come is done. Actions end on a thread of their own, so right after the answer to a request one with no
    /// delay may still be going on; who wants to see what became of it waits for this first.
    /// </summary>
    public bool IsIdle => _service.IsIdle;

    /// <summary>A handler for <see cref="HttpClient"/> that leads into this sandbox, whatever the host in the address is.</summary>
    public HttpMessageHandler CreateHandler() => new SandboxHandler(this);

    /// <summary>Orders a mishap.</summary>
    /// <param name="fault">Which.</param>
    /// <param name="count">With how many requests it happens.</param>
    /// <param name="pathContains">A part of the path of the requests that are meant; null means the very next requests, whatever they are.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than one.</exception>
    public void Script(SandboxFault fault, int count = 1, string? pathContains = null)
    {
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "A fault must be scripted for at least one request.");
        }

        _service.Faults.Script(fault, count, pathContains);
    }

    /// <summary>How often a request with an action for a profile was accepted, whatever became of it.</summary>
    /// <param name="action">The action in ThingSpace's word, for example <c>delete</c>.</param>
    /// <param name="iccid">The profile's ICCID; it may be one that the fleet does not have.</param>
    /// <exception cref="ArgumentException">There is no such action.</exception>
    public int TimesAccepted(string action, string iccid) =>
        _service.Actions.TimesAccepted(
            ProfileAction.Find(action) ?? throw new ArgumentException($"There is no profile action '{action}'.", nameof(action)),
            Digits.Of(iccid));

    /// <summary>Answers one request, for hosts with a transport of their own.</summary>
    /// <param name="call">The request.</param>
    /// <param name="cancellationToken">The caller no longer waits. What was accepted goes on.</param>
    public Task<SandboxAnswer> AnswerAsync(SandboxCall call, CancellationToken cancellationToken)
    {
        if (call is null)
        {
            throw new ArgumentNullException(nameof(call));
        }

        return _service.AnswerAsync(call, cancellationToken);
    }

    /// <summary>Stops all that is due later. Callbacks that were not sent yet are dropped.</summary>
    public void Dispose() => _service.Dispose();
}
