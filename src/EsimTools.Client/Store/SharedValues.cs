// Large values that many profiles have alike: the ten thousand of a request, or of a page of the list.

namespace EsimTools.Store;

/// <summary>Gives those who have the same value lately the same object, which the garbage collector takes when none has it any more. Not thread-safe.</summary>
internal sealed class SharedValues<TValue>
    where TValue : struct, IEquatable<TValue>
{
    // What a request does is told of its profiles in a few forms, and all of one form follow each other.
    private const int Most = 16;

    private readonly Shared?[] _recent = new Shared?[Most];
    private int _next;

    /// <summary>The object of a value.</summary>
    public Shared Of(in TValue value)
    {
        // The newest first: a million profiles are read one after the other.
        for (var i = 1; i <= Most; i++)
        {
            if (_recent[(_next - i + Most) % Most] is { } recent && recent.Value.Equals(value))
            {
                return recent;
            }
        }

        var made = new Shared(value);
        _recent[_next] = made;
        _next = (_next + 1) % Most;
        return made;
    }

    /// <summary>A value that several have.</summary>
    internal sealed class Shared(TValue value)
    {
        public TValue Value { get; } = value;
    }
}
