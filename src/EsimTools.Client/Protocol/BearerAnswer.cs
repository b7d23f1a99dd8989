// A bearer token and how long it lives.

namespace EsimTools.Protocol;

/// <summary>A bearer token and how long it lives.</summary>
internal sealed record BearerAnswer(string Token, TimeSpan Lifetime);
