// Get-EsimProfile: what the service's device list says of profiles, joined with what this connection has seen confirmed.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Gets the state of profiles: those named, or every one of the account.</summary>
[Cmdlet(VerbsCommon.Get, "EsimProfile", DefaultParameterSetName = InputSet)]
[OutputType(typeof(EsimProfile))]
public sealed class GetEsimProfileCommand : ProfileFileCmdlet
{
    private const int AskTogether = EsimConnection.MostProfilesPerRequest;

    private readonly List<(EsimProfile Profile, object Input)> _asked = [];
    private bool _listsAll;

    /// <summary>The account whose profiles are listed; without it the profile's own, or the connection's.</summary>
    [Parameter]
    [Alias(ColumnNames.Account)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountNameCompleter))]
    public string? AccountName { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_asked.Count > 0)
        {
            Ask();
        }
        else if (_listsAll)
        {
            List(new EsimDeviceQuery { AccountName = AccountName });
        }

        base.EndProcessing();
    }

    /// <inheritdoc/>
    private protected override void ProcessProfile(EsimProfile profile, object input)
    {
        if (LastHadEmptyIccid)
        {
            WriteFailure(EmptyIccid.Error(profile), input);
            return;
        }

        _asked.Add((profile, input));
        if (_asked.Count >= AskTogether)
        {
            Ask();
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessNothing() => _listsAll = true;

    private void Ask()
    {
        var items = _asked.ToArray();
        _asked.Clear();
        foreach (var (profile, input) in items.Where(item => item.Profile.Iccid is null))
        {
            AskForDevice(profile, input);
        }

        foreach (var account in items.Where(item => item.Profile.Iccid is not null).GroupBy(item => AccountName ?? item.Profile.AccountName ?? Service.AccountName, StringComparer.Ordinal))
        {
            Ask(account.Key, [.. account]);
        }
    }

    private void Ask(string account, (EsimProfile Profile, object Input)[] asked)
    {
        IReadOnlyList<EsimProfile?> found;
        try
        {
            found = Await(token => Service.LookUpAsync([.. asked.Select(item => item.Profile)], account, token));
        }
        catch (EsimException e)
        {
            WriteFailure(e, asked.Select(item => item.Input).ToArray());
            return;
        }

        for (var i = 0; i < asked.Length; i++)
        {
            var (profile, input) = asked[i];
            if (found[i] is { } listed)
            {
                WriteObject(Service.Complete(listed));
            }
            else if (Service.Recall(profile, account) is { } known)
            {
                // No longer in the list, as a deleted profile is not; what was confirmed is still known.
                WriteObject(known);
            }
            else
            {
                WriteFailure(
                    new EsimException(EsimError.EsimProfileNotFound, $"The service lists no device with {profile} in account {account}.", "Check the identifier and the account."), input);
            }
        }
    }

    // An EID or IMEI names a device, which may hold several profiles.
    private void AskForDevice(EsimProfile named, object input)
    {
        var account = AccountName ?? named.AccountName ?? Service.AccountName;
        if (!List(new EsimDeviceQuery { AccountName = account, Eid = named.Eid, Imei = named.Eid is null ? named.Imei : null }))
        {
            WriteFailure(
                new EsimException(EsimError.EsimProfileNotFound, $"The service lists no device with {named} in account {account}.", "Check the identifier and the account."), input);
        }
    }

    // Page by page: what comes behind may stop the pipeline before the next one is asked for.
    private bool List(EsimDeviceQuery query)
    {
        var any = false;
        var listing = Service.ListDevices(query);
        do
        {
            IReadOnlyList<EsimDevice> devices;
            try
            {
                devices = Await(listing.ReadNextAsync);
            }
            catch (EsimException e)
            {
                WriteFailure(e, query.AccountName ?? Service.AccountName);
                return true;
            }

            foreach (var device in devices)
            {
                any = true;
                WriteObject(Service.Complete(device.ToProfile()));
            }
        }
        while (!listing.IsComplete);

        return any;
    }
}
