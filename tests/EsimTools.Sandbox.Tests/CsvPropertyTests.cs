// The inventory's reader gives back what a table was written with, however it is quoted, separated and cut into pieces, and takes any text.

using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Sandbox.Tests;

[Collection(PropertyRun.Name)]
public sealed class CsvPropertyTests
{
    [Fact]
    public void A_table_reads_back_as_it_was_written() => PropertyCheck.Holds(
        from rows in Tables
        from separator in Gen.Elements(',', ';', '\t')
        from end in Gen.Elements("\n", "\r\n", "\r")
        from endsWithEnd in Gen.Elements(true, false)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (rows, Text: Write(rows, separator, end, endsWithEnd, new Random(seed))),
        input => Assert.Equal(input.rows.Select(Tell), Read(new StringReader(input.Text)).Select(Tell)));

    [Fact]
    public void How_a_text_is_cut_into_pieces_changes_nothing() => PropertyCheck.Holds(
        from text in AnyText
        from piece in Gen.Choose(1, 20)
        select (Text: "a,b\n" + text, piece),
        input => Assert.Equal(Read(new StringReader(input.Text)).Select(Tell), Read(new InPieces(input.Text, input.piece)).Select(Tell)));

    [Fact]
    public void Any_text_is_read_to_its_end_and_none_of_it_is_made_up() => PropertyCheck.Holds(
        AnyText,
        text =>
        {
            var records = Read(new StringReader(text));
            Assert.InRange(records.Count, text.Length > 0 ? 1 : 0, text.Length);
            Assert.True(records.Sum(record => record.Sum(field => field.Length)) <= text.Length);
        });

    [Fact]
    public void Any_text_as_an_inventory_gives_profiles_and_skipped_rows_or_a_documented_error() => PropertyCheck.Holds(
        from text in AnyText
        from hasHead in Gen.Elements(true, true, false)
        select hasHead ? "Iccid,Eid,Imei\n" + text : text,
        text =>
        {
            using var folder = new Folder();
            File.WriteAllText(folder.Inventory, text);
            try
            {
                var fleet = SandboxFleet.Load(folder.Inventory);
                Assert.All(fleet.Skipped, skipped => Assert.NotEmpty(skipped.Reason));
            }
            catch (Exception e) when (e is FormatException or InvalidDataException)
            {
                Assert.NotEmpty(e.Message);
            }
        });

    private static Gen<string> AnyText => Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? string.Empty),
        Gen.Elements("ab1\",;\t\r\n ".ToCharArray()).ArrayOf().Select(characters => new string(characters)));

    // The first line tells the separator and holds plain names, as an inventory's does.
    private static Gen<string[][]> Tables =>
        from columns in Gen.Choose(2, 5)
        from rows in Gen.Elements("a", "b c", "", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "ü", "8914139", "'x'").ListOf().Select(parts => string.Concat(parts)).ArrayOf(columns).ListOf()
        select (string[][])[[.. Enumerable.Range(1, columns).Select(number => "Column" + number)], .. rows];

    private static string Write(string[][] rows, char separator, string end, bool endsWithEnd, Random random)
    {
        var lines = rows.Select(row => string.Join(separator, row.Select(field => Quote(field, random))));
        return string.Join(end, lines) + (endsWithEnd ? end : string.Empty);
    }

    // Fields that need no quotes may have them all the same.
    private static string Quote(string field, Random random) =>
        field.IndexOfAny(['"', ',', ';', '\t', '\r', '\n']) >= 0 || random.Next(3) == 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private static List<string[]> Read(TextReader text)
    {
        var reader = new CsvReader(text);
        var records = new List<string[]>();
        while (reader.Read() is { } record)
        {
            records.Add([.. record]);
        }

        return records;
    }

    private static string Tell(string[] record) => string.Join('\u0001', record);

    /// <summary>A folder of a test's own.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("esimtools-").FullName;

        public string Inventory => Path.Combine(_path, "inventory.csv");

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }

    /// <summary>Gives the first line as a whole and the rest a few characters at a time.</summary>
    private sealed class InPieces(string text, int piece) : TextReader
    {
        private int _position;

        public override int Read(char[] buffer, int index, int count)
        {
            var wanted = _position == 0 ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : piece;
            var length = Math.Min(Math.Min(wanted, count), text.Length - _position);
            text.CopyTo(_position, buffer, index, length);
            _position += length;
            return length;
        }
    }
}
