// Many lives, several at once, and what was counted in them.

using System.Globalization;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>What came of many lives.</summary>
internal sealed class Lives
{
    private const string MemoryFolder = "/dev/shm";

    private readonly object _lock = new();
    private readonly SortedDictionary<Adversity, int> _had = [];

    /// <summary>Whether the system has a folder in memory.</summary>
    public static bool IsInMemory { get; } = Directory.Exists(MemoryFolder);

    public int Count { get; private set; }

    /// <summary>The profiles in deletes that have left.</summary>
    public long Deletes { get; private set; }

    /// <summary>The lives in which a delete has left.</summary>
    public int WithDeletes { get; private set; }

    /// <summary>How many lives had each kind of adversity.</summary>
    public IReadOnlyDictionary<Adversity, int> Had => _had;

    /// <summary>The seeds of the lives that violated the invariant, smallest first.</summary>
    public SortedSet<ulong> Violations { get; } = [];

    /// <summary>Lives lives, from a first seed on.</summary>
    public static async Task<Lives> LiveAsync(ulong first, int count)
    {
        // A life blocks the threads that it runs on while it goes deeper.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 8 * Environment.ProcessorCount), ports);
        var lives = new Lives();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (Interlocked.Increment(ref next) is var number && number <= count)
                {
                    try
                    {
                        using var life = new Life(first + (ulong)number - 1, NewFolder());
                        life.Live();
                        lives.Add(life);
                    }
                    catch
                    {
                        // The others need not be lived to see that.
                        Interlocked.Add(ref next, count);
                        throw;
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        return lives;
    }

    /// <summary>Lives one again and tells its story.</summary>
    public static IReadOnlyList<string> Tell(ulong seed)
    {
        using var life = new Life(seed, NewFolder(), hasStory: true);
        life.Live();
        return life.Story!;
    }

    /// <summary>A folder in memory where the system has one: forcing a line to a real disk would be most of a life.</summary>
    public static string NewFolder() => Path.Combine(IsInMemory ? MemoryFolder : Path.GetTempPath(), "esimtools-life-" + Guid.NewGuid().ToString("N"));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count:N0} lives; deletes of {Deletes:N0} profiles left in {WithDeletes:N0} of them; {Violations.Count:N0} violated the invariant; adversities: {string.Join(", ", _had.Select(had => $"{had.Key} in {had.Value:N0}"))}");

    private void Add(Life life)
    {
        lock (_lock)
        {
            Count++;
            Deletes += life.Deletes;
            WithDeletes += life.Deletes > 0 ? 1 : 0;
            foreach (var had in life.Had)
            {
                _had[had] = _had.GetValueOrDefault(had) + 1;
            }

            if (life.Violation is not null)
            {
                Violations.Add(life.Seed);
            }
        }
    }
}
