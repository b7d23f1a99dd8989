// New-EsimPlan: judges a fleet as an action would, sends nothing, and writes the plan.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Prepares a run: judges every profile as the action would, asks the service where it must, sends nothing, and writes one file.</summary>
[Cmdlet(VerbsCommon.New, "EsimPlan", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(EsimPlan))]
public sealed class NewEsimPlanCommand : ProfileInputCmdlet
{
    private const string InventorySet = "Inventory";

    private readonly List<EsimProfile> _rows = [];
    private EsimPlanner? _planner;
    private PlanningHost? _host;
    private EsimPlanOptions _plan = new();
    private string _path = string.Empty;

    /// <summary>The action, in ThingSpace's word; one of this and -UndoOf.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string? Action { get; set; }

    /// <summary>
    /// A run, or the runs of one plan, by their ids or as Get-EsimRun gives them: plans the way back of what was confirmed by them. The input is the profiles to undo, with their former service plan where the
    /// run has changed it, or, where it has changed from one profile to another, the former ones. Where nothing was piped or named at all, all are undone.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public PSObject[]? UndoOf { get; set; }

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, HelpMessage = "The file that the plan is written to, for example retire.plan.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>A CSV file with the profiles. Its delimiter (comma, semicolon or tab) and its encoding are found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InventorySet, HelpMessage = "A CSV file with the profiles, for example fleet.csv.")]
    [ValidateNotNullOrEmpty]
    public string InventoryPath { get; set; } = string.Empty;

