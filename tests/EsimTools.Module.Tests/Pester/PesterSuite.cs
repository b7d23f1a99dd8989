// The suites of tests/module: one class for each file, so that xunit runs them side by side and a filter finds them.

namespace EsimTools.Module.Tests.Pester;

/// <summary>A suite; its tests are those of the file after which the class is named.</summary>
public abstract class PesterSuite
{
    private const string Suffix = "Suite";

    /// <summary>Where the suites are.</summary>
    internal static string Folder => Path.Combine(BuildInfo.Root, "tests", "module");

    /// <summary>The test that stands for all tests of the suite.</summary>
    [PesterTests]
    public void Passes() => throw new InvalidOperationException("Each test of the suite is run by Pester.");

    /// <summary>The file of a class.</summary>
    internal static string FileOf(string className) => className[(className.LastIndexOf('.') + 1)..^Suffix.Length] + ".Tests.ps1";
}


/// <summary>BadLuck.Tests.ps1.</summary>
public sealed class BadLuckSuite : PesterSuite;

/// <summary>CallbackListener.Tests.ps1.</summary>
public sealed class CallbackListenerSuite : PesterSuite;

/// <summary>ConnectEsimService.Tests.ps1.</summary>
public sealed class ConnectEsimServiceSuite : PesterSuite;

/// <summary>ConstrainedLanguage.Tests.ps1.</summary>
public sealed class ConstrainedLanguageSuite : PesterSuite;

/// <summary>DamagedInventories.Tests.ps1.</summary>
public sealed class DamagedInventoriesSuite : PesterSuite;

/// <summary>DeleteGuard.Tests.ps1.</summary>
public sealed class DeleteGuardSuite : PesterSuite;

/// <summary>EveryAction.Tests.ps1.</summary>
public sealed class EveryActionSuite : PesterSuite;

/// <summary>Examples.Tests.ps1.</summary>
public sealed class ExamplesSuite : PesterSuite;

/// <summary>Help.Tests.ps1.</summary>
public sealed class HelpSuite : PesterSuite;

/// <summary>InventoryToRequest.Tests.ps1.</summary>
public sealed class InventoryToRequestSuite : PesterSuite;

/// <summary>Journals.Tests.ps1.</summary>
public sealed class JournalsSuite : PesterSuite;

/// <summary>Manifest.Tests.ps1.</summary>
public sealed class ManifestSuite : PesterSuite;

/// <summary>NoSecretShows.Tests.ps1.</summary>
public sealed class NoSecretShowsSuite : PesterSuite;

/// <summary>OddRows.Tests.ps1.</summary>
public sealed class OddRowsSuite : PesterSuite;

/// <summary>Package.Tests.ps1.</summary>
public sealed class PackageSuite : PesterSuite;

/// <summary>PipelineEndings.Tests.ps1.</summary>
public sealed class PipelineEndingsSuite : PesterSuite;

/// <summary>Plans.Tests.ps1.</summary>
public sealed class PlansSuite : PesterSuite;

/// <summary>Receiver.Tests.ps1.</summary>
public sealed class ReceiverSuite : PesterSuite;

/// <summary>Report.Tests.ps1.</summary>
public sealed class ReportSuite : PesterSuite;

/// <summary>Runs.Tests.ps1.</summary>
public sealed class RunsSuite : PesterSuite;

/// <summary>Sandbox.Tests.ps1.</summary>
public sealed class SandboxSuite : PesterSuite;

/// <summary>Scripts.Tests.ps1.</summary>
public sealed class ScriptsSuite : PesterSuite;

/// <summary>SentOnce.Tests.ps1.</summary>
public sealed class SentOnceSuite : PesterSuite;

/// <summary>Serialization.Tests.ps1.</summary>
public sealed class SerializationSuite : PesterSuite;

/// <summary>ServiceOverHttp.Tests.ps1.</summary>
public sealed class ServiceOverHttpSuite : PesterSuite;

/// <summary>SharedStore.Tests.ps1.</summary>
public sealed class SharedStoreSuite : PesterSuite;

/// <summary>TablesAndCompletion.Tests.ps1.</summary>
public sealed class TablesAndCompletionSuite : PesterSuite;

/// <summary>WaitEsimRequest.Tests.ps1.</summary>
public sealed class WaitEsimRequestSuite : PesterSuite;

/// <summary>WrongFiles.Tests.ps1.</summary>
public sealed class WrongFilesSuite : PesterSuite;
