// Requests of a run that were not accepted, and when so many of them end it.

namespace EsimTools.Runs;

/// <summary>Tells of requests that were not accepted, and ends the run when that goes on.</summary>
internal sealed class RunFailures(EsimRunHost host, int mostInARow)
{
    private int _inARow;

    /// <summary>The last request that was not accepted; null while there is none.</summary>
    public EsimRequest? Last { get; private set; }

    /// <summary>A request was accepted.</summary>
    public void Succeeded() => _inARow = 0;

    /// <summary>A request was not sent.</summary>
    public void Unsent(EsimAction action, RunBatch batch, EsimException reason) => host.OnProblem(
        new(reason.Error, $"'{action}' for {RunWords.Profiles(batch.Profiles.Count)} of account {batch.AccountName} was not sent: {reason.Message}", reason.RecommendedAction, reason),
        batch.Profiles);

    /// <summary>A request was sent and not accepted.</summary>
    /// <exception cref="EsimException">The run has to end.</exception>
    public void Failed(EsimException failure, EsimRequest request, in EsimRunCounts counts)
    {
        Last = request;
        var named = new EsimException(
            failure.Error, $"'{request.Action}' for {RunWords.Profiles(request.Count)} of account {request.AccountName}: {failure.Message}", failure.RecommendedAction, failure)
        { StatusCode = failure.StatusCode, ErrorCode = failure.ErrorCode, RequestId = request.RequestId };
        var before = $"Before that {RunWords.Profiles(counts.Accepted)} {(counts.Accepted == 1 ? "was" : "were")} accepted; the rest of the input was not sent.";
        if (failure.Error is EsimError.EsimLoginRefused or EsimError.EsimNotConnected)
        {
            // Every further request would fail alike, and a refused login must not be tried again.
            throw new EsimException(failure.Error, $"{named.Message} The command has ended: {before}", failure.RecommendedAction, failure);
        }

        host.OnProblem(named, request);

        // A service that takes nothing will not take the rest of a large fleet either, and each attempt may leave ten thousand profiles in doubt.
        if (++_inARow == mostInARow)
        {
            throw new EsimException(
                EsimError.EsimTooManyErrors,
                $"The command has ended because {_inARow} requests in a row were not accepted: {before} The last one: {failure.Message}",
                "See what is wrong, then run the command again: it sends only what has not been done. -MaxErrorCount changes the limit.",
                failure);
        }
    }
}
