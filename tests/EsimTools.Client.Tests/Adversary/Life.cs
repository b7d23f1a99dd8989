// One life: a seed decides everything in it, step by step and one thing at a time, so that it can be lived again.

using System.Globalization;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>A world, the processes that act on it, and the adversary between them.</summary>
internal sealed class Life : IDisposable
{
    private const int DeepestMeanwhile = 2;

    private static readonly string[] s_units = ["ms", "s", "min", "h", "h"];

    private readonly DeleteInvariant _invariant;
    private readonly User _user;
    private bool _isInCommand;
    private bool _hangs;
    private int _depth;
    private int _ids;

    /// <param name="seed">Decides everything.</param>
    /// <param name="folder">The journal's folder, which is made and removed.</param>
    /// <param name="hasStory">Whether what happens is to be written down.</param>
    /// <param name="settings">How much adversity there is; null lets the seed decide.</param>
    public Life(ulong seed, string folder, bool hasStory = false, AdversitySettings? settings = null)
    {
        Seed = seed;
        Random = new(seed);
        Settings = settings ?? AdversitySettings.Of(Random);
        World = new(Random, Settings) { OnFallback = () => Note(Adversity.FellBack) };
        Messages = new(Random, Settings, World, Note);
        Story = hasStory ? [] : null;
        Processes = new(this, folder);
        Service = new(this);
        _invariant = new(this);
        _user = new(this);
    }

    public ulong Seed { get; }

    /// <summary>How long a command may take in real time, with all that happens meanwhile: two minutes are thousands of times what one takes.</summary>
    public TimeSpan LongestCommand { get; init; } = TimeSpan.FromMinutes(2);

    public SeededRandom Random { get; }

    public AdversitySettings Settings { get; private set; }

    public World World { get; }

    public MessageGenerator Messages { get; }

    public Processes Processes { get; }

    public ServiceQueue Service { get; }

    /// <summary>What happened, in lines; null where nobody wants to know.</summary>
    public List<string>? Story { get; }

    /// <summary>Every request that has left.</summary>
    public List<TrueRequest> Requests { get; } = [];

    /// <summary>The adversities that it has had.</summary>
    public HashSet<Adversity> Had { get; } = [];

    /// <summary>The profiles in deletes that have left.</summary>
    public int Deletes { get; private set; }

    /// <summary>
    /// Of each profile, when the youngest question was asked, in true ticks, in answer to which any command that has ended was plainly told that it is not
    /// disabled: that stands in the journal, where there is a line that it can be written to.
    /// </summary>
    public Dictionary<TrueProfile, long> Written { get; } = [];

    /// <summary>How the invariant was violated; null while it holds.</summary>
    public string? Violation { get; private set; }

    public void Note(Adversity adversity) => Had.Add(adversity);

    /// <summary>An id that the service has not given yet.</summary>
    public string NextId(string prefix = "q") => prefix + ++_ids;

