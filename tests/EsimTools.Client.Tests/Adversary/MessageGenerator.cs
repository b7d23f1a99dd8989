// What the service says, as the adversary lets it be heard: never a word of a profile that was not true when it was spoken, but under some of
// the profile's identifiers, in any spelling, with words left out, beside those of other profiles, and beside its own of another time.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>What the service says of one profile at one moment.</summary>
internal sealed record TrueWords(TrueProfile Profile, string State, string Status)
{
    public static TrueWords Now(TrueProfile profile) => new(profile, profile.State.Word, profile.Status.Word);
}

/// <summary>Generates the service's messages.</summary>
internal sealed class MessageGenerator(SeededRandom random, AdversitySettings settings, World world, Action<Adversity> note)
{
    private static readonly string[] s_success = ["SUCCESS", "Success", "success"];
    private static readonly string[] s_failure = ["FAILED", "Failed", "Failure"];

    /// <summary>How the service says things.</summary>
    public AdversitySettings Settings { get; set; } = settings;

    /// <summary>An ICCID in one of its spellings.</summary>
    public string Spell(string iccid)
    {
        if (!random.Happens(Settings.Spelling))
        {
            return iccid + CheckDigits.Luhn(iccid);
        }

        note(Adversity.SpelledOtherwise);
        return random.Below(5) switch
        {
            0 => iccid,
            1 => iccid.Substring(0, 18),
            2 => Spaced(iccid + CheckDigits.Luhn(iccid), " "),
            3 => Spaced(iccid, "-"),
            _ => " " + iccid + CheckDigits.Luhn(iccid),
        };
    }

    /// <summary>A callback of an outcome, alone or with those of others in one message.</summary>
    public string Callback(TrueMessage message, IReadOnlyList<TrueMessage> others)
    {
        var words = message.Profile is { } profile ? new TrueWords(profile, message.Outcome.State, message.Outcome.Status) : null;
        var entries = new List<string>();
        var isNamedAbove = words is null || random.Happens(0.8);
        if (words is not null && !random.Happens(Settings.Split / 2))
        {
            entries.Add(Entry(words, !isNamedAbove || others.Count > 0 || random.Happens(0.8) ? Names(words.Profile, message.Euicc) : null));
            if (random.Happens(Settings.Split))
            {
                // What is left out of one entry is in another one.
                note(Adversity.Split);
                entries.Add(Entry(words, Names(words.Profile, message.Euicc)));
            }
        }

        foreach (var other in others)
        {
            note(Adversity.Merged);
            if (other.Profile is { } merged)
            {
                entries.Add(Entry(new(merged, other.Outcome.State, other.Outcome.Status), Names(merged, merged.Euicc)));
            }
        }

        // Where the entries are others' alone, the message says whom it is about itself.
        var hasOwn = entries.Count > 0;
        AddOthers(entries, mayBeNameless: hasOwn, message.Euicc);
        Shuffle(entries);
        var top = !hasOwn || isNamedAbove ? $"\"deviceIds\":{Names(words?.Profile, message.Euicc)}," : string.Empty;
        var response = entries.Count == 0 ? string.Empty
            : $"\"deviceResponse\":{{\"deviceProfileResponse\":{(entries.Count == 1 && random.Happens(0.7) ? entries[0] : $"[{string.Join(",", entries)}]")}}},";
        return $"{{\"requestId\":\"{message.RequestId}\",{top}{response}{Ending(message.Outcome.Succeeded)}}}";
    }

    /// <summary>A message that says that the outcome is still to come.</summary>
    public string Warning(TrueMessage message) =>
        $"{{\"requestId\":\"{message.RequestId}\",\"deviceIds\":{Names(message.Profile, message.Euicc)},\"status\":\"warning\"}}";

    /// <summary>The callback that answers an asynchronous list.</summary>
    public string ListCallback(string requestId, IEnumerable<TrueWords> said)
    {
        var entries = said.Select(words => Entry(words, Names(words.Profile, words.Profile.Euicc))).ToList();
        AddOthers(entries, mayBeNameless: entries.Count > 0);
        Shuffle(entries);
        return $"{{\"requestId\":\"{requestId}\",\"deviceResponse\":{{\"deviceProfileResponse\":[{string.Join(",", entries)}]}},\"status\":\"SUCCESS\"}}";
    }

