// Where the service is asked for the state of profiles: one by one, by pages of an account's list, or by a list that comes as a callback.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools.Runs;

/// <summary>Asks for the state of profiles.</summary>
internal sealed class LookUp(ConnectionLife life, ThingSpaceSession session, RequestTracker tracker, Clock clock, string accountName, Func<bool> receivesCallbacks)
{
    /// <summary>How long a look-up waits for the callback of the asynchronous list; what has not come by then counts as unknown.</summary>
    private static readonly TimeSpan LongestWaitForList = TimeSpan.FromSeconds(30);

    /// <summary>Asks the service for the state of profiles; where a request is in doubt, also for what is known only from before it left.</summary>
    public async Task<IReadOnlyList<EsimProfile?>> AskAsync(
        EsimRequest? doubt, IReadOnlyList<EsimProfile> profiles, string account, CancellationToken cancellationToken)
    {
        const int FewEnoughToAskSingly = 20;
        life.ThrowIfClosed();
        var found = new EsimProfile?[profiles.Count];
        var places = new Dictionary<IdentifierKey, int>();
        for (var i = 0; i < profiles.Count; i++)
        {
            if (profiles[i].Keys.Iccid is { IsNone: false } iccid && profiles.Count > FewEnoughToAskSingly)
            {
                places[iccid] = i;
            }
            else
            {
                found[i] = await AskOneAsync(profiles[i], account, cancellationToken).ConfigureAwait(false);
            }
        }

        var listing = new DeviceListing(new() { AccountName = account });
        while (places.Count > 0)
        {
            var page = await ReadPageAsync(listing, cancellationToken).ConfigureAwait(false);
            foreach (var listed in page.Devices)
            {
                if (KeyOf(listed.Iccid) is { } iccid && places.TryGetValue(iccid, out var place))
                {
                    found[place] = listed.ToProfile();
                    places.Remove(iccid);
                }
            }

            if (page.Next is null)
            {
                break;
            }
        }

        await AskByCallbackAsync(profiles, account, doubt, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Reads the next page of a listing.</summary>
    public async Task<EsimDevicePage> ReadPageAsync(DeviceListing listing, CancellationToken cancellationToken)
    {
        life.ThrowIfClosed();
        var query = listing.Query;
        var account = query.AccountName ?? accountName;
        var (page, asked) = await AskListAsync(DeviceList.AskPage(account, query, listing.Place), cancellationToken).ConfigureAwait(false);
        foreach (var listed in page.Devices)
        {
            tracker.Observe(listed, asked, account);
        }

        // What it says counts, also where nothing can come behind it.
        tracker.Flush();
        listing.Follow(page);
        return new([.. page.Devices.Select(listed => ToDevice(listed, asked)).Where(query.Fits)], listing.Place);
    }

    // The synchronous list may leave the profile status out. Where callbacks arrive, the asynchronous list is asked for what is missing.
    private async Task AskByCallbackAsync(IReadOnlyList<EsimProfile> profiles, string account, EsimRequest? doubt, CancellationToken cancellationToken)
    {
        if (!receivesCallbacks())
        {
            return;
        }

        var missing = new List<string>();
        foreach (var profile in profiles)
        {
            if (profile.Iccid is { } iccid && LacksStatus(profile, doubt))
            {
                missing.Add(iccid);
            }
        }

        var answers = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            for (var i = 0; i < missing.Count; i += DeviceList.MostFiltered)
            {
                var question = DeviceList.AskAsync(account, missing.Skip(i).Take(DeviceList.MostFiltered));
                Moment? first = null;
                var (answer, asked) = await AskAsync(DeviceList.AsyncPath, question, cancellationToken, moment => first ??= moment).ConfigureAwait(false);
                var requestId = ServiceAnswers.RequestId(answer.Body) ?? throw ServiceAnswers.Unreadable("asynchronous device list");
                answers[requestId] = tracker.AwaitList(requestId, first ?? asked, account, asked);
            }

            if (answers.Count > 0)
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(Task.WhenAll(answers.Values), clock.Delay(LongestWaitForList, stop.Token)).ConfigureAwait(false);
                stop.Cancel();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            tracker.EndLists(answers.Keys);
            tracker.Flush();
        }
    }

    // A status from before a request tells nothing of what became of it, and one that is older than a day nothing of today; but deleted is final.
    private bool LacksStatus(EsimProfile profile, EsimRequest? doubt) =>
        doubt is { Kind: { ProvesProfileStatus: not null } action }
            ? tracker.Profiles.StatementSince(doubt.SubmittedAt, action, profile).ProfileStatus is null
            : tracker.Profiles.StatementOf(profile) is { Source: not EvidenceSource.None } known && !ServiceWords.IsDeactive(known.State) && !ServiceWords.IsDeleted(known.ProfileStatus)
                && tracker.Profiles.StatementSince(clock.UtcNow - Guard.ProofLifetime, EsimAction.Delete, profile).ProfileStatus is null;

    private async Task<EsimProfile?> AskOneAsync(EsimProfile profile, string account, CancellationToken cancellationToken)
    {
        var (kind, digits) = profile switch
        {
            { Iccid: { } iccid } => (IdentifierKind.Iccid, iccid),
            { Eid: { } eid } => (IdentifierKind.Eid, eid),
            _ => (IdentifierKind.Imei, profile.Imei ?? string.Empty),
        };

        DeviceListPage page;
        Moment asked;
        try
        {
            (page, asked) = await AskListAsync(DeviceList.AskOne(account, kind, digits), cancellationToken).ConfigureAwait(false);
        }
        catch (EsimException e) when (e.ErrorCode?.EndsWith("DeviceNotFound", StringComparison.OrdinalIgnoreCase) == true)
        {
            return null;
        }

        EsimProfile? found = null;
        foreach (var device in page.Devices)
        {
            tracker.Observe(device, asked, account);
            if (profile.Keys.Iccid.IsNone || KeyOf(device.Identifiers.Iccid) == profile.Keys.Iccid)
            {
                found ??= ToDevice(device, asked).ToProfile();
            }
        }

        tracker.Flush();
        return found;
    }

    private async Task<(DeviceListPage Page, Moment Asked)> AskListAsync(byte[] question, CancellationToken cancellationToken)
    {
        var (answer, asked) = await AskAsync("m2m/v1/devices/actions/list", question, cancellationToken).ConfigureAwait(false);
        return (DeviceList.Read(answer.Body) ?? throw ServiceAnswers.Unreadable("device list"), asked);
    }

    // Where it waits or is asked again, the answer is to the last attempt: what speaks against "disabled" must not pass for older than that.
    private async Task<(ServiceAnswer Answer, Moment Asked)> AskAsync(string path, byte[] question, CancellationToken cancellationToken, Action<Moment>? whenAsked = null)
    {
        var asked = default(Moment);
        var call = new ServiceCall(HttpMethod.Post, path, new(question), CallKind.Idempotent)
        {
            BeforeSending = () =>
            {
                asked = tracker.Ask();
                whenAsked?.Invoke(asked);
            },
        };
        return (await session.SendAsync(call, cancellationToken).ConfigureAwait(false), asked);
    }

    // However it is written, and not by its hash.
    private static IdentifierKey? KeyOf(string? iccid) => IdentifierKey.Of(iccid)?.ForAnySpelling();

    private static EsimDevice ToDevice(ListedDevice listed, Moment asked) => new()
    {
        Iccid = listed.Identifiers.Iccid,
        Eid = listed.Identifiers.Eid,
        Imei = listed.Identifiers.Imei,
        Mdn = listed.Identifiers.Mdn,
        AccountName = listed.AccountName,
        ServicePlan = listed.ServicePlan,
        State = listed.State,
        ProfileStatus = listed.ProfileStatus,
        Connected = listed.Connected,
        IPAddress = listed.IPAddress,
        CreatedAt = listed.CreatedAt,
        LastConnectionDate = listed.LastConnectionDate,
        AsOf = asked.At,
    };
}
