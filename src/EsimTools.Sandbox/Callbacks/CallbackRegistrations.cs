// Who has asked for callbacks: one registration per account and service.

using System.Text.Json;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Callbacks;

/// <summary>Keeps, lists and removes registrations. Thread-safe.</summary>
/// <remarks>
/// Where the documents are silent: registering again replaces; removing what is not there is 400 <c>REQUEST_FAILED.CallbackNotFound</c>.
/// Apart from the documented ports, any port is allowed on loopback, for tests.
/// </remarks>
internal sealed class CallbackRegistrations
{
    public const string DeviceProfileService = "DeviceProfileService";
    public const string CarrierService = "CarrierService";

    private const int MaxCredentialLength = 40;

    private static readonly string[] s_services =
    [
        DeviceProfileService, CarrierService, "AlertService", "DevicePRLInformation", "DevicePromoUsage", "DeviceService",
        "DeviceSuspensionStatus", "DeviceUsage", "DiagnosticsService", "EnhancedConnectivityService", "ExtendedEnhancedConnectivityService",
        "ExternalProvisioningChanges", "IntelligenceService", "NetworkEventService", "NiddService", "PromoChanges", "PwnService", "QoS",
        "ResumeTrackingNotification", "SMSDeliveryConfirmation", "StateService", "SubscriptionNotificationService", "VIPCallbackService",
    ];

    private readonly SandboxOptions _options;
    private readonly Dictionary<(string Account, string Service), CallbackRegistration> _registrations = [];

    public CallbackRegistrations(SandboxOptions options)
    {
        _options = options;
    }

    /// <summary>Who receives the callbacks of profile actions in an account; null when nobody does.</summary>
    public CallbackRegistration? ForProfiles(string account)
    {
        lock (_registrations)
        {
            return _registrations.TryGetValue((account, DeviceProfileService), out var registration) ||
                _registrations.TryGetValue((account, CarrierService), out registration)
                    ? registration
                    : null;
        }
    }

    /// <summary>Answers <c>POST callbacks/{account}</c>.</summary>
    public SandboxAnswer Register(string account, ReadOnlyMemory<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        JsonBody.ReadObject(body.Span, (string name, ref Utf8JsonReader json) =>
        {
            if (name is not ("name" or "url" or "username" or "password"))
            {
                return false;
            }

            if (json.TokenType != JsonTokenType.Null)
            {
                fields[name] = name == "name" ? JsonBody.Text(ref json, name) : JsonBody.AnyText(ref json, name);
            }

            return true;
        });
        var registration = Check(fields);
        lock (_registrations)
        {
            _registrations[(account, registration.Service)] = registration;
        }

        return Confirm(account, registration.Service);
    }

    /// <summary>Answers <c>GET callbacks/{account}</c>; with the passwords in clear, as the service does.</summary>
    public SandboxAnswer List(string account)
    {
        CallbackRegistration[] found;
        lock (_registrations)
        {
            found = [.. _registrations.Where(entry => entry.Key.Account == account).Select(entry => entry.Value)];
        }

        return Answers.Write(200, json =>
        {
            json.WriteStartArray();
            foreach (var registration in found)
            {
                json.WriteStartObject();
                json.WriteString("accountName", account);
                json.WriteString("serviceName", registration.Service);
                json.WriteString("url", registration.Url.OriginalString);
                json.WriteString("username", registration.UserName);
                json.WriteString("password", registration.Password);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>Answers <c>DELETE callbacks/{account}/name/{service}</c>.</summary>
    public SandboxAnswer Remove(string account, string service)
    {
        lock (_registrations)
        {
            if (!_registrations.Remove((account, service)))
            {
                throw Refusal.BadRequest("REQUEST_FAILED.CallbackNotFound", $"No callback is registered for '{service}'.");
            }
        }

        return Confirm(account, service);
    }

    private CallbackRegistration Check(Dictionary<string, string> fields)
    {
        fields.TryGetValue("name", out var name);
        fields.TryGetValue("url", out var address);
        fields.TryGetValue("username", out var user);
        fields.TryGetValue("password", out var password);
        Demand(Array.IndexOf(s_services, name) >= 0, "CallbackName", $"'{name}' is no callback service.");
        Demand(Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == "http" || url.Scheme == "https"), "CallbackUrl", "url must be an http or https address.");
        Demand(url!.IsLoopback || IsAllowed(url.Port), "CallbackUrl", $"The port {url.Port} is not allowed.");
        Demand((user?.Length ?? 0) <= MaxCredentialLength && (password?.Length ?? 0) <= MaxCredentialLength, "CallbackCredentials", "username and password may have at most 40 characters.");
        Demand(user != _options.UserName, "CallbackCredentials", "username must not be the UWS user.");
        return new CallbackRegistration(name!, url, user, password);
    }

    private static bool IsAllowed(int port) =>
        port is 80 or 443 or (>= 9001 and <= 9006) or (>= 50551 and <= 50559) or (>= 28200 and <= 28220);

    private static void Demand(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw Refusal.BadRequest($"INPUT_INVALID.{code}.Invalid", message);
        }
    }

    private static SandboxAnswer Confirm(string account, string service) =>
        Answers.Strings(200, ("accountName", account), ("serviceName", service));
}
