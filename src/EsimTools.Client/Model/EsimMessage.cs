// What the client wants to tell a person while it works, without knowing who listens.

namespace EsimTools;

/// <summary>A message for a person.</summary>
/// <param name="Level">The stream it belongs to.</param>
/// <param name="Text">A full sentence or a line of the log. What is not seen in it is made visible.</param>
public readonly record struct EsimMessage(EsimMessageLevel Level, string Text)
{
    /// <summary>A full sentence or a line of the log.</summary>
    public string Text { get; init; } = ForeignText.Show(Text, ForeignText.LongestSentence);

    /// <summary>Tells it to all listeners. One that fails must not make a request that has left look like one that has not.</summary>
    internal void TellTo(Action<EsimMessage>? listeners)
    {
        foreach (var listener in listeners?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<EsimMessage>)listener)(this);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // There is nobody to tell.
            }
        }
    }
}
