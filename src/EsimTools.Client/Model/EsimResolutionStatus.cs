// How a doubt about a request ends for one profile.

namespace EsimTools;

/// <summary>How a doubt ended.</summary>
public enum EsimResolutionStatus
{
    /// <summary>The action has been carried out.</summary>
    Done,

    /// <summary>The action has not been carried out; the profile is free for it again.</summary>
    NotDone,

    /// <summary>It is still unknown; the profile stays closed to further requests.</summary>
    Unknown,
}
