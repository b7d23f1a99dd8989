// Who carries a plan out: told of its waves beside what a run tells.

namespace EsimTools;

/// <summary>What the carrying out of a plan tells. As it is here it listens to nothing.</summary>
public abstract class EsimPlanHost : EsimRunHost
{
    /// <summary>A wave is about to be sent, or has been confirmed.</summary>
    /// <param name="wave">The wave and how the plan stands.</param>
    public virtual void OnWave(EsimPlanWave wave)
    {
    }

    /// <summary>A wave may not begin yet: what is waited for, and until when. It is over when <see cref="OnWave"/> is called next.</summary>
    /// <param name="pause">The pause.</param>
    public virtual void OnPause(EsimPlanPause pause)
    {
    }

    /// <summary>A host that listens to nothing.</summary>
    internal new sealed class Silent : EsimPlanHost
    {
    }
}
