// Who drives a run: asked before anything is sent for a profile, told of what becomes of it.

namespace EsimTools;

/// <summary>
/// What a run asks and tells. Every member is called by the thread that drives the run, one after the other, so a host needs no locks; one that
/// throws ends the run, and what is on its way is still answered. What is left as it is here agrees to everything and listens to nothing.
/// </summary>
public abstract class EsimRunHost
{
    /// <summary>Whether <see cref="OnDetail"/> is wanted; making its texts takes time.</summary>
    public virtual bool WantsDetails => false;

    /// <summary>
    /// Whether nothing is sent whatever is asked, because <see cref="Confirm"/> says no to everything: then it is told as a warning, and ends
    /// nothing, that the policy would refuse.
    /// </summary>
    public virtual bool IsRehearsal => false;

    /// <summary>Whether it is a plan that is being made.</summary>
    internal virtual bool MakesPlan => false;

    /// <summary>Asked before a profile is put into a request; false leaves it out.</summary>
    /// <param name="step">What is about to be done.</param>
    public virtual bool Confirm(in EsimRunStep step) => true;

    /// <summary>A request was accepted by the service.</summary>
    /// <param name="request">The request.</param>
    public virtual void OnAccepted(EsimRequest request)
    {
    }

    /// <summary>Profiles were left out because an earlier request has done it for them, or is doing it.</summary>
    /// <param name="request">That request, with those profiles alone.</param>
    public virtual void OnSkipped(EsimRequest request)
    {
    }

    /// <summary>Something was not done: for one profile, for those of a request, or for a part of the input.</summary>
    /// <param name="problem">What and why.</param>
    /// <param name="target">What it is about: the object that a profile was read from, a request, a result, or profiles.</param>
    public virtual void OnProblem(EsimException problem, object? target)
    {
    }

    /// <summary>Something that a person should know.</summary>
    /// <param name="text">A sentence.</param>
    public virtual void OnWarning(string text)
    {
    }

    /// <summary>Why something is done.</summary>
    /// <param name="text">A sentence.</param>
    public virtual void OnDetail(string text)
    {
    }

    /// <summary>Called now and then while the run waits, and whenever a number of it has changed.</summary>
    /// <param name="run">The run.</param>
    public virtual void OnProgress(EsimRun run)
    {
    }

    /// <summary>A host that agrees to everything and listens to nothing.</summary>
    internal sealed class Silent : EsimRunHost
    {
    }
}
