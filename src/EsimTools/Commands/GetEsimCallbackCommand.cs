// Get-EsimCallback: ThingSpace's GET callbacks/{account}.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Gets the addresses that ThingSpace posts callbacks to. The passwords that it lists too are not kept.</summary>
[Cmdlet(VerbsCommon.Get, "EsimCallback")]
[OutputType(typeof(EsimCallbackRegistration))]
public sealed class GetEsimCallbackCommand : CallbackCmdlet
{
    /// <summary>Only these callback services; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [Alias("ServiceName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CallbackServiceCompleter))]
    public new string[] Service { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        var connection = base.Service;
        var wanted = Service.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase)).ToArray();
        try
        {
            foreach (var registration in Await(token => connection.GetCallbacksAsync(AccountName, token)))
            {
                if (wanted.Any(pattern => pattern.IsMatch(registration.ServiceName)))
                {
                    WriteObject(registration);
                }
            }
        }
        catch (EsimException e)
        {
            WriteFailure(e, AccountName ?? connection.AccountName);
        }
    }
}
