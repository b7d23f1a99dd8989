// Work that is due some time from now.

namespace EsimTools.Sandbox.Service;

/// <summary>Work that is due some time from now.</summary>
internal sealed record Step(TimeSpan After, Action Work);
