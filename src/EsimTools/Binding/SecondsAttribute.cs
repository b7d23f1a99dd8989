// Reads durations. PowerShell alone takes a bare number for a time as ten-millionths of a second, or as days, and 48:00:00 as 48 days.

using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace EsimTools;

/// <summary>Turns a bare number that stands for a duration into seconds. A duration is not negative.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    // Hours, minutes and seconds without days.
    private static readonly Regex s_clock = new(@"^\+?(?<hours>\d+):\d+(:\d+(\.\d+)?)?$", RegexOptions.CultureInvariant);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Read(inputData) switch
    {
        TimeSpan time when time < TimeSpan.Zero => throw new ArgumentTransformationMetadataException($"{time} is negative. A duration is not: look which of two times was taken away from which."),
        string text when s_clock.Match(text) is { Success: true } clock && int.TryParse(clock.Groups["hours"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours > 23 =>
            throw new ArgumentTransformationMetadataException($"'{text}' has more than 23 hours, which .NET reads as days. Write {hours / 24}.{hours % 24:00}:00:00 for {hours} hours."),
        var read => read,
    };

    /// <summary>The value itself, or the duration that a bare number stands for.</summary>
    internal static object Read(object value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        plain = plain is string said ? said.Trim() : plain;
        return plain is byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal
            || (plain is string text && double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? TimeSpan.FromSeconds(Convert.ToDouble(plain, CultureInfo.InvariantCulture))
            : plain is string or TimeSpan ? plain : value;
    }
}
