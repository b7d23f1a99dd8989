// An accepted request: what became of each of its profiles, for the callbacks and for whoever polls.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

/// <summary>Where one part of a request stands.</summary>
internal enum ItemStatus : byte
{
    Pending,
    Success,
    Failed,
}

/// <summary>What chance has in store for one part of a request.</summary>
[Flags]
internal enum ItemFate : byte
{
    None = 0,

    /// <summary>Its callback is never sent.</summary>
    Lost = 1,

    /// <summary>Its callback is sent late.</summary>
    Late = 2,

    /// <summary>Its callback is sent twice.</summary>
    Duplicate = 4,

    /// <summary>The device does not answer in time: a warning first, the end later.</summary>
    Unreachable = 8,
}

/// <summary>One part of a request, for which one callback is sent.</summary>
internal struct ActionItem
{
    /// <summary>
    /// Whom it is about: a <see cref="Profile"/>, an <see cref="Euicc"/> for the device-level callback, or a boxed
    /// <see cref="ActionTarget"/> when the request's identifiers fit no profile.
    /// </summary>
    public object Subject;

    /// <summary>Why it fails whatever the state, or null.</summary>
    public ProfileFault? Fault;

    public ItemStatus Status;

    public ItemFate Fate;

    /// <summary>The part holds its profile: no other action is let in until it ends.</summary>
    public bool HoldsProfile;
}

/// <summary>An accepted request. Read and changed only under the fleet's gate.</summary>
internal sealed class ActionJob
{
    public ActionJob(string account, ProfileAction? action, string? plan, ActionItem[] items)
    {
        Account = account;
        Action = action;
        Plan = plan;
        Items = items;
    }

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Account { get; }

    /// <summary>The action; null for an asynchronous list or history.</summary>
    public ProfileAction? Action { get; }

    public string? Plan { get; }

    public ActionItem[] Items { get; }

    /// <summary>Whether a request without items, a list or history, has been answered.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Callbacks that wait to be sent late.</summary>
    public List<string> Late { get; } = [];

    /// <summary>The whole request's status in ThingSpace's word.</summary>
    public string Status
    {
        get
        {
            var isPending = Action is null && !IsAnswered;
            var hasFailed = false;
            foreach (var item in Items)
            {
                isPending |= item.Status == ItemStatus.Pending;
                hasFailed |= item.Status == ItemStatus.Failed;
            }

            return (isPending ? ItemStatus.Pending : hasFailed ? ItemStatus.Failed : ItemStatus.Success).ToString();
        }
    }
}
