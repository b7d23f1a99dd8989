// One message that was read, or what is wrong with it.

namespace EsimTools;

/// <summary>One message that was read, or what is wrong with it.</summary>
/// <param name="Callback">The message; null when it cannot be used.</param>
/// <param name="Problem">An <see cref="EsimError.EsimCallbackInvalid"/> that names the place; null when nothing is wrong.</param>
/// <param name="Place">Where it stands, for example <c>messages.jsonl, line 7</c>.</param>
public readonly record struct EsimImportedCallback(EsimCallback? Callback, EsimException? Problem, string Place);
