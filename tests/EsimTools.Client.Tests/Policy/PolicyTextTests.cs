// The policy as text: what is written is read and as the schema says, and what is not understood is not used.

using System.Text.Json;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Policy;

public sealed class PolicyTextTests
{
    private static readonly EsimPolicy s_full = new()
    {
        IsReadOnly = true,
        Rules =
        [
            new()
            {
                Action = "delete", RequirePlan = true, Approvals = 2, WavesFrom = 100,
                Approvers = [new() { Thumbprint = new('A', 64), UserNames = ["ada", "Ada \"é\""] }, new() { Thumbprint = new('1', 40) }],
                Caps = [new(500, TimeSpan.FromHours(1)), new(2000, TimeSpan.FromDays(1)), new(20000, TimeSpan.FromDays(7)), new(1, TimeSpan.FromSeconds(90)), new(0, TimeSpan.FromMinutes(5))],
            },
            new() { Action = "disable", RequirePlan = true },
        ],
    };

    [Fact]
    public void What_is_written_is_read()
    {
        var read = EsimPolicy.Parse(s_full.ToJson());

        Assert.Equal(s_full.ToJson(), read.ToJson());
        Assert.Equal(s_full.Rules[0].Caps, read.Rules[0].Caps);
        Assert.Equal(s_full.Rules[0].Approvers[0].UserNames, read.Rules[0].Approvers[0].UserNames);
        Assert.Equal("read-only; delete: a plan, 2 approvals by ada or 11111111…, at most 500/1h, at most 2000/24h, at most 20000/7d, at most 1/90s, at most 0/5m, waves from 100 profiles on; disable: a plan", read.ToString());
    }