    /// <summary>The status of a request.</summary>
    public string Status(TrueRequest request)
    {
        var isDone = request.Targets.TrueForAll(target => target.Outcome is not null);
        var succeed = isDone && request.Targets.TrueForAll(target => target.Outcome!.Succeeded);
        var fail = isDone && request.Targets.TrueForAll(target => !target.Outcome!.Succeeded);
        var parts = new List<string>();
        var isContradicted = false;
        foreach (var target in random.Happens(0.6) ? request.Targets : [])
        {
            if (random.Happens(Settings.Split))
            {
                note(Adversity.Split);
                continue;
            }

            var names = Names(target.Profile, target.Euicc);
            isContradicted |= target.Outcome is not { Succeeded: true };
            parts.Add(Part(names, target.Outcome switch
            {
                null => random.Happens(0.2) ? null : "Pending",
                { Succeeded: true } => random.OneOf(s_success),
                _ => random.OneOf(s_failure),
            }));
            if (random.Happens(Settings.Repeat))
            {
                // An older word of the same part.
                note(Adversity.Repeated);
                parts.Add(Part(Names(target.Profile, target.Euicc), "Pending"));
            }
        }

        if (parts.Count > 0 && random.Happens(Settings.Mix) && Another(request.Targets.Count > 0 ? random.OneOf(request.Targets).Euicc : null) is var another && !request.Targets.Exists(target => target.Profile == another))
        {
            note(Adversity.EntriesOfOthers);
            parts.Add(Part(Names(another, null), random.OneOf(s_success)));
        }

        Shuffle(parts);

        // Verizon's own sample has a whole of Success with a part that is Pending.
        var whole = succeed || (isContradicted && random.Happens(0.3)) ? "Success" : fail ? "Failed" : isDone && random.Happens(0.5) ? "Failed" : "Pending";
        return $"{{\"requestId\":\"{request.Id}\",\"status\":\"{whole}\"{(parts.Count == 0 ? string.Empty : $",\"subRequests\":[{string.Join(",", parts)}]")}}}";
    }

    /// <summary>A line of the device list.</summary>
    /// <param name="words">What is said.</param>
    /// <param name="isPlain">Whether it says both words, of this profile alone, under its ICCID.</param>
    public string Row(TrueWords words, out bool isPlain)
    {
        var says = random.Happens(Settings.Split) ? 1 + random.Below(3) : 3;
        var twice = random.Happens(Settings.Mix);
        var another = Another(words.Profile.Euicc);
        var carriers = $"{{\"carrierName\":\"Verizon Wireless\",\"servicePlan\":\"M2M\"{((says & 1) != 0 ? $",\"state\":\"{Case(words.State)}\"" : string.Empty)}}}";
        if (twice)
        {
            note(Adversity.EntriesOfOthers);
            carriers = Both(carriers, $"{{\"carrierName\":\"Another\",\"state\":\"{Case(another.State.Word)}\"}}");
        }

        if (says != 3)
        {
            note(Adversity.Split);
        }

        var status = (says & 2) != 0 ? $"{{\"key\":\"ProfileStatus\",\"value\":\"{words.Status}\"}}" : "{\"key\":\"ProfileStatus\",\"value\":null}";
        var names = Names(words.Profile, words.Profile.Euicc, out var hasIccid);
        isPlain = says == 3 && !twice && hasIccid;
        return $"{{\"accountName\":\"{words.Profile.Account}\",\"carrierInformations\":[{carriers}],\"connected\":false,\"deviceIds\":{names},\"extendedAttributes\":[{status}]}}";
    }

    private string Both(string one, string other) => random.Happens(0.5) ? $"{one},{other}" : $"{other},{one}";

    // Damaged, it is nobody's: too short, another identifier, nothing but zeros, or with a letter in it.
    private string EidOf(TrueEuicc euicc)
    {
        if (!random.Happens(Settings.DamagedEid))
        {
            return random.Happens(Settings.Spelling) ? Spaced(euicc.Eid, " ") : euicc.Eid;
        }

        note(Adversity.EidDamaged);
        return random.Below(4) switch
        {
            0 => euicc.Eid.Substring(1),
            1 => euicc.Eid.Substring(0, 15),
            2 => new string('0', euicc.Eid.Length),
            _ => $"{euicc.Eid.AsSpan(0, 31)}X",
        };
    }

    private static string Spaced(string digits, string between) => string.Join(between, digits.Chunk(4).Select(chunk => new string(chunk)));

    private string Case(string word) => random.Happens(0.5) ? word.ToLowerInvariant() : word;

    private string Part(string names, string? status) =>
        $"{{\"{(random.Happens(0.5) ? "ids" : "deviceIds")}\":{names}{(status is null ? string.Empty : $",\"status\":\"{status}\"")}}}";

    private string Ending(bool succeeded)
    {
        const string Fault = "\"faultResponse\":{\"faultcode\":\"X.FAILED\",\"faultstring\":\"it failed\"";
        return succeeded ? $"\"status\":\"{random.OneOf(s_success)}\""
            : random.Below(3) switch
            {
                0 => $"\"status\":\"{random.OneOf(s_failure)}\"",
                1 => $"{Fault},\"status\":\"{random.OneOf(s_failure)}\"}}",
                _ => $"\"status\":\"{random.OneOf(s_failure)}\",{Fault}}}",
            };
    }

    private string Entry(TrueWords words, string? names)
    {
        var says = random.Happens(Settings.Split) ? random.Below(8) : 7;
        var members = new List<string>();
        if (names is not null)
        {
            members.Add($"\"{(random.Happens(0.5) ? "deviceIdentifierCollection" : "deviceIds")}\":{names}");
        }

        Add(1, "state", words.State);
        Add(2, "profileStatus", words.Status);
        Add(4, "profileRole", words.Profile.Role);
        return $"{{{string.Join(",", members)}}}";

        void Add(int bit, string name, string word)
        {
            if ((says & bit) != 0)
            {
                members.Add($"\"{name}\":\"{word}\"");
            }
        }
    }

    // Entries of other profiles: true ones.
    private void AddOthers(List<string> entries, bool mayBeNameless, TrueEuicc? near = null)
    {
        while (entries.Count < 4 && random.Happens(Settings.Mix))
        {
            note(Adversity.EntriesOfOthers);
            var another = TrueWords.Now(Another(near));
            entries.Insert(
                random.Below(entries.Count + 1), Entry(another, mayBeNameless && random.Happens(0.1) ? null : Names(another.Profile, another.Profile.Euicc)));
        }
    }

    // Best mistaken for each other are profiles of one eUICC, and most harm is done by the words of one that is disabled.
    private TrueProfile Another(TrueEuicc? near)
    {
        var others = near is not null && random.Happens(0.6) ? near.Profiles : world.Profiles;
        var disabled = others.FindAll(other => other.IsOff);
        return random.OneOf(disabled.Count > 0 && random.Happens(0.7) ? disabled : others);
    }

    private void Shuffle(List<string> items)
    {
        if (random.Happens(Settings.Reorder) || random.Happens(Settings.Mix))
        {
            for (var i = items.Count - 1; i > 0; i--)
            {
                var other = random.Below(i + 1);
                (items[i], items[other]) = (items[other], items[i]);
            }
        }
    }

    private string Names(TrueProfile? profile, TrueEuicc? euicc) => Names(profile, euicc, out _);

    private string Names(TrueProfile? profile, TrueEuicc? euicc, out bool hasIccid)
    {
        euicc ??= profile!.Euicc;
        var kinds = profile is null ? 6 : 7;
        if (random.Happens(Settings.FewerNames))
        {
            note(Adversity.NamedByFewer);
            var fewer = (1 + random.Below(7)) & kinds;
            kinds = fewer == 0 ? 2 : fewer;
        }

        if ((kinds & ~2) != 0 && random.Happens(Settings.NoEid))
        {
            note(Adversity.EidLeftOut);
            kinds &= ~2;
        }

        hasIccid = (kinds & 1) != 0;
        var names = new List<string>();
        if (hasIccid)
        {
            names.Add($"{{\"id\":\"{Spell(profile!.Iccid)}\",\"kind\":\"{(random.Happens(0.5) ? "iccId" : "Iccid")}\"}}");
            if (random.Happens(Settings.Spelling / 4))
            {
                names.Add($"{{\"id\":\"{Spell(profile.Iccid)}\",\"kind\":\"iccid\"}}");
            }
        }

        if ((kinds & 2) != 0)
        {
            names.Add($"{{\"id\":\"{EidOf(euicc)}\",\"kind\":\"eid\"}}");
        }

        if ((kinds & 4) != 0)
        {
            names.Add($"{{\"id\":\"{euicc.Imei}\",\"kind\":\"imei\"}}");
        }

        Shuffle(names);
        return $"[{string.Join(",", names)}]";
    }
}