    public void Tell(FormattableString line) => Story?.Add(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Begins it: the processes are there.</summary>
    public void Begin()
    {
        Tell($"A life from seed {Seed}: {string.Join("; ", World.Euiccs.Select(euicc => $"{euicc.Name} with {string.Join(", ", euicc.Profiles.Select(profile => $"{profile} {profile.Role}"))}"))}");
        Processes.Begin();
    }

    /// <summary>Lives it.</summary>
    public void Live()
    {
        Begin();
        for (var left = 6 + Random.Below(18); left > 0 && Violation is null; left--)
        {
            Step();
        }

        // What was known then may be known no longer the day after.
        if (Random.Happens(Settings.OtherHand))
        {
            Service.ActElsewhere();
            Pass(TimeSpan.FromHours(20 + Random.Below(10)));
            Tell($"    it is the day after");
        }

        DisableFirst();

        // At the end everybody wants everything gone.
        for (var i = 0; i < 3 && Violation is null; i++)
        {
            var machine = Random.OneOf(Processes.AtWork);
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
            Violation ??= request.Targets.Select(target => _invariant.Judge(machine, target.Profile!)).FirstOrDefault(violation => violation is not null);
            if (Violation is not null)
            {
                Tell($"VIOLATED: {Violation}");
            }
        }
    }

    /// <summary>Time passes for all.</summary>
    public void Pass(TimeSpan time)
    {
        World.Now += time.Ticks;
        Processes.MeasureClocks();
    }

    /// <summary>While somebody waits, others act.</summary>
    public void Meanwhile(double probability)
    {
        if (_depth >= DeepestMeanwhile)
        {
            return;
        }

        _depth++;
        for (var left = 3; left > 0 && Violation is null && Random.Happens(probability); left--)
        {
            Note(Adversity.Interleaved);
            Step();
        }

        _depth--;
    }

    /// <summary>What one process is told the others can know only where it has written that: it does nothing more, while they act on what they know from before.</summary>
    /// <param name="those">The profiles that it asks about, of which another hand may have changed one.</param>
    /// <param name="atWork">One of the others.</param>
    public void AskAndIdle(IReadOnlyList<TrueProfile> those, Machine atWork)
    {
        if (Processes.Machines.FindAll(machine => machine != atWork && !machine.IsIdle) is { Count: > 0 } others && Random.Happens(2 * Settings.Idle))
        {
            Note(Adversity.IdleSinceAsked);
            Service.ActElsewhere(those);
            var machine = Random.OneOf(others);

            // Any other adversity would hide this one.
            (var settings, Settings, Messages.Settings) = (Settings, AdversitySettings.None, AdversitySettings.None);
            Command(machine, () => _user.AskAsync(machine, those));
            (Settings, Messages.Settings) = (settings, settings);
            machine.IsIdle = true;
            Tell($"  {machine} is idle");
        }
    }

    /// <summary>Gives a command and waits for its end; those that are given meanwhile are within its limit.</summary>
    /// <exception cref="TimeoutException">It has not ended within <see cref="LongestCommand"/>.</exception>
    public void Command(Machine machine, Func<Task> command)
    {
        if (_isInCommand)
        {
            Run(machine, command);
            return;
        }

        _isInCommand = true;
        var run = Task.Run(() => Run(machine, command));
        if (Task.WaitAny([run], LongestCommand) < 0)
        {
            _hangs = true;
            throw new TimeoutException($"A command of the life of seed {Seed} has not ended within {LongestCommand}; ESIMTOOLS_LIFE={Seed} lives it again.");
        }

        run.GetAwaiter().GetResult();
        _isInCommand = false;
    }

    public void Dispose()
    {
        // What hangs may hold whatever the end of a process waits for.
        if (!_hangs)
        {
            Processes.Dispose();
        }
    }

    private void Step()
    {
        Processes.Collect();
        var machine = Random.OneOf(Processes.Machines);
        switch (Random.Below(23))
        {
            case < 6:
                machine = Random.OneOf(Processes.AtWork);
                Command(machine, () => _user.CommandAsync(machine));
                break;
            case < 11:
                for (var left = 1 + Random.Below(3); left > 0; left--)
                {
                    Service.CarryOut();
                }

                break;
            case < 16:
                for (var left = 1 + Random.Below(3); left > 0; left--)
                {
                    Service.Deliver();
                }

                break;
            case 16 or 17:
                if (Random.Happens(Settings.OtherHand * 2))
                {
                    Service.ActElsewhere();
                }

                break;
            case 18 or 19:
                PassSome();
                break;
            case 20:
                if (Random.Happens(Settings.Clock * 2))
                {
                    Processes.MoveClock(machine);
                }

                break;
            case 21:
                DisableFirst();
                break;
            default:
                if (machine.Commands.Count == 0 && Random.Happens(Settings.Kill))
                {
                    Processes.Kill(machine);
                }
                else if (Random.Happens(Settings.Reopen * 2))
                {
                    Processes.End(machine);
                }

                break;
        }
    }

    // Where processes become idle, more often than among all commands: between its two halves they may.
    private void DisableFirst()
    {
        if (Random.Happens(Settings.Idle))
        {
            var machine = Random.OneOf(Processes.AtWork);
            Command(machine, () => _user.DisableFirstAsync(machine));
        }
    }

    // A command runs to its end before anything else does. Only what stands written ahead of a request is made on another thread meanwhile.
    private void Run(Machine machine, Func<Task> command)
    {
        if (machine.Connection is null)
        {
            Processes.Open(machine);
        }

        machine.Begin();
        var underWay = new CommandUnderWay(machine.Connection!);
        machine.Commands.Push(underWay);
        try
        {
            Task.WhenAny(command(), underWay.Killed).GetAwaiter().GetResult().GetAwaiter().GetResult();
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

        if (machine.Connection == underWay.Connection)
        {
            foreach (var (profile, asked) in underWay.ToldOn.Where(told => HasLine(told.Profile)))
            {
                Written[profile] = Math.Max(asked, Written.GetValueOrDefault(profile, -1));
            }
        }
    }

    // What is said against "disabled" is written to the last request for the profile, where that could prove it: a young one, or one after which it would stay so.
    private bool HasLine(TrueProfile profile) =>
        Requests.FindLast(request => request.Targets.Exists(target => target.Profile == profile)) is { Action.CanEndDisabled: false } last
            && (last.Action.EndsService || last.Action == EsimAction.Download || World.Now - last.SentAt <= Guard.ProofLifetime.Ticks);

    private void PassSome()
    {
        Note(Adversity.Delayed);
        var unit = Random.OneOf(s_units);
        var count = 1 + Random.Below(30);
        Pass(unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "min" => TimeSpan.FromMinutes(count),
            _ => TimeSpan.FromHours(count),
        });
        Tell($"    {count} {unit} pass");
    }
}
