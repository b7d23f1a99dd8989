// Who said what when, in which order, and what of ours stands against it. What that means is Proof/ProofRule.cs; what is heard is ProofHearing.cs.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Weighs what is known for the question whether a profile is proven disabled, and notes what we send. Not thread-safe: the tracker locks around it.</summary>
internal sealed class ProofBook(RequestTable table, ProfileLedger ledger, EventOrder order, OpenActions openActions)
{
    /// <summary>What actions on any device mean for a profile of which the service has not told on which it is.</summary>
    public Voids AnyDevice { get; set; }

    /// <summary>What actions mean for such a profile after which some eUICC may fall back to it.</summary>
    public EuiccState Anywhere { get; set; }

    /// <summary>What those mean that were for profiles of which nobody says on which eUICC they are: it may be any.</summary>
    public Voids Unplaced { get; set; }

    /// <summary>Weighs a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="keys">What it is known by.</param>
    /// <param name="accountName">The account that it is asked for.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="ownNumber">The request that it is weighed for, which does not stand against it by being open; 0 for none.</param>
    /// <param name="own">That request, where it does not take its own proof away either by what it does to neighbours.</param>
    /// <param name="proof">The word that was its proof.</param>
    public Weighed Weigh(EsimProfile profile, in ProfileKeys keys, string accountName, DateTimeOffset now, int ownNumber, TrackedRequest? own = null, in Spoken proof = default)
    {
        if (keys.Iccid.IsNone)
        {
            // A word proves for the profile whose ICCID it names.
            return default;
        }

        var known = ledger.ProofOf(keys.First);

        // Where the service has not told on which device a profile is, or a request of ours has named another one since, an action on any device may
        // be about it, and any eUICC may fall back to it.
        var isPlaced = known is { IsPlaced: true, IsContested: false };
        var digit = IdentifierKeys.CheckDigitOf(profile);
        var isOne = known.IsOne(digit);
        var self = isOne ? keys.First : default;
        var placed = ledger.Euiccs.Of(known.Euicc);
        if (placed.Switch.Any && !IsStillEnabled(ledger.ProofOf(placed.SwitchedTo), known.Euicc, placed.Switch))
        {
            placed = placed with { Switch = default };
        }

        return ProofRule.Weigh(
            known,
            isPlaced ? placed : placed with { Device = AnyDevice },
            ledger.Euiccs.Of(keys.Eid),
            new(
                keys.First,
                table.AccountOf(accountName),
                digit,
                now.UtcTicks,
                order.SetBackAt,
                order.UnorderedUpTo,
                openActions.FindEnder(keys, ownNumber) is > 0 and var ender ? ender : isPlaced ? 0 : openActions.FindAmong(openActions.OnDevices, ownNumber),
                openActions.FindFallback(known.Euicc, self, ownNumber) is > 0 and var open ? open
                    : openActions.FindFallback(keys.Eid, self, ownNumber) is > 0 and var openThere ? openThere
                    : openActions.FindAmong(openActions.Unplaced, ownNumber),
                Unplaced,
                isPlaced && !ProofRule.IsPlacedSince(known, known.Status.Disabled) ? 0 : openActions.FindElsewhere(self, ownNumber),
                Anywhere.FallbackFor(self))
            {
                Own = own?.Number ?? 0,
                OwnOrder = own?.Sent.Order ?? 0,
                OwnProof = proof,
                IsOfSeveral = !isOne,
            });
    }

    /// <summary>What the weighing found, in words.</summary>
    public ProofFinding FindingOf(in Weighed weighed)
    {
        var by = weighed.By.Request > 0 ? table[weighed.By.Request] : null;
        var against = weighed.Against > 0 ? table[weighed.Against] : null;
        return new(
            weighed.Reason,
            weighed.By.Any ? weighed.By.When.At : null,
            by?.DisplayId,
            by?.Action.Name,
            against?.Action.Name,
            against?.DisplayId,
            weighed.Until > 0 ? new DateTimeOffset(weighed.Until, TimeSpan.Zero) : null,
            weighed.IsBySwitch)
        {
            IsStatus = weighed.IsStatus,
        };
    }

