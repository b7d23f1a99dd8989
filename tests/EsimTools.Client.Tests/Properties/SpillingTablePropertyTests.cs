// A table that spills says what a dictionary would, whatever is done to it and whenever the disk is full.

using EsimTools.Client.Tests.Support;
using EsimTools.Identity;
using EsimTools.Storage;
using EsimTools.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class SpillingTablePropertyTests
{
    private const int Keys = 60;

    private enum Step
    {
        Set,
        Get,
        Remove,
        Fill,
        Empty,
    }

    [Fact]
    public void It_says_what_a_dictionary_says() => Law.Holds(
        from mostInMemory in Gen.Choose(1, 12)
        from perPage in Gen.Choose(1, 5)
        from mostPages in Gen.Choose(1, 6)
        from steps in Steps.ListOf().Resize(400)
        select (mostInMemory, perPage, mostPages, Steps: steps.ToArray()),
        input =>
        {
            var disk = new FakeDisk();
            var model = new Dictionary<IdentifierKey, Value>();
            using (var table = new SpillingTable<Value>(disk.Space(input.mostInMemory, (32 * input.perPage) + 8, input.mostPages)))
            {
                foreach (var (step, key, value) in input.Steps)
                {
                    switch (step)
                    {
                        case Step.Set:
                            table[key] = model[key] = value;
                            break;
                        case Step.Get:
                            Assert.Equal(model.GetValueOrDefault(key), table[key]);
                            break;
                        case Step.Remove:
                            model.Remove(key);
                            table.Remove(key);
                            break;
                        case Step.Fill:
                            disk.Room = value.Number % 500;
                            break;
                        case Step.Empty:
                            disk.Room = long.MaxValue;
                            break;
                    }

                    Assert.InRange(table.CountInMemory, 0, Keys + 1);
                    Assert.Equal(table.FileCount, disk.Files.Count);
                }

                Assert.All(AllKeys, key => Assert.Equal(model.GetValueOrDefault(key), table[key]));
            }

            Assert.Empty(disk.Files);
        });

    // A key that is none is a key like any other.
    private static IdentifierKey[] AllKeys { get; } =
        [default, .. Enumerable.Range(0, Keys).Select(i => i % 2 == 0 ? IdentifierKey.Of(Sample.IccidOf(i))!.Value : IdentifierKey.Hidden(Enumerable.Range(i, 16).Select(b => (byte)(b * 37)).ToArray()))];

    private static Gen<(Step Step, IdentifierKey Key, Value Value)> Steps =>
        from step in Gen.Frequency((20, Gen.Constant(Step.Set)), (20, Gen.Constant(Step.Get)), (3, Gen.Constant(Step.Remove)), (1, Gen.Constant(Step.Fill)), (1, Gen.Constant(Step.Empty)))
        from key in Gen.Elements(AllKeys)
        from number in Gen.Choose(0, 1000)
        select (step, key, new Value(number, (byte)number));

    private readonly record struct Value(long Number, byte Mark);
}
