// Copies a journal into another one, line by line as it is, so that every line proves there what it proved before. It adds and never replaces.

using System.Globalization;

namespace EsimTools.Store;

/// <summary>Copies from one journal to another, while nobody writes to either.</summary>
/// <param name="source">The one that is copied; it stays as it is.</param>
/// <param name="target">The one that it is copied to.</param>
/// <param name="report">Told of what a person should know.</param>
internal sealed class JournalCopy(IKeptJournal source, IKeptJournal target, Action<EsimMessage> report)
{
    private long _leftOut;

    /// <summary>Copies what is not there yet.</summary>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimJournalInUse"/>, <see cref="EsimError.EsimJournalConflict"/>, <see cref="EsimError.EsimJournalUnavailable"/>,
    /// <see cref="EsimError.EsimDatabaseUnavailable"/>: nothing is used of what was copied.
    /// </exception>
    public async Task<EsimJournalCopy> RunAsync(CancellationToken cancellationToken)
    {
        string[] services = [.. source.Services().Concat(target.Services()).Distinct(StringComparer.Ordinal)];
        await source.EnterAsync(services, cancellationToken).ConfigureAwait(false);
        await target.EnterAsync(services, cancellationToken).ConfigureAwait(false);
        RefuseWriters();
        var policy = PolicyToCopy();
        using var wanted = LineTally.Of(source.Read(LeaveOut));
        using var there = LineTally.Of(target.Read(static _ => { }));
        var missing = wanted.Without(there);
        RefuseForks(missing, there.Without(wanted));
        RefuseOtherKeys(missing.Count > 0);

        // Also where nothing is missing: a copy that was broken off behind its last line ends here.
        target.Begin();
        if (source.Key is { } key && target.Key is null)
        {
            target.TakeKey(key);
        }

        if (policy is not null)
        {
            target.WritePolicy(policy);
        }

        if (missing.Count > 0)
        {
            target.Append(Missing(there, cancellationToken));
        }

        using var copied = LineTally.Of(target.Read(static _ => { }));
        var (linesThere, digestThere) = copied.Shared(wanted);
        var copy = new EsimJournalCopy
        {
            Source = source.Title,
            Destination = target.Title,
            Requests = wanted.Requests,
            Lines = wanted.Count,
            Copied = missing.Values.Sum(),
            LeftOut = _leftOut,
            Digest = wanted.Shared(wanted).Digest,
            LinesThere = linesThere,
            DigestThere = digestThere,
            PolicyCopied = policy is not null,
            IsHashed = source.Key is not null,
        };
        if (!copy.IsVerified)
        {
            throw new EsimException(
                EsimError.EsimJournalUnavailable,
                string.Format(CultureInfo.InvariantCulture, "Of the {0} lines of the journal {1}, {2} were found again in {3}: it does not keep what it is given.", copy.Lines, source.Title, linesThere, target.Title),
                "Nothing of the copy is used. See to the disk or the database, and copy again.");
        }

        // Whoever has come meanwhile has perhaps written what was not copied.
        RefuseWriters();
        target.End();
        return copy;
    }

    private IEnumerable<KeptLine> Missing(LineTally there, CancellationToken cancellationToken)
    {
        using var seen = new LineTally();
        foreach (var line in source.Read(static _ => { }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            seen.Add(line);
            var digest = seen.DigestOf(line);
            if (seen.CountOf(digest) > there.CountOf(digest))
            {
                yield return line;
            }
        }
    }

    private void LeaveOut(string problem)
    {
        _leftOut++;
        report(new(EsimMessageLevel.Warning, problem));
    }

    private void RefuseWriters()
    {
        foreach (var journal in (IKeptJournal[])[source, target])
        {
            if (journal.Writers() is { Count: > 0 } writers)
            {
                throw new EsimException(
                    EsimError.EsimJournalInUse,
                    $"A connection is at work in the journal {journal.Title}: {string.Join(", ", writers)}. What it writes meanwhile would be missing from the copy.",
                    "Close it there with Disconnect-EsimService, or wait until its command has ended; then copy again.");
            }

            if (journal.FindUndelivered() is { Count: > 0 } files)
            {
                throw new EsimException(
                    EsimError.EsimJournalInUse,
                    $"What was heard from the service for the journal {journal.Title} is not in it yet: {string.Join(", ", files.Select(static file => $"'{file}'"))}.",
                    "Stop the listener whose file it is. Where nobody is at work, connect once with that journal, which takes it in, and disconnect; then copy again.");
            }
        }
    }

    private string? PolicyToCopy()
    {
        var (own, other) = (source.ReadPolicy(), target.ReadPolicy());
        return own is null || own == other ? null : other is null ? own : throw Conflict(
            $"The journal {target.Title} has another policy than {source.Title}",
            "Look at both with Get-EsimPolicy, and set the one that shall count with Set-EsimPolicy in both.");
    }

    private void RefuseForks(IReadOnlyDictionary<string, long> missing, IReadOnlyDictionary<string, long> extra)
    {
        // Their places in the line of all requests were given by two who did not know of each other.
        if (missing.Keys.FirstOrDefault(extra.ContainsKey) is { } service)
        {
            throw Conflict(
                string.Format(
                    CultureInfo.InvariantCulture,
                    "The journal {0} holds {1} lines for {2} that are not in {3}, which holds {4} that are not there: what was sent for one was not known to the other, so together they do not tell what came after what",
                    target.Title, extra[service], service.Length > 0 ? service : "a service that they do not name", source.Title, missing[service]),
                "Copy into a journal that holds nothing else for that service: a new folder or database.");
        }
    }

    private void RefuseOtherKeys(bool hasMissing)
    {
        if (source.Key is { } own && target.Key is { } other && !own.SequenceEqual(other))
        {
            throw Conflict(
                $"The journals {source.Title} and {target.Title} hide identifiers behind different keys, so neither's would be recognised in the other",
                "Copy into a journal that holds no hashed identifiers yet; the key comes along.");
        }

        if (hasMissing && source.Key is null && target.Key is not null)
        {
            throw Conflict(
                $"The journal {target.Title} hides identifiers, and {source.Title} shows them: they would stand there for all to read",
                "Copy into a journal that shows identifiers.");
        }
    }

    private static EsimException Conflict(string problem, string advice) => new(EsimError.EsimJournalConflict, problem + ". Nothing was copied.", advice);
}
