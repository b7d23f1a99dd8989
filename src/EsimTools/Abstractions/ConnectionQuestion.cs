// What Connect-EsimService asks for when it was not given: said before the first question, with where it comes from and how to be asked no more.

using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using EsimTools.Binding;

namespace EsimTools.Abstractions;

/// <summary>Asks for credentials and account; ends the command where nobody can answer.</summary>
internal sealed class ConnectionQuestion(EsimCmdlet cmdlet)
{
    private static readonly string[] s_explanation =
    [
        "ThingSpace wants three things:",
        "  API key and secret            portal: account settings, key management",
        "  UWS user name and password    of your API user, not the portal's login",
        "  account name                  as on the bill, such as 0000123456-00001",
        "Get-Help Connect-EsimService tells how a runbook gives them unasked.",
        "To try the module without an account: Connect-EsimService -Sandbox",
    ];

    private bool _isExplained;

    /// <summary>Asks for a pair of a name and a secret.</summary>
    /// <param name="caption">What it is.</param>
    /// <param name="message">Which part goes where.</param>
    public PSCredential AskFor(string caption, string message) =>
        Ask(caption, ui => ui.PromptForCredential(caption, message, string.Empty, string.Empty));

    /// <summary>Asks for the account.</summary>
    public string AskForAccount() => Ask("the account", ui =>
    {
        var field = new FieldDescription("Account") { HelpMessage = "The billing account, such as 0000123456-00001." };
        field.SetParameterType(typeof(string));
        return ui.Prompt("Account name", "As it stands on the bill, such as 0000123456-00001.", new Collection<FieldDescription> { field })["Account"]?.BaseObject as string is { Length: > 0 } name ? name : null;
    });

    private T Ask<T>(string what, Func<PSHostUserInterface, T?> ask)
        where T : class
    {
        if (Unasked.IsNobodyAt(cmdlet.Host))
        {
            throw Nobody(what, null);
        }

        try
        {
            Explain();
            if (ask(cmdlet.Host.UI) is { } answer)
            {
                return answer;
            }
        }
        catch (Exception e) when (Unasked.MeansNobody(e))
        {
            throw Nobody(what, e);
        }

        throw new EsimException(EsimError.EsimParameterInvalid, $"Connect-EsimService needs {what}.", "Connect-EsimService -Sandbox needs no account and no network.");
    }

    private static EsimException Nobody(string what, Exception? cause) => new(
        EsimError.EsimNobodyToAsk,
        $"Connect-EsimService was not given {what}, and nobody can answer here.",
        $"Set {EnvironmentSettings.Names}, or give -ApiCredential, -UserCredential and -AccountName, or -ApiSecretName and -UserSecretName. -Sandbox needs none of it.",
        cause);

    private void Explain()
    {
        if (!_isExplained)
        {
            _isExplained = true;
            Array.ForEach(s_explanation, cmdlet.WriteHostLine);
        }
    }
}
