// Input validation that PowerShell leaves out: it takes an empty text for the number 0, which often means "no limit".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Refuses a number that was left empty: a variable that nothing was put in, a blank cell, an environment variable that is not set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoBlankNumberAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is null || (inputData.ToString() is { } text && string.IsNullOrWhiteSpace(text))
            ? throw new ArgumentTransformationMetadataException("It was left empty. Give a number, or leave the parameter out.")
            : inputData;
}
