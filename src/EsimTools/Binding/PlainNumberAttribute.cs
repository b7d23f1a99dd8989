// Input validation that PowerShell leaves out: it takes an empty text for the number 0, which often means "no limit", and 2,5 for 25.

using System.Management.Automation;

namespace EsimTools;

/// <summary>
/// Refuses a number that was left empty: a variable that nothing was put in, a blank cell, an environment variable that is not set; and a text with
/// a comma in it, which is a decimal point to some and nothing at all to PowerShell.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlainNumberAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        null => throw Empty(),
        var plain when string.IsNullOrWhiteSpace(plain.ToString()) => throw Empty(),
        string text when text.Contains(',') => throw new ArgumentTransformationMetadataException($"'{text}' has a comma in it. Write a decimal point, and nothing between thousands."),
        _ => inputData,
    };

    private static ArgumentTransformationMetadataException Empty() => new("It was left empty. Give a number, or leave the parameter out.");
}