    /// <summary>The account; without it the profile's own, or the connection's.</summary>
    [Parameter]
    [Alias(ColumnNames.Account)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountNameCompleter))]
    public string? AccountName { get; set; }

    /// <summary>The service plan; without it the profile's own, or none.</summary>
    [Parameter]
    [Alias(ColumnNames.Plan, ColumnNames.RatePlan)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServicePlanCompleter))]
    public string? ServicePlan { get; set; }

    /// <summary>With delete: deactivate the profiles that are still enabled first.</summary>
    [Parameter]
    public SwitchParameter DisableFirst { get; set; }

    /// <summary>With deactivate, also first: the customer qualifies for a waiver of the early termination fee.</summary>
    [Parameter]
    public SwitchParameter EtfWaiver { get; set; }

    /// <summary>With deactivate, also first: two characters that say why; FF is general administration or maintenance.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ReasonCodeCompleter))]
    public string? ReasonCode { get; set; }

    /// <summary>With disable: the OID of the SM-SR.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SmsrOid { get; set; }

    /// <summary>With activate: the ZIP code, five digits, from whose area the phone number is taken.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MdnZipCode { get; set; }

    /// <summary>Why, for those who approve it and for the journal: a ticket, for example. At most 500 characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>How long the plan may be carried out: a time span, or a number of seconds.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan ExpiresIn { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The most profiles in one request.</summary>
    [Parameter]
    [ValidateRange(1, EsimConnection.MostProfilesPerRequest)]
    public int BatchSize { get; set; } = EsimConnection.MostProfilesPerRequest;

    /// <summary>The sizes of the waves, in turn: numbers of profiles or shares such as '5%'; the last one repeats.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Wave { get; set; }

    /// <summary>With -Wave: whether the first wave is a random sample of the profiles or the first ones.</summary>
    [Parameter]
    public EsimCanary Canary { get; set; }

    /// <summary>With -Wave: hold when more profiles than this have failed. Without it and -MaxFailedPercent none may fail.</summary>
    [Parameter]
    [PlainNumber]
    [ValidateRange(0, int.MaxValue)]
    public int MaxFailed { get; set; }

    /// <summary>With -Wave: hold when more than this share of the profiles has failed, in percent of those whose outcome is known.</summary>
    [Parameter]
    [PlainNumber]
    [ValidateRange(0.0, 100.0)]
    public double MaxFailedPercent { get; set; }

    /// <summary>With -Wave: how long to wait between a confirmed wave and the next one: a time span, or a number of seconds.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan WaveDelay { get; set; }

    /// <summary>With -Wave: the part of the day in which waves may begin, such as 22:00-05:00.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Between { get; set; }

    /// <summary>With -Between: the time zone by its id; without it, this machine's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TimeZone { get; set; }

    /// <summary>With -Wave: how long to wait for the confirmation of a wave before the plan is held: a time span, or a number of seconds.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan WaveTimeout { get; set; }

    /// <summary>Plan for the first profiles of the input alone.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            if (Action is null == UndoOf is null)
            {
                throw new EsimException(EsimError.EsimParameterInvalid, "A plan is for an action, or for the way back of a run.", "Give one of -Action and -UndoOf.");
            }

            var action = EsimAction.Find(Action);
            if (Action is not null && action is null)
            {
                throw new EsimException(
                    EsimError.EsimParameterInvalid, $"There is no action '{Action}'.", $"Use one of: {string.Join(", ", EsimAction.All.Select(known => known.Name))}.");
            }

            _path = GetUnresolvedProviderPathFromPSPath(Path);
            if (!Force && File.Exists(_path))
            {
                throw new EsimException(EsimError.EsimPlanUnusable, $"The plan '{_path}' is there already.", "Give another -Path, or -Force to replace it.");
            }

            _host = new(this, Service.Clock);
            _plan = new() { ExpiresIn = ExpiresIn, First = IsGiven(nameof(First)) ? First : null, Waves = Waves };
            _planner = action is null ? null : Service.StartPlan(action, Options, _plan, _host, Stop);
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        var plan = Drive(() => _planner?.Complete() ?? Service.PlanUndo([.. UndoOf!.Select(run => RunReader.IdOf(run) ?? throw RunReader.NoRun())], NamesProfiles ? _rows : null, Options, _plan, _host, Stop));
        _host!.Complete();
        WriteMessages();
        try
        {
            if (plan is { Undoes: { } undoes, Allowed: > 0 })
            {
                WriteWarning($"The plan undoes {undoes}.");
            }

            if (ShouldProcess(_path, $"write the plan of '{plan.Action}' for {plan.Allowed} of {plan.Count} profiles"))
            {
                plan.Save(_path, Force);
            }

            WriteObject(plan);
        }
        catch (EsimException e)
        {
            Terminate(e, _path);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _planner?.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    private protected override void TakeInput()
    {
        if (ParameterSetName == InventorySet)
        {
            ReadInventory(InventoryPath, TakeFileRow);
        }
        else
        {
            base.TakeInput();
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessProfile(EsimProfile profile, object input)
    {
        if (_planner is null)
        {
            _rows.Add(profile);
            return;
        }

        Drive(() =>
        {
            _planner.Add(profile);
            return true;
        });
    }

    /// <inheritdoc/>
    private protected override void ProcessNothing()
    {
        if (UndoOf is null)
        {
            base.ProcessNothing();
        }
    }

    // Whether profiles were named, however few of them can be used.
    private bool NamesProfiles => MyInvocation.ExpectingInput || Array.Exists([nameof(InputObject), nameof(Iccid), nameof(Eid), nameof(Imei), nameof(InventoryPath)], IsGiven);

    private EsimRunOptions Options => new()
    {
        AccountName = AccountName,
        ServicePlan = ServicePlan,
        DisableFirst = DisableFirst,
        EtfWaiver = IsGiven(nameof(EtfWaiver)) ? EtfWaiver.IsPresent : null,
        ReasonCode = ReasonCode,
        SmsrOid = SmsrOid,
        MdnZipCode = MdnZipCode,
        BatchSize = BatchSize,
        Reason = Reason,
    };

    private EsimWaves? Waves
    {
        get
        {
            string[] names = [nameof(Canary), nameof(MaxFailed), nameof(MaxFailedPercent), nameof(WaveDelay), nameof(Between), nameof(WaveTimeout)];
            if (Wave is null && Array.Find(names, IsGiven) is { } name)
            {
                throw new EsimException(EsimError.EsimParameterInvalid, $"-{name} goes with -Wave only.", "Give the sizes of the waves, for example -Wave 10, 100, 1000.");
            }

            return Wave is null ? null : new()
            {
                Sizes = Wave,
                Canary = Canary,
                MaxFailed = IsGiven(nameof(MaxFailed)) ? MaxFailed : null,
                MaxFailedPercent = IsGiven(nameof(MaxFailedPercent)) ? MaxFailedPercent : null,
                Delay = WaveDelay,
                Between = Between,
                TimeZone = TimeZone ?? TimeZoneInfo.Local.Id,
                Timeout = IsGiven(nameof(WaveTimeout)) ? WaveTimeout : null,
            };
        }
    }

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private T Drive<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (EsimException e)
        {
            Terminate(e);
            return default;
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
