// Closes what is open when the module is removed from the session.

using System.Management.Automation;
using EsimTools.Abstractions;

namespace EsimTools;

/// <summary>Called by PowerShell when the module is removed.</summary>
public sealed class ModuleLifetime : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => DefaultConnection.CloseAll();
}
