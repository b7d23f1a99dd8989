// Each test of a Pester suite as a test of its own: the mark for xunit, and what finds the tests.

using Xunit.Abstractions;
using Xunit.Sdk;

namespace EsimTools.Module.Tests.Pester;

/// <summary>Stands for all tests of the suite after which the class is named: the class GuardSuite for Guard.Tests.ps1.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("EsimTools.Module.Tests.Pester.PesterDiscoverer", "EsimTools.Module.Tests")]
internal sealed class PesterTestsAttribute : FactAttribute;

/// <summary>Finds the tests of a suite.</summary>
/// <param name="messages">Where xunit takes what is to be told beside results.</param>
public sealed class PesterDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var display = discoveryOptions.MethodDisplayOrDefault();
        var displayOptions = discoveryOptions.MethodDisplayOptionsOrDefault();
        try
        {
            var suite = PesterSuite.FileOf(testMethod.TestClass.Class.Name);
            return PesterRun.Listed.Value.Where(listed => listed.Suite == suite).Select(listed => listed.Name).Prepend(PesterTestCase.Whole)
                .Select(name => new PesterTestCase(messages, display, displayOptions, testMethod, suite, name)).ToArray();
        }
#pragma warning disable CA1031 // Whatever keeps the tests from being found has to be seen as a red test.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return [new ExecutionErrorTestCase(messages, display, displayOptions, testMethod, $"The tests could not be found: {problem}")];
        }
    }
}
