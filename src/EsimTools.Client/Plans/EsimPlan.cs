// The plan: what is to be done with which profiles, judged and not sent yet. It is a file that people read, compare, sign and carry out.

using System.Collections.ObjectModel;
using System.Security.Cryptography.X509Certificates;
using EsimTools.Plans;

namespace EsimTools;

/// <summary>A run prepared: the action, its fields, and every profile with its evidence and its verdict.</summary>
public sealed class EsimPlan
{
    private readonly EsimRunOptions _options;
    private IReadOnlyList<EsimPlanApproval>? _approvals;

    internal EsimPlan(EsimAction action, EsimRunOptions options, IReadOnlyList<EsimPlanProfile> profiles)
    {
        Kind = action;
        _options = options;
        Profiles = new ReadOnlyCollection<EsimPlanProfile>(profiles as IList<EsimPlanProfile> ?? [.. profiles]);
        Refusals = profiles.Where(profile => profile.ErrorId is not null).GroupBy(profile => profile.ErrorId!.Value).OrderByDescending(group => group.Count())
            .Select(group => new EsimPlanRefusals(group.Key, group.Count())).ToArray();
    }

    /// <summary>The plan's own id, a GUID in 32 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The action, in ThingSpace's word.</summary>
    public string Action => Kind.Name;

    /// <summary>Whether profiles that are still enabled are deactivated before they are deleted.</summary>
    public bool DisableFirst => _options.DisableFirst;

    /// <summary>How many profiles it names.</summary>
    public int Count => Profiles.Count;

    /// <summary>For how many something is sent.</summary>
    public int Allowed => Of(EsimPlanVerdict.Allowed) + Of(EsimPlanVerdict.DisablesFirst);

    /// <summary>How many of those are deactivated before.</summary>
    public int DisablesFirst => Of(EsimPlanVerdict.DisablesFirst);

    /// <summary>For how many there is nothing to do.</summary>
    public int Skipped => Of(EsimPlanVerdict.Skipped);

    /// <summary>How many the guard has refused.</summary>
    public int Refused => Of(EsimPlanVerdict.Refused);

    /// <summary>Of how many the service has not told the state; they are left out.</summary>
    public int Unknown => Of(EsimPlanVerdict.Unknown);

    /// <summary>How many are left out, by reason.</summary>
    public IReadOnlyList<EsimPlanRefusals> Refusals { get; }

    /// <summary>How many requests will be sent, deactivations included.</summary>
    public int Requests => PlanRequests.Count(this);

    /// <summary>What it does to the customers, fees included.</summary>
    public string Effect => DisableFirst ? $"{EsimAction.Deactivate.Effect}; then {Kind.Effect}" : Kind.Effect;

    /// <summary>What leads back to the state of before, in words.</summary>
    public string WayBack => Kind.WayBack;

    /// <summary>Why, in the words of whoever made it; null when nothing was said.</summary>
    public string? Reason => _options.Reason;

    /// <summary>Who made it.</summary>
    public required EsimPlanAuthor Author { get; init; }

    /// <summary>When it was made, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when it may be carried out, in UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The address of the service that it is for.</summary>
    public required Uri Service { get; init; }

    /// <summary>Its waves; null sends everything at once.</summary>
    public EsimWaves? Waves { get; init; }

    /// <summary>The run that it undoes, by its id; several have a comma between them; null where it undoes none.</summary>
    public string? UndoOf { get; init; }

    /// <summary>What it undoes, and what does not come back by that, in words; null where it undoes nothing.</summary>
    public string? Undoes { get; init; }

    /// <summary>The account of profiles without one of their own.</summary>
    public required string AccountName { get; init; }

    /// <summary>The service plan that was given for all profiles; null where each has its own, or none.</summary>
    public string? ServicePlan => _options.ServicePlan;

    /// <summary>Deactivate only: whether the waiver of the termination fee is claimed; null sends no such field.</summary>
    public bool? EtfWaiver => _options.EtfWaiver;

    /// <summary>Deactivate only: two characters that say why; null sends none.</summary>
    public string? ReasonCode => _options.ReasonCode;

    /// <summary>Disable only: the OID of the SM-SR.</summary>
    public string? SmsrOid => _options.SmsrOid;

    /// <summary>Activate only: the ZIP code for the phone number.</summary>
    public string? MdnZipCode => _options.MdnZipCode;

