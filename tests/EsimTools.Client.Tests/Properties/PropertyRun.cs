// The classes whose properties are counted together.

namespace EsimTools.Client.Tests.Properties;

/// <summary>Lives while the properties of one test project are tried.</summary>
public sealed class PropertyRun : IDisposable
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "Properties";

    /// <inheritdoc/>
    public void Dispose() => PropertyCheck.NoteFigures(typeof(PropertyRun).Assembly.GetName().Name!);
}

/// <summary>The classes that share one run.</summary>
[CollectionDefinition(PropertyRun.Name)]
public sealed class PropertyRunDefinition : ICollectionFixture<PropertyRun>;
