// One callback message of the service, read from any of the shapes that the documents and the field show.

using System.Text;
using System.Text.Json;
using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools;

/// <summary>What the service reported about one profile of one request, or about a change that was made outside of the API.</summary>
/// <remarks>
/// Source: the callback sections of the deactivate and delete documents. Property names and <c>kind</c> are compared without case;
/// objects and arrays, numbers and strings, and both nestings of <c>faultResponse</c> are accepted.
/// </remarks>
public sealed class EsimCallback
{
    /// <summary>No message of the service describes more.</summary>
    private const int MostProfiles = DeviceList.PageSize;

    private long _weight;

    private EsimCallback(string requestId, WireIdentifiers identifiers, OutcomeStatus status)
    {
        RequestId = requestId;
        Iccid = identifiers.Iccid;
        Eid = identifiers.Eid;
        Imei = identifiers.Imei;
        Status = status;
    }

    /// <summary>The request this answers; empty where an <see cref="ExternalChange"/> has no id.</summary>
    public string RequestId { get; }

    /// <summary>The profile's ICCID, if given.</summary>
    public string? Iccid { get; }

    /// <summary>The eUICC's EID, if given.</summary>
    public string? Eid { get; }

    /// <summary>The device's IMEI, if given.</summary>
    public string? Imei { get; }

    /// <summary>Whether it succeeded, failed, or is still pending (also for <c>warning</c> and for words nobody documents).</summary>
    public OutcomeStatus Status { get; }

    /// <summary>Service state afterwards, for example <c>DEACTIVE</c>.</summary>
    public string? State => Said.State;

    /// <summary>Profile status afterwards, for example <c>ENABLE</c> or <c>DELETE</c>.</summary>
    public string? ProfileStatus => Said.ProfileStatus;

    /// <summary><c>LEAD</c>, <c>LOCAL</c> or <c>DEFAULT</c>.</summary>
    public string? ProfileRole => Said.ProfileRole;

    /// <summary>The plan that the service names.</summary>
    public string? ServicePlan { get; private init; }

    /// <summary>The service's failure code.</summary>
    public string? FaultCode { get; private init; }

    /// <summary>The service's failure text.</summary>
    public string? FaultMessage { get; private init; }

    /// <summary>
    /// What was changed outside of the API, such as <c>Restore</c> or <c>changeICCID</c>; null in every other message. Such a message ends no
    /// request and proves nothing: behind it the service is asked again before a profile counts as disabled.
    /// Source: the callback service <c>ExternalProvisioningChanges</c>, documented for SOAP alone.
    /// </summary>
    public string? ExternalChange { get; private init; }

    /// <summary>How often this message has been sent, by the older documents and by measurement.</summary>
    public int? CallbackCount { get; private init; }

    /// <summary>When it was received, in UTC; null where nothing tells: a message from a file or a queue may be of any age.</summary>
    public DateTimeOffset? ReceivedAt { get; internal set; }

    /// <summary>What it says of the profile; as old as the message.</summary>
    internal ProfileState Said { get; private init; }

    /// <summary>Whether it tells of a success, or of no outcome at all, as the answer to a question does.</summary>
    internal bool IsAnswer { get; private init; }

    /// <summary>Every profile that the message describes: one, unless it answers the asynchronous device list.</summary>
    internal IReadOnlyList<ListedProfile> ListedProfiles { get; private init; } = [];

    /// <summary>The ICCID that it names beside its entries; null where it names none there, or two.</summary>
    internal string? IccidBeside { get; private init; }

    /// <summary>Those of them that are not the one that the message names; all where it names the device alone.</summary>
    internal IReadOnlyList<ListedProfile> Others { get; private init; } = [];

    /// <summary>The profiles of which it says that one has failed, and not which, or beside what contradicts that; none otherwise.</summary>
    internal IReadOnlyList<WireIdentifiers> FailedEither { get; private init; } = [];

    /// <summary>How much memory it takes, in bytes, roughly.</summary>
    internal long Weight => _weight != 0 ? _weight : _weight = 200
        + BytesOf(RequestId) + BytesOf(Iccid) + BytesOf(Eid) + BytesOf(Imei) + BytesOf(State) + BytesOf(ProfileStatus) + BytesOf(ProfileRole)
        + BytesOf(ServicePlan) + BytesOf(FaultCode) + BytesOf(FaultMessage) + ListedProfiles.Sum(listed => listed.Weight);

