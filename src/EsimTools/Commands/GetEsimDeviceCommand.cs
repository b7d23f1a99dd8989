// Get-EsimDevice: the service's device list, read page by page.

using System.Collections;
using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Gets lines of an account's device list. The next page is asked for only when the one before has been passed on.</summary>
/// <remarks>Source: the reference's page on device information (POST /m2m/v1/devices/actions/list).</remarks>
[Cmdlet(VerbsCommon.Get, "EsimDevice", DefaultParameterSetName = FilterSet)]
[OutputType(typeof(EsimDevice))]
public sealed class GetEsimDeviceCommand : ConnectedCmdlet
{
    private const string FilterSet = "Filter";
    private const string PathSet = "Path";

    private int _written;
    private ProfileReader? _reader;
    private FaultyRows? _faulty;

    /// <summary>The eUICC's EID, or a part of it with a star at its beginning or end.</summary>
    [Parameter(Position = 0, ParameterSetName = FilterSet)]
    [ValidateNotNullOrEmpty]
    public string? Eid { get; set; }

    /// <summary>The profile's ICCID, or a part of it with a star at its beginning or end.</summary>
    [Parameter(ParameterSetName = FilterSet)]
    [ValidateNotNullOrEmpty]
    public string? Iccid { get; set; }

    /// <summary>The device's IMEI, or a part of it with a star at its beginning or end.</summary>
    [Parameter(ParameterSetName = FilterSet)]
    [ValidateNotNullOrEmpty]
    public string? Imei { get; set; }

    /// <summary>What is piped in, for example a row of an inventory: its EID, ICCID, IMEI and account are the filters.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = FilterSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>A CSV file with the devices; the EID, ICCID, IMEI and account of a row are the filters. Its delimiter (comma, semicolon or tab) and its encoding are found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet, HelpMessage = "A CSV file with the devices, for example fleet.csv.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Which property of the input is read as what, for those with other names than the usual ones, for example <c>@{ Iccid = 'SIM serial' }</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Property { get; set; }

    /// <summary>The phone number (MDN), or a part of it with a star at its beginning or end.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Mdn { get; set; }

    /// <summary>Only devices with this service plan.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServicePlanCompleter))]
    public string? ServicePlan { get; set; }

    /// <summary>Only devices with this service state, for example active, deactive or suspend.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StateCompleter))]
    public string? State { get; set; }

    /// <summary>Only devices that are attached to a network; with -Connected:$false only those that are not.</summary>
    [Parameter]
    public SwitchParameter Connected { get; set; }

