// The user's side: commands in any order, for any profiles, with inventories that may be wrong. They do what the cmdlets do.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>Gives commands to processes.</summary>
internal sealed class User(Life life)
{
    private static readonly EsimAction[] s_actions =
    [
        EsimAction.Deactivate, EsimAction.Deactivate, EsimAction.Deactivate, EsimAction.Disable, EsimAction.Disable, EsimAction.Activate, EsimAction.Activate, EsimAction.Enable,
        EsimAction.Enable, EsimAction.DownloadEnable, EsimAction.Download, EsimAction.ProfileSuspend, EsimAction.ProfileResume, EsimAction.DeviceSuspend, EsimAction.DeviceResume,
        EsimAction.ServicePlan, EsimAction.ServicePlan, EsimAction.SetFallback, EsimAction.SetFallback,
    ];

    private readonly SeededRandom _random = life.Random;

    /// <summary>Any command.</summary>
    public Task CommandAsync(Machine machine) => _random.Below(22) switch
    {
        < 7 => ActAsync(machine, _random.OneOf(s_actions)),
        < 13 => DeleteAsync(machine),
        13 => DisableFirstAsync(machine),
        14 or 15 => WaitAsync(machine),
        16 or 17 => PollAsync(machine),
        18 or 19 => ResolveAsync(machine),
        20 => LookUpAsync(machine, _random.SomeOf(life.World.Profiles)),
        _ => ListAsync(machine),
    };

    /// <summary>Asks the service what some profiles are, one by one or by a list of all.</summary>
    public Task AskAsync(Machine machine, IReadOnlyList<TrueProfile> those) => _random.Happens(0.5) ? LookUpAsync(machine, those) : ListAsync(machine);

    /// <summary>Deletes some profiles: judges them, asks for those that have to be asked for, and sends.</summary>
    public async Task DeleteAsync(Machine machine, IReadOnlyList<TrueProfile>? those = null)
    {
        var account = Account();
        var profiles = (those ?? _random.SomeOf(life.World.Profiles)).Select(profile => Row(profile)).ToList();
        await DeleteAsync(machine, profiles, account, NewOptions(EsimAction.Delete, account));
    }

    private async Task DeleteAsync(Machine machine, List<EsimProfile> profiles, string? account, EsimActionOptions options)
    {
        var connection = machine.Connection!;
        var unknown = profiles.FindAll(profile => connection.Judge(EsimAction.Delete, profile, resubmit: options.Resubmit, accountName: account).Decision == GuardDecision.AskService);
        if (unknown.Count > 0 && !_random.Happens(0.05))
        {
            await connection.LookUpAsync(unknown, account, machine.Stop.Token);
        }

        await SubmitAsync(machine, EsimAction.Delete, profiles, options);
    }

    private async Task ActAsync(Machine machine, EsimAction action)
    {
        var account = Account();
        var those = _random.SomeOf(life.World.Profiles);
        var rows = those.ConvertAll(profile => Row(profile, action.NeedsEid || action.IsForDevice));
        if (action.IsForDevice)
        {
            rows = [.. rows.GroupBy(row => row.Eid).Select(group => group.First())];
        }

        await SubmitAsync(machine, action, rows, NewOptions(action, account));
        if (_random.Happens(0.6) && machine.Requests.Count > 0)
        {
            var results = await WaitForAsync(machine, machine.Requests[^1]);
            AskAndIdle(machine, those.Where(profile => results.Exists(result => result.Status == OutcomeStatus.Succeeded && life.World.ProfileOf(result.Iccid ?? string.Empty) == profile)));
            if (_random.Happens(0.6))
            {
                await DeleteAsync(machine, those);
            }
        }
    }

    /// <summary>Deactivates some profiles, waits, and deletes those for which that is confirmed.</summary>
    public async Task DisableFirstAsync(Machine machine)
    {
        var account = Account();
        var rows = _random.SomeOf(life.World.Profiles).Select(profile => Row(profile)).ToList();
        var submission = await SubmitAsync(machine, EsimAction.Deactivate, rows, NewOptions(EsimAction.Deactivate, account));
        var confirmed = new List<EsimProfile>();
        foreach (var request in (IEnumerable<EsimRequest?>)[submission.Request, .. submission.Skipped])
        {
            if (request is { RequestId: not null })
            {
                var results = await WaitForAsync(machine, request);
                confirmed.AddRange(results.Where(result => result.Status == OutcomeStatus.Succeeded).Select(result => rows.Find(row => row.Iccid == result.Iccid)).OfType<EsimProfile>());
            }
        }

        if (confirmed.Count > 0)
        {
            AskAndIdle(machine, confirmed.Select(row => life.World.ProfileOf(row.Iccid!)!));
            await DeleteAsync(machine, confirmed, account, NewOptions(EsimAction.Delete, account));
        }
    }

    // Between a confirmation and what is sent on it.
    private void AskAndIdle(Machine atWork, IEnumerable<TrueProfile> confirmed)
    {
        if (confirmed.ToList() is { Count: > 0 } those)
        {
            life.AskAndIdle(those, atWork);
        }
    }

