// Reads a plan's JSON. It is strict: a member that is not understood here may be what its signers have agreed to, so such a plan is refused.

using System.Globalization;
using System.Text.Json;
using EsimTools.Model;

namespace EsimTools.Plans;

/// <summary>Reads the plan that <see cref="PlanText"/> writes.</summary>
internal static class PlanReader
{
    /// <summary>Reads a plan.</summary>
    /// <param name="utf8">Its JSON.</param>
    /// <exception cref="FormatException">It is no plan, or one of a newer format.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="EsimException">A field is wrong.</exception>
    public static EsimPlan Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var plan = new Members(document.RootElement);
        var action = EsimAction.Find(plan.Text("action")) ?? throw new FormatException($"its action '{plan.Text("action")}' is not known here");
        var account = plan.Text("account");
        var options = new EsimRunOptions
        {
            DisableFirst = plan.Flag("disableFirst") ?? false,
            ServicePlan = plan.TextOrNull("servicePlan"),
            ReasonCode = plan.TextOrNull("reasonCode"),
            EtfWaiver = plan.Flag("etfWaiver"),
            SmsrOid = plan.TextOrNull("smsrOid"),
            MdnZipCode = plan.TextOrNull("mdnZipCode"),
            BatchSize = (int)(plan.Number("batchSize") ?? throw new FormatException("it has no 'batchSize'")),
            Reason = plan.TextOrNull("reason"),
            HasOwnPlans = true,
        };
        var author = plan.Object("author");
        var read = new EsimPlan(action, options, ReadProfiles(plan.Array("profiles"), action, account, options.ServicePlan))
        {
            Id = Id(plan.Text("id")),
            Service = new(plan.Text("service")),
            AccountName = account,
            Author = new() { UserName = author.Text("user"), SystemUserName = author.Text("systemUser"), HostName = author.Text("host") },
            CreatedAt = Time(plan.Text("createdAt")),
            ExpiresAt = Time(plan.Text("expiresAt")),
            UndoOf = plan.TextOrNull("undoOf"),
            Undoes = plan.TextOrNull("undoes"),
            Waves = plan.ObjectOrNull("waves") is { } waves ? ReadWaves(waves) : null,
        };
        author.CheckAllRead();
        plan.CheckAllRead();
        read.Waves?.Check();
        options.CheckRun(action);
        EsimActionOptions.CheckText("account name", account);
        return read;
    }

    private static EsimWaves ReadWaves(Members waves)
    {
        var read = new EsimWaves
        {
            Sizes = waves.Array("sizes").EnumerateArray().Select(size => size.GetString() ?? throw new FormatException("a wave has no size")).ToArray(),
            Canary = waves.Text("canary") switch { "first" => EsimCanary.First, "random" => EsimCanary.Random, var word => throw new FormatException($"its canary '{word}' is not known here") },
            MaxFailed = (int?)waves.Number("maxFailed"),
            MaxFailedPercent = waves.Number("maxFailedPercent"),
            Delay = TimeSpan.FromSeconds(waves.Number("delaySeconds") ?? 0),
            Between = waves.TextOrNull("between"),
            Timeout = waves.Number("timeoutSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        read = waves.TextOrNull("timeZone") is { } zone ? read with { TimeZone = zone } : read;
        waves.CheckAllRead();
        return read;
    }

    private static List<EsimPlanProfile> ReadProfiles(JsonElement list, EsimAction action, string account, string? plan)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var profiles = new List<EsimPlanProfile>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var profile = new Members(item);
            var source = Shared(profile.TextOrNull("source"));
            var read = new EsimPlanProfile
            {
                Iccid = profile.TextOrNull("iccid"),
                Eid = profile.TextOrNull("eid"),
                Imei = profile.TextOrNull("imei"),
                AccountName = Shared(profile.TextOrNull("account")) ?? account,
                ServicePlan = Shared(profile.TextOrNull("servicePlan")) ?? ((action.Takes & ActionFields.ServicePlan) != 0 ? plan : null),
                Verdict = PlanWords.Verdict(profile.Text("verdict")) ?? throw new FormatException($"the verdict '{profile.Text("verdict")}' is not known here"),
                ErrorId = profile.TextOrNull("error") is { } error ? Word<EsimError>(error) : null,
                Because = Shared(profile.TextOrNull("because")),
                Known = source is null ? default : new(
                    Word<EvidenceSource>(source),
                    profile.TextOrNull("asOf") is { } at ? Time(at) : null,
                    Shared(profile.TextOrNull("state")),
                    Shared(profile.TextOrNull("profileStatus")),
                    Shared(profile.TextOrNull("profileRole"))),
            };
            profile.CheckAllRead();
            if (read.IsSent && action.FindMissing(read.ToProfile()) is { } missing)
            {
                throw missing;
            }

            profiles.Add(read);
        }

        return profiles;

        string? Shared(string? text) => text is null ? null : texts.TryGetValue(text, out var shared) ? shared : texts[text] = text;
    }

    // Input validation: the journal knows what was sent of a plan by this id alone, and gives back no text that it takes for none.
    private static string Id(string text) =>
        text.Length == 32 && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f')) ? text : throw new FormatException("its id is not 32 lower-case hexadecimal digits");

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new FormatException($"'{text}' is no time");

    private static T Word<T>(string word)
        where T : struct, Enum =>
        Enum.TryParse<T>(word, out var value) && value.ToString() == word ? value : throw new FormatException($"the word '{word}' is not known here");
}
