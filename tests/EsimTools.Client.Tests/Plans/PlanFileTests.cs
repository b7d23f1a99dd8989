// The file of a plan: what is written is read, and whatever is changed is noticed.

using System.Text;

namespace EsimTools.Client.Tests.Plans;

public sealed class PlanFileTests : IDisposable
{
    private readonly PlanFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_is_written_is_read()
    {
        var made = await MakeAsync();
        var read = EsimPlan.Load(_fixture.PlanPath);

        Assert.Equal(
            (made.Id, made.Action, made.DisableFirst, made.AccountName, made.ServicePlan, made.ReasonCode, made.EtfWaiver, made.BatchSize, made.Reason),
            (read.Id, read.Action, read.DisableFirst, read.AccountName, read.ServicePlan, read.ReasonCode, read.EtfWaiver, read.BatchSize, read.Reason));
        Assert.Equal((made.Author, made.CreatedAt, made.ExpiresAt, made.Service, made.Digest), (read.Author, read.CreatedAt, read.ExpiresAt, read.Service, read.Digest));
        Assert.Equivalent(made.Waves, read.Waves, strict: true);
        Assert.Equal(
            made.Profiles.Select(profile => (profile.Iccid, profile.Eid, profile.Imei, profile.AccountName, profile.ServicePlan, profile.Verdict, profile.ErrorId, profile.Because, profile.Known)),
            read.Profiles.Select(profile => (profile.Iccid, profile.Eid, profile.Imei, profile.AccountName, profile.ServicePlan, profile.Verdict, profile.ErrorId, profile.Because, profile.Known)));
    }

