// One entry of the callback that answers the asynchronous device list (v2).

using EsimTools.Model;
using System.Text.Json;
using EsimTools.Proof;

namespace EsimTools.Protocol;

/// <summary>What a message says of one profile.</summary>
/// <remarks>
/// No source has the body of the v2 list's callback. It is read as the other callbacks of the same service are: entries with
/// <c>deviceIdentifierCollection</c> (or <c>deviceIds</c>), <c>state</c>, <c>profileStatus</c> and <c>profileRole</c>.
/// </remarks>
internal sealed record ListedProfile(WireIdentifiers Identifiers, ProfileState Said)
{
    /// <summary>Whether another entry says the same of the state, in whatever case.</summary>
    public bool SaysTheSameAs(ListedProfile other) =>
        string.Equals(Said.State, other.Said.State, StringComparison.OrdinalIgnoreCase) && string.Equals(Said.ProfileStatus, other.Said.ProfileStatus, StringComparison.OrdinalIgnoreCase);

    /// <summary>The account that it names; null where it names none.</summary>
    public string? AccountName { get; private init; }

    /// <summary>Whether it says of itself that it is no success: then it tells nothing.</summary>
    public bool HasFault { get; private init; }

    /// <summary>Whether it says of itself that it has failed.</summary>
    public bool HasFailed { get; private init; }

    /// <summary>Whether it may be about another profile instead, because it names two.</summary>
    public bool IsOneOfSeveral { get; private init; }

    /// <summary>How much memory it takes, in bytes, roughly.</summary>
    public long Weight => 80 + EsimCallback.BytesOf(Identifiers.Iccid) + EsimCallback.BytesOf(Identifiers.Eid) + EsimCallback.BytesOf(Identifiers.Imei) + EsimCallback.BytesOf(Identifiers.Mdn)
        + EsimCallback.BytesOf(Said.State) + EsimCallback.BytesOf(Said.ProfileStatus) + EsimCallback.BytesOf(Said.ProfileRole);

    /// <summary>Reads an entry.</summary>
    public static ListedProfile Read(JsonElement entry) => new(
        WireIdentifiers.Read(entry.Find("deviceIdentifierCollection"), entry.Find("deviceIds")),
        new(EvidenceSource.Callback, null, ServiceWords.InCapitals(entry.Text("state")), ServiceWords.InCapitals(entry.Text("profileStatus")), ServiceWords.InCapitals(entry.Text("profileRole"))))
    {
        AccountName = entry.Text("accountName"),
        HasFault = IsFault(entry),
        HasFailed = IsFailure(entry),
    };

    /// <summary>Each profile that it may be about. What may be about another one proves nothing.</summary>
    /// <param name="named">The identifiers of the message, for an entry without any.</param>
    public IEnumerable<ListedProfile> Each(WireIdentifiers named)
    {
        var identifiers = Identifiers.IsEmpty ? named : Identifiers;
        return identifiers.IsAmbiguous ? identifiers.Each().Select(one => this with { Identifiers = one, HasFault = true, IsOneOfSeveral = true }) : [this];
    }

    /// <summary>Whether a part of a message calls itself a failure, or not done yet.</summary>
    public static bool IsFault(JsonElement part) => IsFailure(part)
        || (part.Text("status") is { } status && (status.Equals("pending", StringComparison.OrdinalIgnoreCase) || status.Equals("warning", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether a part of a message calls itself a failure.</summary>
    public static bool IsFailure(JsonElement part) => part.Find("faultResponse") is not null || OutcomeWords.Read(part.Text("status")) == OutcomeStatus.Failed;
}
