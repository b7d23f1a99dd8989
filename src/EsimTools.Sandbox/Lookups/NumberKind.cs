// Which of a profile's numbers is meant.

namespace EsimTools.Sandbox.Lookups;

/// <summary>Which of a profile's numbers is meant.</summary>
internal enum NumberKind
{
    None,
    Iccid,
    Eid,
    Imei,
    Mdn,
    Msisdn,

    /// <summary>A kind that the service knows and no eSIM has (ESN, MEID): it matches nothing.</summary>
    Other,
}
