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

/// <summary>Tests that call from several addresses: only Linux has all of 127.0.0.0/8.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux has all of 127.0.0.0/8.";
}
