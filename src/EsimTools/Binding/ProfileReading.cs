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
}
