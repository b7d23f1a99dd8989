// Reads a policy's JSON. It is strict: what is not understood here may be what forbids something, so nothing is sent then.

using System.Text.Json;
using EsimTools.Model;

namespace EsimTools.Policy;

/// <summary>Reads what <see cref="PolicyText"/> writes.</summary>
internal static class PolicyReader
{
    /// <summary>Reads a policy.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>.</exception>
    public static EsimPolicy Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = new Members(document.RootElement);
            if ((root.Number("version") ?? throw new FormatException("it has no 'version'")) is not PolicyText.Version and var version)
            {
                throw new FormatException($"it is of format {version}, and this EsimTools reads {PolicyText.Version}");
            }

            var policy = new EsimPolicy { IsReadOnly = root.Flag("readOnly") ?? false, Rules = ReadRules(root) };
            root.CheckAllRead();
            policy.Check();
            return policy;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or EsimException)
        {
            throw Unusable(e is JsonException ? "it is not valid JSON" : e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>The error for a policy that cannot be used.</summary>
    public static EsimException Unusable(string problem, Exception? cause) => new(
        EsimError.EsimPolicyUnusable,
        $"The journal's policy cannot be used: {problem}. Nothing is sent while that is so.",
        "Mend it, or update EsimTools where a newer one has written it. Set-EsimPolicy -Remove takes it away, and with it all that it forbids.",
        cause);

    private static List<EsimPolicyRule> ReadRules(Members root)
    {
        var rules = new List<EsimPolicyRule>();
        if (root.ElementOrNull("actions", JsonValueKind.Object) is not { } actions)
        {
            return rules;
        }

        foreach (var member in actions.EnumerateObject())
        {
            var rule = new Members(member.Value);
            rules.Add(new()
            {
                Action = member.Name,
                RequirePlan = rule.Flag("requirePlan") ?? false,
                Approvals = rule.Integer("approvals") ?? 0,
                Approvers = Items(rule, "approvers").Select(ReadApprover).ToArray(),
                Caps = Items(rule, "caps").Select(ReadCap).ToArray(),
                WavesFrom = rule.Integer("wavesFrom"),
            });
            rule.CheckAllRead();
        }

        return rules;
    }

    private static EsimPolicyApprover ReadApprover(JsonElement element)
    {
        var approver = new Members(element);
        var certificate = approver.Text("certificate");
        var read = new EsimPolicyApprover
        {
            Thumbprint = EsimPolicyApprover.Normalize(certificate) ?? throw new FormatException($"'{certificate}' is no thumbprint of a certificate"),
            UserNames = Items(approver, "users").Select(name => name.ValueKind == JsonValueKind.String ? name.GetString()! : throw new FormatException("a user's name is of another kind")).ToArray(),
        };
        approver.CheckAllRead();
        return read;
    }

    private static EsimPolicyCap ReadCap(JsonElement element)
    {
        var cap = new Members(element);
        var profiles = cap.Integer("profiles") ?? throw new FormatException("a cap has no 'profiles'");
        var read = EsimPolicyCap.Parse($"{profiles}/{cap.Text("within")}");
        cap.CheckAllRead();
        return read;
    }

    private static JsonElement[] Items(Members members, string name) =>
        members.ElementOrNull(name, JsonValueKind.Array) is { } array ? [.. array.EnumerateArray()] : [];
}
