// What reading one input object gave.

namespace EsimTools.Binding;

/// <summary>What reading one input object gave.</summary>
/// <param name="Profile">The profile; null when the object cannot be used.</param>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
/// <param name="CheckDigitsOk">Whether every check digit fits.</param>
internal readonly record struct ProfileReading(EsimProfile? Profile, EsimException? Problem, bool CheckDigitsOk)
{
    /// <summary>The profile that cannot be used because its identifiers are known by their hashes alone; null for any other.</summary>
    public EsimProfile? Hidden { get; init; }

    /// <summary>What is wrong with an identifier that was left out, because the others name the profile; null where none was.</summary>
    public string? LeftOut { get; init; }

    /// <summary>What is wrong with more than this one object: where objects share it, it is said once. Null for what concerns this one alone.</summary>
    public SharedFault? Shared { get; init; }

    /// <summary>Whether the profile is named by its device alone although the object has a place for the ICCID: nothing is in it.</summary>
    public bool IsIccidEmpty { get; init; }

    /// <summary>Whether the object has the columns and nothing in them.</summary>
    public bool IsEmpty { get; init; }
}
