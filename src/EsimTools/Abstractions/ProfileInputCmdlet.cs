// The base of cmdlets that take profiles: by value from any object, by property name, or as arguments.

using System.Collections;
using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>A cmdlet whose input is eSIM profiles.</summary>
/// <remarks>
/// An object from the pipeline is bound as a whole, and its properties are read here: PowerShell's own binding by property name takes
/// five times as long for each, and does not know the columns that inventories have. The attributes on the identifiers tell help and users
/// the truth about what is accepted. For the same reason null is refused here and not by an attribute.
/// </remarks>
public abstract class ProfileInputCmdlet : ConnectedCmdlet
{
    /// <summary>The parameter set in which profiles come as objects.</summary>
    private protected const string InputSet = "InputObject";

    /// <summary>The parameter set in which profiles are named by their identifiers.</summary>
    private protected const string IdentifierSet = "Identifier";

    private ProfileReader? _reader;
    private FaultyRows? _faulty;
    private bool? _areFileRows;
    private int _wrongCheckDigits;
    private string? _firstWrong;
    private int _given;
    private int _leftOut;
    private string? _firstLeftOut;

    /// <summary>
    /// The profile: a row of an inventory, an object of this module, an ICCID as a string, a hashtable, or any object with one of the
    /// usual column names. ThingSpace's own <c>deviceIds</c> is understood too.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>The profile's ICCID: 18 to 20 digits; spaces and dashes do not count. Several ICCIDs are several profiles.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = IdentifierSet)]
    [Alias(ColumnNames.ProfileIccid, ColumnNames.SimIccid, ColumnNames.Icc)]
    public string[]? Iccid { get; set; }

    /// <summary>The eUICC's EID: 32 digits. Several EIDs are several devices.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = IdentifierSet)]
    [Alias(ColumnNames.EuiccId, ColumnNames.EsimIdentifier)]
    public string[]? Eid { get; set; }

    /// <summary>The device's IMEI: 15 digits. Several IMEIs are several devices.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = IdentifierSet)]
    [Alias(ColumnNames.DeviceImei)]
    public string[]? Imei { get; set; }

    /// <summary>
    /// Which column is read as what, for columns with other names than the usual ones: field names with the names of columns, for example
    /// <c>@{ Iccid = 'SIM serial' }</c>. With null a field is not read.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Property { get; set; }

