// The profiles, the accepted requests and what comes of them. An accepted request takes effect later, as the documents
// say ("these endpoints send responses asynchronously"): at the first poll after the Pending ones, or after --work-ms when
// nobody polls, whichever is first. So a delete sent without waiting for the deactivation fails, as it should.

namespace DocumentServer;

/// <summary>What came of one device of a request; no fault means success.</summary>
internal sealed class DeviceOutcome(DeviceIds ids)
{
    public DeviceIds Ids { get; } = ids;

    /// <summary>The profile that the identifiers name, if there is one.</summary>
    public Profile? Profile { get; set; }

    public string? FaultCode { get; set; }

    public string FaultText { get; set; } = "";

    /// <summary>The profile's words at the moment the action ended, for the callback.</summary>
    public string State { get; set; } = "";

    public string ProfileStatus { get; set; } = "";
}

/// <summary>A request that was answered with a requestId.</summary>
internal sealed class AcceptedRequest(string id, ActionOrder order)
{
    public string Id { get; } = id;

    public ActionOrder Order { get; } = order;

    public IReadOnlyList<DeviceOutcome> Outcomes { get; } = [.. order.Devices.Select(ids => new DeviceOutcome(ids))];

    public int Polls { get; set; }

    public bool HasEnded { get; set; }
}

/// <summary>An identifier in an answer.</summary>
internal sealed record IdAndKind(string Id, string Kind);

/// <summary>One page of the device list.</summary>
internal sealed record DevicePage(bool HasMoreData, IReadOnlyList<object> Devices);

internal sealed class Fleet
{
    private const string CreatedAt = "2024-01-01T00:00:00-05:00";

