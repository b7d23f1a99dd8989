// A fault that is seldom one row's alone: the wrong file, the wrong delimiter, a column that a spreadsheet has rounded.

namespace EsimTools.Binding;

/// <summary>A fault that rows share.</summary>
/// <param name="IsOfShape">Whether it is one of the columns themselves, so that the first row shows it; otherwise it is one of what a column holds.</param>
/// <param name="Key">The same for rows with the same fault.</param>
internal sealed record SharedFault(bool IsOfShape, string Key);
