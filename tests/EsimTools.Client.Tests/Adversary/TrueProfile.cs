// What is true of a profile, and by whose hand it became so.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>One of the two things that make a profile "disabled": its service state or its profile status.</summary>
internal sealed class TrueProperty(string word, Func<string, bool> isOff)
{
    /// <summary>The word that is true now.</summary>
    public string Word { get; private set; } = word;

    /// <summary>Whether it makes the profile disabled now.</summary>
    public bool IsOff => isOff(Word);

    /// <summary>Whether it ever did.</summary>
    public bool WasOff { get; private set; } = isOff(word);

    /// <summary>When that ended, or when a request of ours last saw to it that it has ended; in true ticks.</summary>
    public long EndedAt { get; private set; }

    /// <summary>The request of ours that ended it, or has seen to it since that it has ended; null where it was another hand.</summary>
    public TrueRequest? EndedBy { get; private set; }

    /// <summary>Changes it.</summary>
    /// <param name="word">The new word.</param>
    /// <param name="now">The true time.</param>
    /// <param name="by">The request; null for another hand.</param>
    public void Become(string word, long now, TrueRequest? by)
    {
        if (!isOff(word) && (IsOff || by is not null))
        {
            (EndedAt, EndedBy) = (now, by);
        }

        Word = word;
        WasOff |= IsOff;
    }
}

/// <summary>A profile.</summary>
internal sealed class TrueProfile(TrueEuicc euicc, string name, string iccid, string role, string account, string state, string status)
{
    public TrueEuicc Euicc => euicc;

    /// <summary>What the story calls it.</summary>
    public string Name => name;

    /// <summary>Nineteen digits, the last of which is the Luhn digit of those before it.</summary>
    public string Iccid => iccid;

    public string Role => role;

    public string Account => account;

    public bool IsLead => role == "LEAD";

    public TrueProperty State { get; } = new(state, word => word == "DEACTIVE");

    /// <summary>Nothing is lost where a delete finds a profile deleted.</summary>
    public TrueProperty Status { get; } = new(status, word => word is "DISABLE" or "DOWNLOAD_DISABLE" or "DELETE");

    public bool IsOff => State.IsOff || Status.IsOff;

    public bool IsEnabled => Status.Word is "ENABLE" or "DOWNLOAD_ENABLE";

    public bool IsIdle => Status.Word is "DISABLE" or "DOWNLOAD_DISABLE";

    public bool IsSuspendedAlone { get; set; }

    public override string ToString() => $"{Name} ({State.Word}, {Status.Word})";
}

/// <summary>An eUICC with its profiles.</summary>
internal sealed class TrueEuicc(string name, string eid, string imei)
{
    public string Name => name;

    public string Eid => eid;

    public string Imei => imei;

    public List<TrueProfile> Profiles { get; } = [];
}
