// The lists of {id, kind} that answers and callbacks carry, read into named identifiers.

using System.Text.Json;

namespace EsimTools.Wire;

/// <summary>The identifiers of one device or profile as a message gave them; digits are not checked.</summary>
internal readonly record struct WireIdentifiers(string? Iccid, string? Eid, string? Imei, string? Mdn)
{
    /// <summary>Whether there is no identifier a profile could be told by.</summary>
    public bool IsEmpty => Iccid is null && Eid is null && Imei is null;

    /// <summary>Reads one {id, kind} object or an array of them; kinds are compared without case (<c>Iccid</c>, <c>iccId</c>, <c>ICCID</c>).</summary>
    public static WireIdentifiers Read(JsonElement? list)
    {
        string? iccid = null, eid = null, imei = null, mdn = null;
        foreach (var entry in list is { } value ? value.AsObjects() : [])
        {
            var id = entry.Text("id");
            var kind = entry.Text("kind");
            if (id is null || kind is null)
            {
                continue;
            }

            if (kind.Equals("iccid", StringComparison.OrdinalIgnoreCase))
            {
                iccid ??= id;
            }
            else if (kind.Equals("eid", StringComparison.OrdinalIgnoreCase))
            {
                eid ??= id;
            }
            else if (kind.Equals("imei", StringComparison.OrdinalIgnoreCase))
            {
                imei ??= id;
            }
            else if (kind.Equals("mdn", StringComparison.OrdinalIgnoreCase))
            {
                mdn ??= id;
            }
        }

        return new(iccid, eid, imei, mdn);
    }
}