    /// <inheritdoc/>
    public override string ToString() => $"{(ExternalChange is null ? $"{RequestId} {Status}" : $"outside change {ExternalChange}")}: {EsimProfile.Describe(Iccid, Eid, Imei)}";

    /// <summary>Reads a message.</summary>
    /// <param name="json">The JSON text of one callback.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimCallbackInvalid"/> with what is wrong.</exception>
    public static EsimCallback Parse(string json) => Parse(Encoding.UTF8.GetBytes(json ?? throw new ArgumentNullException(nameof(json))));

    /// <summary>Reads a message.</summary>
    /// <param name="utf8Json">The UTF-8 bytes of one callback.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimCallbackInvalid"/> with what is wrong.</exception>
    public static EsimCallback Parse(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = LenientJson.TryParse(utf8Json, out var problem);
        return (document is null ? null : TryRead(document.RootElement, out problem)) ?? throw Invalid(problem!);
    }

    /// <summary>Reads a message that has been parsed already; null with the reason when it is no message about a profile.</summary>
    internal static EsimCallback? TryRead(JsonElement root, out string? problem)
    {
        problem = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problem = "it is not a JSON object";
            return null;
        }

        if (Protocol.ExternalChange.TryRead(root) is { } change)
        {
            return OfChange(RequestIdOf(root) ?? string.Empty, change);
        }

        var fault = root.Find("faultResponse");
        if (RequestIdOf(root) is not { } requestId)
        {
            problem = "it has no requestId, or one that is none of the service's";
            return null;
        }

        var responses = root.Objects("deviceResponse").ToList();
        var hasFault = responses.Exists(ListedProfile.IsFault);
        var entries = responses.SelectMany(response => response.Objects("deviceProfileResponse")).ToList();
        if (entries.Count > MostProfiles)
        {
            problem = "it describes more profiles than a page of the service's list";
            return null;
        }

        var identifiers = WireIdentifiers.Read(root.Find("deviceIds"));
        if (identifiers.IsEmpty)
        {
            identifiers = WireIdentifiers.Read(fault?.Find("deviceIds"));
        }

        var beside = identifiers.IsAmbiguous ? null : identifiers.Iccid;
        var profiles = entries.ConvertAll(ListedProfile.Read).SelectMany(listed => listed.Each(identifiers)).ToList();

        if (identifiers.Iccid is null && profiles.Count == 1 && (identifiers.IsEmpty || (profiles[0].Identifiers.Iccid is not null && identifiers.Agrees(profiles[0].Identifiers))))
        {
            identifiers = profiles[0].Identifiers with { Eid = profiles[0].Identifiers.Eid ?? identifiers.Eid, Imei = profiles[0].Identifiers.Imei ?? identifiers.Imei };
        }

        // The answer to a list names none beside its entries.
        var isList = identifiers.IsEmpty && profiles.Count > 1;
        if (isList)
        {
            identifiers = profiles[0].Identifiers;
        }

        if (identifiers.IsEmpty)
        {
            problem = "it names no device";
            return null;
        }

        // What entries say of other profiles is theirs. One without identifiers is the message's own where it stands alone; one that names the device
        // alone may be about any profile of it, and one that names a number which the message does not is about nobody.
        bool isOwn(ListedProfile listed) => listed.Identifiers.IsEmpty
            ? profiles.Count == 1 && !listed.Identifiers.HasOthers && (listed.Identifiers.Mdn is null || listed.Identifiers.Mdn == identifiers.Mdn)
            : !listed.Identifiers.IsAmbiguous && identifiers.Agrees(listed.Identifiers) && (identifiers.Iccid is null || listed.Identifiers.Iccid is not null);
        var own = profiles.FindAll(isOwn);
        var profile = own.Count > 0 ? own[0] : null;
        var isUndisputed = !isList && !identifiers.IsAmbiguous && (profiles.Count == 0 || own.Count > 0) && own.TrueForAll(listed => listed.SaysTheSameAs(own[0]));

