// The size of a wave: a number of profiles, or a share of them.

using System.Globalization;

namespace EsimTools.Plans;

/// <summary>How many profiles a wave holds.</summary>
/// <param name="Value">A number, or a share in percent.</param>
/// <param name="IsPercent">Which of the two.</param>
internal readonly record struct WaveSize(decimal Value, bool IsPercent)
{
    /// <summary>Reads <c>100</c> or <c>5%</c>; null for anything else.</summary>
    public static WaveSize? Read(string? text)
    {
        var digits = text?.Trim() ?? string.Empty;
        var isPercent = digits.EndsWith("%", StringComparison.Ordinal);
        return decimal.TryParse(isPercent ? digits.Substring(0, digits.Length - 1) : digits, isPercent ? NumberStyles.AllowDecimalPoint : NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value > 0 && value <= (isPercent ? 100 : int.MaxValue)
            ? new(value, isPercent)
            : null;
    }

    /// <summary>The number of profiles, at least one.</summary>
    /// <param name="all">How many there are.</param>
    public int Of(int all) => IsPercent ? Math.Max(1, (int)Math.Ceiling(all * Value / 100)) : (int)Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("0.####", CultureInfo.InvariantCulture) + (IsPercent ? "%" : string.Empty);
}
