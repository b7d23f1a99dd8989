// A command between its first step and its end, in the process that it was given to.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>A command that is under way.</summary>
internal sealed class CommandUnderWay(EsimConnection connection)
{
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it was given to. Its process may end before it does, and another one begin on the machine.</summary>
    public EsimConnection Connection => connection;

    /// <summary>Completes when its process is killed.</summary>
    public Task Killed => _killed.Task;

    /// <summary>The profiles that it was plainly told are not disabled, each with when it asked, in true ticks.</summary>
    public List<(TrueProfile Profile, long Asked)> ToldOn { get; } = [];

    /// <summary>Its process is killed, and it with that.</summary>
    public void Kill() => _killed.SetResult();
}
