// Reads durations. PowerShell alone takes a bare number for a time as ten-millionths of a second.

using System.Globalization;
using System.Management.Automation;

namespace EsimTools;

/// <summary>Turns a bare number that stands for a duration into seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Read(inputData);

    /// <summary>The value itself, or the duration that a bare number stands for.</summary>
    internal static object Read(object value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain is int or long or double or decimal
            || (plain is string text && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
            ? TimeSpan.FromSeconds(Convert.ToDouble(plain, CultureInfo.InvariantCulture))
            : value;
    }
}
