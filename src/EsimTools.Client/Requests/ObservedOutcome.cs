// What a callback, a poll or a journal line says became of one profile.

using EsimTools.Rules;

namespace EsimTools.Requests;

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
    string? Message = null);
