// A line of a journal as it is kept, for who copies or clears it.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>A line with what is known of it. Its text and its identifiers are good until the next one is asked for.</summary>
/// <param name="Part">The part that it stands in.</param>
/// <param name="Place">Where it stands: its number in its file, or the id of its row.</param>
/// <param name="Service">The address of its service, in small letters, as connections compare it.</param>
/// <param name="Line">What it says, without identifiers.</param>
/// <param name="Keys">Its identifiers.</param>
/// <param name="Text">The line as it is, without its line feed.</param>
internal readonly record struct KeptLine(KeptPart Part, long Place, string Service, JournalLine Line, JournalKeys Keys, ReadOnlyMemory<byte> Text);
