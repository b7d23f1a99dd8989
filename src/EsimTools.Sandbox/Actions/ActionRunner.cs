// Takes profile actions in, holds them until their time has come, carries them out and hands the callbacks on.

using EsimTools.Sandbox.Callbacks;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Actions;

/// <summary>Runs accepted requests. Requests come in on any thread; actions end on the work queue.</summary>
/// <remarks>
/// A profile is held from acceptance until its action ends, and the state is judged at the end, not at acceptance. Faults of the whole
/// request are answered at once; a profile that is unknown, in another account, held, or in the wrong state fails by callback alone.
/// </remarks>
internal sealed class ActionRunner
{
    // Small enough that no one waits long for the gate, large enough that taking it costs nothing.
    private const int ChunkSize = 256;

    private readonly SandboxOptions _options;
    private readonly SandboxFleet _fleet;
    private readonly Clock _clock;
    private readonly RequestStore _requests;
    private readonly Timetable _timetable;
    private readonly CallbackSender _sender;
    private readonly CallbackText _text = new();
    private readonly ListedFailures _listed;
    private readonly Suspensions _suspensions;
    private readonly Dictionary<(Digits Iccid, int Action), int> _acceptedUnknown = [];

    public ActionRunner(
        SandboxOptions options, SandboxFleet fleet, Clock clock, RequestStore requests, Timetable timetable, CallbackSender sender)
    {
        _options = options;
        _fleet = fleet;
        _clock = clock;
        _requests = requests;
        _timetable = timetable;
        _sender = sender;
        _listed = new ListedFailures(options);
        _suspensions = new Suspensions(options, fleet, timetable);
    }

    /// <summary>Takes a request in. It does not begin before <see cref="Start"/>.</summary>
    public ActionJob Accept(ProfileAction action, ActionRequest request)
    {
        lock (_fleet.Gate)
        {
            if (!_fleet.HasAccount(request.Account))
            {
                throw Refusal.BadRequest("REQUEST_FAILED.AccountNotFound", $"The account '{request.Account}' was not found.");
            }

            var items = new List<ActionItem>(request.Targets.Count);
            foreach (var target in request.Targets)
            {
                if (action.IsForDevice)
                {
                    TakeDevice(items, action, target, request.Account);
                }
                else
                {
                    items.Add(TakeProfile(action, target, request.Account));
                }
            }

            var job = new ActionJob(request.Account, action, request.Plan, items.ToArray());
            _requests.Add(job);
            return job;
        }
    }

    /// <summary>Begins a request that was taken in: from now on its time runs.</summary>
    public void Start(ActionJob job)
    {
        var fates = ItemFate.None;
        lock (_fleet.Gate)
        {
            foreach (var item in job.Items)
            {
                fates |= item.Fate;
            }
        }

        var waits = (fates & ItemFate.Unreachable) != 0;
        var isLate = (fates & ItemFate.Late) != 0;

        var end = _options.CallbackDelay;
        var steps = new List<Step> { new(end, () => End(job, wasUnreachable: false)) };
        if (waits)
        {
            steps.Add(new(end + _options.UnreachableFor, () => End(job, wasUnreachable: true)));
        }

        if (isLate)
        {
            steps.Add(new(end + _options.LateBy, () => SendLate(job)));
            if (waits)
            {
                steps.Add(new(end + _options.UnreachableFor + _options.LateBy, () => SendLate(job)));
            }
        }

        _timetable.Start([.. steps.OrderBy(step => step.After)]);
    }

    /// <summary>How often a request with an action for an ICCID was accepted.</summary>
    public int TimesAccepted(ProfileAction action, Digits iccid)
    {
        lock (_fleet.Gate)
        {
            return _fleet.FindProfile(iccid)?.TimesAccepted(action)
                ?? (_acceptedUnknown.TryGetValue((iccid, action.Index), out var times) ? times : 0);
        }
    }

    private ActionItem TakeProfile(ProfileAction action, ActionTarget target, string account)
    {
        var profile = _fleet.FindProfile(target.Iccid);
        if (profile is null || profile.Account != account || !Fits(target, profile))
        {
            if (profile is null)
            {
                _acceptedUnknown.TryGetValue((target.Iccid, action.Index), out var times);
                _acceptedUnknown[(target.Iccid, action.Index)] = times + 1;
            }
            else
            {
                profile.CountAccepted(action);
            }

            return new ActionItem
            {
                Subject = target,
                Fault = profile is null || profile.Account != account ? ProfileFault.NotFound : ProfileFault.OtherIdentifiers,
                Fate = CallbackFate(target.Iccid, action, 0),
            };
        }

        return Hold(action, profile);
    }

    private void TakeDevice(List<ActionItem> items, ProfileAction action, ActionTarget target, string account)
    {
        var euicc = _fleet.FindEuicc(target.Eid);
        if (euicc is null || euicc.Profiles[0].Account != account)
        {
            items.Add(new ActionItem { Subject = target, Fault = ProfileFault.NotFound, Fate = CallbackFate(target.Eid, action, 0) });
            return;
        }

        foreach (var profile in euicc.Profiles)
        {
            if (!profile.IsDeleted)
            {
                items.Add(Hold(action, profile));
            }
        }

        items.Add(new ActionItem { Subject = euicc, Fate = CallbackFate(euicc.Eid, action, 0) | DeviceFate(euicc, action) });
    }

