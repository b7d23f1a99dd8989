// What the service has taken and has still to carry out, and what it has still to say. The adversary chooses the order.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>The service's queues: requests to carry out, messages to deliver, lists to answer.</summary>
internal sealed class ServiceQueue(Life life)
{
    private const int MostRepetitions = 3;

    private static readonly long s_longestWay = TimeSpan.FromHours(24).Ticks;

    private readonly SeededRandom _random = life.Random;
    private readonly AdversitySettings _settings = life.Settings;
    private readonly List<(TrueRequest Request, TrueRequest.Target Target)> _pending = [];
    private readonly List<TrueMessage> _messages = [];

    /// <summary>Asynchronous lists that have been asked for.</summary>
    public List<(Machine Machine, string Id, List<TrueProfile> Meant)> Lists { get; } = [];

    /// <summary>The service does all that it has to do.</summary>
    public void CarryOutAll()
    {
        while (_pending.Count > 0)
        {
            CarryOut();
        }
    }

    /// <summary>The service says all that it has to say.</summary>
    public void DeliverAll()
    {
        while (_messages.Count > 0)
        {
            foreach (var machine in life.Processes.Machines)
            {
                Hear(machine, life.Messages.Callback(_messages[0], []));
            }

            _messages.RemoveAt(0);
        }
    }

    /// <summary>The service takes a request, or it may be lost on its way.</summary>
    public void Take(TrueRequest request, bool mayBeLost)
    {
        if (mayBeLost && _random.Happens(0.3))
        {
            return;
        }

        if (mayBeLost)
        {
            life.Note(Adversity.TakenLate);
        }

        _pending.AddRange(request.Targets.Select(target => (request, target)));
    }

    /// <summary>The service carries a request out for one of its profiles.</summary>
    public void CarryOut()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        var place = _random.Happens(_settings.Reorder) ? _random.Below(_pending.Count) : 0;
        if (_pending[place] is { Target.Profile: null } device
            && _pending.FindIndex(item => item.Request == device.Request && item.Target.Euicc == device.Target.Euicc && item.Target.Profile is not null) is >= 0 and var member)
        {
            // What became of a device is known when it is known of each of its profiles.
            place = member;
        }

        var (request, target) = _pending[place];
        _pending.RemoveAt(place);
        bool succeeded;
        if (target.Profile is { } profile)
        {
            succeeded = !_random.Happens(_settings.Fail) && !(target.IsMisplaced && World.IsOnEuicc(request.Action.Name)) && life.World.Apply(request.Action.Name, profile, request);
            target.Outcome = new(succeeded, profile.State.Word, profile.Status.Word);
            life.Tell($"    {request} is carried out: {(succeeded ? "now" : "it fails;")} {profile}");
        }
        else
        {
            succeeded = request.Targets.Exists(other => other.Euicc == target.Euicc && other.Outcome is { Succeeded: true });
            target.Outcome = new(succeeded, string.Empty, string.Empty);
        }

        _messages.Add(new(request.Id, target.Profile, target.Euicc, target.Outcome));
    }

    /// <summary>Another hand changes a profile, of which there may be a message.</summary>
    /// <param name="those">Some of which it makes "not disabled" one that is disabled; null where it does anything to any.</param>
    public void ActElsewhere(IReadOnlyList<TrueProfile>? those = null)
    {
        life.Note(Adversity.OtherHand);
        var disabled = those?.Where(profile => profile.IsOff).ToList() ?? [];
        var profile = _random.OneOf(disabled.Count > 0 ? disabled : life.World.Profiles);
        var action = disabled.Count > 0 ? life.World.EndByOtherHand(profile) : life.World.ByOtherHand(profile);

        // What is asked from now on is asked behind it.
        life.Pass(TimeSpan.FromTicks(1));
        life.Tell($"    another hand: {action}; now {profile}");
        if (_random.Happens(0.5))
        {
            _messages.Add(new(life.NextId("x"), profile, profile.Euicc, new(true, profile.State.Word, profile.Status.Word)));
        }
    }

    /// <summary>A message reaches one process or several; whether it is gone then, only the adversary knows.</summary>
    public void Deliver()
    {
        if (Lists.Count > 0 && _random.Happens(0.5))
        {
            var (machine, id, meant) = _random.OneOf(Lists);
            Hear(machine, life.Messages.ListCallback(id, meant.Select(TrueWords.Now)));
            return;
        }

        if (_messages.Count == 0)
        {
            return;
        }

        var isOld = _random.Happens(_settings.Reorder);
        if (isOld)
        {
            life.Note(Adversity.Reordered);
        }

        var message = _messages[isOld ? _random.Below(_messages.Count) : 0];
        var others = _messages.FindAll(other => other != message && other.RequestId == message.RequestId && other.Outcome.Succeeded == message.Outcome.Succeeded && _random.Happens(_settings.Merge));
        var json = _random.Happens(_settings.Split / 4) ? life.Messages.Warning(message) : life.Messages.Callback(message, others);
        foreach (var machine in life.Processes.Machines.Where(_ => _random.Happens(0.7)))
        {
            Hear(machine, json);
        }

        if (++message.Delivered > MostRepetitions || !_random.Happens(_settings.Repeat))
        {
            _messages.Remove(message);
        }
        else if (message.Delivered > 1)
        {
            life.Note(Adversity.Repeated);
        }
    }

    /// <summary>
    /// A request takes effect within a day or never: by the true time, and by every clock that reads the journal. Where a clock runs ahead by
    /// more than that, nothing that is concluded from the age of a request could be right.
    /// </summary>
    public void Expire() =>
        _pending.RemoveAll(item => life.World.Now - item.Request.SentAt > s_longestWay
            || life.Processes.Machines.Exists(machine => machine.UtcNow.UtcTicks - item.Request.SentByItsClock.UtcTicks > s_longestWay));

    private void Hear(Machine machine, string json)
    {
        if (machine.Connection is not { } connection)
        {
            return;
        }

        life.Tell($"    {machine} hears {json}");
        try
        {
            if (_random.Happens(_settings.Repeat / 3))
            {
                life.Note(Adversity.MessageWithoutAge);
                connection.ReceiveCallback(EsimCallback.Parse(json));
            }
            else
            {
                connection.ReceiveCallback(json);
            }
        }
        catch (EsimException e) when (e.Error == EsimError.EsimCallbackInvalid)
        {
            life.Tell($"    {machine} cannot use it: {e.Message}");
        }
    }
}
