// What a callback, a poll or a journal line says became of one profile.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>One observation of an outcome.</summary>
/// <param name="Source">Who says it.</param>
/// <param name="Status">Succeeded or failed.</param>
/// <param name="At">When it was learned.</param>
/// <param name="State">Service state afterwards.</param>
/// <param name="ProfileStatus">Profile status afterwards.</param>
/// <param name="ProfileRole">Profile role.</param>
/// <param name="Code">Failure code.</param>
/// <param name="Message">Failure text.</param>
internal readonly record struct ObservedOutcome(
    EvidenceSource Source,
    OutcomeStatus Status,
    DateTimeOffset At,
    string? State = null,
    string? ProfileStatus = null,
    string? ProfileRole = null,
    string? Code = null,
    string? Message = null)
{
    /// <summary>Whether it is the service's own, undisputed word of that very profile, so that it may prove.</summary>
    public bool Vouches { get; init; }

    /// <summary>Whether it was not said of the request but inferred from the profile's state: the request itself may still be on its way.</summary>
    public bool IsInferred { get; init; }

    /// <summary>Whether it is about one profile of a device that the request is for.</summary>
    public bool IsOfMember { get; init; }

    /// <summary>The eUICC on which the service has placed the profile; none where it has named none.</summary>
    public IdentifierKey Euicc { get; init; }

    /// <summary>The twentieth digit of the ICCID as the request wrote it.</summary>
    public byte CheckDigit { get; init; } = Spoken.NoCheckDigit;
}
