// The lines of the journal: what is written before a request leaves, after the answer, and when outcomes become known.
// Reading them is in JournalLineReader.cs.

using System.Text.Json;
using EsimTools.Protocol;

namespace EsimTools.Store.Lines;

/// <summary>One line, read or to be written. Which members are set depends on <see cref="Event"/>.</summary>
internal sealed record JournalLine
{
    /// <summary>The version of this format, in every line.</summary>
    public const int Version = 1;

    public required JournalEvent Event { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When an outcome was noted, where that is much later than <see cref="At"/>: what speaks against an outcome is as old as that, and news for who shares the journal.</summary>
    public DateTimeOffset? Noted { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset WrittenAt => Noted > At ? Noted.Value : At;

    /// <summary>The id that the journal gives a request before the service does.</summary>
    public string? LocalId { get; init; }

    /// <summary>The service's address, so that profiles of a sandbox and of production are never mixed.</summary>
    public string? Service { get; init; }

    public string? RequestId { get; init; }

    public string? Action { get; init; }

    public string? AccountName { get; init; }

    public string? ServicePlan { get; init; }

    public IReadOnlyList<EsimProfile>? Profiles { get; init; }

    public int? StatusCode { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>Who told an outcome, and the state afterwards; when, tells the line.</summary>
    public ProfileState Said { get; init; }

    public OutcomeStatus Outcome { get; init; }

    /// <summary>The ICCIDs that an outcome is about; for an action on devices their EIDs.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>The EIDs on which the service has placed the profiles of <see cref="Ids"/>, in their order; null where it has named none.</summary>
    public IReadOnlyList<string?>? Eids { get; init; }

    /// <summary>The place of a request in the line of all requests of the folder, taken under its lock; 0 where it is not known.</summary>
    public long Sequence { get; init; }

    /// <summary>Whether an action that can end "disabled" was not settled when the request was sent behind it.</summary>
    public bool IsOverOpen { get; init; }

    /// <summary>Whether the outcome is the service's own, undisputed word of those very profiles, so that it may prove.</summary>
    public bool Vouches { get; init; }

    /// <summary>Whether a failure was inferred, or is perhaps another profile's: the request may still be carried out.</summary>
    public bool IsInferred { get; init; }

    /// <summary>The run whose request it is; null in lines from before there were runs.</summary>
    public EsimRunInfo? Run { get; init; }

    /// <summary>The wave of its plan that a request belongs to, from 1 on; 0 where there are no waves.</summary>
    public int Wave { get; init; }

    /// <summary>How a run has ended.</summary>
    public EsimRunStage RunStage { get; init; }

    /// <summary>What has become of the profiles of a run.</summary>
    public EsimRunCounts Counts { get; init; }

    /// <summary>What a run kept back, reason by reason; null in other lines.</summary>
    public IReadOnlyList<EsimRunRefusal>? Refusals { get; init; }

    /// <summary>By what the line is found again: its request, or for the end of a run the run.</summary>
    public string? Key => LocalId ?? (Event == JournalEvent.Run ? Run?.Id : null);

    /// <summary>How the carrying out of the run's plan stands.</summary>
    public PlanStage PlanStage { get; init; }

    /// <summary>The digest of the plan.</summary>
    public string? Digest { get; init; }

    /// <summary>Until when the plan may be carried out.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How many failures of the plan were known when somebody decided to go on with it.</summary>
    public int Forgiven { get; init; }

    /// <summary>Writes the line as one JSON object and a line feed.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="hasher">Hides the identifiers; null to show them.</param>
    public void WriteTo(Stream stream, IdentifierHasher? hasher = null)
    {
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", Version);
            writer.WriteString("at", Clock.ToIso(At));
            WriteText(writer, "noted", Noted is { } noted ? Clock.ToIso(noted) : null);
            writer.WriteString("event", Event switch
            {
                JournalEvent.Sending => "sending",
                JournalEvent.Accepted => "accepted",
                JournalEvent.Refused => "refused",
                JournalEvent.InDoubt => "inDoubt",
                JournalEvent.Plan => "plan",
                JournalEvent.Run => "run",
                _ => "outcome",
            });
            WriteText(writer, "request", LocalId);
            WriteText(writer, "service", Service);
            WriteText(writer, "requestId", RequestId);
            if (Sequence > 0)
            {
                writer.WriteNumber("seq", Sequence);
            }

            WriteText(writer, "action", Action);
            WriteText(writer, "account", AccountName);
            WriteText(writer, "plan", ServicePlan);
            WriteFlag(writer, "overOpen", IsOverOpen);
            WriteRun(writer, Run);
            if (Wave > 0)
            {
                writer.WriteNumber("wave", Wave);
            }

            if (Event == JournalEvent.Run)
            {
                JournalRun.Write(writer, RunStage, Counts, Refusals ?? [], hasher);
            }

            if (Event == JournalEvent.Plan)
            {
                writer.WriteString("stage", PlanStage.ToString());
                WriteText(writer, "digest", Digest);
                WriteText(writer, "until", Until is { } until ? Clock.ToIso(until) : null);
                if (Forgiven > 0)
                {
                    writer.WriteNumber("forgiven", Forgiven);
                }
            }

            if (StatusCode is { } status)
            {
                writer.WriteNumber("status", status);
            }

            WriteText(writer, "code", Code);
            WriteText(writer, "message", Message);
            if (Event == JournalEvent.Outcome)
            {
                writer.WriteString("source", Said.Source.ToString());
                writer.WriteString("result", Outcome.ToString());
                WriteFlag(writer, "proof", Vouches);
                WriteFlag(writer, "inferred", IsInferred);
                WriteText(writer, "state", Said.State);
                WriteText(writer, "profileStatus", Said.ProfileStatus);
                WriteText(writer, "profileRole", Said.ProfileRole);
            }

            if (Profiles is not null)
            {
                WriteProfiles(writer, Profiles, hasher);
            }

            if (Ids is not null)
            {
                writer.WriteStartArray("ids");
                foreach (var id in Ids)
                {
                    writer.WriteStringValue(Shown(id, hasher));
                    JsonPieces.PassOn(writer);
                }

                writer.WriteEndArray();
            }

            if (Eids is not null)
            {
                writer.WriteStartArray("eids");
                foreach (var eid in Eids)
                {
                    writer.WriteStringValue(Shown(eid, hasher));
                    JsonPieces.PassOn(writer);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Reads a line with its texts; null with the reason when it is not one.</summary>
    public static JournalLine? Read(ReadOnlyMemory<byte> utf8, out string? problem) => JournalLineReader.Read(utf8.Span, null, out problem);

    private static void WriteProfiles(Utf8JsonWriter writer, IReadOnlyList<EsimProfile> profiles, IdentifierHasher? hasher)
    {
        writer.WriteStartArray("profiles");
        var entry = new JsonEntry();
        for (var i = 0; i < profiles.Count; i++)
        {
            entry.Add("{"u8);
            entry.AddIfGiven("\"iccid\":\""u8, Shown(profiles[i].Iccid, hasher), "\""u8);
            entry.AddIfGiven("\"eid\":\""u8, Shown(profiles[i].Eid, hasher), "\""u8);
            entry.AddIfGiven("\"imei\":\""u8, Shown(profiles[i].Imei, hasher), "\""u8);
            entry.Add("}"u8);
            entry.WriteTo(writer);
            JsonPieces.PassOn(writer);
        }

        writer.WriteEndArray();
    }

    private static string? Shown(string? digits, IdentifierHasher? hasher) => digits is null || hasher is null ? digits : hasher.Hide(digits);

    private static void WriteRun(Utf8JsonWriter writer, EsimRunInfo? run)
    {
        if (run is not null)
        {
            writer.WriteStartObject("run");
            writer.WriteString("id", run.Id);
            writer.WriteString("at", Clock.ToIso(run.StartedAt));
            WriteText(writer, "user", run.UserName);
            WriteText(writer, "host", run.HostName);
            writer.WriteNumber("process", run.ProcessId);
            WriteText(writer, "reason", run.Reason);
            WriteText(writer, "plan", run.PlanId);
            WriteFlag(writer, "alone", run.IsAlone);
            writer.WriteEndObject();
        }
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
