// Approvals: what a signature over a plan is, and who counts as whom.

using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EsimTools.Plans;

namespace EsimTools.Client.Tests.Plans;

public sealed class ApprovalTests : IDisposable
{
    private readonly PlanFixture _fixture = new();
    private readonly Signers _signers = new();

    public void Dispose()
    {
        _signers.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task A_signature_says_who_and_when_and_leaves_what_is_signed_as_it_is()
    {
        var (plan, ada) = (await MakeAsync(), _signers.Of("CN=Ada Lovelace, O=Analytical"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(5));

        var approved = plan.Approve(ada, _fixture.Clock);

        var approval = Assert.Single(approved.Approvals);
        Assert.Equal(approved.Approvals, EsimPlan.Load(_fixture.PlanPath).Approvals);
        Assert.Equal((true, null, ada.Subject, _fixture.Clock.UtcNow), (approval.IsValid, approval.Problem, approval.Subject, approval.SignedAt));
        Assert.Equal((ada.Thumbprint, ada.GetCertHashString(HashAlgorithmName.SHA256)), (approval.Thumbprint, approval.Sha256Thumbprint));
        Assert.Equal(plan.Digest, approved.Digest);
        Assert.Empty(plan.Approvals);
    }

    [Fact]
    public async Task The_author_is_known_by_the_names_in_the_certificate_and_by_those_of_the_policy()
    {
        var (plan, own, other) = (await MakeAsync(), _signers.Of("CN=uws-user"), _signers.Of("CN=ada"));
        EsimPolicy policy = new()
        {
            Rules = [new() { Action = plan.Action, Approvers = [EsimPolicyApprover.Of(other) with { UserNames = ["UWS-User"] }, EsimPolicyApprover.Of(own)] }, new() { Action = "enable" }],
        };

        Assert.Equal(("uws-user", null, "uws-user"), (plan.FindAuthor(own), plan.FindAuthor(other), plan.FindAuthor(other, policy)));
        Assert.Null(plan.FindAuthor(other, new() { Rules = [policy.Rules[0] with { Action = "enable" }] }));
    }

    [Fact]
    public async Task An_RSA_key_signs_too()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=ada", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(ManualClock.Start.AddDays(-1), ManualClock.Start.AddDays(1));

        Assert.True(Assert.Single((await MakeAsync()).Approve(certificate, _fixture.Clock).Approvals).IsValid);
    }

    [Fact]
    public async Task Who_cannot_sign_is_told_why()
    {
        var plan = await MakeAsync();
        using var publicPart = X509CertificateLoader.LoadCertificate(_signers.Of("CN=ada").RawData);

        Assert.Contains("its private key is not here", Assert.Throws<EsimException>(() => plan.Approve(publicPart, _fixture.Clock)).Message);
        Assert.Contains("has expired at", Assert.Throws<EsimException>(() => plan.Approve(_signers.Of("CN=ada", until: ManualClock.Start.AddDays(-1)), _fixture.Clock)).Message);
        Assert.Contains("is valid from", Assert.Throws<EsimException>(() => plan.Approve(_signers.Of("CN=ada", from: ManualClock.Start.AddDays(1)), _fixture.Clock)).Message);
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(EsimError.EsimPlanExpired, Assert.Throws<EsimException>(() => plan.Approve(_signers.Of("CN=ada"), _fixture.Clock)).Error);
        Assert.Empty(EsimPlan.Load(_fixture.PlanPath).Approvals);
    }

    [Fact]
    public async Task A_plan_that_another_has_taken_the_place_of_is_not_signed()
    {
        var first = await MakeAsync();
        await MakeAsync();

        Assert.Equal(EsimError.EsimPlanChanged, Assert.Throws<EsimException>(() => first.Approve(_signers.Of("CN=ada"), _fixture.Clock)).Error);
    }

    [Fact]
    public async Task The_signature_of_another_plan_is_none()
    {
        var other = Signature(await MakeAsync(), _signers.Of("CN=ada"));

        AssertProblem("it is not over this plan", Put(await MakeAsync(), other));
    }

    [Fact]
    public async Task What_is_no_signature_of_one_person_over_the_digest_alone_is_none()
    {
        var (plan, ada) = (await MakeAsync(), _signers.Of("CN=ada"));

        AssertProblem("it cannot be read", Put(plan, [1, 2, 3]));
        AssertProblem("it is not over this plan", Put(plan, Sign(ada, "sha256:another", detached: false)));
        AssertProblem("it does not say when it was signed", Put(plan, Sign(ada, plan.Digest!, time: false)));
        AssertProblem("it is not the signature of one person", Put(plan, Sign(ada, plan.Digest!, second: _signers.Of("CN=bob"))));
        AssertProblem("the signer's certificate is not in it", Put(plan, Sign(ada, plan.Digest!, include: X509IncludeOption.None)));
        AssertProblem("its digest algorithm is none of SHA-256, SHA-384 and SHA-512", Put(plan, Sign(ada, plan.Digest!, digestOid: "1.3.14.3.2.26")));
        AssertProblem("it was signed before the plan was made", Put(plan, PlanSignature.Sign(plan.Digest!, ada, ManualClock.Start.AddDays(-1))));
        AssertProblem("when it was signed, the certificate has expired", Put(plan, Sign(_signers.Of("CN=ada", until: ManualClock.Start.AddHours(-1)), plan.Digest!)));
    }

    [Fact]
    public async Task A_named_approver_is_enough_and_another_certificate_is_not()
    {
        var (ada, mallory) = (_signers.Of("CN=ada"), _signers.Of("CN=ada2"));
        var plan = await MakeAsync();
        var policy = Policy(1, Named(ada));

        AssertNotApproved("the policy demands 1 approval for 'deactivate', and it has 0", plan, policy);
        AssertNotApproved("and it has 0; the one of 'CN=ada2' does not count: the policy does not name its certificate", plan = plan.Approve(mallory, _fixture.Clock), policy);
        Check(plan = plan.Approve(ada, _fixture.Clock), policy);
        Check(plan, Policy(1, new EsimPolicyApprover { Thumbprint = ada.Thumbprint }));
        Check(plan, null);
        Check(await MakeAsync(), Policy(0, Named(ada)));
    }

    [Fact]
    public async Task Where_nobody_is_named_the_machine_has_to_trust_the_certificate()
    {
        var plan = (await MakeAsync()).Approve(_signers.Of("CN=ada"), _fixture.Clock);

        AssertNotApproved("this machine does not trust its certificate", plan, Policy(1));
        PlanApprovals.Check(plan, Policy(1), _fixture.Clock.UtcNow, static (_, _) => null);
    }

    [Fact]
    public async Task A_certificate_that_has_expired_since_and_a_signature_from_the_future_do_not_count()
    {
        var ada = _signers.Of("CN=ada", until: ManualClock.Start.AddHours(1));
        var plan = (await MakeAsync()).Approve(ada, _fixture.Clock);

        Check(plan, Policy(1, Named(ada)));
        AssertNotApproved("the certificate has expired at", plan, Policy(1, Named(ada)), ManualClock.Start.AddHours(2));
        AssertNotApproved("it is dated in the future", plan, Policy(1, Named(ada)), ManualClock.Start.AddHours(-1));
    }

    [Theory]
    [InlineData("CN=uws-user", null, null, null)]
    [InlineData("CN=UWS-User, O=x", null, null, null)]
    [InlineData("CN=somebody", "uws-user@example.com", null, null)]
    [InlineData("CN=somebody", null, "uws-user@corp.example.com", null)]
    [InlineData("CN=somebody", null, null, "uws-user")]
    [InlineData("CN=somebody", null, null, "CORP\\UWS-USER")]
    [InlineData("CN=somebody", null, null, "the system's")]
    [InlineData("E=uws-user@example.com, CN=somebody", null, null, null)]
    public async Task An_author_does_not_approve_of_the_own_plan(string subject, string? email, string? upn, string? user)
    {
        var certificate = _signers.Of(subject, email: email, upn: upn);
        var plan = (await MakeAsync()).Approve(certificate, _fixture.Clock);

        AssertNotApproved("has made the plan", plan, Policy(1, Named(certificate, user is null ? [] : [user == "the system's" ? Environment.UserName : user])));
    }

    [Fact]
    public async Task The_same_person_twice_is_one()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (ada, adaToo, renewed, bob) = (_signers.Of("CN=ada"), _signers.Of("CN=ada l"), _signers.Of("CN=lovelace", key: key), _signers.Of("CN=bob"));
        var renewedAgain = _signers.Of("CN=byron", key: key);
        var policy = Policy(2, Named(ada, "ada"), Named(adaToo, "ADA@example.com"), Named(bob), Named(renewed), Named(renewedAgain));

        AssertNotApproved("2 approvals of different people for 'deactivate', and it has 1", Approve(await MakeAsync(), ada, ada), policy);
        AssertNotApproved("and it has 1", Approve(await MakeAsync(), ada, adaToo), policy);
        AssertNotApproved("and it has 1", Approve(await MakeAsync(), renewed, renewedAgain), policy);
        Check(Approve(await MakeAsync(), ada, bob), policy);
    }

