// Kinds of identifiers in a request.

namespace EsimTools.Sandbox.Actions;

/// <summary>Kinds of identifiers in a request.</summary>
[Flags]
internal enum IdKinds
{
    None = 0,
    Iccid = 1,
    Eid = 2,
    Imei = 4,
    All = Iccid | Eid | Imei,
}
