// The profiles that the sandbox serves: filled from a CSV inventory, from rows, or with a small default fleet.

using System.Globalization;
using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox;

/// <summary>The sandbox's fleet of eSIM profiles. Thread-safe.</summary>
/// <remarks>
/// Every eUICC has a Verizon US (<c>LEAD</c>) profile, as in the field. Where the rows bring none, the fleet makes one: a valid ICCID that
/// depends on the EID alone, plan <c>M2M US</c>, state <c>ACTIVE</c>, status <c>DISABLE</c> while a Global profile is enabled and
/// <c>ENABLE</c> otherwise. A LEAD row that comes later takes its place.
/// </remarks>
public sealed class SandboxFleet
{
    /// <summary>The account of rows that name none, unless <see cref="SandboxOptions.AccountName"/> says otherwise.</summary>
    public const string DefaultAccountName = "0000123456-00001";

    /// <summary>The service plan of the Verizon US profiles that the fleet makes itself.</summary>
    public const string LeadServicePlan = "M2M US";

    /// <summary>The service plan of the profiles in the default fleet.</summary>
    public const string GlobalServicePlan = "M2M Global";

    private const int DefaultDevices = 100;

    private readonly Dictionary<Digits, Profile> _byIccid = [];
    private readonly Dictionary<Digits, Euicc> _byEid = [];
    private readonly Dictionary<string, string> _accounts = new(StringComparer.Ordinal);
    private readonly List<Profile> _profiles = [];
    private readonly List<SandboxSkippedRow> _skipped = [];
    private readonly Dictionary<string, string> _plans = new(StringComparer.Ordinal);
    private readonly string _accountName;

    /// <summary>An empty fleet.</summary>
    /// <param name="accountName">The account of rows that name none.</param>
    public SandboxFleet(string accountName = DefaultAccountName)
    {
        if (string.IsNullOrWhiteSpace(accountName))
        {
            throw new ArgumentException("The fleet needs an account name.", nameof(accountName));
        }

        _accountName = accountName;
        _accounts.Add(accountName, accountName);
    }

    /// <summary>How many profiles there are, the Verizon US profiles that the fleet made itself included.</summary>
    public int Count
    {
        get
        {
            lock (Gate)
            {
                return _profiles.Count;
            }
        }
    }

    /// <summary>The rows of the inventory that were left out, and why; empty for a fleet that was not loaded from a file.</summary>
    public IReadOnlyList<SandboxSkippedRow> Skipped => _skipped;

    /// <summary>Every profile and eUICC is read and changed under this lock only.</summary>
    internal object Gate { get; } = new();

    /// <summary>All profiles, in the order of <see cref="Profile.DeviceId"/>.</summary>
    internal List<Profile> Profiles => _profiles;

