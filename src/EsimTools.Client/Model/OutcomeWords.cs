// The words that callbacks and the request status use, compared without case.

namespace EsimTools.Model;

/// <summary>The words that callbacks and the request status use, compared without case.</summary>
internal static class OutcomeWords
{
    /// <summary>Reads a status word. Anything not documented as final is still pending.</summary>
    public static OutcomeStatus Read(string? word) =>
        Is(word, "success") || Is(word, "succeeded") ? OutcomeStatus.Succeeded
        : Is(word, "failed") || Is(word, "failure") ? OutcomeStatus.Failed
        : OutcomeStatus.Pending;

    private static bool Is(string? word, string expected) => string.Equals(word, expected, StringComparison.OrdinalIgnoreCase);
}
