// Finds out what became of the profiles of one request: from its status, from callbacks seen, and from the device list.

using EsimTools.Proof;
using EsimTools.Protocol;
using EsimTools.Store;

namespace EsimTools.Runs;

/// <summary>One attempt to settle one request.</summary>
internal sealed class DoubtResolver(RequestTracker tracker, LookUp lookUp, EsimRequest request, TimeSpan notDoneAfter)
{
    /// <summary>Asks the service, whose word on the request itself has just been asked for, and settles what its answers settle; every profile of the request comes back.</summary>
    public async Task<IReadOnlyList<EsimResolution>> RunAsync(CancellationToken cancellationToken)
    {
        if (request.IsOnItsWay)
        {
            return [.. request.Profiles.Select(profile => Told(profile, EsimResolutionStatus.Unknown, "the request is being sent right now", default))];
        }

        var open = request.OpenPlaces();
        var listed = await AskAsync([.. open.Select(place => request.Profiles[place])], cancellationToken).ConfigureAwait(false);
        var told = new EsimResolution?[request.Count];
        for (var i = 0; i < open.Count; i++)
        {
            told[open[i]] = Settle(open[i], listed[i]);
        }

        return [.. told.Select((resolution, place) => resolution ?? OfResult(request.ResultAt(place)!))];
    }

    private async Task<IReadOnlyList<EsimProfile?>> AskAsync(IReadOnlyList<EsimProfile> profiles, CancellationToken cancellationToken)
    {
        if (!profiles.Any(EsimProfile.IsHashed))
        {
            return await lookUp.AskAsync(request, profiles, request.AccountName, cancellationToken).ConfigureAwait(false);
        }

        // Those that the journal names by hashes cannot be asked for one by one; in the account's whole list they are recognised.
        var listing = new DeviceListing(new() { AccountName = request.AccountName });
        do
        {
            await lookUp.ReadPageAsync(listing, cancellationToken).ConfigureAwait(false);
        }
        while (listing.Place is not null);
        return new EsimProfile?[profiles.Count];
    }

    private EsimResolution Settle(int place, EsimProfile? listed)
    {
        var profile = request.Profiles[place];

        // A plan stands in the list alone, and is as old as the list. All else may have come in any message since the request left.
        var statement = request.Kind == EsimAction.ServicePlan && listed is not null
            ? listed.Known with { ProfileRole = null }
            : tracker.Profiles.StatementSince(request.SubmittedAt, request.Kind, profile);
        var verdict = DoubtRule.Judge(request.Kind, request.ServicePlan, request.SubmittedAt, statement, listed?.ServicePlan, notDoneAfter);
        if (verdict.Status != EsimResolutionStatus.Unknown)
        {
            tracker.Settle(request, place, verdict, statement);
        }

        return Told(profile, verdict.Status, verdict.Evidence, statement);
    }

    private EsimResolution Told(EsimProfile profile, EsimResolutionStatus status, string evidence, in ProfileState statement) => new(profile)
    {
        AccountName = request.AccountName,
        RequestId = request.DisplayId,
        Action = request.Action,
        Resolution = status,
        Evidence = evidence,
        Known = statement,
    };

    private EsimResolution OfResult(EsimResult result)
    {
        var evidence = result.Status switch
        {
            OutcomeStatus.Succeeded => "the service has confirmed it",
            OutcomeStatus.Failed => $"the service has reported that it failed{(result.ErrorMessage is null ? string.Empty : ": " + result.ErrorMessage)}",
            _ => result.ErrorMessage ?? "it was settled earlier",
        };
        return Told(
            result.Profile,
            result.Status == OutcomeStatus.Succeeded ? EsimResolutionStatus.Done : EsimResolutionStatus.NotDone,
            evidence,
            result.Said);
    }
}