    /// <summary>
    /// A request has been sent, here or elsewhere: what it may end proves nothing from now on. A profile that is proven not to be the enabled one
    /// of its eUICC leaves that one as it is when it goes.
    /// </summary>
    public void NoteSent(TrackedRequest entry, in ProfileKeys keys, bool isIdle = false)
    {
        if (entry.Action.IsForDevice)
        {
            if (entry.Action.CanEndDisabled)
            {
                var euicc = ledger.Euiccs.Of(keys.Eid);
                ledger.Euiccs.Put(keys.Eid, euicc with { Device = euicc.Device.Sent(entry.Number, entry.Sent) });
                AnyDevice = AnyDevice.Sent(entry.Number, entry.Sent);
                openActions.Keep(openActions.OnDevices, entry.Number);
            }
            else
            {
                OpenActions.Remember(openActions.Suspensions, entry.Number);
            }

            return;
        }

        var isOnEuicc = ServiceWords.IsOnEuicc(entry.Action.ProvesProfileStatus) == true;
        if (keys.Eid.IsNone && !isOnEuicc && entry.Action is { CanEndDisabled: false, EffectOnOthers: EffectOnOthers.None })
        {
            // It ends nothing, tells of no other profile, and says nothing of a place.
            return;
        }

        var proof = ledger.ProofOf(keys.First).SaidOn(keys.Eid, entry.Sent);
        if (entry.Action.CanEndDisabled)
        {
            proof = proof with { Voids = proof.Voids.Sent(entry.Number, entry.Sent) };
        }

        if (isOnEuicc)
        {
            proof = proof.PlacedBy(entry.Sent);
        }

        // Where the request names no eUICC, what an inventory has named before does not bind it.
        var isUnplaced = keys.Eid.IsNone && proof is not { IsPlaced: true, IsContested: false };
        proof = entry.Action.EffectOnOthers == EffectOnOthers.MayEnable ? proof.AskedFor(keys.Twentieth) : proof;
        ledger.Put(keys.First, proof);
        if (entry.Action.EffectOnOthers == EffectOnOthers.MayEnable)
        {
            foreach (var eid in OpenActions.EuiccsOf(keys.Eid, proof.Euicc))
            {
                ledger.Euiccs.NoteFallback(eid, keys.First, entry.Number, entry.Sent);
            }

            if (!isIdle)
            {
                Anywhere = Anywhere.Falling(keys.First, entry.Number, entry.Sent);
                openActions.Keep(openActions.Fallbacks, entry.Number);
            }

            if (isUnplaced && !isIdle)
            {
                // Nobody says on which eUICC it is: it may be any.
                entry.IsUnplaced = true;
                Unplaced = Unplaced.Sent(entry.Number, entry.Sent);
                openActions.Keep(openActions.Unplaced, entry.Number);
            }
        }
        else if (entry.Action.EffectOnOthers == EffectOnOthers.Disables)
        {
            foreach (var eid in OpenActions.EuiccsOf(keys.Eid, proof.Euicc))
            {
                var last = ledger.Euiccs.Of(eid).Switching;
                ledger.Euiccs.NoteSwitch(eid, keys.First, entry.Number, last == 0 || !table[last].Sent.IsAfter(entry.Sent));
            }

            OpenActions.Remember(openActions.Switches, entry.Number);
            if (isUnplaced)
            {
                OpenActions.Remember(openActions.UnplacedSwitches, entry.Number);
            }
        }
    }

    /// <summary>
    /// A switch tells of the others of an eUICC as long as the service has not said, in a message of it or since, that the profile it was for is elsewhere,
    /// or not the enabled one, nor that it has failed.
    /// </summary>
    public static bool IsStillEnabled(in ProofState switchedTo, IdentifierKey eid, in Spoken word) =>
        switchedTo is { IsPlaced: true, IsContested: false } && switchedTo.Euicc == eid && switchedTo.OffEuiccOrder < word.When.Order && switchedTo.NotEnabledOrder < word.When.Order
            && !switchedTo.Contradicts(word.Request, succeeded: true) && (!switchedTo.Status.Disabled.Any || word.When.IsAfter(switchedTo.Status.Disabled.When));
}
