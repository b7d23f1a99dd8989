// How a number is compared.

namespace EsimTools.Sandbox.Lookups;

/// <summary>How a number is compared.</summary>
internal enum NumberMatch
{
    Equal,
    Contains,
    StartsWith,
    EndsWith,
}