    private async Task<EsimSubmission> SubmitAsync(Machine machine, EsimAction action, IReadOnlyList<EsimProfile> rows, EsimActionOptions options)
    {
        life.Tell($"  {machine} at {machine.UtcNow:dd HH:mm:ss}: {action} {string.Join("; ", rows)}{(options.Resubmit ? ", again whatever is open" : string.Empty)}");
        var submission = await machine.Connection!.SubmitAsync(action, rows, options, serviceWasAsked: true, machine.Stop.Token);
        foreach (var refusal in submission.Refused)
        {
            life.Tell($"    kept back: {refusal.Profile} {refusal.Verdict.Reason}");
        }

        foreach (var request in (IEnumerable<EsimRequest?>)[submission.Request, .. submission.Skipped])
        {
            if (request is not null)
            {
                machine.Requests.Add(request);
            }
        }

        return submission;
    }

    private async Task WaitAsync(Machine machine)
    {
        if (AnyRequest(machine) is { RequestId: not null } request)
        {
            await WaitForAsync(machine, request);
        }
    }

    private async Task<List<EsimResult>> WaitForAsync(Machine machine, EsimRequest request)
    {
        var results = new List<EsimResult>();
        if (request.RequestId is not null)
        {
            life.Tell($"  {machine} waits for {request}");
            await machine.Connection!.WaitAsync(request, results.Add, new EsimWaitOptions { Timeout = TimeSpan.FromMinutes(2) }, machine.Stop.Token);
        }

        return results;
    }

    private async Task PollAsync(Machine machine)
    {
        if (AnyRequest(machine) is { } request)
        {
            await machine.Connection!.PollAsync(request, machine.Stop.Token);
        }
    }

    private async Task ResolveAsync(Machine machine)
    {
        var connection = machine.Connection!;
        var doubts = connection.GetRequests(inDoubt: true).ToList();
        if ((doubts.Count > 0 && _random.Happens(0.8) ? _random.OneOf(doubts) : AnyRequest(machine)) is { } request)
        {
            TimeSpan? after = null;
            if (_random.Happens(life.Settings.ResolveEarly))
            {
                life.Note(Adversity.ResolvedEarly);
                after = TimeSpan.FromMinutes(_random.Below(60));
            }

            life.Tell($"  {machine} at {machine.UtcNow:dd HH:mm:ss}: resolves {request.Action} after {after?.ToString() ?? "a day"}");
            foreach (var resolution in await connection.ResolveAsync(request, after, machine.Stop.Token))
            {
                life.Tell($"    {resolution}: {resolution.Evidence}");
            }
        }
    }

    private async Task LookUpAsync(Machine machine, IReadOnlyList<TrueProfile> those)
    {
        var rows = those.Select(profile => Row(profile)).ToList();
        await machine.Connection!.LookUpAsync(rows, Account(), machine.Stop.Token);
    }

    private async Task ListAsync(Machine machine) => await machine.Connection!.ReadPageAsync(new EsimDeviceQuery { AccountName = Account() }, cancellationToken: machine.Stop.Token);

    private EsimRequest? AnyRequest(Machine machine)
    {
        if (machine.Requests.Count > 0 && _random.Happens(0.6))
        {
            return _random.OneOf(machine.Requests);
        }

        var all = machine.Connection!.GetRequests().ToList();
        return all.Count == 0 ? null : _random.OneOf(all);
    }

    private string? Account()
    {
        if (_random.Happens(life.Settings.OtherAccount))
        {
            life.Note(Adversity.OtherAccount);
            return World.Accounts[1];
        }

        return null;
    }

    private EsimActionOptions NewOptions(EsimAction action, string? account)
    {
        var again = _random.Happens(life.Settings.Resubmit);
        if (again)
        {
            life.Note(Adversity.Resubmitted);
        }

        return new()
        {
            AccountName = account,
            Resubmit = again,
            SkipConfirmedWithin = _random.Happens(0.5) ? TimeSpan.FromHours(24) : null,
            SmsrOid = action == EsimAction.Disable ? "1.3.6" : null,
            ServicePlan = action == EsimAction.ServicePlan ? "M2M" : null,
        };
    }

    // A row of the user's inventory, read as the cmdlets read it.
    private EsimProfile Row(TrueProfile profile, bool needsEid = false)
    {
        var euicc = profile.Euicc;
        if (_random.Happens(life.Settings.WrongInventory))
        {
            // Excel's fill-down.
            life.Note(Adversity.WrongInventory);
            euicc = _random.OneOf(life.World.Euiccs);
        }

        var isBare = _random.Happens(life.Settings.NoInventory);
        var hasStates = _random.Happens(life.Settings.WrongInventory);
        return new()
        {
            Iccid = IdentifierKind.Iccid.Read(life.Messages.Spell(profile.Iccid)).Value,
            Eid = needsEid || !isBare ? euicc.Eid : null,
            Imei = isBare ? null : euicc.Imei,
            State = hasStates ? _random.OneOf((string?[])["DEACTIVE", "ACTIVE", null]) : null,
            ProfileStatus = hasStates ? _random.OneOf((string?[])["DISABLE", null, null]) : null,
            Source = hasStates ? EvidenceSource.Inventory : EvidenceSource.None,
        };
    }
}