        // A part that failed within a message of success: such a message tells no outcome.
        isUndisputed &= own.TrueForAll(listed => !listed.HasFault) && !hasFault;

        // The longer spelling tells more. Where entries differ in it, they are about two profiles.
        var longer = own.Select(static listed => listed.Identifiers.Iccid).OfType<string>().Where(iccid => iccid.Length > identifiers.Iccid?.Length).Distinct().ToArray();
        isUndisputed &= longer.Length <= 1;
        identifiers = longer.Length > 0 ? identifiers with { Iccid = longer[0] } : identifiers;
        var status = StatusOf(root, fault);

        // A failure beside what contradicts it ends no waiting; but whoever it names may have failed.
        var tellsFailure = fault is not null || status == OutcomeStatus.Failed || responses.Exists(ListedProfile.IsFailure) || own.Exists(static listed => listed.HasFailed);
        status = isUndisputed ? status : OutcomeStatus.Pending;
        return new EsimCallback(requestId, identifiers, status)
        {
            Said = own.Find(listed => ServiceWords.IsLead(listed.Said.ProfileRole)) is { } lead && profile is not null ? profile.Said with { ProfileRole = lead.Said.ProfileRole }
                : profile?.Said ?? new(EvidenceSource.Callback),
            ServicePlan = entries.Count == 1 ? entries[0].Text("servicePlan") : null,
            FaultCode = fault?.Text("faultcode"),
            FaultMessage = fault?.Message("faultstring"),
            CallbackCount = root.Number("callbackCount") ?? fault?.Number("callbackCount"),
            IsAnswer = fault is null && !hasFault && (root.Find("status") is null || OutcomeWords.Read(root.Text("status")) == OutcomeStatus.Succeeded),
            ListedProfiles = profiles,
            IccidBeside = beside,
            FailedEither = status != OutcomeStatus.Pending || !tellsFailure ? [] : [.. identifiers.Each(), .. isList ? profiles.Select(static listed => listed.Identifiers) : []],
            Others = identifiers.Iccid is null ? profiles : profiles.FindAll(listed => !isOwn(listed)),
        };
    }

    private static EsimCallback OfChange(string requestId, ExternalChange change)
    {
        // It tells no profile status, and may have changed that too.
        var against = new ProfileState(EvidenceSource.Callback, null, change.SpeaksAgainst, change.SpeaksAgainst is null ? null : ServiceWords.Unknown);
        return new(requestId, change.Identifiers, OutcomeStatus.Pending)
        {
            ExternalChange = change.Kind,
            Said = new(EvidenceSource.Callback, null, change.State),
            ListedProfiles = [.. change.Identifiers.Each().Select(identifiers => new ListedProfile(identifiers, against))],
        };
    }

    // A message that calls itself a success and carries a failure, or two words for how it ended, tells neither.
    private static OutcomeStatus StatusOf(JsonElement root, JsonElement? fault)
    {
        var outside = root.Text("status");
        var inside = fault?.Text("status");
        var status = OutcomeWords.Read(outside ?? inside);
        return fault is null ? status
            : outside is null && inside is null ? OutcomeStatus.Failed
            : status == OutcomeStatus.Succeeded || (outside is not null && inside is not null && OutcomeWords.Read(inside) != status) ? OutcomeStatus.Pending
            : status;
    }

    /// <summary>The request id of a message, which a failure may carry inside its <c>faultResponse</c>; null where there is none that can be used.</summary>
    internal static string? RequestIdOf(JsonElement root) =>
        RequestIds.Read(root.RawText("requestId") is null && root.Find("faultResponse") is { } fault ? fault : root);

    /// <summary>How much memory a text takes, in bytes.</summary>
    internal static int BytesOf(string? text) => text is null ? 0 : 32 + (2 * text.Length);

    /// <summary>The error for a message that cannot be used.</summary>
    /// <param name="problem">What is wrong, to be put behind a colon.</param>
    /// <param name="where">The place in a file; null for a message that came by itself.</param>
    public static EsimException Invalid(string problem, string? where = null) => new(
        EsimError.EsimCallbackInvalid,
        where is null ? $"The callback message cannot be used: {problem}." : $"The callback message in {where} cannot be used: {problem}.",
        "Check that the message comes from ThingSpace and was not changed on its way.");
}
