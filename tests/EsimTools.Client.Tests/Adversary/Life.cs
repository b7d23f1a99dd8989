// One life: a seed decides everything in it, step by step and one thing at a time, so that it can be lived again.

using System.Globalization;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>A world, the processes that act on it, and the adversary between them.</summary>
internal sealed class Life : IDisposable
{
    private const int DeepestMeanwhile = 2;
    private const int MostRepetitions = 3;

    private static readonly long s_longestWay = TimeSpan.FromHours(24).Ticks;
    private static readonly string[] s_units = ["ms", "s", "min", "h", "h"];

    private readonly string _folder;
    private readonly List<Machine> _machines = [];
    private readonly List<(TrueRequest Request, TrueRequest.Target Target)> _pending = [];
    private readonly List<TrueMessage> _messages = [];
    private readonly HashSet<string> _openedAt = new(StringComparer.Ordinal);
    private readonly List<EsimConnection> _abandoned = [];
    private readonly DeleteLaw _law;
    private readonly User _user;
    private int _depth;
    private int _ids;

    /// <param name="seed">Decides everything.</param>
    /// <param name="folder">The journal's folder, which is made and removed.</param>
    /// <param name="hasStory">Whether what happens is to be written down.</param>
    /// <param name="dials">How much adversity there is; null lets the seed decide.</param>
    public Life(ulong seed, string folder, bool hasStory = false, Dials? dials = null)
    {
        Seed = seed;
        _folder = folder;
        Chance = new(seed);
        Dials = dials ?? Dials.Of(Chance);
        World = new(Chance, Dials) { OnFallback = () => Note(Adversity.FellBack) };
        Tongue = new(Chance, Dials, World, Note);
        Story = hasStory ? [] : null;
        _law = new(this);
        _user = new(this);
    }

    public ulong Seed { get; }

    public Chance Chance { get; }

    public Dials Dials { get; }

    public World World { get; }

    public Tongue Tongue { get; }

    /// <summary>What happened, in lines; null where nobody wants to know.</summary>
    public List<string>? Story { get; }

    /// <summary>Every request that has left.</summary>
    public List<TrueRequest> Requests { get; } = [];

    /// <summary>Asynchronous lists that have been asked for.</summary>
    public List<(Machine Machine, string Id, List<TrueProfile> Meant)> Lists { get; } = [];

    /// <summary>The adversities that it has had.</summary>
    public HashSet<Adversity> Had { get; } = [];

    /// <summary>The profiles in deletes that have left.</summary>
    public int Deletes { get; private set; }

    /// <summary>How far the clocks have been apart, now or at any time before.</summary>
    public long Spread { get; private set; }

    /// <summary>The way in which the law was broken; null while it holds.</summary>
    public string? Broken { get; private set; }

    public void Note(Adversity adversity) => Had.Add(adversity);

    public string NextId() => "q" + ++_ids;

