// The processes that share the journal, and their clocks: they begin, end and are killed, and their clocks are set.

using System.Globalization;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>The processes of one life.</summary>
internal sealed class Processes(Life life, string folder) : IDisposable
{
    // How often.
    private const double Collected = 0.15;

    private readonly SeededRandom _random = life.Random;
    private readonly AdversitySettings _settings = life.Settings;
    private readonly SeededRandom _collector = new(~life.Seed);
    private readonly HashSet<string> _openedAt = new(StringComparer.Ordinal);
    private readonly List<EsimConnection> _abandoned = [];

    public List<Machine> Machines { get; } = [];

    /// <summary>Those that are given commands; all of them where all are idle.</summary>
    public List<Machine> AtWork => Machines.FindAll(machine => !machine.IsIdle) is { Count: > 0 } atWork ? atWork : Machines;

    /// <summary>How far the clocks have been apart, now or at any time before.</summary>
    public long Spread { get; private set; }

    /// <summary>The first ones are there.</summary>
    public void Begin()
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < _settings.Processes; i++)
        {
            var machine = new Machine(life, "M" + i);
            Machines.Add(machine);
            if (i > 0 && _random.Happens(_settings.Clock))
            {
                life.Note(Adversity.ClocksApart);
                machine.Offset = Jump();
            }

            Open(machine);
        }
    }

    /// <summary>A process begins on a machine.</summary>
    public void Open(Machine machine)
    {
        // A journal file is named by the second, and files are read in the order of their names.
        while (!_openedAt.Add(machine.OpenedAt = machine.UtcNow.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)))
        {
            machine.Offset += TimeSpan.TicksPerSecond;
        }

        if (Machines.Count > 1)
        {
            life.Note(Adversity.SeveralProcesses);
        }

        if (_settings.IsHashed)
        {
            life.Note(Adversity.HashedJournal);
        }

        MeasureClocks();
        life.Tell($"  {machine} begins at {machine.UtcNow:dd HH:mm:ss}");
        var objects = machine.Objects = new();
        machine.Connection = EsimConnection.OpenAsync(new()
        {
            ApiCredential = new("api-key", "api-secret-of-a-life"),
            UserCredential = new("user", "user-secret-of-a-life"),
            AccountName = World.Accounts[0],
            BaseUri = new("https://service.test/api"),
            JournalPath = folder,
            HashIdentifiers = _settings.IsHashed,
            Handler = new SimulatedNetwork(life, machine),
            Clock = machine,
            Timeout = Timeout.InfiniteTimeSpan,
            WhenRequestIsMade = objects.Keep,
        }).GetAwaiter().GetResult();
        if (_random.Happens(0.3))
        {
            _ = machine.Connection.ExpectCallbacks();
        }
    }

    /// <summary>The process of a machine is killed.</summary>
    public void Kill(Machine machine)
    {
        life.Note(Adversity.Killed);
        life.Tell($"  {machine} is killed");
        if (machine.Abandon() is { } connection)
        {
            // The system closes the file that tells others that it lives, and removes it.
            foreach (var path in Directory.GetFiles(folder, machine.OpenedAt + "-*" + JournalFolder.LifeSuffix))
            {
                File.Delete(path);
            }

            _abandoned.Add(connection);
        }
    }

    /// <summary>The process of a machine ends as it should.</summary>
    public void End(Machine machine)
    {
        life.Note(Adversity.Reopened);
        life.Tell($"  {machine} ends");
        machine.Abandon()?.Dispose();
    }

    /// <summary>In processes that have nothing to do the request objects that nobody uses may be collected.</summary>
    public void Collect()
    {
        foreach (var machine in Machines)
        {
            if (machine.Commands.Count == 0 && _collector.Happens(Collected) && machine.Objects.Collect(machine.Requests))
            {
                life.Note(Adversity.Collected);
            }
        }
    }

    /// <summary>Somebody sets the clock of a machine.</summary>
    public void MoveClock(Machine machine)
    {
        life.Note(Adversity.ClockMoved);
        machine.Offset += Jump();
        MeasureClocks();
        life.Tell($"    the clock of {machine} is set to {machine.UtcNow:dd HH:mm:ss}");
    }

    /// <summary>Takes note of how far the clocks are apart; what is too old by one of them is carried out no more.</summary>
    public void MeasureClocks()
    {
        foreach (var machine in Machines)
        {
            foreach (var other in Machines)
            {
                Spread = Math.Max(Spread, Math.Max(machine.Offset - other.Offset, Math.Max(machine.Offset - other.LeastOffset, other.MostOffset - machine.Offset)));
            }

            machine.LeastOffset = Math.Min(machine.LeastOffset, machine.Offset);
            machine.MostOffset = Math.Max(machine.MostOffset, machine.Offset);
        }

        life.Service.Expire();
    }

    public void Dispose()
    {
        foreach (var machine in Machines)
        {
            machine.Abandon()?.Dispose();
        }

        _abandoned.ForEach(connection => connection.Dispose());
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private long Jump()
    {
        var jump = _random.OneOf((int[])[20, 50, 600, 7200, 90_000, 300_000]) * TimeSpan.TicksPerSecond;
        return _random.Happens(0.5) ? jump : -jump;
    }
}
