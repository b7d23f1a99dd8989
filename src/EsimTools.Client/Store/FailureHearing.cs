// What the service says of failures in forms that end a request for nobody: for one of several, for a device, for somebody.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools.Store;

/// <summary>Takes the proof of whoever may have failed away. Not thread-safe: the tracker locks around it.</summary>
internal sealed class FailureHearing(RequestTable table, ProfileLedger ledger, IdentifierKeys identifiers, ProofHearing hearing)
{
    /// <summary>A request is said to have failed for one of several profiles that are named: for which, nobody knows, so neither is proven to be as it makes them.</summary>
    /// <remarks>Also where it is open for them: a success that is told later is as old as the request.</remarks>
    /// <param name="named">One of them; null where it is named by nothing that can be used.</param>
    public void Hear(IdentifierKey? named)
    {
        if (named is { } key)
        {
            hearing.HearForeign(key, ServiceWords.Unknown, ServiceWords.Unknown);
        }
    }

    /// <summary>A request is said to have failed on a device, and not for which of its profiles there.</summary>
    /// <param name="request">The request.</param>
    /// <param name="eid">The eUICC that is named; none where none is.</param>
    /// <param name="imei">The IMEI that is named; null where none is.</param>
    /// <param name="settled">The place of the profile for which the failure ends the request; −1 where it is none.</param>
    public void Hear(EsimRequest request, IdentifierKey eid, IdentifierKey? imei, int settled = -1)
    {
        // Once: what has been asked since is not what failed.
        var entry = table[request.Number];
        if (!(entry.FailedOn ??= []).Add((eid, imei)))
        {
            return;
        }

        var isFound = settled >= 0;
        var unknown = new List<IdentifierKey>();
        for (var place = 0; place < request.Count; place++)
        {
            var profile = request.Profiles[place];
            var keys = identifiers.KeysOf(profile);
            var known = ledger.ProofOf(keys.First);
            if (place == settled)
            {
                continue;
            }

            if ((!eid.IsNone && (keys.Eid == eid || known.Euicc == eid)) || (imei is not null && identifiers.KeyOf(profile.Imei) == imei))
            {
                isFound = true;
                Hear(keys.First);
            }
            else if (eid.IsNone || known is not { IsPlaced: true, IsContested: false })
            {
                // An inventory that puts it into another device vouches for nothing.
                unknown.Add(keys.First);
            }
        }

        // Nobody knows where those are, so they may be there, too. Once each, for the same reason.
        if (isFound)
        {
            var heard = entry.MayHaveFailed ??= [];
            unknown.FindAll(heard.Add).ForEach(key => Hear(key));
        }

        // Where nobody knows whose device that is, it may be any one's.
        if (!isFound && !entry.HasFailedSomewhere)
        {
            entry.HasFailedSomewhere = request.Count > 1;
            foreach (var profile in request.Profiles)
            {
                Hear(identifiers.KeysOf(profile).First);
            }
        }
    }

    /// <summary>A request is said to have failed for somebody, and not in a form that ends it for that one.</summary>
    /// <param name="request">The request; it may be gone where an ICCID is named.</param>
    /// <param name="named">Who is named.</param>
    public void Hear(EsimRequest? request, in WireIdentifiers named)
    {
        if (IdentifierKeys.IsIccid(named.Iccid))
        {
            Hear(identifiers.KeyOf(named.Iccid));
        }
        else if (request is not null)
        {
            Hear(request, identifiers.EuiccOf(named.Eid), identifiers.KeyOf(named.Imei));
        }
    }
}
