// The profiles whose actions fail because the options name them.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

/// <summary>Looks up <see cref="SandboxOptions.FailedIccids"/>, which may be replaced while the sandbox runs. Used under the fleet's gate.</summary>
internal sealed class ListedFailures
{
    private readonly SandboxOptions _options;
    private readonly HashSet<Digits> _iccids = [];
    private string[] _read = [];

    public ListedFailures(SandboxOptions options)
    {
        _options = options;
    }

    /// <summary>Whether the actions of a profile fail.</summary>
    public bool Has(Digits iccid)
    {
        var listed = _options.FailedIccids;
        if (listed != _read)
        {
            _read = listed;
            _iccids.Clear();
            _iccids.UnionWith(listed.Select(Digits.Of));
        }

        return _iccids.Contains(iccid);
    }
}
