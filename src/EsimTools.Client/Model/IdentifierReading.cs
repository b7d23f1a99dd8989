// What reading an identifier gave: its digits, or the fault.

namespace EsimTools;

/// <summary>What reading an identifier gave: its digits, or the fault.</summary>
/// <param name="Value">The digits alone; null when <paramref name="Fault"/> is not <see cref="IdentifierFault.None"/>.</param>
/// <param name="Fault">What is wrong, if anything.</param>
/// <param name="CheckDigitOk">Whether the check digit fits. A wrong one is worth a warning only: Verizon's own samples have such.</param>
/// <param name="Message">A full sentence that names the text and the fault; null when there is none.</param>
public readonly record struct IdentifierReading(string? Value, IdentifierFault Fault, bool CheckDigitOk, string? Message)
{
    /// <summary>Whether the digits can be used.</summary>
    public bool IsUsable => Fault == IdentifierFault.None;
}
