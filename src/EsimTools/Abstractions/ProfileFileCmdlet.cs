// The base of cmdlets that take profiles from a file, too.

using System.Management.Automation;

namespace EsimTools;

/// <summary>A cmdlet whose input is eSIM profiles, or an inventory file that names them.</summary>
public abstract class ProfileFileCmdlet : ProfileInputCmdlet
{
    /// <summary>The parameter set in which profiles come from a file.</summary>
    private protected const string PathSet = "Path";

    /// <summary>A CSV file with the profiles. Its delimiter (comma, semicolon or tab) and its encoding are found.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet, HelpMessage = "A CSV file with the profiles, for example fleet.csv.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <inheritdoc/>
    private protected override void TakeInput()
    {
        if (ParameterSetName != PathSet)
        {
            base.TakeInput();
            return;
        }

        ReadInventory(Path, TakeFileRow);
    }
}