    /// <summary>The account; without it the connection's own.</summary>
    [Parameter]
    [Alias(ColumnNames.Account)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountNameCompleter))]
    public string? AccountName { get; set; }

    /// <summary>The most devices to write; no page is asked for that is not needed.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    private protected override bool NeedsConnection => !MyInvocation.ExpectingInput;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _faulty = new((problem, input) => WriteFailure(problem, input), WriteWarning);
        try
        {
            _reader = new(ColumnMap.Of(Property), () => ParameterSetName == PathSet);
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == PathSet)
        {
            ReadInventory(Path, TakeFileRow);
            return;
        }

        UsePiped(InputObject?.BaseObject as EsimConnection);
        try
        {
            if (ReadInput() is { } named)
            {
                List(named);
            }
        }
        catch (EsimException e)
        {
            WriteFailure(e, InputObject ?? (object)(AccountName ?? Service.AccountName));
        }
    }

    /// <summary>Says once what rows share that name no device.</summary>
    protected override void EndProcessing() => _faulty!.Complete();

    private void TakeFileRow(PSObject? row)
    {
        if (row is null)
        {
            _reader!.Skip();
            return;
        }

        var reading = _reader!.Read(row);
        if (reading.Profile is not { } named)
        {
            _faulty!.Add(reading, row);
            return;
        }

        _faulty!.AddSound();
        try
        {
            List(reading.IsIccidEmpty ? throw EmptyIccid.Error(named) : named);
        }
        catch (EsimException e)
        {
            WriteFailure(e, row);
        }
    }

    private void List(EsimProfile named)
    {
        var query = new EsimDeviceQuery
        {
            AccountName = AccountName ?? named.AccountName,
            Iccid = Pattern(IdentifierKind.Iccid, named.Iccid, EsimError.EsimIccidInvalid),
            Eid = Pattern(IdentifierKind.Eid, named.Eid, EsimError.EsimEidInvalid),
            Imei = Pattern(IdentifierKind.Imei, named.Imei, EsimError.EsimImeiInvalid),
            Mdn = Mdn,
            ServicePlan = ServicePlan,
            State = State,
            Connected = MyInvocation.BoundParameters.ContainsKey(nameof(Connected)) ? Connected.IsPresent : null,
        };
        var listing = Service.ListDevices(query);
        while (!listing.IsComplete && _written < First)
        {
            foreach (var device in Await(listing.ReadNextAsync).Take(First - _written))
            {
                _written++;
                WriteObject(device);
            }
        }
    }

    // What is piped in is read as everywhere else, beside the parameters, which alone take a part of an identifier: in a row stars stand for digits that
    // somebody has masked. Null where it has been told of. What names no device must not list the whole account: nothing, a damaged row, what has an
    // account beside much else, as a request, a run or a plan.
    private EsimProfile? ReadInput()
    {
        var given = new EsimProfile { Iccid = Iccid, Eid = Eid, Imei = Imei, AccountName = AccountIn(InputObject) };
        var isGiven = Eid is not null || Iccid is not null || Imei is not null;
        if (InputObject is null)
        {
            return isGiven || !(MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
                ? given
                : throw new EsimException(EsimError.EsimInputInvalid, "The input is null.", "See why the command before gave nothing for it. Without input the whole account is listed.");
        }

        var reading = _reader!.Read(InputObject);
        if (reading.Profile is { } named)
        {
            _faulty!.AddSound();
            return reading.IsIccidEmpty && Iccid is null
                ? throw EmptyIccid.Error(named)
                : new() { Iccid = Iccid ?? named.Iccid, Eid = Eid ?? named.Eid, Imei = Imei ?? named.Imei, AccountName = named.AccountName };
        }

        var namesNothing = reading.IsEmpty || reading.Shared is { IsOfShape: true };
        if (isGiven ? namesNothing : InputObject.BaseObject is EsimConnection || IsAccountAlone(InputObject))
        {
            return given;
        }

        var type = InputObject.TypeNames[0];
        if (IsOfModule(type) || InputObject.BaseObject is string or ValueType)
        {
            throw new EsimException(
                EsimError.EsimInputInvalid,
                $"The input ({type}) names no device.",
                "Pipe what has an EID, ICCID or IMEI: of a request that is what its property Profiles holds. Get-EsimProfile takes a request as it is.");
        }

        _faulty!.Add(reading, InputObject);
        return null;
    }

    private static bool IsOfModule(string type) => type.StartsWith("EsimTools.", StringComparison.Ordinal) || type.StartsWith("Deserialized.EsimTools.", StringComparison.Ordinal);

    private static string? AccountIn(PSObject? input) =>
        (input?.Properties[nameof(AccountName)] ?? input?.Properties[ColumnNames.Account])?.Value?.ToString() is { Length: > 0 } account ? account : null;

    private static bool IsAccountAlone(PSObject input) =>
        AccountIn(input) is not null
        && RowColumns.Of(input).All(column => InventoryColumns.Find(column.Name) == InventoryField.AccountName);

    // A whole identifier is read as everywhere else; a part of one only has to be digits and stars.
    private static string? Pattern(IdentifierKind kind, string? text, EsimError error)
    {
        if (text is null)
        {
            return null;
        }

        if (text.IndexOf('*') >= 0)
        {
            // A star alone would be every device: what an empty variable leaves of "$prefix*".
            return text.Trim('*') is { Length: > 0 } digits && digits.All(c => c is >= '0' and <= '9')
                ? text
                : throw new EsimException(error, $"'{text}' is not a part of an {kind}: only digits and a star at either end are understood.");
        }

        var reading = kind.Read(text);
        return reading.IsUsable ? reading.Value : throw new EsimException(error, reading.Message!);
    }
}
