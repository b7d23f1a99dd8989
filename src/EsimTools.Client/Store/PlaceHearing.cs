// On which eUICC the service says that a profile is: what was done on the former one stays with it, and what is done on the new one counts for it.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Takes the service's words on places into the proof. Not thread-safe: the tracker locks around it.</summary>
internal sealed class PlaceHearing(RequestTable table, ProfileLedger ledger, EventOrder order, ProofBook book)
{
    // Who has been put elsewhere, and where it was before: what others have done there may stand in what has not been read yet.
    private readonly List<(IdentifierKey Key, Former Former)> _moved = [];
    private int _movedBeforeReading;

    /// <summary>The journal is about to be read.</summary>
    public void BeginReading() => _movedBeforeReading = _moved.Count;

    /// <summary>What others have sent until now has been read: what that did to the former eUICC of a profile may have been done before it came to this one.</summary>
    public void EndReading()
    {
        foreach (var (key, former) in _moved)
        {
            var proof = ledger.ProofOf(key);
            ledger.Put(key, proof with { Voids = proof.Voids.And(VoidsOf(key, former)) });
        }

        _moved.RemoveRange(0, _movedBeforeReading);
    }

    /// <summary>
    /// The service has told on which eUICC a profile is. What has been sent for it, after which that one may fall back to another profile, was not
    /// known to matter there.
    /// </summary>
    /// <param name="key">The profile.</param>
    /// <param name="proof">What is known of it.</param>
    /// <param name="eid">The eUICC; none where none is named.</param>
    /// <param name="sent">When the word was asked for, as it was learned of here.</param>
    /// <param name="asked">When at the earliest.</param>
    /// <param name="heardAt">When another process heard it, in UTC ticks, where the journal tells of it; otherwise it is heard now.</param>
    public ProofState Place(IdentifierKey key, in ProofState proof, IdentifierKey eid, in Moment sent, in Moment asked, long? heardAt = null)
    {
        if (eid.IsNone)
        {
            return proof;
        }

        if (!proof.IsPlaced || proof.Euicc != eid)
        {
            NoteFallbacks(key, eid);
        }

        var isThere = proof is { IsPlaced: true, IsContested: false } && proof.Euicc == eid;
        var moved = isThere ? proof : Move(key, proof, eid);

        // While a request is open that may put it on another eUICC, and where that was sent, or a newer word came, behind the question, the service's
        // word on its place is that of before.
        var placed = moved.On(eid, isPlaced: true).PlacedBy(sent) with
        {
            Told = isThere && !asked.IsAfter(proof.Told) ? proof.Told : asked,
            PlacedSince = isThere ? proof.PlacedSince : asked,
            PlacedAt = isThere ? proof.PlacedAt : new(heardAt ?? 0, order.LastAsked, heardAt is null ? 0 : order.LastPlace),
        };
        return IsMovedSince(key, proof, eid, sent, asked) ? placed with { IsContested = proof.IsContested || (!proof.Euicc.IsNone && proof.Euicc != eid) } : placed;
    }

    private void NoteFallbacks(IdentifierKey key, IdentifierKey eid)
    {
        if (ledger.FindReservation(key).Request is not (> 0 and var last))
        {
            return;
        }

        var isLate = false;
        foreach (var number in ledger.OpenFor(key).Append(last).ToArray())
        {
            if (number <= table.Count && table[number] is { Action.EffectOnOthers: EffectOnOthers.MayEnable, Phase: not EsimRequest.Phase.Refused } entry)
            {
                ledger.Euiccs.NoteFallback(eid, key, number, entry.Sent);
                isLate = true;
            }
        }

        if (isLate)
        {
            var euicc = ledger.Euiccs.Of(eid);
            ledger.Euiccs.Put(eid, euicc with { Fallback = euicc.Fallback.HeardLate(euicc.Fallback.Request, order.Next(), order.LastPlace) });
        }
    }

    // What was done to the former device, which may be any, may have been done to the profile before it came to this one.
    private ProofState Move(IdentifierKey key, in ProofState proof, IdentifierKey eid)
    {
        var former = new Former(proof.Euicc, eid, proof.IsPlaced, proof.IsContested);
        if (proof.State.Disabled.Any || proof.Status.Disabled.Any)
        {
            _moved.Add((key, former));
        }

        return proof with { Voids = proof.Voids.And(VoidsOf(key, former)) };
    }

    private Voids VoidsOf(IdentifierKey key, in Former former)
    {
        // Also of one that only a request has named: an action that has succeeded there tells where the profile was.
        var euicc = ledger.Euiccs.Of(former.Euicc);
        var there = euicc.Device.And(euicc.FallbackFor(key));
        if (!former.IsPlaced)
        {
            return former.Euicc == former.Next ? book.AnyDevice : book.AnyDevice.And(there);
        }

        return former.IsContested ? there.And(book.AnyDevice).And(book.Anywhere.FallbackFor(key)) : there;
    }

    // What is asked for before another word on its place was heard does not tell which of the two is the newer.
    private bool IsMovedSince(IdentifierKey key, in ProofState proof, IdentifierKey eid, in Moment sent, in Moment asked) =>
        proof.Placed.IsAfter(sent)
            || (proof.Euicc != eid && proof.PlacedAt.MayBeBehind(asked))
            || ledger.OpenFor(key).Any(number => number <= table.Count && table[number] is { Phase: not EsimRequest.Phase.Refused } open
                && ServiceWords.IsOnEuicc(open.Action.ProvesProfileStatus) == true);

    // Where a profile was before it was put on another eUICC.
    private readonly record struct Former(IdentifierKey Euicc, IdentifierKey Next, bool IsPlaced, bool IsContested);
}
