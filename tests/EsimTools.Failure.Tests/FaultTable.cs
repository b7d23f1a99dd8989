// The expected end of every fault. "Refused" stands where it is provable that the service did not take the request: no connection came
// about, the service said so, or nothing was sent. Where a connection carried the first byte and no readable answer came back, nobody
// can know, and the end is "in doubt", also where the test happens to know better.

using System.IO.Compression;
using EsimTools.Sandbox;

namespace EsimTools.Failure.Tests;

/// <summary>All faults.</summary>
internal static class FaultTable
{
    // More than the buffers between client and proxy hold, so that the client is still writing when it happens.
    private const int TooManyToSendAtOnce = 2_000;

    private const string Actions = "/devices/profile/actions/";
    private const string Login = "/session/login";

    // Real time: the client's limit for a call does not run on its clock. Long enough for the calls that go well.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    // A session that was not used for so long needs a new login.
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(20);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("none", Moment.BeforeSending, End.Accepted) { Begin = Nothing },

        // The service refuses a token: it did not take the request, and the new token does it.
        new("bearer token expired", Moment.BeforeSending, End.Accepted) { Begin = Script(SandboxFault.BearerExpired), Posts = 2 },
        new("session expired", Moment.BeforeSending, End.Accepted) { Begin = Script(SandboxFault.SessionExpired), Posts = 2 },
        new("both expired, one after the other", Moment.BeforeSending, End.Accepted) { Begin = Both(Script(SandboxFault.BearerExpired), Script(SandboxFault.SessionExpired)), Posts = 3 },
        new("bearer token expired twice", Moment.BeforeSending, End.Refused, EsimError.EsimLoginRefused) { Begin = Script(SandboxFault.BearerExpired, 2), Posts = 2, PostsOfTheOther = 2 },
        new("session expired twice", Moment.BeforeSending, End.Refused, EsimError.EsimLoginRefused) { Begin = Script(SandboxFault.SessionExpired, 2), Posts = 2, PostsOfTheOther = 2 },

        // 429 is a refusal, which is waited out five times.
        new("429 with seconds", Moment.BeforeSending, End.Accepted) { Begin = TooMany(1, asDate: false), Posts = 2 },
        new("429 with a date", Moment.BeforeSending, End.Accepted) { Begin = TooMany(1, asDate: true), Posts = 2, Heal = SecondsAgain },
        new("429 without end", Moment.BeforeSending, End.Refused, EsimError.EsimThrottled) { Begin = TooMany(6, asDate: false), Posts = 6 },
        new("given up in the pause after 429", Moment.BeforeSending, End.Refused) { Begin = TooMany(1, asDate: false), GivesUp = GivesUp.InAPause },

        // No connection, so nothing left.
        new("connection refused", Moment.BeforeSending, End.Refused, EsimError.EsimServiceUnreachable) { Begin = Close, Heal = Reopen, Posts = 0 },
        new("name not found", Moment.BeforeSending, End.Refused, EsimError.EsimServiceUnreachable) { Begin = GoBy(_ => "http://nowhere.invalid:8080"), Heal = GoStraight, Posts = 0 },
        new("no TLS", Moment.BeforeSending, End.Refused, EsimError.EsimServiceUnreachable) { Begin = GoBy(faultCase => $"https://127.0.0.1:{faultCase.Server.ServerPort}"), Heal = GoStraight, Posts = 0 },

        // Without a line in the journal nothing leaves.
        new("journal folder removed", Moment.BeforeSending, End.Refused, EsimError.EsimJournalUnavailable) { Begin = RemoveFolder, Heal = MakeFolder, Posts = 0 },
        new("journal folder became a file", Moment.BeforeSending, End.Refused, EsimError.EsimJournalUnavailable) { Begin = MakeFileOfFolder, Heal = MakeFolder, Posts = 0 },
        new("journal folder read-only", Moment.BeforeSending, End.Refused, EsimError.EsimJournalUnavailable)
        {
            Begin = Permit(UnixFileMode.UserRead | UnixFileMode.UserExecute),
            Heal = Permit(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute),
            Posts = 0,
            IsPossible = !OperatingSystem.IsWindows() && !Environment.IsPrivilegedProcess,
        },

