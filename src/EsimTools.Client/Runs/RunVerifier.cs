// Asks the service how the profiles of a request are now, and compares that with what the request has made of them.

using EsimTools.Proof;
using EsimTools.Store;

namespace EsimTools.Runs;

/// <summary>Compares what was confirmed with what is.</summary>
internal sealed class RunVerifier(RequestTracker tracker, LookUp lookUp)
{
    /// <summary>Checks every profile of a request.</summary>
    public async Task<IReadOnlyList<EsimRunCheck>> CheckAsync(EsimRequest request, CancellationToken cancellationToken)
    {
        var results = Enumerable.Range(0, request.Count).Select(request.ResultAt).ToArray();
        int[] asked = [.. Enumerable.Range(0, request.Count).Where(place => results[place] is { Status: OutcomeStatus.Succeeded } && !EsimProfile.IsHashed(request.Profiles[place]))];
        var listed = asked.Length == 0 ? [] : await lookUp.AskAsync(null, [.. asked.Select(place => request.Profiles[place])], request.AccountName, cancellationToken).ConfigureAwait(false);
        var checks = new EsimRunCheck[request.Count];
        for (var i = 0; i < asked.Length; i++)
        {
            checks[asked[i]] = Compare(request, request.Profiles[asked[i]], listed[i]);
        }

        for (var place = 0; place < request.Count; place++)
        {
            checks[place] ??= Made(request, request.Profiles[place], EsimRunVerdict.CannotTell, null, results[place] switch
            {
                null => "its outcome is not known",
                { Status: OutcomeStatus.Succeeded } => "the journal names it by a hash alone",
                { Status: OutcomeStatus.Failed } => "it failed, so nothing is expected of it",
                _ => "it was not done, so nothing is expected of it",
            });
        }

        return checks;
    }

    private EsimRunCheck Compare(EsimRequest request, EsimProfile profile, EsimProfile? listed)
    {
        if (listed is null)
        {
            // Its deletion was confirmed, and now it is gone.
            return request.Kind == EsimAction.Delete
                ? Made(request, profile, EsimRunVerdict.Verified, "not listed", null)
                : Made(request, profile, EsimRunVerdict.CannotTell, "not listed", "the service does not list it");
        }

        var isPlan = request.Kind == EsimAction.ServicePlan;
        var shows = isPlan
            ? listed.ServicePlan is null ? null : string.Equals(listed.ServicePlan, request.ServicePlan, StringComparison.OrdinalIgnoreCase)
            : ActionProof.Shows(request.Kind, listed.Known);
        var found = isPlan ? listed.ServicePlan : request.Kind.ProvesState is not null ? listed.State : listed.ProfileStatus;
        return shows switch
        {
            true => Made(request, profile, EsimRunVerdict.Verified, found, null),
            false => Made(request, profile, EsimRunVerdict.Different, found, WhatCameLater(request, profile) ?? "it was changed elsewhere, or has not arrived"),
            null => Made(request, profile, EsimRunVerdict.CannotTell, found, Expected(request) is null ? "the action leaves no trace in the service's list" : "the service's word does not tell"),
        };
    }

    private string? WhatCameLater(EsimRequest request, EsimProfile profile) =>
        tracker.FindLast(request.Kind, profile) is { } last && last.Number != request.Number && last.SubmittedAt >= request.SubmittedAt
            ? $"'{last.Action}' was sent for it later ({last.DisplayId}, {Clock.ToIso(last.SubmittedAt)}{(last.Run?.Reason is { } why ? ", " + why : string.Empty)})"
            : null;

    private static string? Expected(EsimRequest request) =>
        request.Kind == EsimAction.ServicePlan ? request.ServicePlan : request.Kind.ProvesState ?? request.Kind.ProvesProfileStatus;

    private static EsimRunCheck Made(EsimRequest request, EsimProfile profile, EsimRunVerdict verdict, string? found, string? because) => new()
    {
        Iccid = profile.Iccid,
        Eid = profile.Eid,
        Imei = profile.Imei,
        AccountName = request.AccountName,
        RunId = request.Run?.Id,
        RequestId = request.DisplayId,
        Action = request.Action,
        Verdict = verdict,
        Expected = Expected(request),
        Found = found,
        Because = because,
    };
}
