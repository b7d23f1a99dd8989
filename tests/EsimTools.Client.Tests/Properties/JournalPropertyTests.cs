// Journal lines: what is written reads back equal, what is torn is never taken for a line, and damage never throws.

using System.Text;
using EsimTools.Model;
using EsimTools.Store.Folder;
using EsimTools.Store.Lines;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class JournalPropertyTests
{
    [Fact]
    public void A_line_that_is_written_reads_back_equal() => PropertyCheck.Holds(Lines, line =>
    {
        var bytes = Write(line);
        var read = JournalLine.Read(bytes, out var problem);

        Assert.Null(problem);
        Assert.Equal(Tell(line), Tell(read!));
        Assert.Equal(bytes.Length - 1, Array.IndexOf(bytes, (byte)'\n'));
    });

    [Fact]
    public void A_torn_line_is_never_read_as_a_line() => PropertyCheck.Holds(
        from line in Lines
        from share in Gen.Choose(0, 999)
        select (Bytes: Write(line), share),
        input =>
        {
            // Without its line feed alone a line is still whole; anything shorter is not.
            var length = (input.Bytes.Length - 1) * input.share / 1000;
            Assert.Null(JournalLine.Read(input.Bytes.AsMemory(0, length), out var problem));
            Assert.NotNull(problem);
        });

    [Fact]
    public void A_file_with_a_torn_end_gives_the_lines_before_it_and_says_so()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "torn.jsonl");
        PropertyCheck.Holds(
            from lines in Lines.NonEmptyListOf()
            from share in Gen.Choose(0, 999)
            select (Lines: lines.ToArray(), share),
            input =>
            {
                var last = Write(input.Lines[^1]);
                var torn = last[..((last.Length - 1) * input.share / 1000)];
                File.WriteAllBytes(path, [.. input.Lines[..^1].SelectMany(Write), .. torn]);
                var problems = new List<string>();

                var read = new List<JournalPlace>();
                new JournalFile(path).ReadOn(new JournalKeys(), (_, place) => read.Add(place), problems.Add, _ => false);

                Assert.Equal(input.Lines[..^1].Select(Tell), JournalFile.ReadAt(read, e => throw e).Select(lines => Tell(Assert.Single(lines))));
                Assert.Equal(torn.Length > 0 ? 1 : 0, problems.Count);
            });
    }

    [Fact]
    public void A_line_read_for_its_keys_says_the_same_as_one_read_for_its_texts() => PropertyCheck.Holds(Lines, line =>
    {
        var keys = new JournalKeys();
        var read = JournalLineReader.Read(Write(line).AsSpan(), keys, out _)!;

        Assert.Equal(Tell(line).Line, Tell(read).Line);
        Assert.Equal(line.Profiles is not null, keys.HasProfiles);
        Assert.Equal((line.Profiles ?? []).Select(profile => new ProfileKeys(Key(profile.Iccid), Key(profile.Eid), Key(profile.Imei)) { Twentieth = IdentifierKey.Of(profile.Iccid)?.Twentieth ?? (Key(profile.Iccid).IsHidden ? ProfileKeys.HiddenTwentieth : (byte)0) }), keys.Profiles);
        Assert.Equal((line.Ids ?? []).Select(Key), keys.Ids.Select(id => id.Key));
    });

    [Fact]
    public void Any_bytes_give_a_line_or_a_reason() => PropertyCheck.Holds(
        Lines.SelectMany(line => Inputs.BytesNear(Encoding.UTF8.GetString(Write(line)))),
        bytes =>
        {
            var line = JournalLine.Read(bytes, out var problem);
            Assert.Equal(line is null, problem is not null);
            AssertSameByKeys(bytes, line, problem);
        });

    [Fact]
    public void Odd_names_and_texts_are_judged_alike_by_who_wants_keys_and_who_wants_texts() => PropertyCheck.Holds(
        from profiles in Gen.Elements(s_oddNames).Zip(Gen.Elements(s_oddTexts), (name, text) => $"{name}:{text}").ListOf()
        from ids in Gen.Elements(s_oddTexts).ListOf()
        from name in Gen.Elements("ids", "profiles", "else")
        select $$"""{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"sending","profiles":[{{{string.Join(",", profiles)}}}],"ids":[{{string.Join(",", ids)}}],"{{name}}":[]}""",
        text =>
        {
            // Latin-1, so that é is no valid UTF-8.
            var bytes = Encoding.Latin1.GetBytes(text);
            var line = JournalLine.Read(bytes, out var problem);

            AssertSameByKeys(bytes, line, problem);
        });

    private static readonly string[] s_oddNames = ["\"iccid\"", "\"eid\"", "\"imei\"", "\"\\u0069ccid\"", "\"else\"", "\"\\ud800\"", "\"\\x\"", "\"é\"", "\"eid\\udc00\"", "\"\"", "1"];

    private static readonly string[] s_oddTexts =
        ["\"89141390780800784259\"", "89141390780800784259", "\"\\u0031\"", "\"\\ud800\"", "\"é\"", "\"8914é\"", "\"\\x\"", "\"hmac:00112233445566778899aabbccddee\"", "\" \"", "null", "[1]", "{\"iccid\":1}"];

    // Both readings take a line or reject it for the same reason, and take the same profiles from it.
    private static void AssertSameByKeys(byte[] bytes, JournalLine? line, string? problem)
    {
        var keys = new JournalKeys();
        var withKeys = JournalLineReader.Read(bytes, keys, out var problemWithKeys);

        Assert.Equal(problem, problemWithKeys);
        Assert.Equal(line is null, withKeys is null);
        if (line is not null)
        {
            Assert.Equal(line.Profiles is not null, keys.HasProfiles);
            Assert.Equal((line.Profiles ?? []).Select(profile => new ProfileKeys(Key(profile.Iccid), Key(profile.Eid), Key(profile.Imei)) { Twentieth = IdentifierKey.Of(profile.Iccid)?.Twentieth ?? (Key(profile.Iccid).IsHidden ? ProfileKeys.HiddenTwentieth : (byte)0) }), keys.Profiles);
            Assert.Equal((line.Ids ?? []).Select(Key).Where(key => !key.IsNone), keys.Ids.Select(id => id.Key).Where(key => !key.IsNone));
        }
    }

    private static Gen<JournalLine> Lines =>
        from kind in Gen.Elements(Enum.GetValues<JournalEvent>().Except([JournalEvent.Newer]).ToArray())
        from milliseconds in Gen.Choose(0, int.MaxValue)
        from texts in Inputs.ShownTextOrNull.ArrayOf(8)
        from id in Gen.Elements(null, "r", "16ba8908-9dcb-488f-8cbc-09825a2f8b2c")
        from words in Gen.Elements(null, "ACTIVE", "DISABLE", "LEAD", "brand new").ArrayOf(3)
        from status in Gen.Elements<int?>(null, 200, 429, 503)
        from source in Gen.Elements(Enum.GetValues<EvidenceSource>())
        from outcome in Gen.Elements(Enum.GetValues<OutcomeStatus>())
        from profiles in Gen.Choose(0, 9_999).ListOf()
        from count in Gen.Choose(0, 2)
        from sequence in Gen.Elements(0, 1, 1L << 53)
        from flags in Gen.Elements(true, false).ArrayOf(3)
        select new JournalLine
        {
            Event = kind,
            At = ManualClock.Start.AddMilliseconds(milliseconds),
            LocalId = texts[0],
            Service = texts[1],
            RequestId = id,
            Action = texts[3],
            AccountName = texts[4],
            ServicePlan = texts[5],
            Code = texts[6],
            Message = texts[7],
            StatusCode = status,
            Said = kind == JournalEvent.Outcome ? new(source, null, words[0], words[1], words[2]) : default,
            Outcome = kind == JournalEvent.Outcome ? outcome : OutcomeStatus.Pending,
            Profiles = count == 0 ? null : [.. profiles.Select(Some)],
            Ids = count == 1 ? null : [.. profiles.Select(Sample.IccidOf)],
            Eids = count == 1 || !flags[2] || profiles.Count == 0 ? null : [.. profiles.Select(Sample.EidOf)],
            Sequence = sequence,
            IsOverOpen = flags[0],
            RunStage = kind != JournalEvent.Run ? default : flags[1] ? EsimRunStage.Ended : EsimRunStage.Stopped,
            PlanStage = kind != JournalEvent.Plan ? default : flags[1] ? PlanStage.Finished : PlanStage.Held,
            Vouches = kind == JournalEvent.Outcome && flags[1],
        };

    // Some have all three identifiers, some one.
    private static EsimProfile Some(int number) => (number % 4) switch
    {
        0 => new() { Eid = Sample.EidOf(number) },
        1 => new() { Iccid = Sample.IccidOf(number) },
        2 => new() { Imei = Sample.ImeiOf(number) },
        _ => Sample.Profile(number),
    };

    private static byte[] Write(JournalLine line)
    {
        using var stream = new MemoryStream();
        line.WriteTo(stream);
        return stream.ToArray();
    }

    private static IdentifierKey Key(string? digits) => IdentifierHasher.KeyOf(null, digits) ?? default;

    // Lists are compared by their items, which a record does not do by itself.
    private static (JournalLine Line, string Profiles, string Ids) Tell(JournalLine line) => (
        line with { Profiles = null, Ids = null, Eids = null },
        line.Profiles is null ? "none" : string.Join(";", line.Profiles.Select(profile => $"{profile.Iccid},{profile.Eid},{profile.Imei}")),
        line.Ids is null ? "none" : string.Join(";", line.Ids) + " on " + string.Join(";", line.Eids ?? []));
}
