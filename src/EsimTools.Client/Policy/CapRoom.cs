// How much room the caps of a rule leave, and what to say to those for whom there is none.

using System.Globalization;

namespace EsimTools.Policy;

/// <summary>What may still be sent of an action for an account.</summary>
/// <param name="Left">For how many profiles.</param>
/// <param name="Cap">The cap that leaves the least room; null where none applies.</param>
/// <param name="Sent">How many it counts.</param>
/// <param name="Since">Since when it counts.</param>
/// <param name="Next">When there is room for what is needed; null where there is, and where the cap is too small for that.</param>
internal readonly record struct CapRoom(int Left, EsimPolicyCap? Cap, long Sent, DateTimeOffset Since, DateTimeOffset? Next)
{
    /// <summary>No cap.</summary>
    public static CapRoom Unlimited { get; } = new(int.MaxValue, null, 0, default, null);

    /// <summary>For how many profiles there has to be room.</summary>
    public int Needed { get; init; } = 1;

    /// <summary>Counts.</summary>
    /// <param name="caps">The caps.</param>
    /// <param name="sent">What was sent, in any order. What is dated in the future counts too: a clock that was set back makes no room.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="needed">For how many profiles there has to be room.</param>
    public static CapRoom Of(IReadOnlyList<EsimPolicyCap> caps, IReadOnlyList<SentProfiles> sent, DateTimeOffset now, int needed = 1)
    {
        var least = Unlimited;
        foreach (var cap in caps)
        {
            var since = now - cap.Within;
            var counted = sent.Where(request => request.At > since).ToArray();
            var count = counted.Sum(request => (long)request.Count);
            var left = (int)Math.Max(0, cap.Profiles - count);
            var next = left < needed ? NextOf(cap, counted, count, needed) : null;
            if (left < least.Left || (left == least.Left && (next is null || next > least.Next)))
            {
                least = new(left, cap, count, since, next) { Needed = needed };
            }
        }

        return least;
    }

    /// <summary>The rule and what it counts, in words.</summary>
    /// <param name="action">The action.</param>
    /// <param name="account">The account.</param>
    public string Explain(string action, string account)
    {
        var rule = $"the policy allows '{action}' for {Cap!.Profiles.ToString(CultureInfo.InvariantCulture)} profiles of account {account} in {Cap.TimeText}";
        var since = $"{Sent.ToString(CultureInfo.InvariantCulture)} were sent since {Clock.ToIso(Since)}";
        return Cap.Profiles < Needed ? rule
            : Next is not { } next ? $"{rule}; {since}"
            : Needed == 1 ? $"{rule}; {since}; the next may be sent at {Clock.ToIso(next)}"
            : $"{rule}; {since}; there is room for {Needed.ToString(CultureInfo.InvariantCulture)} at {Clock.ToIso(next)}";
    }

    // The oldest that count go first.
    private static DateTimeOffset? NextOf(EsimPolicyCap cap, SentProfiles[] counted, long count, int needed)
    {
        if (cap.Profiles < needed)
        {
            return null;
        }

        foreach (var request in counted.OrderBy(request => request.At))
        {
            count -= request.Count;
            if (count <= cap.Profiles - needed)
            {
                return request.At > DateTimeOffset.MaxValue - cap.Within ? DateTimeOffset.MaxValue : request.At + cap.Within;
            }
        }

        return null;
    }
}
