// What chance has in store for one part of a request.

namespace EsimTools.Sandbox.Actions;

/// <summary>What chance has in store for one part of a request.</summary>
[Flags]
internal enum ItemFate : byte
{
    None = 0,

    /// <summary>Its callback is never sent.</summary>
    Lost = 1,

    /// <summary>Its callback is sent late.</summary>
    Late = 2,

    /// <summary>Its callback is sent twice.</summary>
    Duplicate = 4,

    /// <summary>The device does not answer in time: a warning first, the end later.</summary>
    Unreachable = 8,
}
