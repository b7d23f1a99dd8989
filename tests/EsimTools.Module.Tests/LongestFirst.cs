// In which order the classes of tests begin.

using EsimTools.Module.Tests.Pester;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("EsimTools.Module.Tests.LongestFirst", "EsimTools.Module.Tests")]

namespace EsimTools.Module.Tests;

/// <summary>
/// Those that take minutes begin first, so that the end of the run is not one of them alone while a processor has nothing to do. What is not
/// named here comes after them; the order changes no result.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_longest =
    [
        nameof(ExamplesSuite), nameof(ProcessTests), nameof(NoSecretShowsSuite), nameof(PipelineEndingsSuite), nameof(ReceiverSuite), nameof(SharedStoreSuite), nameof(PackageSuite),
        nameof(DeleteGuardSuite), nameof(DatabaseKillTests), nameof(ScriptsSuite), nameof(PlanProcessTests), nameof(ServiceOverHttpSuite), nameof(HelpSuite),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Place);

    // A class that belongs to no collection is a collection of its own, which xunit names after it.
    private static int Place(ITestCollection collection) =>
        Array.FindIndex(s_longest, name => collection.DisplayName.EndsWith("." + name, StringComparison.Ordinal)) is var found and >= 0 ? found : s_longest.Length;
}