    [Fact]
    public void The_schema_names_every_member_that_is_written_and_no_other()
    {
        using var written = JsonDocument.Parse(s_full.ToJson());
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "policy.schema.json")));
        var actions = schema.RootElement.GetProperty("properties").GetProperty("actions");

        AssertAgree(written.RootElement, schema.RootElement);
        Assert.Equal(EsimAction.All.Select(action => action.Name).Order(), actions.GetProperty("propertyNames").GetProperty("enum").EnumerateArray().Select(name => name.GetString()).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":1,"version":1}""")]
    [InlineData("""{"version":1,"readOnly":"false"}""")]
    [InlineData("""{"version":1,"later":true}""")]
    [InlineData("""{"version":1,"actions":[]}""")]
    [InlineData("""{"version":1,"actions":{"explode":{}}}""")]
    [InlineData("""{"version":1,"actions":{"Delete":{"requirePlan":true}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"requirePlan":true},"delete":{}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"requirePlan":false,"requirePlan":true}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"approvals":-1}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"approvals":1.5}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"approvals":2,"approvers":[{"certificate":"0000000000000000000000000000000000000000"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"approvers":[{"certificate":"12"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"approvers":[{"users":["ada"]}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"approvers":[{"certificate":"0000000000000000000000000000000000000000","users":[1]}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"caps":[{"profiles":-1,"within":"1h"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"caps":[{"profiles":1,"within":"1"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"caps":[{"profiles":1,"within":"0h"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"caps":[{"profiles":1,"within":"400d"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"caps":[{"profiles":1,"within":"1h","per":"device"}]}}}""")]
    [InlineData("""{"version":1,"actions":{"delete":{"wavesFrom":0}}}""")]
    [InlineData("""{"version":1} {"readOnly":true}""")]
    public void What_is_not_understood_is_not_used(string json) =>
        Assert.Equal(EsimError.EsimPolicyUnusable, Assert.Throws<EsimException>(() => EsimPolicy.Parse(json)).Error);

    [Theory]
    [InlineData("500")]
    [InlineData("/1h")]
    [InlineData("500/h")]
    [InlineData("500/1w")]
    [InlineData("-1/1h")]
    [InlineData("1/1h/1h")]
    public void What_is_no_cap_is_refused(string text) =>
        Assert.Equal(EsimError.EsimParameterInvalid, Assert.Throws<EsimException>(() => EsimPolicyCap.Parse(text)).Error);

    [Fact]
    public void A_policy_that_could_not_be_read_is_not_written()
    {
        var policy = new EsimPolicy { Rules = [new() { Action = "delete", Approvals = 3, Approvers = [new() { Thumbprint = new('A', 64) }] }] };

        Assert.Contains("3 approvals are demanded of 1 approvers", Assert.Throws<EsimException>(policy.ToJson).Message);
    }

    [Fact]
    public void The_name_of_a_file_is_no_approver_and_the_error_says_what_makes_one_of_it()
    {
        var refused = Assert.Throws<EsimException>(() => EsimPolicyApprover.Of("./ben.crt"));

        Assert.Contains("'./ben.crt' is no thumbprint", refused.Message);
        Assert.Contains("Get-PfxCertificate", refused.RecommendedAction);
    }

    [Fact]
    public void What_a_change_loosens_is_told()
    {
        Assert.Equal(
            [
                "it is read-only no more", "'delete' needs no plan any more", "'delete' needs 0 approvals instead of 2",
                .. s_full.Rules[0].Caps.Select(cap => $"'delete' is not capped at {cap} any more"), "'delete' needs no waves any more", "'disable' needs no plan any more",
            ],
            s_full.FindLoosened(null));
        Assert.Empty(EsimPolicy.Parse("""{"version":1}""").FindLoosened(s_full));
        Assert.Empty(s_full.FindLoosened(s_full));

        Assert.Equal(["'delete' is not capped at 500/1h any more", "'delete' needs waves from 101 profiles on instead of 100"], Changed(rule => rule with { Caps = [new(501, TimeSpan.FromHours(1)), .. rule.Caps.Skip(1)], WavesFrom = 101 }));
        Assert.Equal(["'delete' may be approved of by others, or the users are others who approvers are"], Changed(rule => rule with { Approvers = [.. rule.Approvers, new() { Thumbprint = new('B', 40) }] }));
        Assert.Equal(["'delete' may be approved of by others, or the users are others who approvers are"], Changed(rule => rule with { Approvers = [new() { Thumbprint = new('A', 64), UserNames = ["ada"] }, rule.Approvers[1]] }));
        Assert.Equal(["'delete' may be approved of by others, or the users are others who approvers are"], Changed(rule => rule with { Approvers = [] }));
        Assert.Empty(Changed(rule => rule with { Approvals = 3, WavesFrom = 1, Caps = [.. rule.Caps.Select(cap => cap with { Profiles = 0 })] }));

        static IReadOnlyList<string> Changed(Func<EsimPolicyRule, EsimPolicyRule> change) => s_full.FindLoosened(s_full.With(change(s_full.Rules[0])));
    }

    private static void AssertAgree(JsonElement written, JsonElement schema)
    {
        if (written.ValueKind == JsonValueKind.Array)
        {
            written.EnumerateArray().ToList().ForEach(item => AssertAgree(item, schema.GetProperty("items")));
        }
        else if (written.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
            Assert.Subset(properties.EnumerateObject().Select(member => member.Name).ToHashSet(), written.EnumerateObject().Select(member => member.Name).ToHashSet());
            written.EnumerateObject().ToList().ForEach(member => AssertAgree(member.Value, properties.GetProperty(member.Name)));
        }
        else if (written.ValueKind == JsonValueKind.Object)
        {
            // Of the rules the first one says all that a rule can say.
            var rule = schema.GetProperty("additionalProperties");
            Assert.Equal(rule.GetProperty("properties").EnumerateObject().Select(member => member.Name).Order(), written.EnumerateObject().First().Value.EnumerateObject().Select(member => member.Name).Order());
            written.EnumerateObject().ToList().ForEach(member => AssertAgree(member.Value, rule));
        }
        else if (schema.TryGetProperty("pattern", out var pattern))
        {
            Assert.Matches(pattern.GetString()!, written.GetString()!);
        }
    }
}
