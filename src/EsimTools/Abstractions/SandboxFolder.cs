// The folder among the temporary files in which a sandbox's journal is thrown away, and what others that were killed have left there.

namespace EsimTools.Abstractions;

/// <summary>A folder that lives as long as its owner. A file beside it is held open meanwhile, so that others can tell.</summary>
/// <remarks>The system takes the hold from a process that ends, however it ends: a process id would be given to another one day.</remarks>
internal sealed class SandboxFolder : IDisposable
{
    private const string Prefix = "EsimTools-sandbox-";
    private const string LifeSuffix = ".open";
    private const int Attempts = 10;

    private readonly FileStream _life;

    private SandboxFolder(string path, FileStream life)
    {
        Path = path;
        _life = life;
    }

    /// <summary>Where it is. It is made by whoever first writes into it.</summary>
    public string Path { get; }

    /// <summary>Takes a name that nobody has.</summary>
    /// <exception cref="IOException">Nothing can be written among the temporary files.</exception>
    public static SandboxFolder Create()
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), Prefix + Guid.NewGuid().ToString("N"));
            try
            {
                return new(path, Hold(path + LifeSuffix, FileMode.CreateNew));
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Somebody who sweeps has taken the file for one that nobody holds, in the moment before it was held.
            }
        }
    }

    /// <summary>Deletes the folders whose owner has ended without doing it. Those of others who live, or belong to another account, stay.</summary>
    public static void Sweep()
    {
        try
        {
            foreach (var life in Directory.GetFiles(System.IO.Path.GetTempPath(), Prefix + "*" + LifeSuffix))
            {
                Sweep(life);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder of temporary files cannot be looked into: whoever goes on will say so.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Delete(Path, _life);

    private static void Sweep(string life)
    {
        try
        {
            // Held by its owner, this is refused.
            var held = Hold(life, FileMode.Open);
            if (HoldsWork(life))
            {
                Delete(life.Substring(0, life.Length - LifeSuffix.Length), held);
            }
            else
            {
                held.Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It lives, belongs to another account, or somebody else is sweeping it.
        }
    }

    private static FileStream Hold(string life, FileMode mode) => new(life, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);

    // On a file system without locks everybody holds everything.
    private static bool HoldsWork(string held)
    {
        try
        {
            Hold(held, FileMode.Open).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Delete(string path, FileStream life)
    {
        try
        {
            // A link is none of ours.
            if (Directory.Exists(path) && (File.GetAttributes(path) & FileAttributes.ReparsePoint) == 0)
            {
                Directory.Delete(path, recursive: true);
            }

            // While it is held, so that nobody else begins with it; where the system does not let go of an open file, right after.
            if (System.IO.Path.DirectorySeparatorChar == '/')
            {
                File.Delete(life.Name);
            }

            life.Dispose();
            File.Delete(life.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is still in use is swept by the next sandbox.
            life.Dispose();
        }
    }
}
