// Tests that measure the whole process.

namespace EsimTools.Client.Tests.Support;

/// <summary>Nothing else runs beside the tests of this collection.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
