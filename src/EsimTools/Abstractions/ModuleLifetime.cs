// What happens when the module is imported, and what is closed when it is removed from the session.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Called by PowerShell when the module is imported and removed.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnImport() => DeserializedTimes.Register();

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => DefaultConnection.CloseAll();
}
