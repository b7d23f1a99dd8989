// What may be done with a call whose answer went missing.

namespace EsimTools.Transport;

/// <summary>What may be done with a call whose answer went missing.</summary>
internal enum CallKind
{
    /// <summary>It changes nothing and may be repeated.</summary>
    Question,

    /// <summary>It changes state: it is repeated only where the answer proves that it was not taken.</summary>
    Action,
}
