// A registered listener.

namespace EsimTools.Sandbox.Callbacks;

/// <summary>A registered listener.</summary>
/// <param name="Service">The callback service.</param>
/// <param name="Url">Where callbacks are posted.</param>
/// <param name="UserName">Sent back inside each callback, or null.</param>
/// <param name="Password">Sent back inside each callback, or null.</param>
internal sealed record CallbackListener(string Service, Uri Url, string? UserName, string? Password);