    [Fact]
    public async Task With_disable_first_the_rules_of_both_actions_count()
    {
        var ada = _signers.Of("CN=ada");
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Delete, [], new() { DisableFirst = true, ReasonCode = "FF" });

        AssertNotApproved("for 'deactivate'", plan, Policy(1, Named(ada)));
        Check(plan.Approve(ada, _fixture.Clock), Policy(1, Named(ada)));
    }

    [Fact]
    public async Task A_plan_without_waves_where_they_are_needed_and_any_plan_under_a_read_only_policy_is_refused()
    {
        var plan = await MakeAsync();
        EsimPolicy Waves(int from) => new() { Rules = [new() { Action = "deactivate", WavesFrom = from }] };

        Check(plan, Waves(4));
        var refused = Assert.Throws<EsimException>(() => Check(plan, Waves(3)));
        Assert.Contains("in the waves of a plan only", refused.Message);
        Assert.StartsWith("Make a plan of more than one wave with New-EsimPlan -Wave.", refused.RecommendedAction);
        Assert.Equal(EsimError.EsimPolicyRefused, Assert.Throws<EsimException>(() => Check(plan, new() { IsReadOnly = true })).Error);
        Check(await MakeAsync(new() { Waves = new() { Sizes = ["1"] } }), Waves(3));
    }

    private static EsimPolicyApprover Named(X509Certificate2 certificate, params string[] users) => new() { Thumbprint = EsimPolicyApprover.Of(certificate).Thumbprint, UserNames = users };

    private static EsimPolicy Policy(int approvals, params EsimPolicyApprover[] approvers) => new() { Rules = [new() { Action = "deactivate", Approvals = approvals, Approvers = approvers }] };

    private static byte[] Signature(EsimPlan plan, X509Certificate2 certificate) => PlanSignature.Sign(plan.Digest!, certificate, ManualClock.Start);

    private static EsimPlan Put(EsimPlan plan, byte[] signature) => PlanFile.AddSignature(plan, signature);

    private static void AssertProblem(string problem, EsimPlan plan)
    {
        Assert.False(plan.Approvals[^1].IsValid);
        Assert.StartsWith(problem, plan.Approvals[^1].Problem, StringComparison.Ordinal);
    }

    private static byte[] Sign(
        X509Certificate2 certificate, string text, bool detached = true, bool time = true, X509Certificate2? second = null, X509IncludeOption include = X509IncludeOption.EndCertOnly, string digestOid = "2.16.840.1.101.3.4.2.1")
    {
        var cms = new SignedCms(new ContentInfo(Encoding.UTF8.GetBytes(text)), detached);
        foreach (var one in second is null ? [certificate] : (X509Certificate2[])[certificate, second])
        {
            var signer = new CmsSigner(one) { IncludeOption = include, DigestAlgorithm = new Oid(digestOid) };
            if (time)
            {
                signer.SignedAttributes.Add(new Pkcs9SigningTime(ManualClock.Start.UtcDateTime));
            }

            cms.ComputeSignature(signer);
        }

        return cms.Encode();
    }

    private EsimPlan Approve(EsimPlan plan, params X509Certificate2[] certificates) => certificates.Aggregate(plan, (signed, certificate) => signed.Approve(certificate, _fixture.Clock));

    private void Check(EsimPlan plan, EsimPolicy? policy) => PlanApprovals.Check(plan, policy, _fixture.Clock.UtcNow);

    private void AssertNotApproved(string words, EsimPlan plan, EsimPolicy policy, DateTimeOffset? now = null)
    {
        var refusal = Assert.Throws<EsimException>(() => PlanApprovals.Check(plan, policy, now ?? _fixture.Clock.UtcNow));
        Assert.Equal(EsimError.EsimPlanNotApproved, refusal.Error);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private async Task<EsimPlan> MakeAsync(EsimPlanOptions? options = null) =>
        _fixture.Plan(await _fixture.Connections.OpenAsync(), EsimAction.Deactivate, Sample.Profiles(3), new() { ReasonCode = "FF" }, options);
}
