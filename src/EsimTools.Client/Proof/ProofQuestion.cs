// What is asked about a profile.

using EsimTools.Model;

namespace EsimTools.Proof;

/// <summary>What is asked about a profile.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Account">The account that the delete would name, by number.</param>
/// <param name="CheckDigit">The twentieth digit of its ICCID as the caller writes it; <see cref="Spoken.NoCheckDigit"/> where there is none.</param>
/// <param name="Now">The present moment in UTC ticks.</param>
/// <param name="SetBackAt">The logical clock when this machine's wall clock was last seen to be set back; 0 when it never was.</param>
/// <param name="UnorderedUpTo">Up to this place in the folder's line two requests have had one place: then none of them tells what came after what.</param>
/// <param name="OpenRequest">An action of ours that can end "disabled" and is open or in doubt, by number; 0 for none.</param>
/// <param name="OpenFallback">Likewise, for an action on another profile of the eUICC after which that may fall back to this one.</param>
/// <param name="Unplaced">Such actions on profiles of which nobody says on which eUICC they are.</param>
/// <param name="OpenAnywhere">Such an action that is open or in doubt, for any other profile, wherever it is.</param>
/// <param name="Anywhere">All such actions on other profiles, wherever they are.</param>
internal readonly record struct ProofQuestion(
    IdentifierKey Profile, ushort Account, byte CheckDigit, long Now, uint SetBackAt, long UnorderedUpTo, int OpenRequest, int OpenFallback, Voids Unplaced = default,
    int OpenAnywhere = 0, Voids Anywhere = default)
{
    /// <summary>The request about to leave whose own effect on the eUICC does not count, by number; 0 for none.</summary>
    public int Own { get; init; }

    /// <summary>When that was sent, by the logical clock: what has come since counts.</summary>
    public uint OwnOrder { get; init; }

    /// <summary>The word that was its proof when it was reserved: the only one that its own effect spares.</summary>
    public Spoken OwnProof { get; init; }

    /// <summary>Whether the one key stands for several profiles.</summary>
    public bool IsOfSeveral { get; init; }

    /// <summary>Whose own actions do not have the eUICC fall back to the profile; none where they may be another one's.</summary>
    public IdentifierKey Self => IsOfSeveral ? default : Profile;
}
