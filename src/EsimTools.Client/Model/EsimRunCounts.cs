// What has become of the profiles of a run, in numbers.

namespace EsimTools;

/// <summary>The profiles of a run, counted by what has become of them so far. Each stands in one of the numbers.</summary>
/// <param name="Given">Taken up from the input, those without a usable identifier left out.</param>
/// <param name="Skipped">Nothing to do: the action is open for them, was confirmed lately, or they are deleted already.</param>
/// <param name="KeptBack">
/// Refused by the guard, repeated in the input, or without an identifier that the action needs; with -DisableFirst also those whose deactivation failed.
/// </param>
/// <param name="Declined">Not wanted by the person who was asked; all of them when nothing is to be sent (<c>-WhatIf</c>).</param>
/// <param name="Accepted">In requests that the service has taken.</param>
/// <param name="InDoubt">In requests of which nobody knows whether the service has taken them.</param>
/// <param name="Refused">In requests that the service has not taken.</param>
public readonly record struct EsimRunCounts(long Given, long Skipped, long KeptBack, long Declined, long Accepted, long InDoubt, long Refused)
{
    /// <summary>Taken up, and not sent yet: in no request that has been answered.</summary>
    public long NotSent => Given - Skipped - KeptBack - Declined - Accepted - InDoubt - Refused;

    /// <summary>With -DisableFirst: in deactivations that the service has taken, before their deletion.</summary>
    public long Deactivated { get; init; }

    /// <summary>With -DisableFirst: in deactivations of which nobody knows whether the service has taken them.</summary>
    public long DeactivationsInDoubt { get; init; }
}
