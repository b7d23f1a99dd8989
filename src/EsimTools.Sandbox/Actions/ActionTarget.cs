// The identifiers of one entry of a request.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

/// <summary>The identifiers of one entry of <c>devices</c>; those not given are empty.</summary>
internal struct ActionTarget
{
    public Digits Iccid;
    public Digits Eid;
    public Digits Imei;

    /// <summary>Takes an identifier; false when its kind does not have so many digits.</summary>
    public bool TrySet(IdKinds kind, Digits id)
    {
        switch (kind)
        {
            case IdKinds.Iccid when id.Length is >= 18 and <= 20:
                Iccid = id;
                return true;
            case IdKinds.Eid when id.Length == 32:
                Eid = id;
                return true;
            case IdKinds.Imei when id.Length == 15:
                Imei = id;
                return true;
            default:
                return false;
        }
    }
}