    /// <summary>What the columns of the input are read as.</summary>
    private protected ColumnMap Columns { get; private set; } = ColumnMap.Usual;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            RefuseNamesBesideInput();
            Columns = ColumnMap.Of(Property);
        }
        catch (EsimException e)
        {
            Terminate(e);
        }

        _reader = new(Columns, () => _areFileRows ??= Upstream.ReadsCsv(this));
        _faulty = new((problem, input) => ProcessUnusable(problem, input), WriteWarning);
    }

    /// <summary>Reads the input and hands each usable profile on.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            TakeInput();
        }
        catch (EsimException e)
        {
            // What concerns one profile has been reported by now. This is the connection itself: it has lost its memory of what was sent.
            Terminate(e);
        }
    }

    /// <summary>Says once what concerns many: rows of the wrong file, check digits that were wrong, identifiers that were left out.</summary>
    protected override void EndProcessing()
    {
        _faulty!.Complete();
        if (Columns.Unseen.Count > 0 && _given > 0)
        {
            WriteWarning($"No input has the column that -Property names: {string.Join(", ", Columns.Unseen.Select(name => $"'{name}'"))}.");
        }

        if (_leftOut > 0)
        {
            WriteWarning(_leftOut == 1
                ? $"1 profile has an IMEI that cannot be used; it was served by its other identifiers, without it. {_firstLeftOut}"
                : $"{_leftOut} profiles have an IMEI that cannot be used; they were served by their other identifiers, without it. The first: {_firstLeftOut}");
        }

        if (_wrongCheckDigits > 0)
        {
            WriteWarning(_wrongCheckDigits == 1
                ? $"1 profile has a wrong check digit ({_firstWrong}); it was served all the same. Compare it with its source."
                : $"{_wrongCheckDigits} profiles have a wrong check digit (the first is {_firstWrong}); they were served all the same. Compare them with their source.");
        }
    }

    /// <summary>Serves one profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="input">The object it was read from.</param>
    private protected abstract void ProcessProfile(EsimProfile profile, object input);

    /// <summary>Serves an input object that names no usable profile.</summary>
    private protected virtual void ProcessUnusable(EsimException problem, object? input) => WriteFailure(problem, input);

    /// <summary>Serves a command that was given nothing at all.</summary>
    private protected virtual void ProcessNothing() =>
        WriteFailure(new EsimException(EsimError.EsimInputInvalid, "No profile was given.", "Pipe profiles in, or name one with -Iccid."), null);

    /// <summary>Whether each input that cannot be used is told of by itself, also where others share its fault.</summary>
    private protected virtual bool TellsEach => false;

    /// <summary>What is wrong with an identifier of the last profile handed on that was left out; null where none was.</summary>
    private protected string? LastLeftOut { get; private set; }

    /// <summary>Whether the last profile handed on had a wrong check digit.</summary>
    private protected bool LastHadWrongCheckDigit { get; private set; }

    /// <summary>Whether the input of the last profile handed on has a place for its ICCID, and nothing in it.</summary>
    private protected bool LastHadEmptyIccid { get; private set; }

    /// <summary>Takes what one call of ProcessRecord brings.</summary>
    private protected virtual void TakeInput()
    {
        if (InputObject is null && ParameterSetName == IdentifierSet)
        {
            TakeIdentifiers();
        }
        else if (InputObject is null && !MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
        {
            ProcessNothing();
        }
        else if (InputObject?.BaseObject is IEnumerable list and not (string or IDictionary))
        {
            // An array given as an argument arrives as one object; from the pipeline its members come one by one.
            foreach (var item in list)
            {
                TakeObject(item);
            }
        }
        else
        {
            TakeObject(InputObject);
        }
    }

    /// <summary>Takes a row of a file; null for a line with nothing in it, which counts all the same.</summary>
    private protected void TakeFileRow(PSObject? row)
    {
        _areFileRows = true;
        if (row is null)
        {
            _reader!.Skip();
            return;
        }

        TakeObject(row);
        AfterInput();
    }

    /// <summary>Does what is to be done behind each input.</summary>
    private protected virtual void AfterInput()
    {
    }

    // It would be put in the place of each row's own, beside what else the row says: another device's.
    private void RefuseNamesBesideInput()
    {
        string[] names = [nameof(Iccid), nameof(Eid), nameof(Imei)];
        if (MyInvocation.ExpectingInput && Array.Find(names, MyInvocation.BoundParameters.ContainsKey) is { } name)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid,
                $"-{name} names profiles, and others are piped in. Which are meant cannot be told.",
                $"Pipe the profiles, or name them with -{name}; to pick one out of rows use Where-Object.");
        }
    }

    // Several values of one kind are several profiles. Which EID would belong to which ICCID only rows can say.
    private void TakeIdentifiers()
    {
        string[]?[] kinds = [Iccid, Eid, Imei];
        if (kinds.Count(values => values is not null) > 1 && kinds.Any(values => values is { Length: > 1 }))
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid,
                "Of -Iccid, -Eid and -Imei one has several values, and another is given beside it. Which belong together cannot be told.",
                "Give several values of one kind alone, or pipe rows that have both columns.");
        }

        // What a variable holds that nobody has set is an ICCID that is empty, and not one that is not given.
        var unset = MyInvocation.BoundParameters.ContainsKey(nameof(Iccid)) ? string.Empty : null;
        var count = Math.Max(1, kinds.Max(values => values?.Length ?? 0));
        for (var i = 0; i < count; i++)
        {
            var named = new EsimProfile { Iccid = Iccid?.ElementAtOrDefault(i) ?? unset, Eid = Eid?.ElementAtOrDefault(i), Imei = Imei?.ElementAtOrDefault(i) };
            Take(_reader!.Read(named.Iccid, named.Eid, named.Imei), named);
        }
    }

    private void TakeObject(object? input)
    {
        if ((input is PSObject wrapped ? wrapped.BaseObject : input) is EsimRequest request)
        {
            TakeRequest(input, request.Profiles);
            return;
        }

        var reading = _reader!.Read(input);
        if (reading.Problem is not null && RequestReader.ProfilesOf(input) is { } profiles)
        {
            // What a file, a job or another machine has left of a request.
            TakeRequest(input, profiles);
            return;
        }

        if (reading.Shared is { IsOfShape: true } && Pages.Find(input) is var (devices, hasMore))
        {
            if (hasMore)
            {
                WriteWarning("The input is a page of an answer, and it says that more pages follow. What is on them is not in the input.");
            }

            foreach (var device in devices)
            {
                TakeObject(device);
            }

            return;
        }

        Take(reading, input);
    }

    // A request of another connection is about another one's profiles. It is known here, or it is the same error that waiting for it is.
    private void TakeRequest(object? input, IEnumerable<object?> profiles)
    {
        var (request, problem) = HasConnection ? RequestReader.Read(Service, input) : default;
        if (problem is not null)
        {
            Take(new(null, problem, CheckDigitsOk: true), input);
            return;
        }

        foreach (var profile in request?.Profiles ?? profiles)
        {
            var reading = _reader!.Read(profile);
            Take(request is not null && reading.Profile is { } own ? reading with { Profile = RequestReader.AsSent(request, own) } : reading, profile);
        }
    }

    private void Take(ProfileReading reading, object? input)
    {
        _given++;
        if (reading.Problem is { } problem)
        {
            if (TellsEach)
            {
                ProcessUnusable(problem, input);
            }
            else
            {
                _faulty!.Add(reading, input);
            }

            return;
        }

        _faulty!.AddSound();
        LastLeftOut = reading.LeftOut;
        LastHadEmptyIccid = reading.IsIccidEmpty;
        if (reading.LeftOut is not null)
        {
            _leftOut++;
            _firstLeftOut ??= reading.LeftOut;
        }

        LastHadWrongCheckDigit = !reading.CheckDigitsOk;
        if (!reading.CheckDigitsOk)
        {
            _wrongCheckDigits++;
            _firstWrong ??= reading.Profile!.ToString();
        }

        ProcessProfile(reading.Profile!, input!);
    }
}
