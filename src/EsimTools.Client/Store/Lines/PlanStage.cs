// How far the carrying out of a plan has come, in the words of the journal.

namespace EsimTools.Store.Lines;

/// <summary>How the carrying out of a plan stands.</summary>
internal enum PlanStage
{
    /// <summary>Nothing of it has been carried out.</summary>
    None,

    /// <summary>A run is carrying it out, or was when its process ended.</summary>
    Begun,

    /// <summary>A run has ended before it was through; another one may go on.</summary>
    Stopped,

    /// <summary>A wave was not healthy; somebody has to decide.</summary>
    Held,

    /// <summary>All of it has been carried out.</summary>
    Finished,

    /// <summary>Somebody has decided that the rest is not carried out.</summary>
    GivenUp,
}
