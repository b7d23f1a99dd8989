// A registration for callbacks.

namespace EsimTools.Sandbox.Callbacks;

/// <summary>A registration for callbacks.</summary>
/// <param name="Service">The callback service.</param>
/// <param name="Url">Where callbacks are posted.</param>
/// <param name="UserName">Sent back inside each callback, or null.</param>
/// <param name="Password">Sent back inside each callback, or null.</param>
internal sealed record CallbackRegistration(string Service, Uri Url, string? UserName, string? Password);
