// A request as the service has it, and what it says of it.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>What became of one profile in one request, with the words that were true when it was carried out.</summary>
internal sealed record TrueOutcome(bool Succeeded, string State, string Status);

/// <summary>A request; one target for each profile, or for a device one for each of its profiles and one for itself.</summary>
internal sealed class TrueRequest(string id, EsimAction action, long sentAt, DateTimeOffset sentByItsClock)
{
    /// <summary>The service's id.</summary>
    public string Id => id;

    public EsimAction Action => action;

    /// <summary>When it was sent, in true ticks.</summary>
    public long SentAt => sentAt;

    /// <summary>When it was sent, by the clock of who sent it.</summary>
    public DateTimeOffset SentByItsClock => sentByItsClock;

    public List<Target> Targets { get; } = [];

    /// <summary>Whether who sent it has been told its id.</summary>
    public bool IsToldOf { get; set; }

    public override string ToString() => $"{Id} {Action}";

    /// <summary>A profile of a request; without a profile, the device as a whole.</summary>
    internal sealed class Target(TrueProfile? profile, TrueEuicc euicc)
    {
        public TrueProfile? Profile => profile;

        public TrueEuicc Euicc => euicc;

        /// <summary>Whether the request names another eUICC than the one that it is on. Actions that go to the eUICC then fail.</summary>
        public bool IsMisplaced { get; init; }

        /// <summary>What became of it; null while it is pending, or when it has been lost.</summary>
        public TrueOutcome? Outcome { get; set; }
    }
}

/// <summary>A callback that the service has to send.</summary>
/// <param name="RequestId">Its request; one of nobody's here for what other hands do.</param>
/// <param name="Profile">The profile; null for a device as a whole.</param>
/// <param name="Euicc">Its eUICC.</param>
/// <param name="Outcome">The words.</param>
internal sealed record TrueMessage(string RequestId, TrueProfile? Profile, TrueEuicc Euicc, TrueOutcome Outcome)
{
    /// <summary>How often it has been delivered.</summary>
    public int Delivered { get; set; }
}
