// Tests of what only Linux and macOS have.

namespace EsimTools.Client.Tests.Support;

internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = UnixTheoryAttribute.Reason;
}

internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = Reason;

    public static string? Reason => OperatingSystem.IsWindows() ? "Windows has no such permissions." : null;
}
