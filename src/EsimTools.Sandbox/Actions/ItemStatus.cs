// Where one part of a request stands.

namespace EsimTools.Sandbox.Actions;

/// <summary>Where one part of a request stands.</summary>
internal enum ItemStatus : byte
{
    Pending,
    Success,
    Failed,
}
