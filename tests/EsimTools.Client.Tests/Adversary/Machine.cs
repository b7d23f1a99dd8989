// A process with a connection of its own over the shared journal, on a machine whose clock goes its own way.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>One process of the journal, which is its clock too.</summary>
internal sealed class Machine(Life life, string name) : Clock
{
    /// <summary>How often a command may pause before its user stops it.</summary>
    private const int MostPauses = 10;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private int _pauses;

    public string Name => name;

    /// <summary>How far its clock is from the true time, in ticks.</summary>
    public long Offset { get; set; }

    /// <summary>The least that it has been.</summary>
    public long LeastOffset { get; set; }

    /// <summary>The most that it has been.</summary>
    public long MostOffset { get; set; }

    public override DateTimeOffset UtcNow => ClockAt(life.World.Now);

    public override TimeSpan? Elapsed => TimeSpan.FromTicks(life.World.Now);

    public EsimConnection? Connection { get; set; }

    /// <summary>When it was opened, by its clock, as its journal file is named.</summary>
    public string OpenedAt { get; set; } = string.Empty;

    /// <summary>Whether nobody gives it commands: it lives on, and hears messages.</summary>
    public bool IsIdle { get; set; }

    /// <summary>The commands that are under way in it, the last one on top.</summary>
    public Stack<CommandUnderWay> Commands { get; } = [];

    /// <summary>Stops the command that runs; Ctrl+C.</summary>
    public CancellationTokenSource Stop { get; private set; } = new();

    /// <summary>The requests whose objects it holds.</summary>
    public List<EsimRequest> Requests { get; } = [];

    /// <summary>The request objects that have not been collected.</summary>
    public RequestObjects Objects { get; set; } = new();

    /// <summary>Of each profile, when the youngest question was asked, in true ticks, in answer to which this connection was plainly told that it is not disabled.</summary>
    public Dictionary<TrueProfile, long> ToldOn { get; } = [];

    /// <summary>A question is answered plainly with "not disabled".</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="asked">When it was asked, in true ticks.</param>
    public void IsToldOn(TrueProfile profile, long asked)
    {
        // Where the process that asked has ended meanwhile, nobody hears the answer.
        if (!Commands.TryPeek(out var command) || command.Connection == Connection)
        {
            ToldOn[profile] = Math.Max(asked, ToldOn.GetValueOrDefault(profile, -1));
            command?.ToldOn.Add((profile, asked));
        }
    }

    public DateTimeOffset ClockAt(long now) => ManualClock.Start.AddTicks(now + Offset);

    /// <summary>A command begins.</summary>
    public void Begin()
    {
        _pauses = 0;
        if (Stop.IsCancellationRequested)
        {
            Stop = new();
        }
    }

    public override Task Delay(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        life.Pass(time < LongestPause ? time : LongestPause);
        life.Meanwhile(0.9);
        if (++_pauses > MostPauses)
        {
            Stop.Cancel();
        }

        return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>The process is gone, with all that it had in memory.</summary>
    public EsimConnection? Abandon()
    {
        var connection = Connection;
        Connection = null;
        IsIdle = false;
        Requests.Clear();
        ToldOn.Clear();
        return connection;
    }

    public override string ToString() => name;
}
