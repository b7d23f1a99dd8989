// A Pester suite as a test of xunit that has many results: the mark for xunit, and what makes the test of it.

using Xunit.Abstractions;
using Xunit.Sdk;

namespace EsimTools.Module.Tests.Pester;

/// <summary>Stands for all tests of the suite after which the class is named: the class GuardSuite for Guard.Tests.ps1.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("EsimTools.Module.Tests.Pester.PesterDiscoverer", "EsimTools.Module.Tests")]
internal sealed class PesterTestsAttribute : FactAttribute;

/// <summary>Makes the test of a suite. What is in the suite shows when it runs: to have Pester find it before takes as long as some suites.</summary>
/// <param name="messages">Where xunit takes what is to be told beside results.</param>
public sealed class PesterDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new PesterTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
