// Why a profile is proven disabled, or why it is not.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>Why a profile is proven disabled, or why it is not.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<ProofReason>))]
public enum ProofReason : long
{
    /// <summary>The service has said nothing of the profile, or nothing of its state.</summary>
    NothingSaid,

    /// <summary>Nothing stands against the service's word.</summary>
    Sound,

    /// <summary>The newest word says something else, or words contradict each other.</summary>
    SaysOtherwise,

    /// <summary>The word is dated in the future.</summary>
    FromTheFuture,

    /// <summary>The word is older than <see cref="Guard.ProofLifetime"/>.</summary>
    TooOld,

    /// <summary>The clock of this machine has been set back since the word was asked for.</summary>
    ClockSetBack,

    /// <summary>The word was asked for another account.</summary>
    OtherAccount,

    /// <summary>The service's word is about an ICCID with another check digit.</summary>
    OtherCheckDigit,

    /// <summary>The journal does not tell when the request was sent that the word answers.</summary>
    Unordered,

    /// <summary>An action that can end "disabled" is open or in doubt.</summary>
    OpenAction,

    /// <summary>An action that can end "disabled" was sent since the word was asked for.</summary>
    Superseded,

    /// <summary>What became of an action that can end "disabled" was only inferred, and it may still be on its way.</summary>
    MayStillArrive,
}
