// Where the files of the project are.

namespace EsimTools.Postgres.Tests.Support;

internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(System.IO.Path.Combine(folder, "EsimPS.sln")) ? folder : Find(System.IO.Path.GetDirectoryName(folder)!);
}
