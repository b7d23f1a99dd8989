// How a run has ended, if it has.

namespace EsimTools;

/// <summary>How a run has ended, if it has.</summary>
public enum EsimRunStage
{
    /// <summary>Its process has ended, or was killed, before the run could say how it ended.</summary>
    Interrupted,

    /// <summary>Its process is still at work.</summary>
    Running,

    /// <summary>All of its input has been taken up, and what was sent has been answered.</summary>
    Ended,

    /// <summary>It was stopped before that: by Ctrl+C, by too many refusals in a row, or by an error.</summary>
    Stopped,
}
