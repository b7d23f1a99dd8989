// How a property is tried: with how many made-up inputs, what is kept count of, and that none of them may keep a reader busy.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Testing;

/// <summary>Checks properties with FsCheck, which tells the smallest input that breaks one and the seed it came from.</summary>
internal static class PropertyCheck
{
    /// <summary>No input of these tests is worth more; what takes longer would hang on a larger one.</summary>
    private static readonly TimeSpan s_timeLimit = ManualClock.HangLimit;

    private static int s_properties;
    private static long s_inputs;

    /// <summary>How many inputs each property is tried with.</summary>
    public static int InputCount => Figures.IsLongRun ? 20_000 : 200;

    /// <summary>Checks a property, which throws where it does not hold, with inputs of a generator.</summary>
    public static void Holds<T>(Gen<T> inputs, Action<T> property, [CallerMemberName] string name = "") => Holds(inputs.ToArbitrary(), property, name);

    /// <summary>Likewise, with inputs that can be made smaller once one of them breaks the property.</summary>
    public static void Holds<T>(Arbitrary<T> inputs, Action<T> property, [CallerMemberName] string name = "")
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(InputCount).WithName(name), Prop.ForAll(inputs, (T input) => InTime(property, input)));
        Interlocked.Increment(ref s_properties);
        Interlocked.Add(ref s_inputs, InputCount);
    }

    /// <summary>Notes how much a test project has tried.</summary>
    public static void NoteFigures(string project) =>
        Figures.Note("properties", $"{project}: {s_properties} properties held for {s_inputs:N0} made-up inputs");

    private static void InTime<T>(Action<T> property, T input)
    {
        var watch = Stopwatch.StartNew();
        property(input);
        Assert.True(watch.Elapsed < s_timeLimit, $"It took {watch.Elapsed}.");
    }
}
