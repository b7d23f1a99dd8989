// Plans of a connection: made, made to undo a run, carried out. A part of the facade that those who need no plans need not see.

namespace EsimTools;

/// <summary>Plans over a connection.</summary>
public static class EsimConnectionPlans
{
    /// <summary>Begins to make a plan, which whoever calls drives. The service is asked where it must be; nothing is sent.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="action">The action.</param>
    /// <param name="options">What its requests will say and how they are cut.</param>
    /// <param name="plan">How long it may be carried out, and how; null for a day, and all at once.</param>
    /// <param name="host">Who is told of what could not be judged; null listens to nothing. It is not asked anything.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">A field is wrong, or the connection is closed.</exception>
    public static EsimPlanner StartPlan(this EsimConnection connection, EsimAction action, EsimRunOptions options, EsimPlanOptions? plan = null, EsimRunHost? host = null, CancellationToken cancellationToken = default)
    {
        connection.Parts.Life.ThrowIfClosed();
        return new(connection.Parts.Runs, action ?? throw new ArgumentNullException(nameof(action)), options ?? throw new ArgumentNullException(nameof(options)), plan ?? new(), host, cancellationToken);
    }

    /// <summary>Plans the way back of a run, or of the runs of one plan: what was confirmed and can be undone. The service is asked where it must be; nothing is sent.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="runIds">The runs, by their ids.</param>
    /// <param name="profiles">
    /// The profiles that are to be undone, with their former service plan where the run has changed it; where it has changed from one profile to
    /// another, the former ones. Null means all, as far as the run itself tells what was before; an empty list is an error, and never all.
    /// </param>
    /// <param name="options">What the requests will say beside the service plan, and how they are cut.</param>
    /// <param name="plan">How long it may be carried out, and how; null for a day, and all at once.</param>
    /// <param name="host">Who is told of what could not be judged; null listens to nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The plan, which is in no file yet.</returns>
    /// <exception cref="EsimException">The run is not known, what it did cannot be undone, or <see cref="EsimError.EsimInputInvalid"/>: the list of profiles is empty.</exception>
    public static EsimPlan PlanUndo(
        this EsimConnection connection, IReadOnlyList<string> runIds, IReadOnlyList<EsimProfile>? profiles, EsimRunOptions options, EsimPlanOptions? plan = null, EsimRunHost? host = null, CancellationToken cancellationToken = default)
    {
        connection.Parts.Life.ThrowIfClosed();
        var undo = Plans.PlanUndo.Of(connection.Parts.Runs, runIds ?? throw new ArgumentNullException(nameof(runIds)));
        using var planner = new EsimPlanner(
            connection.Parts.Runs,
            undo.Action,
            (options ?? throw new ArgumentNullException(nameof(options))) with { HasOwnPlans = true },
            (plan ?? new()) with { UndoOf = string.Join(", ", runIds), Undoes = undo.Words },
            host,
            cancellationToken);
        undo.Fill(planner, profiles);
        return planner.Complete();
    }

    /// <summary>Begins to carry out a plan, which whoever calls drives.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="plan">The plan, as it was read from its file.</param>
    /// <param name="options">How it is carried out; null as a new one.</param>
    /// <param name="host">Who is asked and told; null agrees to everything and listens to nothing.</param>
    /// <param name="cancellationToken">Stops it. A request on its way is given a moment to be answered.</param>
    /// <exception cref="EsimException">The connection is closed.</exception>
    public static EsimPlanRun StartPlanRun(this EsimConnection connection, EsimPlan plan, EsimPlanRunOptions? options = null, EsimPlanHost? host = null, CancellationToken cancellationToken = default)
    {
        connection.Parts.Life.ThrowIfClosed();
        return new(connection.Parts.Runs, plan ?? throw new ArgumentNullException(nameof(plan)), options ?? new(), host, cancellationToken);
    }
}