    private ActionItem Hold(ProfileAction action, Profile profile)
    {
        var item = new ActionItem
        {
            Subject = profile,
            Fate = CallbackFate(profile.Iccid, action, profile.TimesAccepted(action)) | DeviceFate(profile.Euicc, action),
        };
        profile.CountAccepted(action);
        if (profile.IsBusy)
        {
            item.Fault = ProfileFault.Pending;
            item.Fate &= ~ItemFate.Unreachable;
        }
        else
        {
            profile.IsBusy = true;
            item.HoldsProfile = true;
            if (_listed.Has(profile.Iccid) || Falls(_options.FailedProfiles, "failed", profile.Iccid.Mix()))
            {
                item.Fault = ProfileFault.Unexpected;
            }
        }

        return item;
    }

    private static bool Fits(ActionTarget target, Profile profile) =>
        (target.Eid.Length == 0 || target.Eid.Equals(profile.Euicc.Eid)) &&
        (target.Imei.Length == 0 || target.Imei.Equals(profile.Euicc.Imei));

    private ItemFate DeviceFate(Euicc euicc, ProfileAction action) =>
        (action.NeedsDevice && !euicc.IsConnected) || Falls(_options.UnreachableDevices, "unreachable", euicc.Eid.Mix())
            ? ItemFate.Unreachable
            : ItemFate.None;

    private ItemFate CallbackFate(Digits subject, ProfileAction action, int attempt)
    {
        var mixed = subject.Mix() + (ulong)((attempt * 64) + action.Index);
        return Falls(_options.LostCallbacks, "lost", mixed) ? ItemFate.Lost
            : (Falls(_options.LateCallbacks, "late", mixed) ? ItemFate.Late : ItemFate.None)
            | (Falls(_options.DuplicateCallbacks, "duplicate", mixed) ? ItemFate.Duplicate : ItemFate.None);
    }

    private bool Falls(double share, string purpose, ulong subject) => Draw.Falls(share, _options.Seed, purpose, subject);

    // Runs on the work queue, so that there is never more than one.
    private void End(ActionJob job, bool wasUnreachable)
    {
        var callbacks = new List<string>(Math.Min(job.Items.Length, ChunkSize) + 1);
        for (var start = 0; start < job.Items.Length; start += ChunkSize)
        {
            callbacks.Clear();
            lock (_fleet.Gate)
            {
                var end = Math.Min(start + ChunkSize, job.Items.Length);
                for (var i = start; i < end; i++)
                {
                    EndItem(job, i, wasUnreachable, callbacks);
                }
            }

            // Before anybody is told, and moves the clock.
            _suspensions.Start();
            foreach (var callback in callbacks)
            {
                _sender.Send(job.Account, callback);
            }
        }
    }

    private void EndItem(ActionJob job, int index, bool wasUnreachable, List<string> callbacks)
    {
        ref var item = ref job.Items[index];
        var isUnreachable = (item.Fate & ItemFate.Unreachable) != 0;
        if (isUnreachable != wasUnreachable)
        {
            if (isUnreachable && (item.Fate & ItemFate.Lost) == 0)
            {
                callbacks.Add(_text.Warning(job, item.Subject));
            }

            return;
        }

        var fault = item.Fault ?? item.Subject switch
        {
            Profile profile => Transitions.Apply(job.Action!, profile, job.Plan, _options.StrictDeletion),
            Euicc euicc => DeviceFault(job, index, euicc),
            _ => null,
        };
        item.Status = fault is null ? ItemStatus.Success : ItemStatus.Failed;
        if (item.HoldsProfile)
        {
            var profile = (Profile)item.Subject;
            profile.IsBusy = false;
            profile.LastEvent = new ProfileEvent(profile.LastEvent, _clock.UtcNow, job.Action!, fault is null, profile.Plan);
            if (fault is null && job.Action!.Suspends)
            {
                _suspensions.Add(profile);
            }
        }

        if ((item.Fate & ItemFate.Lost) != 0)
        {
            return;
        }

        var callback = fault is null ? _text.Success(job, item.Subject) : _text.Failure(job, item.Subject, fault, _options.NestedFaults);
        var receiver = (item.Fate & ItemFate.Late) != 0 ? job.Late : callbacks;
        receiver.Add(callback);
        if ((item.Fate & ItemFate.Duplicate) != 0)
        {
            receiver.Add(CallbackSender.Again(callback, 2));
        }
    }

    // The device as a whole has failed when not one of its profiles has changed; they stand right before it.
    private static ProfileFault? DeviceFault(ActionJob job, int index, Euicc euicc)
    {
        for (var i = index - 1; i >= 0 && job.Items[i].Subject is Profile profile && profile.Euicc == euicc; i--)
        {
            if (job.Items[i].Status == ItemStatus.Success)
            {
                return null;
            }
        }

        return ProfileFault.NothingChanged;
    }

    private void SendLate(ActionJob job)
    {
        string[] late;
        lock (_fleet.Gate)
        {
            late = [.. job.Late];
            job.Late.Clear();
        }

        foreach (var callback in late)
        {
            _sender.Send(job.Account, callback);
        }
    }
}
