// Who drives a wait is told of outcomes as they come.

namespace EsimTools;

/// <summary>What a wait tells. Every member is called by the thread that drives the wait, one after the other.</summary>
public abstract class EsimWaitHost
{
    /// <summary>A request is waited for from now on.</summary>
    /// <param name="request">The request.</param>
    public virtual void OnStarted(EsimRequest request)
    {
    }

    /// <summary>A request is waited for no longer: every outcome is known and has been told, or the wait for it has ended otherwise.</summary>
    /// <param name="request">The request.</param>
    public virtual void OnEnded(EsimRequest request)
    {
    }

    /// <summary>A profile has succeeded.</summary>
    /// <param name="result">Its outcome.</param>
    public virtual void OnSucceeded(EsimResult result)
    {
    }

    /// <summary>A profile has failed, or a request could not be waited for to its end.</summary>
    /// <param name="problem">What and why.</param>
    /// <param name="target">The outcome of the profile, or the request.</param>
    public virtual void OnProblem(EsimException problem, object target)
    {
    }

    /// <summary>Called now and then while the wait lasts, and whenever a number of it has changed.</summary>
    /// <param name="wait">The wait.</param>
    public virtual void OnProgress(EsimWait wait)
    {
    }
}
