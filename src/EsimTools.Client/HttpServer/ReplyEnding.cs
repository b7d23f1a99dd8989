// What an answer says of its connection.

namespace EsimTools.HttpServer;

/// <summary>What an answer says of its connection.</summary>
internal enum ReplyEnding
{
    /// <summary>Nothing: it stays open, as HTTP/1.1 has it.</summary>
    Open,

    /// <summary>It stays open for a sender of HTTP/1.0, who has to be told.</summary>
    OpenForOld,

    /// <summary>It is closed.</summary>
    Close,
}
