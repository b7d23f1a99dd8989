// Which address the service posts its callbacks to.

namespace EsimTools;

/// <summary>A listener as the service has it registered. The password is not among its properties and nowhere kept.</summary>
public sealed class EsimCallbackRegistration
{
    /// <summary>
    /// The callback services that profile actions report through: the documents name <c>DeviceProfileService</c> for some actions and none
    /// for the others, which <c>CarrierService</c> may carry.
    /// </summary>
    public static IReadOnlyList<string> DefaultServices { get; } = new[] { "DeviceProfileService", "CarrierService" };

    /// <summary>The callback services that Verizon documents. The service may know others.</summary>
    public static IReadOnlyList<string> KnownServices { get; } = (string[])
    [
        .. DefaultServices,
        "AlertService", "DevicePRLInformation", "DevicePromoUsage", "DeviceService", "DeviceSuspensionStatus", "DeviceUsage", "DiagnosticsService",
        "EnhancedConnectivityService", "ExtendedEnhancedConnectivityService", "ExternalProvisioningChanges", "IntelligenceService", "NetworkEventService",
        "NiddService", "PromoChanges", "PwnService", "QoS", "ResumeTrackingNotification", "SMSDeliveryConfirmation", "StateService",
        "SubscriptionNotificationService", "VIPCallbackService",
    ];

    /// <summary>The account, for example <c>0000123456-00001</c>.</summary>
    public required string AccountName { get; init; }

    /// <summary>The callback service, for example <c>DeviceProfileService</c>. One listener serves each callback service of an account.</summary>
    public required string ServiceName { get; init; }

    /// <summary>The address that messages are posted to; null where the service tells none that can be read.</summary>
    public Uri? Uri { get; init; }

    /// <summary>The user name that messages carry; null when none was registered.</summary>
    public string? UserName { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{ServiceName} of {AccountName} to {Uri}";
}