    /// <summary>The most profiles in one request.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>SHA-256 of the plan's canonical form, as <c>sha256:</c> and 64 hexadecimal digits; null while it is in no file.</summary>
    public string? Digest { get; internal set; }

    /// <summary>The file that it was written to or read from; null while there is none.</summary>
    public string? Path { get; internal set; }

    /// <summary>The profiles, in the order in which they are sent.</summary>
    public IReadOnlyList<EsimPlanProfile> Profiles { get; }

    /// <summary>The signatures in its file, in CMS; whether they count is another question.</summary>
    internal IReadOnlyList<byte[]> Signatures { get; set; } = [];

    /// <summary>Who has signed it, in the order of signing; whether they count is for the policy to say.</summary>
    public IReadOnlyList<EsimPlanApproval> Approvals => _approvals ??= ReadSignatures().Select(signature => signature.Approval).ToArray();

    /// <summary>The action.</summary>
    internal EsimAction Kind { get; }

    /// <summary>The fields of its requests and how they are cut.</summary>
    internal EsimRunOptions Options => _options;

    /// <summary>Writes it to a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPlanUnusable"/>: the file is there, or cannot be written.</exception>
    public void Save(string path, bool overwrite = false) => PlanFile.Save(this, path, overwrite);

    /// <summary>Signs its digest, and adds the signature to the file that it was read from.</summary>
    /// <param name="certificate">A certificate with its private key.</param>
    /// <param name="clock">Tells the time of signing; null for the machine's own clock.</param>
    /// <returns>The plan as it is in the file now.</returns>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimParameterInvalid"/>: the certificate cannot sign; <see cref="EsimError.EsimPlanExpired"/>; <see cref="EsimError.EsimPlanUnusable"/>,
    /// <see cref="EsimError.EsimPlanChanged"/>: the file is not that of the plan.
    /// </exception>
    public EsimPlan Approve(X509Certificate2 certificate, Clock? clock = null)
    {
        _ = certificate ?? throw new ArgumentNullException(nameof(certificate));
        if (Path is null || Digest is null)
        {
            throw new EsimException(EsimError.EsimPlanUnusable, "The plan is in no file.", "Write it to one with Save first.");
        }

        var now = (clock ?? Clock.System).UtcNow;
        if (now > ExpiresAt)
        {
            throw new EsimException(EsimError.EsimPlanExpired, $"The plan {Id} was not signed: it has expired at {Clock.ToIso(ExpiresAt)}.", "Make a new one with New-EsimPlan.");
        }

        return PlanFile.AddSignature(this, PlanSignature.Sign(Digest, certificate, now));
    }

    /// <summary>By which user name the holder of a certificate has made the plan, so that the signature would count nowhere; null where nothing tells that.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="policy">The policy, which gives certificates the names of users; null looks in the certificate alone.</param>
    public string? FindAuthor(X509Certificate2 certificate, EsimPolicy? policy = null) =>
        PlanApprovals.AuthorOf(this, certificate ?? throw new ArgumentNullException(nameof(certificate)), policy);

    /// <summary>The action of the plan for which a policy names others as approvers than the holder of a certificate, so that the signature would not count; null where there is none.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="policy">The policy; null where there is none.</param>
    public string? FindActionOfOtherApprovers(X509Certificate2 certificate, EsimPolicy? policy) =>
        PlanApprovals.ActionOfOthers(this, certificate ?? throw new ArgumentNullException(nameof(certificate)), policy);

    /// <summary>Reads one from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPlanUnusable"/>: it cannot be read, is no plan, or of a newer format; <see cref="EsimError.EsimPlanChanged"/>: it is not as it was written.</exception>
    public static EsimPlan Load(string path) => PlanFile.Load(path);

    /// <inheritdoc/>
    public override string ToString() => $"plan {Id}: '{Action}' for {Allowed} of {Count} profiles";

    /// <summary>Its signatures, read and checked.</summary>
    internal IEnumerable<PlanSignature> ReadSignatures() => Signatures.Select(signature => PlanSignature.Read(signature, Digest ?? string.Empty, CreatedAt));

    private int Of(EsimPlanVerdict verdict)
    {
        var count = 0;
        for (var i = 0; i < Profiles.Count; i++)
        {
            count += Profiles[i].Verdict == verdict ? 1 : 0;
        }

        return count;
    }
}
