// One thing that rows carry.

namespace EsimTools.Binding;

/// <summary>One thing that rows carry.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Field">What it holds; null when it is none of ours.</param>
internal sealed record Column(string Name, InventoryField? Field);
