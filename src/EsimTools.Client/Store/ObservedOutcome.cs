// What a callback, a poll or a journal line says became of one profile.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>One observation of an outcome.</summary>
/// <param name="Status">Succeeded or failed.</param>
/// <param name="Said">Who says it, when it was learned, and the state afterwards.</param>
/// <param name="Code">Failure code.</param>
/// <param name="Message">Failure text.</param>
internal readonly record struct ObservedOutcome(
    OutcomeStatus Status,
    ProfileState Said,
    string? Code = null,
    string? Message = null)
{
    /// <summary>When it was learned.</summary>
    public DateTimeOffset At { get => Said.At!.Value; init => Said = Said with { At = value }; }

    /// <summary>Whether it is the service's own, undisputed word of that very profile, so that it may prove.</summary>
    public bool Vouches { get; init; }

    /// <summary>Whether it was not said of the request but inferred from the profile's state: the request itself may still be on its way.</summary>
    public bool IsInferred { get; init; }

    /// <summary>Whether it is no word on the request at all, but what the service has told somebody else of the profile since.</summary>
    public bool IsSaid => Said.Source == EvidenceSource.ServiceList && !Vouches;

    /// <summary>Whether a line of the journal tells of it, which others have heard before.</summary>
    public bool IsFromJournal { get; init; }

    /// <summary>Whether it is about one profile of a device that the request is for.</summary>
    public bool IsOfMember { get; init; }

    /// <summary>The eUICC on which the service has placed the profile; none where it has named none.</summary>
    public IdentifierKey Euicc { get; init; }

    /// <summary>The twentieth digit of the ICCID as the request wrote it.</summary>
    public byte CheckDigit { get; init; } = Spoken.NoCheckDigit;
}
