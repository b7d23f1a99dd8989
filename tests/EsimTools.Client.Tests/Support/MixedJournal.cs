// A folder's journal with profiles in every state, as connections, processes that were killed, older and newer versions leave it.

namespace EsimTools.Client.Tests.Support;

/// <summary>Makes it.</summary>
internal static class MixedJournal
{
    /// <summary>The profiles that it tells of, and one that it does not.</summary>
    public static EsimProfile[] Profiles { get; } = Sample.Profiles(16);

    /// <summary>Writes it with the connections of a fixture, which are closed then.</summary>
    public static async Task WriteAsync(ConnectionFixture fixture, bool hashIdentifiers = false)
    {
        var (requests, service) = (0, fixture.Service);
        service.On(Endpoint.Action, _ => ScriptedService.Taken($"r{++requests}"));
        var one = await fixture.OpenAsync(fixture.Options(hashIdentifiers: hashIdentifiers));
        await ConnectionFixture.DeactivateAsync(one, [.. Profiles[..3], .. Profiles[4..7], Profiles[8]]);
        foreach (var number in (int[])[1, 2, 5, 6, 9])
        {
            one.ReceiveCallback(Sample.Callback("r1", Sample.IccidOf(number)));
        }

        // Disputed, LEAD, and one that is being activated again.
        one.ReceiveCallback(Sample.Callback("r1", Sample.IccidOf(6), "Failed"));
        one.ReceiveCallback(Sample.Callback("r1", Sample.IccidOf(7), "Failed", state: null, profileStatus: null, role: "LEAD"));
        one.Dispose();
        var other = await fixture.OpenAsync(fixture.Options(hashIdentifiers: hashIdentifiers));
        await SubmitAsync(other, EsimAction.Activate, Profiles[8]);
        await SubmitAsync(other, EsimAction.DownloadEnable, Profiles[13]);
        other.ReceiveCallback(Sample.Callback("r3", Sample.IccidOf(14), state: "ACTIVE", profileStatus: "ENABLE"));
        service.On(Endpoint.Action, 500, string.Empty);
        await ConnectionFixture.DeactivateAsync(other, Profiles[3]);
        service.On(Endpoint.Action, 400, """{"errorCode":"X.REQUEST_FAILED.Y","errorMessage":"no"}""");
        await ConnectionFixture.DeactivateAsync(other, Profiles[7]);

        // Of another service, of a process that was killed before the answer came, and one that was deleted.
        service.On(Endpoint.Action, _ => ScriptedService.Taken("elsewhere"));
        var elsewhere = await fixture.OpenAsync(fixture.Options("https://other.test/api", hashIdentifiers: hashIdentifiers));
        await ConnectionFixture.DeactivateAsync(elsewhere, Profiles[9]);
        other.Dispose();
        elsewhere.Dispose();

        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        fixture.WriteJournal(
            "20260228T000000-0a0a0a0a.jsonl",
            Sending("killed", 11, """ "seq":900, """),
            Sending("gone", 5, """ "seq":901, """).Replace("deactivate", "delete", StringComparison.Ordinal),
            """{"v":1,"at":"2026-03-01T12:00:30.000Z","event":"accepted","request":"gone","requestId":"gone-1"}""",
            $$"""{"v":1,"at":"2026-03-01T12:00:30.000Z","event":"outcome","request":"gone","service":"https://service.test/api","action":"delete","source":"Callback","result":"Succeeded","proof":true,"profileStatus":"DELETE","ids":["{{Sample.IccidOf(5)}}"]}""",
            """{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"run","service":"https://service.test/api","action":"deactivate","run":{"id":"5f0c3c1e8f7a4f0f9f4be1d9f1b0a7c2","at":"2026-03-01T12:00:00.000Z","user":"u","host":"ops-1","process":4711},"stage":"ended","counts":{"given":1}}""",
            "this is no line",
            """{"v":1,"at":"2026-03-01""");
        fixture.WriteJournal(
            "20260227T000000-0b0b0b0b.jsonl",
            Sending("old", 12, string.Empty),
            """{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"accepted","request":"old","requestId":"old-1"}""",
            $$"""{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"outcome","request":"old","service":"https://service.test/api","action":"deactivate","source":"Callback","result":"Succeeded","state":"DEACTIVE","ids":["{{Sample.IccidOf(12)}}"]}""",
            $$"""{"v":2,"at":"2026-03-01T12:00:00.000Z","event":"sending","request":"new","service":"https://service.test/api","profiles":[{"iccid":"{{Sample.IccidOf(13)}}"}]}""");
        Directory.CreateDirectory(Path.Combine(fixture.JournalPath, "archive"));
        File.WriteAllText(
            Path.Combine(fixture.JournalPath, "archive", "20260101T000000-0c0c0c0c.jsonl"),
            Sending("archived", 15, """ "seq":1, """) + "\n");
    }

    private static Task<EsimSubmission> SubmitAsync(EsimConnection connection, EsimAction action, params EsimProfile[] profiles) =>
        connection.SubmitAsync(action, profiles, new EsimActionOptions { ServicePlan = action.SetsServicePlan ? "M2M Global" : null }).WaitAsync(ManualClock.HangLimit);

    private static string Sending(string request, int profile, string more) =>
        $$"""{"v":1,"at":"2026-03-01T12:00:00.000Z","event":"sending","request":"{{request}}","service":"https://service.test/api",{{more}}"action":"deactivate","account":"{{Sample.Account}}","run":{"id":"5f0c3c1e8f7a4f0f9f4be1d9f1b0a7c2","at":"2026-03-01T12:00:00.000Z","user":"u","host":"ops-1","process":4711},"profiles":[{"iccid":"{{Sample.IccidOf(profile)}}"}]}""";
}
