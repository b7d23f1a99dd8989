// The sentences for outcomes that are not what the user wanted, shared by all who wait.

namespace EsimTools.Runs;

/// <summary>Makes exceptions from outcomes.</summary>
internal static class OutcomeFailures
{
    /// <summary>A profile for which the service reported a failure.</summary>
    public static EsimException Of(EsimResult result, string? consequence = null)
    {
        if (result.Status == OutcomeStatus.NotDone)
        {
            return new(
                EsimError.EsimActionFailed,
                $"'{result.Action}' was not carried out for {result.Profile}: {result.ErrorMessage}." + (consequence is null ? string.Empty : " " + consequence),
                "The profile is free again: run the command again for it.")
            { RequestId = result.RequestId };
        }

        var reason = (result.ErrorCode, result.ErrorMessage) switch
        {
            (null, null) => "the service's status gives no reason; only a callback tells it",
            ({ } code, null) => code,
            (null, { } message) => message,
            ({ } code, { } message) => $"{code}: {message}",
        };
        return new(
            EsimError.EsimActionFailed,
            $"'{result.Action}' failed for {result.Profile} ({reason.TrimEnd('.')})." + (consequence is null ? string.Empty : " " + consequence),
            "Its state is as it was before; Get-EsimProfile shows it.")
        { ErrorCode = result.ErrorCode, RequestId = result.RequestId };
    }

    /// <summary>A request whose outcomes are not all known when the time is over.</summary>
    public static EsimException TimedOut(EsimRequest request, string? consequence = null)
    {
        var open = request.Count - request.SucceededCount - request.FailedCount;
        return new(
            EsimError.EsimWaitTimeout,
            $"The outcome of '{request.Action}' is not known yet for {open} of {request.Count} profiles of request {request.DisplayId}."
                + (consequence is null ? string.Empty : " " + consequence),
            $"Wait again: Get-EsimRequest -RequestId {request.DisplayId} | Wait-EsimRequest. A device that is switched off may take long.")
        { RequestId = request.RequestId };
    }
}
