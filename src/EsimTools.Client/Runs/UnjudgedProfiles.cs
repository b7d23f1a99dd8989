// Profiles that the guard cannot judge by what is known: they wait until the service has been asked about all of them at once.

namespace EsimTools.Runs;

/// <summary>Gathers profiles, asks the service for their state, and has them judged.</summary>
internal sealed class UnjudgedProfiles(EsimRun run, RunIntake intake, RunServices services, RunTally tally, EsimRunOptions options)
{
    private readonly List<Item> _items = [];

    /// <summary>Adds a profile, and asks when a batch has gathered.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="source">The object that it was read from.</param>
    public void Add(EsimProfile profile, object source)
    {
        _items.Add(new(profile, source));
        if (_items.Count >= options.BatchSize)
        {
            Flush();
        }
    }

    /// <summary>Asks about those that wait, and judges them.</summary>
    public void Flush()
    {
        var items = _items.ToArray();
        _items.Clear();
        foreach (var account in items.GroupBy(item => run.AccountOf(item.Profile), StringComparer.Ordinal))
        {
            if (TryAsk(account.Key, [.. account]))
            {
                foreach (var item in account)
                {
                    intake.Decide(item.Profile, item.Source, services.Tracker.Judge(run.Action, item.Profile, account.Key, serviceWasAsked: true, options.Resubmit));
                }
            }
        }
    }

    private bool TryAsk(string account, Item[] items)
    {
        try
        {
            run.Pump.Await(token => services.LookUp.AskAsync(null, [.. items.Select(item => item.Profile)], account, token));
            return true;
        }
        catch (EsimException e) when (e.Error is not (EsimError.EsimLoginRefused or EsimError.EsimNotConnected))
        {
            Array.ForEach(items, item =>
            {
                tally.KeptBack(e.Error, item.Profile);
                intake.Forget(item.Profile);
            });
            run.Host.OnProblem(
                new(e.Error, $"'{run.Action}' was not sent for {RunWords.Profiles(items.Length)} of account {account}, because their state could not be asked for: {e.Message}", e.RecommendedAction, e),
                items.Select(item => item.Source).ToArray());
            return false;
        }
    }

    // A row of a file costs several times the memory of the profile read from it, so it is kept only until the guard has judged.
    private readonly record struct Item(EsimProfile Profile, object Source);
}
