// One part of a request, for which one callback is sent.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

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
