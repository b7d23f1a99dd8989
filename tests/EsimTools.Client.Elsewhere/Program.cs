// Runs the tests that are compiled into this program, on the runtime that it was started on. It prints each test that failed and one line of
// counts; its exit code is 0 when tests ran and none failed.

using System.Reflection;
using System.Runtime.InteropServices;
using Xunit.Abstractions;
using Xunit.Sdk;

var results = new Results();
var framework = new XunitTestFramework(results);
var executor = framework.GetExecutor(Assembly.GetExecutingAssembly().GetName());
var options = new Options();
executor.RunAll(results, options, options);
var all = results.Finished.Task.GetAwaiter().GetResult();
Console.WriteLine($"{all.TestsRun - all.TestsFailed - all.TestsSkipped} passed, {all.TestsFailed + results.Errors} failed, {all.TestsSkipped} skipped on {RuntimeInformation.FrameworkDescription}");
return all.TestsRun > all.TestsSkipped && all.TestsFailed + results.Errors == 0 ? 0 : 1;

/// <summary>What xunit reports while it runs.</summary>
internal sealed class Results : Xunit.LongLivedMarshalByRefObject, IMessageSink
{
    /// <summary>The whole run's end.</summary>
    public TaskCompletionSource<ITestAssemblyFinished> Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What failed outside a test: a class that could not be made or cleaned up.</summary>
    public int Errors { get; private set; }

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestFailed failed:
                Console.WriteLine($"FAILED {failed.Test.DisplayName}\n{string.Join("\n", failed.Messages)}\n{string.Join("\n", failed.StackTraces)}");
                break;
            case ITestAssemblyFinished finished:
                Finished.TrySetResult(finished);
                break;
            case IFailureInformation failure:
                Errors++;
                Console.WriteLine($"FAILED {string.Join("\n", failure.Messages)}\n{string.Join("\n", failure.StackTraces)}");
                break;
        }

        return true;
    }
}

/// <summary>xunit's own defaults: nothing is set.</summary>
internal sealed class Options : Xunit.LongLivedMarshalByRefObject, ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> _values = [];

    /// <inheritdoc/>
    public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

    /// <inheritdoc/>
    public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
}
