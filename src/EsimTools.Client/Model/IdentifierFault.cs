// Why a text is not the identifier it should be.

namespace EsimTools;

/// <summary>Why a text is not the identifier it should be.</summary>
public enum IdentifierFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The text is empty.</summary>
    Missing,

    /// <summary>A spreadsheet has turned the number into scientific notation or rounded it to 15 digits; the rest is lost.</summary>
    Spreadsheet,

    /// <summary>A character is neither a digit nor one that people put between digits.</summary>
    Characters,

    /// <summary>The number of digits is wrong.</summary>
    Length,
}
