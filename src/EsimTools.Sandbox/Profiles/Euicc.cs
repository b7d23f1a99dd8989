// One eUICC, which is one device: its identifiers and the profiles on it.

namespace EsimTools.Sandbox.Profiles;

/// <summary>One eUICC, which is one device: its identifiers and the profiles on it.</summary>
internal sealed class Euicc
{
    public Euicc(Digits eid, Digits imei)
    {
        Eid = eid;
        Imei = imei;
    }

    public Digits Eid { get; }

    public Digits Imei { get; }

    public bool IsConnected { get; set; } = true;

    /// <summary>All profiles, deleted ones included, in the order in which they were added.</summary>
    public List<Profile> Profiles { get; } = new(2);

    /// <summary>The Verizon US profile.</summary>
    public Profile? Lead { get; set; }
}
