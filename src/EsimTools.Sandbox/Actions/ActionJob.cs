// An accepted request: what became of each of its profiles, for the callbacks and for whoever polls.

namespace EsimTools.Sandbox.Actions;

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
