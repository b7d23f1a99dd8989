// One test of a Pester suite, as xunit sees it: its name, and a result that was taken from the run of the whole suite.

using Xunit.Abstractions;
using Xunit.Sdk;

namespace EsimTools.Module.Tests.Pester;

/// <summary>A test of a suite; the suite runs once, when the first of its tests is asked for.</summary>
internal sealed class PesterTestCase : XunitTestCase
{
    /// <summary>The test that is about the suite as a whole: that it ran to its end, and nothing but what was found before.</summary>
    public const string Whole = "runs to its end, and runs nothing that was not found before";

    [Obsolete("Called by the deserializer only.", error: true)]
    public PesterTestCase()
    {
    }

    public PesterTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions displayOptions, ITestMethod testMethod, string suite, string name)
        : base(messages, display, displayOptions, testMethod, [suite, name])
    {
    }

    /// <summary>The suite's file.</summary>
    public string Suite => (string)TestMethodArguments[0];

    /// <summary>The test's name, its blocks included.</summary>
    public string Name => (string)TestMethodArguments[1];

    /// <inheritdoc/>
    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource) =>
        new Runner(this, messageBus, aggregator, cancellationTokenSource).RunAsync();

    /// <inheritdoc/>
    protected override string GetDisplayName(IAttributeInfo factAttribute, string displayName) => $"{Suite} | {Name}";

    private sealed class Runner(PesterTestCase testCase, IMessageBus bus, ExceptionAggregator aggregator, CancellationTokenSource cancellation)
        : TestCaseRunner<PesterTestCase>(testCase, bus, aggregator, cancellation)
    {
        protected override async Task<RunSummary> RunTestAsync()
        {
            var test = new XunitTest(TestCase, TestCase.DisplayName);
            MessageBus.QueueMessage(new TestStarting(test));
            var record = await FindAsync();
            var output = TestCase.Name == Whole ? record.Message : string.Empty;
            var summary = new RunSummary { Total = 1, Time = record.Seconds };
            if (record.Result == "Passed")
            {
                MessageBus.QueueMessage(new TestPassed(test, record.Seconds, output));
            }
            else if (record.Result == "Skipped")
            {
                summary.Skipped = 1;
                // A test that is skipped by a switch says in its name, in parentheses, when.
                var said = TestCase.Name[(TestCase.Name.LastIndexOf('(') + 1)..].TrimEnd(')');
                MessageBus.QueueMessage(new TestSkipped(test, record.Message.Length > 0 ? record.Message.Split('\n')[0] : said));
            }
            else
            {
                summary.Failed = 1;
                MessageBus.QueueMessage(new TestFailed(
                    test, record.Seconds, output, [record.Result], [$"{record.Message}\n{Path.Combine(PesterSuite.Folder, record.Suite)}:{record.Line}"], [string.Empty], [-1]));
            }

            MessageBus.QueueMessage(new TestFinished(test, record.Seconds, output));
            return summary;
        }

        private async Task<PesterRecord> FindAsync()
        {
            try
            {
                var run = await PesterRun.OfAsync(TestCase.Suite);
                return TestCase.Name == Whole ? run.Whole : run.Find(TestCase.Name);
            }
#pragma warning disable CA1031 // Whatever kept the suite from running is what each of its tests failed of.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                return new PesterRecord(TestCase.Suite, TestCase.Name, 0, "Failed", problem.Message, 0);
            }
        }
    }
}
