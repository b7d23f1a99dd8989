// What an action on one profile means for the other profiles of its eUICC.

namespace EsimTools.Model;

/// <summary>What an action on one profile means for the other profiles of its eUICC.</summary>
internal enum EffectOnOthers
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are disabled.</summary>
    Disables,

    /// <summary>One of them may have become the enabled one.</summary>
    MayEnable,
}
