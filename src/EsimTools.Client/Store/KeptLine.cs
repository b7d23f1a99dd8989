// A line of a journal as it is kept, for who copies or clears it.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>A line with what is known of it. Its text is good until the next one is asked for.</summary>
/// <param name="Part">The part that it stands in.</param>
/// <param name="Service">The address of its service, in small letters, as connections compare it.</param>
/// <param name="Line">What it says, without identifiers.</param>
/// <param name="Text">The line as it is, without its line feed.</param>
internal readonly record struct KeptLine(KeptPart Part, string Service, JournalLine Line, ReadOnlyMemory<byte> Text);
