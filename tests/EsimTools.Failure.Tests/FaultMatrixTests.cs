// Every fault with every action: no request is lost, none is doubled, and each ends as the table says.

using System.Collections.Concurrent;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EsimTools.Failure.Tests;

public sealed class FaultMatrixTests(FaultMatrix matrix) : IClassFixture<FaultMatrix>
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var fault in FaultTable.All.Where(fault => fault.IsPossible))
            {
                foreach (var action in EsimAction.All)
                {
                    cases.Add(fault.ToString(), action.Name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task No_fault_loses_or_doubles_a_request(string fault, string action) =>
        AssertNone((await matrix.RunAsync(FaultTable.Find(fault), EsimAction.Find(action)!)).Problems);

    [Fact]
    public async Task No_cut_at_any_byte_loses_or_doubles_a_request() => AssertNone(await matrix.CutAsync());

    private static void AssertNone(IReadOnlyList<string> problems) => Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
}

/// <summary>Runs the cases, those of one fault side by side, and counts.</summary>
public sealed class FaultMatrix : IAsyncLifetime, IDisposable
{
    private const int CutsInLongRun = 2_000;
    private const int CutsInShortRun = 50;

    private readonly ConcurrentDictionary<(Fault, EsimAction), Task<Findings>> _cases = [];
    private readonly SemaphoreSlim _places = new(EsimAction.All.Count);
    private readonly SemaphoreSlim _placesForHeavy = new(2);
    private readonly ConcurrentBag<Findings> _findings = [];
    private int _cuts;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_cases.Values);
        await ServerFixture.DisposeFreeAsync();
        Figures.Note("fault matrix", $"{_cases.Count} cases, {_cuts} random cuts, lost {_findings.Sum(found => found.Lost)}, doubled {_findings.Sum(found => found.Doubled)}");
    }

    public void Dispose()
    {
        _places.Dispose();
        _placesForHeavy.Dispose();
    }

    /// <summary>What a case found. The others with the same fault are begun too, because many faults are mostly waiting.</summary>
    internal Task<Findings> RunAsync(Fault fault, EsimAction action)
    {
        foreach (var other in EsimAction.All)
        {
            _ = BeginAsync(fault, other);
        }

        return BeginAsync(fault, action);
    }

    /// <summary>Cuts requests and answers at random bytes; what is wrong comes back.</summary>
    internal async Task<IReadOnlyList<string>> CutAsync()
    {
        var seed = Figures.IsLongRun ? Environment.TickCount : 1;
        var random = new Random(seed);
        var found = await Task.WhenAll(Enumerable.Range(0, Figures.IsLongRun ? CutsInLongRun : CutsInShortRun).Select(_ => CutOnceAsync(random)).ToArray());
        _cuts = found.Length;
        return [.. found.SelectMany(problems => problems).Select(problem => $"seed {seed}: {problem}")];
    }

    private Task<Findings> BeginAsync(Fault fault, EsimAction action) => _cases.GetOrAdd((fault, action), _ => RunInPlaceAsync(fault, action));

    private async Task<IEnumerable<string>> CutOnceAsync(Random random)
    {
        var action = EsimAction.All[random.Next(EsimAction.All.Count)];
        var (share, inRequest, inOrder) = (random.NextDouble(), random.Next(2) == 0, random.Next(2) == 0);
        var fault = new Fault($"cut at {share:P2} of the {(inRequest ? "request" : "answer")}", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown)
        {
            Begin = faultCase =>
            {
                faultCase.Server.Proxy.Arm(inRequest ? WireFaults.CutRequest(share) : WireFaults.CutAnswer(share, inOrder));
                return Task.CompletedTask;
            },
        };
        return (await RunInPlaceAsync(fault, action)).Problems.Select(problem => $"{action}, {fault.Name}: {problem}");
    }

    private async Task<Findings> RunInPlaceAsync(Fault fault, EsimAction action)
    {
        var places = fault.IsHeavy ? _placesForHeavy : _places;
        await places.WaitAsync();
        try
        {
            var findings = await Task.Run(() => FaultCase.RunAsync(fault, action));
            _findings.Add(findings);
            return findings;
        }
        finally
        {
            places.Release();
        }
    }
}
