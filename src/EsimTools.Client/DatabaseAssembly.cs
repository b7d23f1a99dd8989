// The assembly that knows PostgreSQL, and the driver that it stands on: in a load context of their own, so that no other version of the same
// assemblies in this process is met.

#if NET
using System.Reflection;
using System.Runtime.Loader;
using EsimTools.Store;

namespace EsimTools;

/// <summary>Loads EsimTools.Postgres from its folder, once.</summary>
internal static class DatabaseAssembly
{
    private const string AssemblyTitle = "EsimTools.Postgres";

    private static readonly Assembly s_client = typeof(DatabaseAssembly).Assembly;
    private static readonly Dictionary<string, Type> s_openers = new(StringComparer.Ordinal);

    /// <summary>What opens a store.</summary>
    /// <param name="folder">The folder of the assembly; null means this one's own.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>: it is not there, or of another version.</exception>
    public static Func<DatabasePlace, IEsimStore> Opener(string? folder) =>
        OpenerIn(folder).GetMethod("Open", [typeof(DatabasePlace)])!.CreateDelegate<Func<DatabasePlace, IEsimStore>>();

    /// <summary>What opens a journal as a whole, and is told whether it has to be there already.</summary>
    /// <param name="folder">The folder of the assembly; null means this one's own.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>: it is not there, or of another version.</exception>
    public static Func<DatabasePlace, bool, IKeptJournal> KeptOpener(string? folder) =>
        OpenerIn(folder).GetMethod("OpenKept", [typeof(DatabasePlace), typeof(bool)])!.CreateDelegate<Func<DatabasePlace, bool, IKeptJournal>>();

    private static Type OpenerIn(string? folder)
    {
        var path = Path.GetFullPath(Path.Combine(folder ?? Path.GetDirectoryName(s_client.Location) ?? AppContext.BaseDirectory, AssemblyTitle + ".dll"));
        lock (s_openers)
        {
            if (!s_openers.TryGetValue(path, out var opener))
            {
                s_openers[path] = opener = Load(path);
            }

            return opener;
        }
    }

    private static Type Load(string path)
    {
        var own = s_client.GetName().Version;
        try
        {
            // The two share what is internal, so they belong together.
            if (AssemblyName.GetAssemblyName(path).Version is var version && version != own)
            {
                throw Unusable($"'{path}' is of version {version?.ToString(3)}, and EsimTools of {own?.ToString(3)}", null);
            }

            var assembly = new Context(Path.GetDirectoryName(path)!).LoadFromAssemblyPath(path);
            return assembly.GetType(AssemblyTitle + ".PostgresOpener", throwOnError: true)!;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException)
        {
            throw Unusable(e is FileNotFoundException or DirectoryNotFoundException ? $"'{path}' is not there" : e.Message.TrimEnd('.'), e);
        }
    }

    private static EsimException Unusable(string problem, Exception? inner) => new(
        EsimError.EsimDatabaseUnavailable,
        $"A journal in a database needs the module EsimTools.Postgres of the same version: {problem}.",
        "Put it beside EsimTools, or into a folder of PSModulePath; ./build.ps1 Build makes both. Or give a folder with -Journal.",
        inner);

    /// <summary>Gives the one client that is loaded already, and everything else from its folder.</summary>
    private sealed class Context(string folder) : AssemblyLoadContext(AssemblyTitle)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == s_client.GetName().Name)
            {
                return s_client;
            }

            var path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
#endif
