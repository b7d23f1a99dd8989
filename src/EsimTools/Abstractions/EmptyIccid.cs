// The error for a look-up by a device alone, where a profile of it is meant.

namespace EsimTools.Abstractions;

/// <summary>Says that an ICCID has been left empty, so that all profiles of an eUICC would be found in the place of one.</summary>
internal static class EmptyIccid
{
    /// <summary>The error.</summary>
    /// <param name="named">What is left to name the profile by.</param>
    public static EsimException Error(EsimProfile named) => new(
        EsimError.EsimIccidMissing,
        $"{named} was not looked up: its ICCID is empty, and an eUICC may hold several profiles.",
        "Fill the ICCID in; for all profiles of the eUICC give its EID alone, or of rows with Select-Object Eid.");
}
