// What became of a message.

namespace EsimTools.Callbacks;

/// <summary>What became of a message.</summary>
internal enum IntakeResult
{
    /// <summary>It is in the record.</summary>
    Recorded,

    /// <summary>It was in the record before.</summary>
    Duplicate,

    /// <summary>It could not be recorded and must not be acknowledged.</summary>
    NotRecorded,
}
