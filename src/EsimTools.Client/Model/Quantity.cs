// Numbers with their units, for sentences: one is singular.

using System.Globalization;

namespace EsimTools.Model;

/// <summary>Puts a number of things into words.</summary>
internal static class Quantity
{
    /// <summary>A number of things, such as "1 profile" or "12 profiles".</summary>
    /// <param name="count">How many.</param>
    /// <param name="unit">What, in the singular.</param>
    public static string Of(long count, string unit) => string.Format(CultureInfo.InvariantCulture, "{0} {1}{2}", count, unit, count == 1 ? string.Empty : "s");

    /// <summary>An amount with at most one decimal, such as "1 hour" or "1.5 hours".</summary>
    /// <param name="amount">How much.</param>
    /// <param name="unit">Of what, in the singular.</param>
    public static string Of(double amount, string unit) => string.Format(CultureInfo.InvariantCulture, "{0:0.#} {1}{2}", amount, unit, amount == 1 ? string.Empty : "s");
}