    /// <summary>Reads an inventory: a CSV file with a header, comma or semicolon, with or without a byte order mark.</summary>
    /// <remarks>
    /// Columns: Iccid, Eid, Imei, Mdn, AccountName, ServicePlan, State, ProfileStatus, ProfileRole, Connected, in any order and case, with or
    /// without spaces, underscores and dashes. Only Iccid must be there. A row that is damaged or has no EID is left out and listed in
    /// <see cref="Skipped"/>.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="accountName">The account of rows that name none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is empty or has no ICCID column.</exception>
    public static SandboxFleet Load(string path, string accountName = DefaultAccountName)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new ArgumentException("The path of the inventory is empty.", nameof(path));
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no inventory file '{path}'.", path);
        }

        var fleet = new SandboxFleet(accountName);
        using var text = new StreamReader(path);
        FleetCsv.Read(text, path, fleet.TryAdd, fleet._skipped);
        return fleet;
    }

    /// <summary>A hundred small eUICCs, always the same: each with one enabled Global profile and its Verizon US profile.</summary>
    /// <param name="accountName">The account of all of them.</param>
    public static SandboxFleet Default(string accountName = DefaultAccountName)
    {
        var fleet = new SandboxFleet(accountName);
        for (var i = 1; i <= DefaultDevices; i++)
        {
            var iccid = "8931440000" + i.ToString("D9", CultureInfo.InvariantCulture);
            var eid = "8904903200000000000000" + i.ToString("D8", CultureInfo.InvariantCulture);
            fleet.Add(new SandboxProfile
            {
                Iccid = iccid + CheckDigits.Luhn(iccid).ToString(CultureInfo.InvariantCulture),
                Eid = eid + CheckDigits.Mod97(eid),
                ServicePlan = GlobalServicePlan,
            });
        }

        return fleet;
    }

    /// <summary>Puts a profile into the fleet.</summary>
    /// <param name="row">The profile; only ICCID and EID are needed.</param>
    /// <exception cref="ArgumentException">The row is damaged, has no EID, or its ICCID is there already.</exception>
    public void Add(SandboxProfile row)
    {
        if (row is null)
        {
            throw new ArgumentNullException(nameof(row));
        }

        if (TryAdd(row) is { } reason)
        {
            throw new ArgumentException(reason, nameof(row));
        }
    }

    /// <summary>What the fleet knows of a profile at this moment; null when there is no such profile.</summary>
    /// <param name="iccid">The ICCID, digits only.</param>
    public SandboxProfile? Find(string iccid)
    {
        lock (Gate)
        {
            return FindProfile(Digits.Of(iccid)) is { } profile ? Snapshot(profile) : null;
        }
    }

    /// <summary>Snapshots of all profiles, in the order in which they were added.</summary>
    public IReadOnlyList<SandboxProfile> ToList()
    {
        lock (Gate)
        {
            return [.. _profiles.Select(Snapshot)];
        }
    }

    internal Profile? FindProfile(Digits iccid) => _byIccid.TryGetValue(iccid, out var profile) ? profile : null;

    internal Euicc? FindEuicc(Digits eid) => _byEid.TryGetValue(eid, out var euicc) ? euicc : null;

    internal bool HasAccount(string accountName) => _accounts.ContainsKey(accountName);

    /// <summary>Makes an account known even if no profile is in it.</summary>
    internal void AddAccount(string accountName)
    {
        lock (Gate)
        {
            Share(_accounts, accountName);
        }
    }

    // Returns why the row cannot be added, or null.
    private string? TryAdd(SandboxProfile row)
    {
        var iccid = IdentifierKind.Iccid.Read(row.Iccid);
        var eid = IdentifierKind.Eid.Read(row.Eid);
        var imei = IdentifierKind.Imei.Read(row.Imei);
        if (!iccid.IsUsable)
        {
            return iccid.Message;
        }

        if (!eid.IsUsable)
        {
            return eid.Message;
        }

        if (!imei.IsUsable && imei.Fault != IdentifierFault.Missing)
        {
            return imei.Message;
        }

        var mdn = Digits.Of(row.Mdn);
        if (!IsBlank(row.Mdn) && mdn.Length != 10)
        {
            return $"The MDN '{row.Mdn}' is not 10 digits.";
        }

        var state = IsBlank(row.State) ? ServiceState.Active : ServiceState.Find(row.State!);
        var status = IsBlank(row.ProfileStatus) ? "" : ProfileStatus.Find(row.ProfileStatus!);
        var role = IsBlank(row.ProfileRole) ? ProfileRole.Local : ProfileRole.Find(row.ProfileRole!);
        if (state is null || status is null || role is null)
        {
            var (name, value) = state is null ? ("state", row.State) : status is null ? ("profile status", row.ProfileStatus) : ("profile role", row.ProfileRole);
            return $"'{value}' is no {name} that ThingSpace knows.";
        }

        lock (Gate)
        {
            return Insert(row, Digits.Of(iccid.Value), Digits.Of(eid.Value), Digits.Of(imei.Value), mdn, (state, status, role));
        }
    }

    private string? Insert(
        SandboxProfile row, Digits iccid, Digits eid, Digits imei, Digits mdn, (string State, string Status, string Role) words)
    {
        var existing = FindProfile(iccid);
        if (existing is { IsSynthetic: false })
        {
            return $"The ICCID {iccid} is in the fleet already.";
        }

        var euicc = FindEuicc(eid);
        if (euicc is not null && imei.Length > 0 && !euicc.Imei.Equals(imei))
        {
            return $"The EID {eid} is in the fleet with another IMEI ({euicc.Imei}).";
        }

        if (existing is not null)
        {
            // A real row has the number that the fleet had made up for a LEAD profile: the made-up one gives way.
            Rename(existing, FreeLeadIccid(existing.Euicc.Eid));
        }

        if (euicc is null)
        {
            euicc = new Euicc(eid, imei.Length > 0 ? imei : MadeUp.Imei(eid));
            _byEid.Add(eid, euicc);
        }

        euicc.IsConnected &= row.Connected ?? true;
        var profile = words.Role == ProfileRole.Lead && euicc.Lead is { IsSynthetic: true } lead ? lead : NewProfile(euicc);
        Rename(profile, iccid);
        profile.IsSynthetic = false;
        profile.Mdn = mdn.Length > 0 ? mdn : MadeUp.Mdn(profile.DeviceId);
        profile.Account = Share(_accounts, IsBlank(row.AccountName) ? _accountName : row.AccountName!.Trim());
        profile.Plan = IsBlank(row.ServicePlan) ? null : Share(_plans, row.ServicePlan!.Trim());
        profile.State = words.State;
        profile.Role = words.Role;
        profile.Status = words.Status.Length > 0 ? words.Status : HasOtherEnabled(euicc, profile) ? ProfileStatus.Disable : ProfileStatus.Enable;
        if (words.Role == ProfileRole.Lead)
        {
            euicc.Lead = profile;
        }

        SettleLead(euicc, profile.Account);
        return null;
    }

    private Profile NewProfile(Euicc euicc)
    {
        var profile = new Profile(euicc, _profiles.Count + 1);
        _profiles.Add(profile);
        euicc.Profiles.Add(profile);
        return profile;
    }

    private void SettleLead(Euicc euicc, string account)
    {
        if (euicc.Lead is null)
        {
            var lead = NewProfile(euicc);
            Rename(lead, FreeLeadIccid(euicc.Eid));
            lead.IsSynthetic = true;
            lead.Mdn = MadeUp.Mdn(lead.DeviceId);
            lead.Account = account;
            lead.Plan = LeadServicePlan;
            lead.Role = ProfileRole.Lead;
            euicc.Lead = lead;
        }

        if (euicc.Lead.IsSynthetic)
        {
            euicc.Lead.Status = HasOtherEnabled(euicc, euicc.Lead) ? ProfileStatus.Disable : ProfileStatus.Enable;
        }
    }

    // A made-up LEAD profile does not count: it follows the others.
    private static bool HasOtherEnabled(Euicc euicc, Profile profile)
    {
        foreach (var other in euicc.Profiles)
        {
            if (other != profile && !other.IsSynthetic && other.IsEnabled)
            {
                return true;
            }
        }

        return false;
    }

    private void Rename(Profile profile, Digits iccid)
    {
        if (profile.Iccid.Length > 0)
        {
            _byIccid.Remove(profile.Iccid);
        }

        profile.Iccid = iccid;
        _byIccid[iccid] = profile;
    }

    private Digits FreeLeadIccid(Digits eid)
    {
        for (var attempt = 0UL; ; attempt++)
        {
            var iccid = MadeUp.LeadIccid(eid, attempt);
            if (!_byIccid.ContainsKey(iccid))
            {
                return iccid;
            }
        }
    }

    // One string for all profiles that have it.
    private static string Share(Dictionary<string, string> known, string text)
    {
        if (known.TryGetValue(text, out var shared))
        {
            return shared;
        }

        known.Add(text, text);
        return text;
    }

    private static bool IsBlank(string? text) => string.IsNullOrWhiteSpace(text);

    private static SandboxProfile Snapshot(Profile profile) => new()
    {
        Iccid = profile.Iccid.ToString(),
        Eid = profile.Euicc.Eid.ToString(),
        Imei = profile.Euicc.Imei.ToString(),
        Mdn = profile.Mdn.ToString(),
        AccountName = profile.Account,
        ServicePlan = profile.Plan,
        State = profile.State,
        ProfileStatus = profile.Status,
        ProfileRole = profile.Role,
        Connected = profile.Euicc.IsConnected,
    };
}
