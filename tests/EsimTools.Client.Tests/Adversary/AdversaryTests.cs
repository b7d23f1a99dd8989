// A delete leaves only on proof, whatever stands between the service and the client: random lives of a world, judged by its truth.

using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace EsimTools.Client.Tests.Adversary;

public sealed partial class AdversaryTests(ITestOutputHelper output)
{
    private const ulong FirstSeed = 1;

    /// <summary>Lives one life again and prints its story: ESIMTOOLS_LIFE=&lt;seed&gt;.</summary>
    private static readonly string? s_again = Environment.GetEnvironmentVariable("ESIMTOOLS_LIFE");

    /// <summary>As many lives as somebody wants: ESIMTOOLS_LIVES=&lt;count&gt;, or those of some seeds: &lt;first&gt;-&lt;last&gt;.</summary>
    private static readonly string? s_count = Environment.GetEnvironmentVariable("ESIMTOOLS_LIVES");

    private static (ulong First, int Count) Wanted()
    {
        var seeds = (s_count ?? (Figures.IsLongRun ? "1000000" : Lives.IsInMemory ? "10000" : "500")).Split('-').Select(text => ulong.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return seeds is [var first, var last] ? (first, (int)(last - first + 1)) : (FirstSeed, (int)seeds[0]);
    }

    [Fact]
    public async Task A_delete_leaves_only_on_proof()
    {
        if (s_again is not null)
        {
            output.WriteLine(string.Join("\n", Lives.Tell(ulong.Parse(s_again, CultureInfo.InvariantCulture))));
            return;
        }

        var (first, count) = Wanted();
        var lives = await Lives.LiveAsync(first, count);

        output.WriteLine(lives.ToString());
        Figures.Note("adversary", $"{lives}");
        if (lives.Violations.Count > 0)
        {
            output.WriteLine("violated by seeds " + string.Join(" ", lives.Violations.Take(50)));
            Assert.Fail(
                $"{lives.Violations.Count} of {lives.Count} lives violated the invariant; the first, which ESIMTOOLS_LIFE={lives.Violations.Min} tells again:\n"
                + string.Join("\n", Lives.Tell(lives.Violations.Min)));
        }

        // Nothing is shown by lives in which nothing is dared, or in which the adversary sleeps.
        Assert.True(lives.Deletes > lives.Count, $"Only {lives.Deletes} profiles were in deletes that left.");
        Assert.All(Enum.GetValues<Adversity>(), adversity => Assert.True(lives.Had.GetValueOrDefault(adversity) >= lives.Count / 100, $"Too few lives had {adversity}."));
    }

    [Fact]
    public void A_life_is_lived_again_from_its_seed()
    {
        for (var seed = FirstSeed; seed <= 40; seed++)
        {
            Assert.True(IsTheSame(Story(seed), Story(seed)), $"The life of seed {seed} is not lived again.");
        }
    }

    private static string[] Story(ulong seed) => [.. Lives.Tell(seed).Select(WithoutLocalIds)];

    private static bool IsTheSame(string[] first, string[] second)
    {
        var same = Math.Min(UntilStopped(first), UntilStopped(second));
        return first.Take(same).SequenceEqual(second.Take(same)) && (same < int.MaxValue || first.Length == second.Length);
    }

    // Who is stopped while a call is on its way hears of it on a thread of the pool, sooner or later; from there on a life may go another way.
    private static int UntilStopped(string[] story) => Array.FindIndex(story, line => line.Contains("cancel", StringComparison.Ordinal)) is >= 0 and var place ? place : int.MaxValue;

    // The journal gives requests random ids before the service does, and hashes identifiers with a random key; nothing depends on either.
    private static string WithoutLocalIds(string line) => LocalId().Replace(line, "…");

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|hmac:[0-9a-f]{30}")]
    private static partial Regex LocalId();
}
