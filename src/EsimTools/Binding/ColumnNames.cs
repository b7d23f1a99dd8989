// The other names of what rows and parameters carry: the one list for the columns of inventories and for the aliases of parameters.

namespace EsimTools.Binding;

/// <summary>Names that are an alias of a parameter and a column of inventories at once; attributes need constants.</summary>
internal static class ColumnNames
{
    /// <summary>An ICCID.</summary>
    public const string Icc = "Icc";

    /// <summary>An ICCID.</summary>
    public const string ProfileIccid = "ProfileIccid";

    /// <summary>An ICCID.</summary>
    public const string SimIccid = "SimIccid";

    /// <summary>An EID.</summary>
    public const string EuiccId = "EuiccId";

    /// <summary>An EID.</summary>
    public const string EsimIdentifier = "EsimIdentifier";

    /// <summary>An IMEI.</summary>
    public const string DeviceImei = "DeviceImei";

    /// <summary>An account.</summary>
    public const string Account = "Account";

    /// <summary>A service plan.</summary>
    public const string Plan = "Plan";

    /// <summary>A service plan.</summary>
    public const string RatePlan = "RatePlan";
}
