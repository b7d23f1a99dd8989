// The file of what waits on this machine: a line that a full disk has torn takes no other one with it.

namespace EsimTools.Postgres.Tests;

public sealed class KeptAnswersTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_line_that_was_torn_is_kept_by_the_next_attempt(int before)
    {
        var kept = New();
        Entry[] entries = [.. Enumerable.Range(0, 3).Select(number => new Entry(Guid.NewGuid(), "key", $$"""{"number":{{number}},"text":"{}"}"""))];
        kept.Keep(entries.AsSpan(0, before));
        File.AppendAllText(kept.FilePath, before == 0 ? "https://serv" : $"{entries[before].Token} key {entries[before].Text[..^1]}");

        kept.Keep(entries.AsSpan(before));

        var brought = new List<Entry>();
        Assert.Equal(3, New().BringIn(brought.AddRange));
        Assert.Equal(entries, brought);
        Assert.False(File.Exists(kept.FilePath));
    }

    private KeptAnswers New() => new(_folder.Path, StoreContract.Service, DateTimeOffset.UtcNow);
}
