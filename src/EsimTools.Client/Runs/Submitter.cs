// Where a request leaves: the guard judges once more, the write-ahead journal has the line on the disk, the body is written and sent once.

using EsimTools.Model;
using EsimTools.Policy;
using EsimTools.Proof;
using EsimTools.Protocol;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools.Runs;

/// <summary>Sends requests for actions.</summary>
internal sealed class Submitter(
    ConnectionLife life, ThingSpaceSession session, RequestTracker tracker, Clock clock, string userName, string accountName, Action<EsimMessage> report)
{
    private static readonly int s_processId = CurrentProcessId();

    /// <summary>The identity of a run that begins now.</summary>
    /// <param name="reason">Why, in the words of whoever gave the command.</param>
    /// <param name="planId">The plan that it carries out.</param>
    public EsimRunInfo NewRun(string? reason = null, string? planId = null) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        StartedAt = clock.UtcNow,
        UserName = userName,
        HostName = Environment.MachineName,
        ProcessId = s_processId,
        Reason = reason,
        PlanId = planId,
    };

    /// <summary>Sends one request for the profiles that the guard allows; see <see cref="EsimConnection.SubmitAsync"/>.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profiles">The profiles.</param>
    /// <param name="options">The fields beside them.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked about them.</param>
    /// <param name="checkMayLeave">Throws where it may not leave any more; called before it is noted, and again where it has had to wait. Null lets it leave.</param>
    /// <param name="cancellationToken">Stops it, also on its way.</param>
    /// <param name="over">Stops it where it has not left yet.</param>
    public async Task<EsimSubmission> SubmitAsync(
        EsimAction action, IReadOnlyList<EsimProfile> profiles, EsimActionOptions options, bool serviceWasAsked, Action? checkMayLeave, CancellationToken cancellationToken,
        CancellationToken over = default)
    {
        life.ThrowIfClosed();
        options.Check(action);

        // The list and what is in it are the caller's, who may change them, PowerShell what is init-only too. What is noted, what is sent and what the
        // outcomes are about must be the same.
        var given = profiles.ToArray();
        profiles = Array.ConvertAll(given, static profile => profile.Copy());
        if (profiles.Count > EsimRun.MostProfilesPerRequest)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A request carries at most {EsimRun.MostProfilesPerRequest} profiles, not {profiles.Count}.");
        }

        if (profiles.Select(action.FindMissing).FirstOrDefault(problem => problem is not null) is { } missing)
        {
            throw missing;
        }

        if (profiles.FirstOrDefault(EsimProfile.IsHashed) is { } hidden)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"{hidden} is known by the hashes of a journal alone, which mean nothing to the service.", "Name it by its identifiers, as the inventory has them.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        checkMayLeave?.Invoke();
        var account = options.AccountName ?? accountName;
        var began = clock.Elapsed;
        var opening = await tracker.ReserveAsync(
            action, account, options.Run is null ? options with { Run = NewRun() with { IsAlone = true } } : options, profiles, serviceWasAsked, over, cancellationToken).ConfigureAwait(false);
        var done = new EsimSubmission(opening.Request, OfCaller(opening.Refused, profiles, given), null) { Skipped = SkippedOf(opening) };
        if (opening.Request is not { } request)
        {
            return done;
        }

        return await SendAsync(request, BodyOf(action, request.Profiles, account, options), done, began, checkMayLeave, cancellationToken, over).ConfigureAwait(false);
    }

    // Those may have to be read again from the journal; where that fails the new one does not leave.
    private IReadOnlyList<EsimRequest> SkippedOf(in Opening opening)
    {
        try
        {
            return tracker.Requests.PartsOf(opening.Skipped);
        }
        catch (EsimException e) when (opening.Request is not null)
        {
            var request = opening.Request;
            NoteAnswer(request, () => tracker.Answers.Refused(request, e));
            throw;
        }
    }

    // Who is told that a profile was kept back knows it by the object that was given.
    private static IReadOnlyList<GuardRefusal> OfCaller(IReadOnlyList<GuardRefusal> refused, IReadOnlyList<EsimProfile> copies, EsimProfile[] given)
    {
        if (refused.Count == 0)
        {
            return refused;
        }

        var places = new Dictionary<EsimProfile, int>(copies.Count);
        for (var i = 0; i < copies.Count; i++)
        {
            places[copies[i]] = i;
        }

        return [.. refused.Select(refusal => refusal with { Profile = given[places[refusal.Profile]] })];
    }

    private static ArraySegment<byte> BodyOf(EsimAction action, IReadOnlyList<EsimProfile> profiles, string account, EsimActionOptions options) => ProfileActionBody.Write(
        profiles,
        new(account, options.ServicePlan, options.EtfWaiver, options.ReasonCode, options.SmsrOid, options.MdnZipCode),
        (action.Sends & IdentifierKinds.Eid) != 0,
        (action.Sends & IdentifierKinds.Iccid) != 0,
        (action.Sends & IdentifierKinds.Imei) != 0);

    private async Task<EsimSubmission> SendAsync(
        EsimRequest request, ArraySegment<byte> body, EsimSubmission done, TimeSpan? began, Action? checkMayLeave, CancellationToken cancellationToken, CancellationToken over)
    {
        var action = request.Kind;
        try
        {
            // Its line may have waited for the disk, and it for the service; others may have written before it, or meanwhile.
            var call = new ServiceCall(HttpMethod.Post, action.Path, body, CallKind.Action)
            {
                BeforeSending = () =>
                {
                    checkMayLeave?.Invoke();
                    JudgeAgain(request, began, over);
                },
            };
            var answer = await session.SendAsync(call, cancellationToken).ConfigureAwait(false);
            var requestId = ServiceAnswers.RequestId(answer.Body);
            if (requestId is not null && tracker.Answers.TryAccept(request, requestId))
            {
                NoteAnswer(request, () => tracker.Answers.Accepted(request));
                return done;
            }

            var strange = new EsimException(
                EsimError.EsimOutcomeUnknown,
                $"The service answered {answer.StatusCode} {(requestId is null ? "without a request id" : "with the id of another request")}, so it is not known whether it took the request.",
                "It is not sent again by itself. Find out with Resolve-EsimRequest what became of the profiles.")
            { StatusCode = answer.StatusCode };
            NoteAnswer(request, () => tracker.Answers.InDoubt(request, strange));
            return done with { Failure = strange };
        }
        catch (EsimException e) when (e.Error == EsimError.EsimOutcomeUnknown)
        {
            NoteAnswer(request, () => tracker.Answers.InDoubt(request, e));
            return done with { Failure = e };
        }
        catch (EsimException e)
        {
            NoteAnswer(request, () => tracker.Answers.Refused(request, e));
            return done with { Failure = e };
        }
        catch (OperationCanceledException)
        {
            NoteAnswer(request, () => tracker.Answers.Refused(request, new EsimException(EsimError.EsimRequestRefused, "The command was stopped before the request left.")));
            throw;
        }
        finally
        {
            // What was heard before it was judged.
            tracker.Tell();
        }
    }

    // While a request waits to leave, its run may have ended, and said what was not sent, or the policy may have been closed. While a delete waits,
    // somebody else may have sent something that it must not follow.
    private void JudgeAgain(EsimRequest request, TimeSpan? began, CancellationToken over)
    {
        over.ThrowIfCancellationRequested();
        if (clock.UtcNow - request.SubmittedAt > DoubtRule.LongestWait || clock.Elapsed - began > DoubtRule.LongestWait)
        {
            // Whoever reads the journal goes by the time of its reservation. A clock that is set back meanwhile hides how long that is ago.
            throw new EsimException(EsimError.EsimThrottled, $"It had to wait for more than {Quantity.Of(DoubtRule.LongestWait.TotalMinutes, "minute")} before it could leave, and was not sent.", "Run the command again.");
        }

        if (PolicyRefusal.OfAll(tracker.Policy.Read(), request.Kind, isPlanned: request.Run?.PlanId is not null) is { } closed)
        {
            throw PolicyRefusal.Error("It had to wait before it could leave, and was not sent", closed);
        }

        if (request.Kind == EsimAction.Delete && tracker.FindUnproven(request) is var (profile, reason))
        {
            throw new EsimException(
                EsimError.EsimProfileStateUnknown,
                $"It had to wait before it could leave, and meanwhile it is not proven any more that {profile} is disabled: {reason}. Nothing was sent.",
                "Run the command again.");
        }
    }

    // The request has left already: a disk that fails now must not hide from the caller what the service answered.
    private void NoteAnswer(EsimRequest request, Action note)
    {
        try
        {
            note();
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            report(new(
                EsimMessageLevel.Warning,
                $"The answer to the '{request.Action}' request {request.DisplayId} could not be noted: {e.Message} A later session will take it for one in doubt."));
        }
    }

    private static int CurrentProcessId()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.Id;
    }
}
