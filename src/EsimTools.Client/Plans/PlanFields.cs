// What a plan says beside its profiles, by the names of New-EsimPlan's parameters.

using System.Globalization;

namespace EsimTools.Plans;

/// <summary>The fields and limits of plans.</summary>
internal static class PlanFields
{
    /// <summary>The fields and limits in which two plans differ.</summary>
    public static IEnumerable<(string Name, string? Before, string? After)> Differences(EsimPlan before, EsimPlan after) =>
        Of(before).Zip(Of(after), (one, other) => (one.Name, one.Value, other.Value)).Where(field => field.Item2 != field.Item3);

    private static IEnumerable<(string Name, string? Value)> Of(EsimPlan plan)
    {
        var waves = plan.Waves;
        return
        [
            ("Action", plan.Action),
            ("Service", plan.Service.ToString()),
            ("AccountName", plan.AccountName),
            ("ServicePlan", plan.ServicePlan),
            ("DisableFirst", Word(plan.DisableFirst)),
            ("EtfWaiver", Word(plan.EtfWaiver)),
            ("ReasonCode", plan.ReasonCode),
            ("SmsrOid", plan.SmsrOid),
            ("MdnZipCode", plan.MdnZipCode),
            ("Reason", plan.Reason),
            ("UndoOf", plan.UndoOf),
            ("ExpiresIn", Word(plan.ExpiresAt - plan.CreatedAt)),
            ("BatchSize", Word(plan.BatchSize)),
            ("Wave", waves is null ? null : string.Join(", ", waves.Sizes)),
            ("Canary", Word(waves?.Canary)),
            ("MaxFailed", Word(waves is { MaxFailed: null, MaxFailedPercent: null } ? 0 : waves?.MaxFailed)),
            ("MaxFailedPercent", Word(waves?.MaxFailedPercent)),
            ("WaveDelay", Word(waves?.Delay)),
            ("Between", waves?.Between),
            ("TimeZone", waves?.Between is null ? null : waves.TimeZone),
            ("WaveTimeout", Word(waves?.Timeout)),
        ];
    }

    private static string? Word(object? value) => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
