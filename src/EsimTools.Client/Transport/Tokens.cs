// The two tokens that every call carries.

namespace EsimTools.Transport;

/// <summary>The two tokens that every call carries.</summary>
internal sealed record Tokens(string Bearer, string Session);
