// All that is remembered of one profile for the question whether it is proven disabled: words and voids, folded as they come.

using EsimTools.Model;

namespace EsimTools.Proof;

/// <summary>What is known of one profile, in a fixed size.</summary>
internal readonly record struct ProofState
{
    /// <summary>What was said of its service state.</summary>
    public Property State { get; init; }

    /// <summary>What was said of its profile status.</summary>
    public Property Status { get; init; }

    /// <summary>The actions on it that can end "disabled".</summary>
    public Voids Voids { get; init; }

    /// <summary>The order of learning of the newest word that it is on its eUICC, enabled or not; 0 for none.</summary>
    public uint OnEuiccOrder { get; init; }

    /// <summary>The order of learning of the newest word that it is not, or not any more.</summary>
    public uint OffEuiccOrder { get; init; }

    /// <summary>Whether the service has said that it is on its eUICC: what disables the profiles of an eUICC does not disable others.</summary>
    public bool IsOnEuicc => OnEuiccOrder > OffEuiccOrder;

    /// <summary>The order of learning of the newest word, also one that proves nothing, that it is not the enabled one of its eUICC; 0 for none.</summary>
    public uint NotEnabledOrder { get; init; }

    /// <summary>The last request that failed for it, so that a success of the same one, heard later, is known to be disputed; 0 for none.</summary>
    public int FailedRequest { get; init; }

    /// <summary>Whether others have failed, too: then every earlier one may have.</summary>
    public bool HaveOthersFailed { get; init; }

    /// <summary>The last request of which contradicting outcomes were heard; 0 for none.</summary>
    public int DisputedRequest { get; init; }

    /// <summary>The EID of its eUICC.</summary>
    public IdentifierKey Euicc { get; init; }

    /// <summary>Whether the service has said so; otherwise an inventory has, which can only take proof away.</summary>
    public bool IsPlaced { get; init; }

    /// <summary>Whether a request of ours has named another one since, or two have named two: then nobody knows which it is on.</summary>
    public bool IsContested { get; init; }

    /// <summary>The twentieth digit that the words on its place, and on what it is there, have named; one that nobody could ask for where they differ.</summary>
    public byte PlacedDigit => Digit == 0 ? Spoken.NoCheckDigit : (byte)(Digit - 1);

    /// <summary>When the newest word of the service on its place was asked for, or the newest request was sent that may have put it elsewhere.</summary>
    public Moment Placed { get; init; }

    /// <summary>When the newest word of the service was asked for that has it there. What a request or an inventory names makes that no younger.</summary>
    public Moment Told { get; init; }

    /// <summary>When the word was asked for that has put it there, where the service has had it since and nowhere else.</summary>
    public Moment PlacedSince { get; init; }

    /// <summary>When that word was heard, see <see cref="Moment.MayBeBehind"/>: until then it may have been anywhere.</summary>
    public Moment PlacedAt { get; init; }

    // One more than the digit; 0 where none has been named.
    private byte Digit { get; init; }

    private const byte Several = ProfileKeys.HiddenTwentieth + 1;

    /// <summary>Takes in the twentieth digit that a word has named, if it has named one that is not hidden.</summary>
    public ProofState Named(byte digit) => digit is Spoken.NoCheckDigit or Spoken.HiddenCheckDigit || digit == PlacedDigit
        ? this
        : this with { Digit = (byte)((Digit == 0 ? digit : Spoken.HiddenCheckDigit) + 1) };

    /// <summary>The twentieth digit of the requests that may make its eUICC fall back, as <see cref="ProfileKeys"/> have it.</summary>
    private byte Asked { get; init; }

    /// <summary>Notes that a request has named its twentieth digit after which its eUICC may fall back to another profile.</summary>
    /// <param name="twentieth">The digit, as <see cref="ProfileKeys"/> have it.</param>
    public ProofState AskedFor(byte twentieth) => twentieth == 0 || twentieth == Asked ? this : this with
    {
        Asked = Asked > 0 && Math.Max(Asked, twentieth) < ProfileKeys.HiddenTwentieth ? Several : Math.Max(Asked, twentieth),
    };

    /// <summary>
    /// Whether what was sent for it, and said of it, was for one profile: two of which the twentieth digit alone is another one are known by one key, and
    /// an eUICC may fall back from the one to the other.
    /// </summary>
    /// <param name="digit">The digit that is asked about.</param>
    public bool IsOne(byte digit)
    {
        var (asked, said) = (Asked is 0 or ProfileKeys.HiddenTwentieth ? Spoken.NoCheckDigit : (byte)(Asked - 1), PlacedDigit);
        return said != Spoken.HiddenCheckDigit && Asked != Several && (Asked != ProfileKeys.HiddenTwentieth || digit == Spoken.NoCheckDigit)
            && Same(asked, said) && Same(asked, digit) && Same(said, digit);

        static bool Same(byte one, byte other) => one == other || one == Spoken.NoCheckDigit || other == Spoken.NoCheckDigit;
    }

    /// <summary>Takes a word in.</summary>
    /// <param name="word">The word: asked when, and for whom.</param>
    /// <param name="state">What it says of the service state.</param>
    /// <param name="status">What it says of the profile status.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public ProofState With(in Spoken word, SpokenKind state, SpokenKind status, long now) => this with
    {
        State = State.With(word, state, now),
        Status = Status.With(word, status, now),
    };

    /// <summary>Takes in whether a word on the profile status puts it on its eUICC.</summary>
    /// <param name="when">When that was asked.</param>
    /// <param name="isOn">Whether it does; null where it does not tell.</param>
    public ProofState Seen(in Moment when, bool? isOn) => isOn switch
    {
        true => this with { OnEuiccOrder = Math.Max(OnEuiccOrder, when.Order) },
        false => this with { OffEuiccOrder = Math.Max(OffEuiccOrder, when.Order) },
        null => this,
    };

    /// <summary>A request that had succeeded is said to have failed, or the other way round: nothing that it said proves anything.</summary>
    public ProofState Disputed(int request) => (this with
    {
        State = State.Without(request),
        Status = Status.Without(request),
        DisputedRequest = request,
    }).Failed(request);

    /// <summary>A request has failed.</summary>
    public ProofState Failed(int request) => FailedRequest == request
        ? this
        : this with { FailedRequest = Math.Max(FailedRequest, request), HaveOthersFailed = FailedRequest > 0 };

    /// <summary>Whether what was heard of a request before contradicts an outcome of it.</summary>
    public bool Contradicts(int request, bool succeeded) => succeeded
        ? FailedRequest == request || (HaveOthersFailed && request < FailedRequest)
        : State.Disabled.Request == request || Status.Disabled.Request == request;

    /// <summary>Notes that a word has told its place, or that a request may have changed it.</summary>
    public ProofState PlacedBy(in Moment when) => when.IsAfter(Placed) ? this with { Placed = when } : this;

    /// <summary>
    /// What is known at a moment: a word on its place is good for as long as one that it is disabled, and none from the future is. Then it may be anywhere,
    /// until the service is asked.
    /// </summary>
    /// <param name="now">The moment in UTC ticks.</param>
    /// <param name="setBackAt">The logical clock when the wall clock was last seen to be set back: what is from before is of no age that is known.</param>
    public ProofState AsOf(long now, uint setBackAt) =>
        IsPlaced && (Told.Ticks > now || now - Told.Ticks > Guard.ProofLifetime.Ticks || Told.Order <= setBackAt) ? this with { IsPlaced = false } : this;

    /// <summary>A word that proves nothing has called it something else than enabled.</summary>
    public ProofState SeenNotEnabled(uint order) => this with { NotEnabledOrder = Math.Max(NotEnabledOrder, order) };

    /// <summary>
    /// Somebody names its EID who cannot place it: an inventory, a failure, a message of an unknown request. Older words of the service do not tell any
    /// more where it is.
    /// </summary>
    public ProofState SaidOn(IdentifierKey eid, in Moment when) => eid.IsNone ? this : On(eid, isPlaced: false).PlacedBy(when);

    /// <summary>Notes its eUICC: what the service says counts, and until it speaks what an inventory says.</summary>
    public ProofState On(IdentifierKey eid, bool isPlaced) =>
        eid.IsNone ? this
        : IsPlaced && !isPlaced ? this with { IsContested = IsContested || eid != Euicc }
        : this with { Euicc = eid, IsPlaced = isPlaced, IsContested = !isPlaced && (IsContested || (!Euicc.IsNone && Euicc != eid)) };
}