    private readonly Lock gate = new();
    private readonly Options options;
    private readonly Callbacks? callbacks;
    private readonly List<Profile> profiles;
    private readonly Dictionary<string, Profile> byIccid;
    private readonly ILookup<string, Profile> byEid;
    private readonly ILookup<string, Profile> byImei;
    private readonly Dictionary<string, AcceptedRequest> requests = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string Action, string Profile), int> timesAccepted = [];

    public Fleet(Options options, List<Profile> profiles)
    {
        this.options = options;
        this.profiles = profiles;
        byIccid = profiles.ToDictionary(profile => profile.Iccid, StringComparer.Ordinal);
        byEid = profiles.ToLookup(profile => profile.Eid, StringComparer.Ordinal);
        byImei = profiles.ToLookup(profile => profile.Imei, StringComparer.Ordinal);
        callbacks = options.CallbackUrl is null ? null : new Callbacks(options.CallbackUrl);
    }

    /// <summary>Takes a valid request and returns its requestId.</summary>
    public string Accept(ActionOrder order)
    {
        var request = new AcceptedRequest(Guid.NewGuid().ToString(), order);
        lock (gate)
        {
            requests.Add(request.Id, request);
            foreach (var outcome in request.Outcomes)
            {
                Identify(outcome, order.AccountName);
                var ids = outcome.Ids;
                var key = (order.Action.Name, outcome.Profile?.Iccid ?? ids.Iccid ?? ids.Eid ?? ids.Imei!);
                timesAccepted[key] = timesAccepted.GetValueOrDefault(key) + 1;
            }
        }

        _ = EndLaterAsync(request);
        return request.Id;
    }

    /// <summary>The answer to a poll. The first ones say Pending even if the work is done, so that callers must be able to wait.</summary>
    public object Poll(string id)
    {
        lock (gate)
        {
            if (!requests.TryGetValue(id, out var request))
            {
                throw new Refusal(404, "There is no such request.");
            }

            request.Polls++;
            var pending = request.Polls <= options.PendingPolls;
            if (!pending)
            {
                End(request);
            }

            // The page has one word for the whole and one per device. How the whole reads when devices differ is not said;
            // here it is Failed, so a caller that looks at the whole alone will be found out.
            var failed = request.Outcomes.Any(outcome => outcome.FaultCode is not null);
            return new
            {
                requestId = request.Id,
                status = pending ? "Pending" : failed ? "Failed" : "Success",
                subRequests = request.Outcomes.Select(outcome => new
                {
                    ids = Sent(outcome.Ids),
                    status = pending ? "Pending" : outcome.FaultCode is null ? "Success" : "Failed",
                }).ToList(),
            };
        }
    }

    /// <summary>One page of the device list, or the profiles of one device. Deleted profiles are gone from it.</summary>
    public DevicePage List(ListOrder order)
    {
        lock (gate)
        {
            var found = new List<object>();
            for (var i = order.After; i < profiles.Count; i++)
            {
                var profile = profiles[i];
                if (!profile.IsDeleted && profile.AccountName == options.Account
                    && (order.ServicePlan is null || order.ServicePlan == profile.ServicePlan) && IsAskedFor(profile))
                {
                    if (found.Count == order.PageSize)
                    {
                        return new DevicePage(true, found);
                    }

                    found.Add(Listed(profile));
                }
            }

            return new DevicePage(false, found);
        }

        bool IsAskedFor(Profile profile) => order.Kind switch
        {
            "iccid" => profile.Iccid == order.Id,
            "eid" => profile.Eid == order.Id,
            "imei" => profile.Imei == order.Id,
            "mdn" => profile.Mdn == order.Id,
            _ => true,
        };
    }

    /// <summary>The judge's page on one profile, or null.</summary>
    public object? Describe(string iccid)
    {
        lock (gate)
        {
            return !byIccid.TryGetValue(iccid, out var profile) ? null : new
            {
                iccid = profile.Iccid,
                eid = profile.Eid,
                imei = profile.Imei,
                accountName = profile.AccountName,
                servicePlan = profile.ServicePlan,
                state = profile.State,
                profileStatus = profile.ProfileStatus,
                profileRole = profile.ProfileRole,
                deleted = profile.IsDeleted,
                accepted = ProfileAction.All.ToDictionary(action => action.Name, action => timesAccepted.GetValueOrDefault((action.Name, iccid))),
            };
        }
    }

    /// <summary>The judge's page on everything.</summary>
    public object Summarise(RequestLog log)
    {
        lock (gate)
        {
            return new
            {
                profiles = profiles.Count,
                states = profiles.CountBy(profile => profile.State).ToDictionary(),
                profileStatuses = profiles.CountBy(profile => profile.ProfileStatus).ToDictionary(),
                actions = ProfileAction.All.ToDictionary(action => action.Name, action =>
                {
                    var accepted = requests.Values.Where(request => request.Order.Action == action).ToList();
                    var outcomes = accepted.Where(request => request.HasEnded).SelectMany(request => request.Outcomes).ToList();
                    return new
                    {
                        acceptedRequests = accepted.Count,
                        acceptedDevices = accepted.Sum(request => request.Outcomes.Count),
                        pendingRequests = accepted.Count(request => !request.HasEnded),
                        succeededDevices = outcomes.Count(outcome => outcome.FaultCode is null),
                        failedDevices = outcomes.Count(outcome => outcome.FaultCode is not null),
                        mostForOneProfile = timesAccepted.Where(pair => pair.Key.Action == action.Name).Select(pair => pair.Value).DefaultIfEmpty().Max(),
                    };
                }),
                refusedRequests = log.All().Count(entry => entry.Status >= 400),
                callbacks = callbacks?.Count(),
            };
        }
    }

    private async Task EndLaterAsync(AcceptedRequest request)
    {
        await Task.Delay(options.WorkMilliseconds);
        lock (gate)
        {
            End(request);
        }
    }

    /// <summary>Carries a request out, once.</summary>
    private void End(AcceptedRequest request)
    {
        if (request.HasEnded)
        {
            return;
        }

        request.HasEnded = true;
        foreach (var outcome in request.Outcomes)
        {
            if (outcome.Profile is { } profile)
            {
                CarryOut(request.Order.Action, profile, outcome);
                outcome.State = profile.State;
                outcome.ProfileStatus = profile.ProfileStatus;
            }
        }

        callbacks?.Send(request);
    }

    private static void CarryOut(ProfileAction action, Profile profile, DeviceOutcome outcome)
    {
        if (profile.IsDeleted)
        {
            Fail(outcome, "REQUEST_FAILED.DeviceNotFound", "The profile has been deleted.");
        }
        else if (action == ProfileAction.Deactivate)
        {
            // Only the service ends; the document's own sample still says profileStatus ENABLE afterwards.
            profile.State = "DEACTIVE";
        }
        else if (profile.ProfileRole == "LEAD")
        {
            Fail(outcome, "INPUT_INVALID.DeviceState.Invalid", "Verizon eSIM profile cannot be deleted.");
        }
        else if (profile.State != "DEACTIVE" && profile.IsEnabled)
        {
            Fail(outcome, "INPUT_INVALID.DeviceState.Invalid", "A profile must be disabled before it can be deleted!");
        }
        else
        {
            profile.State = "UNKNOWN";
            profile.ProfileStatus = "DELETE";
        }
    }

    /// <summary>
    /// Finds the profile that the identifiers name. With an ICCID that one; without, the one profile of the EID or IMEI. Identifiers
    /// that belong to different profiles fail that device alone: a row mixed up on the way must not hit either of them.
    /// </summary>
    private void Identify(DeviceOutcome outcome, string accountName)
    {
        var ids = outcome.Ids;
        var candidates = ids.Iccid is not null
            ? byIccid.TryGetValue(ids.Iccid, out var exact) ? [exact] : []
            : (ids.Eid is not null ? byEid[ids.Eid] : byImei[ids.Imei!]).Where(profile => !profile.IsDeleted).ToArray();
        if (candidates is not [var found] || found.AccountName != accountName)
        {
            Fail(outcome, "REQUEST_FAILED.DeviceNotFound", candidates.Length > 1
                ? "The identifiers fit several profiles."
                : "The account has no profile with these identifiers.");
        }
        else if ((ids.Eid is not null && ids.Eid != found.Eid) || (ids.Imei is not null && ids.Imei != found.Imei))
        {
            Fail(outcome, "INPUT_INVALID.Device.Identifier.Invalid", "The identifiers belong to different profiles.");
        }
        else
        {
            outcome.Profile = found;
        }
    }

    private static void Fail(DeviceOutcome outcome, string code, string text)
    {
        outcome.FaultCode = "UnifiedWebService." + code;
        outcome.FaultText = text;
    }

    /// <summary>The identifiers as they were sent, in the documents' spelling for requests.</summary>
    private static List<IdAndKind> Sent(DeviceIds ids)
    {
        var list = new List<IdAndKind>(3);
        Add(ids.Eid, "eid");
        Add(ids.Iccid, "iccid");
        Add(ids.Imei, "imei");
        return list;

        void Add(string? id, string kind)
        {
            if (id is not null)
            {
                list.Add(new IdAndKind(id, kind));
            }
        }
    }

    private static object Listed(Profile profile) => new
    {
        accountName = profile.AccountName,
        billingCycleEndDate = CreatedAt,
        carrierInformations = new[]
        {
            new { carrierName = "Verizon Wireless", servicePlan = profile.ServicePlan, state = profile.State.ToLowerInvariant() },
        },
        connected = profile.State == "ACTIVE" && profile.IsEnabled,
        createdAt = CreatedAt,
        deviceIds = new IdAndKind[]
        {
            new(profile.Mdn, "mdn"), new(profile.Imei, "imei"), new(profile.Iccid, "iccId"), new(profile.Eid, "eid"),
        }.Where(pair => pair.Id.Length > 0),
        extendedAttributes = new[]
        {
            new { key = "ProfileStatus", value = (string?)profile.ProfileStatus },
            new { key = "SmsrOid", value = (string?)null },
            new { key = "DeviceId", value = (string?)$"{profile.DeviceId}" },
        },
        groupNames = Array.Empty<string>(),
        ipAddress = "0.0.0.0",
        lastActivationBy = "",
        lastActivationDate = CreatedAt,
        lastConnectionDate = CreatedAt,
    };
}
