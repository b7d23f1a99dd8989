// Kinds of identifiers in a request.

namespace EsimTools.Model;

/// <summary>Kinds of identifiers in a request.</summary>
[Flags]
internal enum IdentifierKinds
{
    None = 0,
    Eid = 1,
    Iccid = 2,
    Imei = 4,
    All = Eid | Iccid | Imei,
}
