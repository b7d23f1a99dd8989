// A Pester suite, as xunit sees it: run once, with a result for each of its tests.

using Xunit.Abstractions;
using Xunit.Sdk;

namespace EsimTools.Module.Tests.Pester;

/// <summary>A suite; each of its tests is a result with a name of its own.</summary>
internal sealed class PesterTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer only.", error: true)]
    public PesterTestCase()
    {
    }

    public PesterTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions displayOptions, ITestMethod testMethod)
        : base(messages, display, displayOptions, testMethod)
    {
    }

    /// <summary>The suite's file.</summary>
    public string Suite => PesterSuite.FileOf(TestMethod.TestClass.Class.Name);

    /// <inheritdoc/>
    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource) =>
        new Runner(this, messageBus, aggregator, cancellationTokenSource).RunAsync();

    /// <inheritdoc/>
    protected override string GetDisplayName(IAttributeInfo factAttribute, string displayName) => Suite;

    private sealed class Runner(PesterTestCase testCase, IMessageBus bus, ExceptionAggregator aggregator, CancellationTokenSource cancellation)
        : TestCaseRunner<PesterTestCase>(testCase, bus, aggregator, cancellation)
    {
        protected override async Task<RunSummary> RunTestAsync()
        {
            var summary = new RunSummary();
            foreach (var record in await RunSuiteAsync())
            {
                summary.Aggregate(Tell(record));
            }

            return summary;
        }

        private RunSummary Tell(PesterRecord record)
        {
            var test = new XunitTest(TestCase, $"{TestCase.Suite} | {record.Name}");
            MessageBus.QueueMessage(new TestStarting(test));
            var output = record.Name == PesterRun.Whole ? record.Message : string.Empty;
            var summary = new RunSummary { Total = 1, Time = record.Seconds };
            if (record.Result == "Passed")
            {
                MessageBus.QueueMessage(new TestPassed(test, record.Seconds, output));
            }
            else if (record.Result == "Skipped")
            {
                summary.Skipped = 1;
                // A test that is skipped by a switch says in its name, in parentheses, when.
                var said = record.Name[(record.Name.LastIndexOf('(') + 1)..].TrimEnd(')');
                MessageBus.QueueMessage(new TestSkipped(test, record.Message.Length > 0 ? record.Message.Split('\n')[0] : said));
            }
            else
            {
                summary.Failed = 1;
                MessageBus.QueueMessage(new TestFailed(
                    test, record.Seconds, output, [record.Result], [$"{record.Message}\n{Path.Combine(PesterSuite.Folder, TestCase.Suite)}:{record.Line}"], [string.Empty], [-1]));
            }

            MessageBus.QueueMessage(new TestFinished(test, record.Seconds, output));
            return summary;
        }

        private async Task<PesterRecord[]> RunSuiteAsync()
        {
            try
            {
                return await PesterRun.OfAsync(TestCase.Suite);
            }
#pragma warning disable CA1031 // Whatever kept the suite from running is what it failed of.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                return [new PesterRecord(PesterRun.Whole, 1, "Failed", problem.Message, 0)];
            }
        }
    }
}
