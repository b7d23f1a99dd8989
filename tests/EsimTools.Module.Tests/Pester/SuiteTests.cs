// No suite is forgotten: every file has its class, and every class its file.

namespace EsimTools.Module.Tests.Pester;

/// <summary>The classes and the files.</summary>
public sealed class SuiteTests
{
    [Fact]
    public void Every_suite_has_a_class_and_every_class_a_suite()
    {
        var files = Directory.GetFiles(PesterSuite.Folder, "*.Tests.ps1").Select(Path.GetFileName).Order();
        var classes = typeof(PesterSuite).Assembly.GetTypes().Where(type => type.BaseType == typeof(PesterSuite)).Select(type => PesterSuite.FileOf(type.Name)).Order();

        Assert.Equal(files, classes);
    }
}
