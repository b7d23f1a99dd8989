// How the loops over digits are compiled: optimized from their first call on, where the runtime knows how to.

using System.Runtime.CompilerServices;

namespace EsimTools.Identity;

/// <summary>The compilation of loops that run for every digit of every identifier.</summary>
internal static class HotLoop
{
    /// <summary>
    /// A file of ten thousand rows is read within a fraction of a second, while the runtime's own optimization begins after a tenth of one
    /// and is done when the file is. .NET Framework always optimizes.
    /// </summary>
    public const MethodImplOptions Options =
#if NET
        MethodImplOptions.AggressiveOptimization;
#else
        MethodImplOptions.NoInlining;
#endif
}
