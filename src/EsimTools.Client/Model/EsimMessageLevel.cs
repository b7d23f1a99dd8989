// The stream a message belongs to.

namespace EsimTools;

/// <summary>The stream a message belongs to.</summary>
public enum EsimMessageLevel
{
    /// <summary>Each call of the service: method, path, status, duration. No identifiers, no secrets.</summary>
    Verbose,

    /// <summary>Something the user should know although the work goes on.</summary>
    Warning,
}
