// The client's rules against the sandbox's own state machine, which was written from the documents and not from the client: random
// lives of eUICCs, and after every step the two must agree.

using EsimTools.Proof;

namespace EsimTools.Sandbox.Tests;

public sealed class AgreementTests
{
    private const int Steps = 60;

    private static readonly EsimAction[] ProfileActions = [.. EsimAction.All.Where(action => !action.IsForDevice)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_the_table_refuses_fails_at_the_service_and_what_is_confirmed_is_believed_rightly(int seed)
    {
        var random = new Random(seed);
        using var life = await Life.BeginAsync(random);
        for (var step = 0; step < Steps; step++)
        {
            var action = ProfileActions[random.Next(ProfileActions.Length)];
            var row = life.Rows[random.Next(life.Rows.Count)];
            var before = life.Sandbox.Fleet.Find(row.Iccid!)!;

            // The profile as a look-up of its present state would give it: the guard judges with full knowledge.
            var profile = new EsimProfile
            {
                Iccid = row.Iccid, Eid = row.Eid, State = before.State, ProfileStatus = before.ProfileStatus, ProfileRole = before.ProfileRole,
                Source = EvidenceSource.ServiceList, AsOf = DateTimeOffset.UtcNow,
            };
            var verdict = Guard.Judge(action, new ProfileEvidence(
                new(EvidenceSource.ServiceList, DateTimeOffset.UtcNow, before.State, before.ProfileStatus, before.ProfileRole), default, DateTimeOffset.UtcNow, ServiceWasAsked: true,
                Proof: new(ServiceWords.IsDeactive(before.State) || ServiceWords.IsDisabled(before.ProfileStatus) ? ProofReason.Sound : ProofReason.SaysOtherwise)));
            var doing = $"seed {seed}, step {step}: {action} on {before.ProfileRole} {before.State} {before.ProfileStatus}";

            if (verdict.Decision == GuardDecision.Refused)
            {
                Assert.True(await life.SendPastTheGuardAsync(action, profile) == OutcomeStatus.Failed, $"{doing} was refused by the client, but the service does it.");
                var after = life.Sandbox.Fleet.Find(row.Iccid!)!;
                Assert.Equal((before.State, before.ProfileStatus), (after.State, after.ProfileStatus));
                continue;
            }

            var submission = await life.Connection.SubmitAsync(action, [profile], Life.OptionsOf(action), serviceWasAsked: true);
            if (submission.Request is not { } request)
            {
                // What this connection has seen itself may be newer than what was said above in its name; then it must be a refusal too.
                Assert.Single(submission.Refused);
                continue;
            }

            Assert.Null(submission.Failure);
            Assert.True(await life.Connection.WaitAsync(request));
            var result = Assert.Single(request.GetResults());
            if (result.Status == OutcomeStatus.Succeeded)
            {
                var after = life.Sandbox.Fleet.Find(row.Iccid!)!;
                var believed = life.Connection.Tracker.Profiles.StatementOf(new EsimProfile { Iccid = row.Iccid, Eid = row.Eid });
                Assert.True(
                    (after.State, after.ProfileStatus) == (believed.State, believed.ProfileStatus),
                    $"{doing}: the sandbox has {after.State} {after.ProfileStatus}, the client believes {believed.State} {believed.ProfileStatus}.");
            }

            life.AssertNothingWrongIsDeletable(doing);
        }
    }

    [Fact]
    public async Task Enabling_one_profile_proves_the_others_of_the_eUICC_disabled_and_deletable()
    {
        using var life = await Life.BeginAsync(new Random(1));
        var lead = life.Rows.First(row => row.ProfileRole == "LEAD");
        var local = life.Rows.First(row => row.Eid == lead.Eid && row.ProfileStatus == "ENABLE");
        var localProfile = new EsimProfile { Iccid = local.Iccid, Eid = local.Eid };
        await life.Connection.LookUpAsync([localProfile]);
        Assert.Equal(GuardDecision.Refused, life.Connection.Judge(EsimAction.Delete, localProfile, serviceWasAsked: true).Decision);

        var submission = await life.Connection.SubmitAsync(EsimAction.Enable, [new EsimProfile { Iccid = lead.Iccid, Eid = lead.Eid }], new EsimActionOptions());
        Assert.True(await life.Connection.WaitAsync(submission.Request!));

        Assert.Equal(GuardDecision.Allowed, life.Connection.Judge(EsimAction.Delete, localProfile).Decision);
        Assert.Equal("DISABLE", life.Sandbox.Fleet.Find(local.Iccid!)!.ProfileStatus);
    }

    [Fact]
    public async Task After_a_delete_the_eUICC_may_have_fallen_back_so_its_other_profiles_are_asked_about_again()
    {
        using var life = await Life.BeginAsync(new Random(1));
        var enabled = life.Rows.First(row => row is { ProfileRole: "LOCAL", ProfileStatus: "ENABLE" });
        var idle = life.Rows.First(row => row.Eid == enabled.Eid && row is { ProfileRole: "LOCAL", ProfileStatus: "DISABLE" });
        EsimProfile[] both = [new EsimProfile { Iccid = enabled.Iccid, Eid = enabled.Eid }, new EsimProfile { Iccid = idle.Iccid, Eid = idle.Eid }];
        await life.Connection.LookUpAsync(both);
        Assert.Equal(GuardDecision.Allowed, life.Connection.Judge(EsimAction.Delete, both[1]).Decision);

        await life.RunAsync(EsimAction.Deactivate, both[0]);
        await life.RunAsync(EsimAction.Delete, both[0]);

        Assert.Equal(GuardDecision.AskService, life.Connection.Judge(EsimAction.Delete, both[1]).Decision);
    }

    [Fact]
    public async Task A_profile_status_that_the_list_leaves_out_is_asked_for_by_callback()
    {
        using var life = await Life.BeginAsync(new Random(1));
        life.Sandbox.Options.HideProfileStatus = true;
        var idle = life.Rows.First(row => row is { ProfileRole: "LOCAL", ProfileStatus: "DISABLE" });
        var profile = new EsimProfile { Iccid = idle.Iccid, Eid = idle.Eid };

        await life.Connection.LookUpAsync([profile]);
        Assert.Equal(EsimError.EsimProfileStateUnknown, life.Connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Error);

        using (life.Connection.ExpectCallbacks())
        {
            await life.Connection.LookUpAsync([profile]);
        }

        Assert.Equal(GuardDecision.Allowed, life.Connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Decision);
    }

    /// <summary>A few eUICCs in every kind of state, and a connection to them.</summary>
    private sealed class Life : IDisposable
    {
        private readonly string _journal = Directory.CreateTempSubdirectory("agreement-").FullName;
        private readonly Dictionary<string, TaskCompletionSource<OutcomeStatus>> _waiting = [];
        private readonly HttpClient _raw;

        private Life(ThingSpaceSandbox sandbox, IReadOnlyList<SandboxProfile> rows)
        {
            Sandbox = sandbox;
            Rows = rows;
            _raw = new HttpClient(sandbox.CreateHandler()) { BaseAddress = new Uri("https://sandbox.invalid/api/") };
        }

        public ThingSpaceSandbox Sandbox { get; }

        public IReadOnlyList<SandboxProfile> Rows { get; }

        public EsimConnection Connection { get; private set; } = null!;

        public static async Task<Life> BeginAsync(Random random)
        {
            var fleet = new SandboxFleet();
            var number = 0;
            for (var eUICC = 0; eUICC < 3; eUICC++)
            {
                var eid = "8904903200000000000000000000" + (10 + eUICC);
                eid += CheckDigits.Mod97(eid);
                void Add(string role, string status) => fleet.Add(new SandboxProfile
                {
                    Iccid = Iccid(++number), Eid = eid, ProfileRole = role, ProfileStatus = status, State = "ACTIVE", ServicePlan = "M2M Global", Connected = true,
                });
                Add("LOCAL", "ENABLE");
                Add("LOCAL", "DISABLE");
                Add("LOCAL", "NOT_DOWNLOADED");
            }

            var sandbox = new ThingSpaceSandbox(new SandboxOptions { Seed = random.Next() }, fleet: fleet);
            var life = new Life(sandbox, sandbox.Fleet.ToList());
            life.Connection = await EsimConnection.OpenAsync(new EsimConnectionOptions
            {
                ApiCredential = new EsimCredential(sandbox.Options.ApiKey, sandbox.Options.ApiSecret),
                UserCredential = new EsimCredential(sandbox.Options.UserName, sandbox.Options.Password),
                AccountName = sandbox.Options.AccountName,
                BaseUri = new Uri("https://sandbox.invalid/api"),
                Handler = sandbox.CreateHandler(),
                JournalPath = life._journal,
                IsSandbox = true,
            });
            sandbox.CallbackSent += life.Take;
            await life.LogInAsync();
            return life;
        }

        public static EsimActionOptions OptionsOf(EsimAction action) => new()
        {
            ServicePlan = action == EsimAction.ServicePlan ? "M2M Other" : null,
            SmsrOid = action == EsimAction.Disable ? "1.3.6.1.4.1" : null,
        };

        public async Task RunAsync(EsimAction action, EsimProfile profile)
        {
            var submission = await Connection.SubmitAsync(action, [profile], OptionsOf(action), serviceWasAsked: true);
            Assert.True(await Connection.WaitAsync(submission.Request!));
            Assert.Equal(EsimRequestStatus.Succeeded, submission.Request!.Status);
        }

        /// <summary>Sends an action as another program would, which knows no guard.</summary>
        public async Task<OutcomeStatus> SendPastTheGuardAsync(EsimAction action, EsimProfile profile)
        {
            var eid = action.NeedsEid ? $$""",{"kind":"eid","id":"{{profile.Eid}}"}""" : string.Empty;
            var extra = action == EsimAction.ServicePlan ? ""","servicePlan":"M2M Other" """ : action == EsimAction.Disable ? ""","smsrOid":"1.3.6.1.4.1" """ : string.Empty;
            var body = $$"""{"devices":[{"deviceIds":[{"kind":"iccid","id":"{{profile.Iccid}}"}{{eid}}]}],"accountName":"{{Sandbox.Options.AccountName}}"{{extra}}}""";
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            content.Headers.ContentType!.CharSet = null;
            using var response = await _raw.PostAsync(new Uri($"m2m/v1/devices/profile/actions/{action}", UriKind.Relative), content);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            using var answer = System.Text.Json.JsonDocument.Parse(text);
            return await OutcomeOf(answer.RootElement.GetProperty("requestId").GetString()!).Task;
        }

        /// <summary>No profile that the client would delete without asking may be one that the service would not.</summary>
        public void AssertNothingWrongIsDeletable(string doing)
        {
            foreach (var row in Rows)
            {
                var profile = new EsimProfile { Iccid = row.Iccid, Eid = row.Eid, ProfileRole = row.ProfileRole };
                if (Connection.Judge(EsimAction.Delete, profile).Decision == GuardDecision.Allowed)
                {
                    var real = Sandbox.Fleet.Find(row.Iccid!)!;
                    Assert.True(
                        real.ProfileRole == "LOCAL" && (real.State == "DEACTIVE" || real.ProfileStatus is "DISABLE" or "DOWNLOAD_DISABLE"),
                        $"after {doing}: the client would delete {real.ProfileRole} {real.State} {real.ProfileStatus}.");
                }
            }
        }

        public void Dispose()
        {
            Connection.Dispose();
            Sandbox.Dispose();
            _raw.Dispose();
            Directory.Delete(_journal, recursive: true);
        }

        private static string Iccid(int number)
        {
            var digits = "8944" + number.ToString("D15", System.Globalization.CultureInfo.InvariantCulture);
            return digits + CheckDigits.Luhn(digits);
        }

        private void Take(string json)
        {
            Connection.ReceiveCallback(json);
            var callback = EsimCallback.Parse(json);
            if (callback.Status != OutcomeStatus.Pending)
            {
                OutcomeOf(callback.RequestId).TrySetResult(callback.Status);
            }
        }

        private TaskCompletionSource<OutcomeStatus> OutcomeOf(string requestId)
        {
            lock (_waiting)
            {
                if (!_waiting.TryGetValue(requestId, out var outcome))
                {
                    _waiting[requestId] = outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                return outcome;
            }
        }

        private async Task LogInAsync()
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" });
            using var tokenRequest = new HttpRequestMessage(HttpMethod.Post, "ts/v1/oauth2/token") { Content = form };
            tokenRequest.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{Sandbox.Options.ApiKey}:{Sandbox.Options.ApiSecret}")));
            using var tokenResponse = await _raw.SendAsync(tokenRequest);
            using var token = System.Text.Json.JsonDocument.Parse(await tokenResponse.Content.ReadAsStringAsync());
            _raw.DefaultRequestHeaders.Authorization = new("Bearer", token.RootElement.GetProperty("access_token").GetString());
            using var login = new StringContent($$"""{"username":"{{Sandbox.Options.UserName}}","password":"{{Sandbox.Options.Password}}"}""");
            login.Headers.ContentType = new("application/json");
            using var loginResponse = await _raw.PostAsync(new Uri("m2m/v1/session/login", UriKind.Relative), login);
            using var session = System.Text.Json.JsonDocument.Parse(await loginResponse.Content.ReadAsStringAsync());
            _raw.DefaultRequestHeaders.Add("VZ-M2M-Token", session.RootElement.GetProperty("sessionToken").GetString());
        }
    }
}