    [Fact]
    public async Task A_plan_in_which_any_byte_is_another_is_refused_or_says_the_same()
    {
        var made = await MakeAsync();
        var bytes = File.ReadAllBytes(_fixture.PlanPath);
        var same = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var other in (byte[])[(byte)(bytes[i] ^ 1), (byte)' '])
            {
                if (other == bytes[i])
                {
                    continue;
                }

                var changed = (byte[])bytes.Clone();
                changed[i] = other;
                File.WriteAllBytes(_fixture.PlanPath, changed);
                try
                {
                    // Whitespace between the tokens says nothing.
                    Assert.Equal(made.Digest, EsimPlan.Load(_fixture.PlanPath).Digest);
                    Assert.True(bytes[i] is (byte)' ' or (byte)'\n' && other is (byte)' ', $"Byte {i} was '{(char)bytes[i]}' and is '{(char)other}'.");
                    same++;
                }
                catch (EsimException e)
                {
                    Assert.True(e.Error is EsimError.EsimPlanChanged or EsimError.EsimPlanUnusable);
                }
            }
        }

        Assert.True(same > 0);
    }

    [Fact]
    public async Task Somebody_who_makes_the_digest_fit_makes_another_plan()
    {
        var made = await MakeAsync();
        var text = File.ReadAllText(_fixture.PlanPath).Replace(Sample.IccidOf(1), Sample.IccidOf(99), StringComparison.Ordinal);
        File.WriteAllText(_fixture.PlanPath, text);
        Assert.Equal(EsimError.EsimPlanChanged, Assert.Throws<EsimException>(() => EsimPlan.Load(_fixture.PlanPath)).Error);

        var start = text.IndexOf("\"plan\":", StringComparison.Ordinal) + 8;
        var end = text.LastIndexOf("\"digest\"", StringComparison.Ordinal);
        var plan = text[start..text.LastIndexOf(',', end)];
        File.WriteAllText(_fixture.PlanPath, text.Replace(made.Digest!, EsimTools.Plans.PlanDigest.Of(Encoding.UTF8.GetBytes(plan)), StringComparison.Ordinal));

        Assert.NotEqual(made.Digest, EsimPlan.Load(_fixture.PlanPath).Digest);
    }

    [Theory]
    [InlineData("\"disableFirst\": true", "\"disableFirst\": true, \"sendAtOnce\": true")]
    [InlineData("\"action\": \"delete\"", "\"action\": \"explode\"")]
    [InlineData("\"verdict\":\"disablesFirst\"", "\"verdict\":\"perhaps\"")]
    [InlineData("\"batchSize\": 7", "\"batchSize\": 70000")]
    [InlineData("\"reasonCode\": \"FF\"", "\"reasonCode\": \"FF\", \"reasonCode\": \"FF\"")]
    [InlineData("\"canary\": \"first\"", "\"canary\": \"last\"")]
    [InlineData("\"account\": \"", "\"account\": \"<")]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"format\": \"EsimTools.Plan\"", "\"format\": \"Another\"")]
    [InlineData("\"id\": \"", "\"id\": \"0")]
    public async Task What_is_not_understood_is_not_used(string from, string to)
    {
        await MakeAsync();
        var text = File.ReadAllText(_fixture.PlanPath);
        Assert.Contains(from, text, StringComparison.Ordinal);
        text = text.Replace(from, to, StringComparison.Ordinal);
        var start = text.IndexOf("\"plan\":", StringComparison.Ordinal) + 8;
        var end = text.LastIndexOf("\"digest\"", StringComparison.Ordinal);
        var digest = EsimTools.Plans.PlanDigest.Of(Encoding.UTF8.GetBytes(text[start..text.LastIndexOf(',', end)]));
        File.WriteAllText(_fixture.PlanPath, text[..end] + $"\"digest\": \"{digest}\", \"signatures\": [] }}");

        Assert.Equal(EsimError.EsimPlanUnusable, Assert.Throws<EsimException>(() => EsimPlan.Load(_fixture.PlanPath)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not JSON")]
    public void A_file_that_is_no_plan_is_named_as_such(string text)
    {
        File.WriteAllText(_fixture.PlanPath, text);

        Assert.Equal(EsimError.EsimPlanUnusable, Assert.Throws<EsimException>(() => EsimPlan.Load(_fixture.PlanPath)).Error);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_as_such() =>
        Assert.Contains("nowhere.plan", Assert.Throws<EsimException>(() => EsimPlan.Load(Path.Combine(_fixture.Connections.Folder.Path, "nowhere.plan"))).Message);

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_when_that_is_wanted_and_nothing_is_left_beside_it()
    {
        var made = await MakeAsync();

        Assert.Equal(EsimError.EsimPlanUnusable, Assert.Throws<EsimException>(() => made.Save(_fixture.PlanPath)).Error);
        made.Save(_fixture.PlanPath, overwrite: true);

        Assert.Single(Directory.GetFiles(_fixture.Connections.Folder.Path));
    }

    [Fact]
    public void The_digest_is_taken_without_the_whitespace_between_the_tokens_alone() =>
        Assert.Equal(
            EsimTools.Plans.PlanDigest.Of(Encoding.UTF8.GetBytes("""{"a b":" \" ","c":[1,2]}""")),
            EsimTools.Plans.PlanDigest.Of(Encoding.UTF8.GetBytes("{ \"a b\" :\r\n\t\" \\\" \", \"c\":[1, 2] }")));

    private async Task<EsimPlan> MakeAsync()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Lists(Sample.IccidOf(2), "deactive");
        EsimProfile[] profiles = [.. Sample.Profiles(3), new() { Iccid = Sample.IccidOf(4), AccountName = "Other", ProfileRole = "LEAD", Source = EvidenceSource.Inventory }];
        return _fixture.Plan(
            connection,
            EsimAction.Delete,
            profiles,
            new() { DisableFirst = true, ServicePlan = "M2M \"Global\" é", ReasonCode = "FF", EtfWaiver = false, BatchSize = 7, Reason = "CHG-4711: \u202e it's <over>" },
            new()
            {
                Waves = new() { Sizes = ["1", "5%"], MaxFailed = 3, MaxFailedPercent = 2.5, Delay = TimeSpan.FromMinutes(5), Between = "22:00-05:00", TimeZone = "UTC", Timeout = TimeSpan.FromHours(1) },
            });
    }
}
