// Retention, whatever a journal holds: for no profile anything is allowed that was forbidden before, and what is open or in doubt is there as it was.

using System.Globalization;
using System.Text;
using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class RetentionPropertyTests
{
    private const string Service = "https://service.test/api";
    private const int Profiles = 4;
    private const int Hours = 200;

    private static readonly ManualClock s_clock = new();

    private static readonly Gen<Answer> s_answers = Gen.Frequency(
        (6, Gen.Constant(Answer.Accepted)), (1, Gen.Constant(Answer.Refused)), (1, Gen.Constant(Answer.InDoubt)), (1, Gen.Constant(Answer.None)));

    private static readonly Gen<string> s_words = Gen.Elements(
        string.Empty,
        ",\"state\":\"DEACTIVE\"",
        ",\"state\":\"ACTIVE\",\"profileStatus\":\"ENABLE\"",
        ",\"profileStatus\":\"DISABLE\",\"profileRole\":\"LOCAL\"",
        ",\"profileStatus\":\"DELETE\"",
        ",\"profileStatus\":\"NOT_DOWNLOADED\"",
        ",\"profileRole\":\"LEAD\"",
        ",\"state\":\"UNKNOWN\",\"profileStatus\":\"UNKNOWN\"");

    [Fact]
    public void Nothing_is_allowed_that_was_forbidden_before() => PropertyCheck.Holds(
        from count in Gen.Choose(1, 14)
        from requests in Requests.ListOf(count)
        from days in Gen.Choose(0, 9)
        select (Requests: requests.ToArray(), days),
        input =>
        {
            using var folder = new TempFolder();
            var path = Path.Combine(folder.Path, "journal");
            Write(path, input.Requests);
            var before = Look(path);

            var cleared = EsimJournal.ClearAsync(new() { Path = path }, s_clock.UtcNow.AddDays(-input.days), clock: s_clock).GetAwaiter().GetResult();

            var after = Look(path);
            Assert.Equal(before.Open, after.Open);
            for (var i = 0; i < before.Verdicts.Length; i++)
            {
                var (was, now) = (before.Verdicts[i], after.Verdicts[i]);
                Assert.True(now.Verdict.Decision >= was.Verdict.Decision, $"{was.Action} of profile {i}: {was.Verdict.Decision} ({was.Verdict.Reason}) became {now.Verdict.Decision}.\n{string.Join('\n', input.Requests.SelectMany(Lines))}");
                Assert.Equal(was.Verdict.OpenRequest, now.Verdict.OpenRequest);
            }

            // Once more takes away nothing more.
            Assert.Equal(0, EsimJournal.ClearAsync(new() { Path = path }, s_clock.UtcNow.AddDays(-input.days), clock: s_clock).GetAwaiter().GetResult().LinesRemoved);
            Assert.Equal(cleared.LinesKept, Directory.GetFiles(path, "*.jsonl").Sum(file => File.ReadLines(file).Count()));
        });

    private enum Answer
    {
        None,
        Accepted,
        Refused,
        InDoubt,
    }

    private static Gen<Request> Requests =>
        from hoursAgo in Gen.Choose(1, Hours)
        from action in Gen.Elements(EsimAction.All.ToArray())
        from profiles in Gen.Choose(0, Profiles - 1).NonEmptyListOf()
        from namesEid in Gen.Choose(0, 3)
        from place in Gen.Frequency((9, Gen.Constant(1)), (1, Gen.Choose(0, 2)))
        from answer in s_answers
        from told in Gen.Choose(0, 3)
        from outcomes in Outcomes.ListOf(told)
        from files in Gen.Choose(0, 8)
        select new Request(hoursAgo, action, [.. profiles.Distinct()], namesEid > 0, place, answer, [.. outcomes], files);

    private static Gen<(string Result, string Words, bool Proof, bool All, int Late)> Outcomes =>
        from result in Gen.Frequency((6, Gen.Constant("Succeeded")), (2, Gen.Constant("Failed")), (1, Gen.Constant("Pending")), (1, Gen.Constant("NotDone")))
        from words in s_words
        from proof in Gen.Elements(true, false)
        from all in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from late in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(1, 100)))
        select (result, words, proof, all, late);

    private static ((EsimAction Action, bool WasAsked, GuardVerdict Verdict)[] Verdicts, int[] Open) Look(string path)
    {
        using var store = new FolderStore(path, Service, s_clock);
        using var tracker = Verdicts.Open(store, s_clock);
        return ([.. Sample.Profiles(Profiles).SelectMany(profile => Verdicts.Judged(tracker, profile))], [tracker.CountOpen(isTaken: true)]);
    }

    // Files of different connections: what they tell of a request stands in one of them or in several.
    private static void Write(string path, Request[] requests)
    {
        Directory.CreateDirectory(path);
        var files = new StringBuilder[] { new(), new(), new() };
        var ordered = requests.OrderByDescending(request => request.HoursAgo).Select((request, i) => request with { Number = i + 1 }).ToArray();
        foreach (var request in ordered)
        {
            var lines = Lines(request).ToArray();
            for (var i = 0; i < lines.Length; i++)
            {
                files[i == 0 ? request.Files % 3 : request.Files / 3].Append(lines[i]).Append('\n');
            }
        }

        for (var i = 0; i < files.Length; i++)
        {
            File.WriteAllText(Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"2026020{i + 1}T000000-0000000{i}.jsonl")), files[i].ToString());
        }
    }

    private static IEnumerable<string> Lines(Request request)
    {
        var (id, at) = ($"request-{request.Number}", s_clock.UtcNow.AddHours(-request.HoursAgo));
        var sequence = request.Place == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"\"seq\":{request.Number + request.Place - 1},");
        var profiles = request.Profiles.Select(number => $$"""{"iccid":"{{Sample.IccidOf(number + 1)}}"{{(request.NamesEid ? $",\"eid\":\"{Sample.EidOf((number / 2) + 1)}\"" : string.Empty)}}}""");
        yield return $$"""{"v":1,"at":"{{Clock.ToIso(at)}}","event":"sending","request":"{{id}}","service":"{{Service}}",{{sequence}}"action":"{{request.Action}}","account":"{{Sample.Account}}","profiles":[{{string.Join(",", profiles)}}]}""";
        if (request.Answer != Answer.None)
        {
            var (kind, more) = request.Answer == Answer.Accepted ? ("accepted", $",\"requestId\":\"r{request.Number}\"") : (request.Answer == Answer.Refused ? "refused" : "inDoubt", string.Empty);
            yield return $$"""{"v":1,"at":"{{Clock.ToIso(at)}}","event":"{{kind}}","request":"{{id}}"{{more}}}""";
        }

        foreach (var (result, words, proof, all, late) in request.Answer is Answer.Refused or Answer.None ? [] : request.Outcomes)
        {
            var said = at.AddHours(Math.Min(late, request.HoursAgo));
            var ids = (all ? request.Profiles : [request.Profiles[0]]).Select(number => request.Action.IsForDevice ? Sample.EidOf((number / 2) + 1) : Sample.IccidOf(number + 1)).Distinct();
            yield return $$"""{"v":1,"at":"{{Clock.ToIso(said)}}","event":"outcome","request":"{{id}}","service":"{{Service}}","requestId":"r{{request.Number}}","action":"{{request.Action}}","source":"Callback","result":"{{result}}"{{(proof ? ",\"proof\":true" : string.Empty)}}{{words}},"ids":["{{string.Join("\",\"", ids)}}"]}""";
        }
    }

    private sealed record Request(
        int HoursAgo, EsimAction Action, int[] Profiles, bool NamesEid, int Place, Answer Answer, (string Result, string Words, bool Proof, bool All, int Late)[] Outcomes, int Files)
    {
        public int Number { get; init; }
    }
}
