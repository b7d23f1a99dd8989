// What may be done with a call whose answer went missing.

namespace EsimTools.Transport;

/// <summary>What may be done with a call whose answer went missing.</summary>
internal enum CallKind
{
    /// <summary>Idempotent: made twice, it comes to the same as made once, so it may be repeated.</summary>
    Idempotent,

    /// <summary>A profile action, which is not idempotent: it is repeated only where the answer proves that it was not taken.</summary>
    Action,
}