        // The connection was there: how far the request came is not known on this side.
        new("cut before acceptance", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.CutBeforeAcceptance) },
        new("cut before the first byte", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutRequest(0)) },
        new("cut in the headers", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutRequest(0.2)) },
        new("cut in the body", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutRequest(0.9)) },
        new("cut before the last byte", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutRequest(1)) },
        new("cut while writing", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutBehindTheHeaders), BatchSize = TooManyToSendAtOnce, SpoilsTheServer = true },
        new("time-out while writing", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown)
        {
            Begin = OnWire(WireFaults.ReadNoFurther), BatchSize = TooManyToSendAtOnce, TimeLimit = s_soon, SpoilsTheServer = true,
        },
        new("given up while writing", Moment.OnTheWay, End.InDoubt, EsimError.EsimOutcomeUnknown)
        {
            Begin = OnWire(WireFaults.ReadNoFurther), BatchSize = TooManyToSendAtOnce, GivesUp = GivesUp.WhenReached, SpoilsTheServer = true,
        },

        // Taken, and nobody says so.
        new("cut after acceptance", Moment.AfterAcceptance, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.CutAfterAcceptance) },
        new("500 after acceptance", Moment.AfterAcceptance, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.ServerErrorAfterAcceptance) },
        new("500 before acceptance", Moment.AfterAcceptance, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.ServerError) },
        new("time-out while waiting", Moment.AfterAcceptance, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.HoldTheAnswer), TimeLimit = s_soon },
        new("given up while waiting", Moment.AfterAcceptance, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.HoldTheAnswer), GivesUp = GivesUp.WhenReached },
        new("end of the connection instead of an answer", Moment.AfterAcceptance, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutAnswer(0)) },

        // Taken, and the answer says it badly.
        new("cut in the answer's headers", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutAnswer(0.3)) },
        new("cut behind the answer's headers", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutBehindTheAnswersHeaders) },
        new("cut in the answer's body", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutAnswer(0.9)) },
        new("broken off in the answer's body", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.CutAnswer(0.9, inOrder: false)) },
        new("answer slower than the limit", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.HoldHalfTheAnswer), TimeLimit = s_soon },
        new("given up while reading", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.HoldHalfTheAnswer), GivesUp = GivesUp.WhenReached },
        new("truncated JSON", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.TruncatedJson) },
        new("empty body", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.EmptyAnswer) },
        new("no request id", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.MissingRequestId) },
        new("wrong types", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.WrongTypes) },
        new("204 without a body", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray())) },
        new("HTML with 200", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise(Html("200 OK"))) },
        new("HTML with 502 after acceptance", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise(Html("502 Bad Gateway"))) },
        new("HTML with 502 before acceptance", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = Script(SandboxFault.HtmlAnswer) },
        new("504 after acceptance", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise(WireFaults.Http("504 Gateway Timeout", ""))) },
        new("408 after acceptance", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise(WireFaults.Http("408 Request Timeout", ""))) },
        new("body too large", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise(TooLarge())), IsHeavy = true },
        new("damaged compression", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown)
        {
            Begin = OnWire(WireFaults.AnswerOtherwise(WireFaults.Http("200 OK", "this was never compressed", headers: "Content-Encoding: gzip\r\n"))),
        },
        new("not HTTP", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = OnWire(WireFaults.AnswerOtherwise("220 mail.example ready\r\n\r\n"u8.ToArray())) },

        // "See other" follows what was done; the other redirects say that it is to be done elsewhere, where nobody goes with the tokens. None is proof.
        new("303 after acceptance", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = SentElsewhere("303 See Other", taken: true) },
        new("307 to another host", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = SentElsewhere("307 Temporary Redirect", taken: false) },
        new("308 to another host", Moment.ReadingTheAnswer, End.InDoubt, EsimError.EsimOutcomeUnknown) { Begin = SentElsewhere("308 Permanent Redirect", taken: false) },

        // Before the second batch: it needs a login that cannot be had, or a journal that cannot be written.
        new("service gone", Moment.BetweenBatches, End.Refused, EsimError.EsimServiceUnreachable) { Begin = Later(Close), Heal = Reopen, Posts = 0 },
        new("password changed", Moment.BetweenBatches, End.Refused, EsimError.EsimLoginRefused) { Begin = Later(faultCase => faultCase.Server.ChangePasswordAsync()), Posts = 0 },
        new("account locked", Moment.BetweenBatches, End.Refused, EsimError.EsimLoginRefused) { Begin = Later(faultCase => faultCase.Server.LockUserAsync()), Heal = Unlock, Posts = 0 },
        new("login fails", Moment.BetweenBatches, End.Refused, EsimError.EsimServiceFailed) { Begin = Later(Script(SandboxFault.ServerError, 1, Login)), Posts = 0 },
        new("login throttled", Moment.BetweenBatches, End.Refused, EsimError.EsimThrottled) { Begin = Later(Script(SandboxFault.TooManyRequests, 1, Login)), Posts = 0 },
        new("login cannot be understood", Moment.BetweenBatches, End.Refused, EsimError.EsimAnswerInvalid) { Begin = Later(Script(SandboxFault.TruncatedJson, 1, Login)), Posts = 0 },
        new("journal removed", Moment.BetweenBatches, End.Refused, EsimError.EsimJournalUnavailable)
        {
            Begin = MoveJournal, Heal = RestoreJournal, Posts = 0, IsPossible = !OperatingSystem.IsWindows(),
        },
        new("disk full before sending", Moment.BetweenBatches, End.Refused, EsimError.EsimJournalUnavailable)
        {
            Begin = FillDisk, Heal = FreeDisk, Posts = 0, IsPossible = FullDisk.IsPossible,
        },
        new("disk full before sending and for good", Moment.BetweenBatches, End.Refused, EsimError.EsimJournalUnavailable)
        {
            Begin = FillDisk, Posts = 0, IsPossible = FullDisk.IsPossible,
        },
        new("disk full before the answer", Moment.BetweenBatches, End.Accepted)
        {
            Begin = FillDiskWhenItArrives, EndInJournal = End.InDoubt, IsPossible = FullDisk.IsPossible,
        },
    ];

    /// <summary>The fault with a name.</summary>
    public static Fault Find(string name) => All.Single(fault => fault.ToString() == name);

    private static Task Nothing(FaultCase faultCase) => Task.CompletedTask;

    private static Func<FaultCase, Task> Do(Action<FaultCase> act) => faultCase =>
    {
        act(faultCase);
        return Task.CompletedTask;
    };

    private static Func<FaultCase, Task> Script(SandboxFault fault, int count = 1, string path = Actions) => Do(faultCase => faultCase.Server.Sandbox.Script(fault, count, path));

    private static Func<FaultCase, Task> Both(Func<FaultCase, Task> first, Func<FaultCase, Task> then) => async faultCase =>
    {
        await first(faultCase);
        await then(faultCase);
    };

    private static Func<FaultCase, Task> OnWire(Func<WireCall, Task> fault) => Do(faultCase => faultCase.Server.Proxy.Arm(fault));

    private static Func<FaultCase, Task> TooMany(int count, bool asDate) => Do(faultCase =>
    {
        faultCase.Server.Sandbox.Options.RetryAfterAsDate = asDate;
        faultCase.Server.Sandbox.Script(SandboxFault.TooManyRequests, count, Actions);
    });

    private static Task SecondsAgain(FaultCase faultCase) => Do(faultCase => faultCase.Server.Sandbox.Options.RetryAfterAsDate = false)(faultCase);

    private static Task Close(FaultCase faultCase) => Do(faultCase => faultCase.Server.Proxy.Close())(faultCase);

    private static Task Reopen(FaultCase faultCase) => Do(faultCase => faultCase.Server.Proxy.Reopen())(faultCase);

    private static Func<FaultCase, Task> GoBy(Func<FaultCase, string> address) => Do(faultCase => faultCase.WebProxy.Address = new Uri(address(faultCase)));

    private static Task GoStraight(FaultCase faultCase) => Do(faultCase => faultCase.WebProxy.Address = null)(faultCase);

    private static Func<FaultCase, Task> SentElsewhere(string status, bool taken) => Do(faultCase =>
    {
        var answer = WireFaults.Http(status, "", headers: $"Location: http://127.0.0.1:{faultCase.Server.Elsewhere.Port}/api\r\n");
        faultCase.Server.Proxy.Arm(taken ? WireFaults.AnswerOtherwise(answer) : WireFaults.AnswerInstead(answer));
    });

    private static Func<FaultCase, Task> Later(Func<FaultCase, Task> begin) => faultCase =>
    {
        faultCase.Move(s_long);
        return begin(faultCase);
    };

    private static Task Unlock(FaultCase faultCase) => Do(faultCase => faultCase.Server.Sandbox.Options.MaxFailedLogins = int.MaxValue)(faultCase);

    private static Task RemoveFolder(FaultCase faultCase) => Do(faultCase => Directory.Delete(faultCase.JournalPath, recursive: true))(faultCase);

    private static async Task MakeFileOfFolder(FaultCase faultCase)
    {
        await RemoveFolder(faultCase);
        await File.WriteAllTextAsync(faultCase.JournalPath, "not a folder");
    }

    private static Task MakeFolder(FaultCase faultCase) => Do(faultCase =>
    {
        File.Delete(faultCase.JournalPath);
        Directory.CreateDirectory(faultCase.JournalPath);
    })(faultCase);

    private static Func<FaultCase, Task> Permit(UnixFileMode mode) => Do(faultCase =>
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(faultCase.JournalPath, mode);
        }
    });

    // A copy stands for the backup that is played back: what the first batch wrote is not lost.
    private static Task MoveJournal(FaultCase faultCase) => Do(faultCase =>
    {
        Directory.CreateDirectory(faultCase.BackupPath);
        foreach (var file in Directory.GetFiles(faultCase.JournalPath, "*.jsonl"))
        {
            File.Copy(file, Path.Combine(faultCase.BackupPath, Path.GetFileName(file)));
        }

        Directory.Delete(faultCase.JournalPath, recursive: true);
    })(faultCase);

    private static Task RestoreJournal(FaultCase faultCase) => Do(faultCase =>
    {
        if (Directory.Exists(faultCase.JournalPath))
        {
            Directory.Delete(faultCase.JournalPath, recursive: true);
        }

        Directory.Move(faultCase.BackupPath, faultCase.JournalPath);
    })(faultCase);

    private static Task FillDisk(FaultCase faultCase) => Do(faultCase => faultCase.FullDisk = new(faultCase.JournalPath))(faultCase);

    private static Task FillDiskWhenItArrives(FaultCase faultCase) => Do(faultCase => faultCase.Server.Proxy.Arm(async call =>
    {
        await FillDisk(faultCase);
        await WireFaults.PassOn(call);
    }))(faultCase);

    private static Task FreeDisk(FaultCase faultCase) => Do(faultCase => faultCase.FullDisk?.Free())(faultCase);

    private static byte[] Html(string status) =>
        WireFaults.Http(status, "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>", "text/html");

    // Small on the wire and larger than anything that the service sends once it is unpacked.
    private static byte[][] TooLarge()
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.Write(new byte[65 * 1024 * 1024]);
        }

        return [WireFaults.Headers(packed.Length, "Content-Encoding: gzip\r\n"), packed.ToArray()];
    }
}