    public void Tell(FormattableString line) => Story?.Add(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Begins it: the processes are there.</summary>
    public void Begin()
    {
        Directory.CreateDirectory(_folder);
        Tell($"A life from seed {Seed}: {string.Join("; ", World.Euiccs.Select(euicc => $"{euicc.Name} with {string.Join(", ", euicc.Profiles.Select(profile => $"{profile} {profile.Role}"))}"))}");
        for (var i = 0; i < Dials.Processes; i++)
        {
            var machine = new Machine(this, "M" + i);
            _machines.Add(machine);
            if (i > 0 && Chance.Happens(Dials.Clock))
            {
                Note(Adversity.ClocksApart);
                machine.Offset = Jump();
            }

            Open(machine);
        }
    }

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
            _machines.ForEach(machine => Hear(machine, Tongue.Callback(_messages[0], [])));
            _messages.RemoveAt(0);
        }
    }

    /// <summary>Its processes.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>Lives it.</summary>
    public void Live()
    {
        Begin();
        for (var left = 6 + Chance.Below(18); left > 0 && Broken is null; left--)
        {
            Step();
        }

        // What was known then may be known no longer the day after.
        if (Chance.Happens(Dials.OtherHand))
        {
            ActElsewhere();
            Pass(TimeSpan.FromHours(20 + Chance.Below(10)));
            Tell($"    it is the day after");
        }

        // At the end everybody wants everything gone.
        for (var i = 0; i < 3 && Broken is null; i++)
        {
            var machine = Chance.OneOf(_machines);
            Command(machine, () => _user.DeleteAsync(machine, World.Profiles));
            Meanwhile(0.5);
        }
    }

    /// <summary>A request leaves.</summary>
    public void Left(Machine machine, TrueRequest request)
    {
        Requests.Add(request);
        Tell($"    {request} leaves {machine} for {string.Join(", ", request.Targets.Select(target => target.Profile?.ToString() ?? target.Euicc.Name))}");
        if (request.Action == EsimAction.Delete)
        {
            Deletes += request.Targets.Count;
            Broken ??= request.Targets.Select(target => _law.Judge(machine, target.Profile!)).FirstOrDefault(broken => broken is not null);
            if (Broken is not null)
            {
                Tell($"BROKEN: {Broken}");
            }
        }
    }

    /// <summary>The service takes a request, or it may be lost on its way.</summary>
    public void Take(TrueRequest request, bool mayBeLost)
    {
        if (mayBeLost && Chance.Happens(0.3))
        {
            return;
        }

        if (mayBeLost)
        {
            Note(Adversity.TakenLate);
        }

        _pending.AddRange(request.Targets.Select(target => (request, target)));
    }

    /// <summary>The process of a machine is killed.</summary>
    public void Kill(Machine machine)
    {
        Note(Adversity.Killed);
        Tell($"  {machine} is killed");
        if (machine.Abandon() is { } connection)
        {
            // The system closes the file that tells others that it lives, and removes it.
            foreach (var path in Directory.GetFiles(_folder, machine.OpenedAt + "-*" + JournalFolder.LifeSuffix))
            {
                File.Delete(path);
            }

            _abandoned.Add(connection);
        }
    }

    /// <summary>Time passes for all.</summary>
    public void Pass(TimeSpan time)
    {
        World.Now += time.Ticks;
        Expire();
    }

    /// <summary>While somebody waits, others act.</summary>
    public void Meanwhile(double probability)
    {
        if (_depth >= DeepestMeanwhile)
        {
            return;
        }

        _depth++;
        for (var left = 3; left > 0 && Broken is null && Chance.Happens(probability); left--)
        {
            Note(Adversity.Interleaved);
            Step();
        }

        _depth--;
    }

    public void Dispose()
    {
        foreach (var machine in _machines)
        {
            machine.Abandon()?.Dispose();
        }

        _abandoned.ForEach(connection => connection.Dispose());
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Step()
    {
        var machine = Chance.OneOf(_machines);
        switch (Chance.Below(22))
        {
            case < 6:
                Command(machine, () => _user.CommandAsync(machine));
                break;
            case < 11:
                for (var left = 1 + Chance.Below(3); left > 0; left--)
                {
                    CarryOut();
                }

                break;
            case < 16:
                for (var left = 1 + Chance.Below(3); left > 0; left--)
                {
                    Deliver();
                }

                break;
            case 16 or 17:
                if (Chance.Happens(Dials.OtherHand * 2))
                {
                    ActElsewhere();
                }

                break;
            case 18 or 19:
                PassSome();
                break;
            case 20:
                if (Chance.Happens(Dials.Clock * 2))
                {
                    MoveClock(machine);
                }

                break;
            default:
                if (machine.Commands.Count == 0 && Chance.Happens(Dials.Kill))
                {
                    Kill(machine);
                }
                else if (Chance.Happens(Dials.Reopen * 2))
                {
                    Note(Adversity.Reopened);
                    Tell($"  {machine} ends");
                    machine.Abandon()?.Dispose();
                }

                break;
        }
    }

    // A command runs to its end before anything else does. Only what stands written ahead of a request is made on another thread meanwhile.
    private void Command(Machine machine, Func<Task> command)
    {
        if (machine.Connection is null)
        {
            Open(machine);
        }

        machine.Begin();
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        machine.Commands.Push(killed);
        try
        {
            Task.WhenAny(command(), killed.Task).GetAwaiter().GetResult().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is EsimException or OperationCanceledException or ObjectDisposedException)
        {
            Tell($"    {machine} is told: {e.Message}");
        }
        catch (NullReferenceException) when (machine.Connection is null)
        {
            // Its process ended between two parts of the command.
        }
        finally
        {
            machine.Commands.Pop();
        }
    }

    private void Open(Machine machine)
    {
        // A journal file is named by the second, and files are read in the order of their names.
        while (!_openedAt.Add(machine.OpenedAt = machine.UtcNow.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)))
        {
            machine.Offset += TimeSpan.TicksPerSecond;
        }

        if (_machines.Count > 1)
        {
            Note(Adversity.SeveralProcesses);
        }

        if (Dials.IsHashed)
        {
            Note(Adversity.HashedJournal);
        }

        Expire();
        Tell($"  {machine} begins at {machine.UtcNow:dd HH:mm:ss}");
        machine.Connection = EsimConnection.OpenAsync(new()
        {
            ApiCredential = new("api-key", "api-secret-of-a-life"),
            UserCredential = new("user", "user-secret-of-a-life"),
            AccountName = World.Accounts[0],
            BaseUri = new("https://service.test/api"),
            JournalPath = _folder,
            HashIdentifiers = Dials.IsHashed,
            Handler = new Wire(this, machine),
            Clock = machine,
            Timeout = Timeout.InfiniteTimeSpan,
        }).GetAwaiter().GetResult();
        if (Chance.Happens(0.3))
        {
            _ = machine.Connection.ExpectCallbacks();
        }
    }

    // The service carries a request out for one of its profiles.
    private void CarryOut()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        var place = Chance.Happens(Dials.Reorder) ? Chance.Below(_pending.Count) : 0;
        var (request, target) = _pending[place];
        _pending.RemoveAt(place);
        bool succeeded;
        if (target.Profile is { } profile)
        {
            succeeded = !Chance.Happens(Dials.Fail) && !(target.IsMisplaced && World.IsOnEuicc(request.Action.Name)) && World.Apply(request.Action.Name, profile, request);
            target.Outcome = new(succeeded, profile.State.Word, profile.Status.Word);
            Tell($"    {request} is carried out: {(succeeded ? "now" : "it fails;")} {profile}");
        }
        else
        {
            succeeded = request.Targets.Exists(other => other.Euicc == target.Euicc && other.Outcome is { Succeeded: true });
            target.Outcome = new(succeeded, string.Empty, string.Empty);
        }

        _messages.Add(new(request.Id, target.Profile, target.Euicc, target.Outcome));
    }

    private void ActElsewhere()
    {
        Note(Adversity.OtherHand);
        var profile = Chance.OneOf(World.Profiles);
        var action = World.ByOtherHand(profile);
        Tell($"    another hand: {action}; now {profile}");
        if (Chance.Happens(0.5))
        {
            _messages.Add(new("x" + ++_ids, profile, profile.Euicc, new(true, profile.State.Word, profile.Status.Word)));
        }
    }

    // A message reaches one process or several; whether it is gone then, only the adversary knows.
    private void Deliver()
    {
        if (Lists.Count > 0 && Chance.Happens(0.5))
        {
            var (machine, id, meant) = Chance.OneOf(Lists);
            Hear(machine, Tongue.ListCallback(id, meant.Select(TrueWords.Now)));
            return;
        }

        if (_messages.Count == 0)
        {
            return;
        }

        var isOld = Chance.Happens(Dials.Reorder);
        if (isOld)
        {
            Note(Adversity.Reordered);
        }

        var message = _messages[isOld ? Chance.Below(_messages.Count) : 0];
        var others = _messages.FindAll(other => other != message && other.RequestId == message.RequestId && other.Outcome.Succeeded == message.Outcome.Succeeded && Chance.Happens(Dials.Merge));
        var json = Chance.Happens(Dials.Split / 4) ? Tongue.Warning(message) : Tongue.Callback(message, others);
        foreach (var machine in _machines.Where(_ => Chance.Happens(0.7)))
        {
            Hear(machine, json);
        }

        if (++message.Delivered > MostRepetitions || !Chance.Happens(Dials.Repeat))
        {
            _messages.Remove(message);
        }
        else if (message.Delivered > 1)
        {
            Note(Adversity.Repeated);
        }
    }

    private void Hear(Machine machine, string json)
    {
        if (machine.Connection is not { } connection)
        {
            return;
        }

        Tell($"    {machine} hears {json}");
        try
        {
            if (Chance.Happens(Dials.Repeat / 3))
            {
                Note(Adversity.MessageWithoutAge);
                connection.ReceiveCallback(EsimCallback.Parse(json));
            }
            else
            {
                connection.ReceiveCallback(json);
            }
        }
        catch (EsimException e) when (e.Error == EsimError.EsimCallbackInvalid)
        {
            Tell($"    {machine} cannot use it: {e.Message}");
        }
    }

    private void PassSome()
    {
        Note(Adversity.Delayed);
        var unit = Chance.OneOf(s_units);
        var count = 1 + Chance.Below(30);
        Pass(unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "min" => TimeSpan.FromMinutes(count),
            _ => TimeSpan.FromHours(count),
        });
        Tell($"    {count} {unit} pass");
    }

    private void MoveClock(Machine machine)
    {
        Note(Adversity.ClockMoved);
        machine.Offset += Jump();
        Expire();
        Tell($"    the clock of {machine} is set to {machine.UtcNow:dd HH:mm:ss}");
    }

    private long Jump()
    {
        var jump = Chance.OneOf((int[])[20, 50, 600, 7200, 90_000, 300_000]) * TimeSpan.TicksPerSecond;
        return Chance.Happens(0.5) ? jump : -jump;
    }

    // A request takes effect within a day or never: by the true time, and by every clock that reads the journal. Where a clock runs ahead by
    // more than that, nothing that is concluded from the age of a request could be right.
    private void Expire()
    {
        foreach (var machine in _machines)
        {
            foreach (var other in _machines)
            {
                Spread = Math.Max(Spread, Math.Max(machine.Offset - other.Offset, Math.Max(machine.Offset - other.LeastOffset, other.MostOffset - machine.Offset)));
            }

            machine.LeastOffset = Math.Min(machine.LeastOffset, machine.Offset);
            machine.MostOffset = Math.Max(machine.MostOffset, machine.Offset);
        }

        _pending.RemoveAll(item => World.Now - item.Request.SentAt > s_longestWay || _machines.Exists(machine => machine.UtcNow.UtcTicks - item.Request.SentByItsClock.UtcTicks > s_longestWay));
    }
}
