// Registering, listing and removing the addresses that the service posts its callbacks to.

using System.Globalization;
using System.Text.Json;
using EsimTools.Policy;
using EsimTools.Protocol;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools.Callbacks;

/// <summary>Speaks with <c>m2m/v1/callbacks</c>.</summary>
/// <remarks>
/// All three are <see cref="CallKind.Idempotent"/>: they change nothing about a profile, and making one of them twice leaves the same address
/// registered, or none, so an answer that went missing is asked for again.
/// </remarks>
internal sealed class CallbackRegistry(CallbackInbox inbox, ThingSpaceSession session, PolicyKeeper policy, string ownAccount, string userName, bool isServiceHere)
{
    private const int LongestCredential = 40;
    private const int LongestAddress = 2048;

    private const string AddressAdvice =
        "ThingSpace posts to ports 80, 443, 9001 to 9006, 28200 to 28220 and 50551 to 50559. For https the certificate must chain to a public authority "
        + "(a self-signed one fails) and the server must speak TLS 1.2 or later.";

    /// <summary>Registers one address for one or more callback services.</summary>
    public async Task<IReadOnlyList<EsimCallbackRegistration>> RegisterAsync(
        Uri address, IReadOnlyList<string>? serviceNames, EsimCredential? credential, string? accountName, CancellationToken cancellationToken)
    {
        inbox.ThrowIfClosed();
        var services = serviceNames is { Count: > 0 } ? serviceNames : EsimCallbackRegistration.DefaultServices;
        Check(address, services, credential, accountName);

        var account = AccountOf(accountName);
        var registered = new List<EsimCallbackRegistration>();
        foreach (var service in services)
        {
            // Before its password is accepted: the one before may have had to wait.
            CheckPolicy();
            var call = new ServiceCall(HttpMethod.Post, PathOf(account), new(Body(address, service, credential)), CallKind.Idempotent) { Secret = credential?.Secret, BeforeSending = CheckPolicy };
            var pair = credential is null ? null : new CallbackCredential(credential);
            if (pair is not null)
            {
                inbox.Credentials.Accept(pair);
            }

            await session.SendAsync(call, cancellationToken).ConfigureAwait(false);
            if (pair is not null && inbox.Credentials.Registered(account, service, pair, [.. inbox.Listeners.Select(listener => listener.OwnCredential).OfType<CallbackCredential>()]) is { } until)
            {
                inbox.Report(new(EsimMessageLevel.Verbose, $"Messages with the former user name and password are taken in until {Clock.ToIso(until)}, because the service goes on with them for a while."));
            }

            registered.Add(new EsimCallbackRegistration { AccountName = account, ServiceName = service, Uri = address, UserName = credential?.Name });
        }

        return registered;
    }

    /// <summary>Checks everything that would be sent, and whether it may be.</summary>
    public void Check(Uri address, IReadOnlyList<string> serviceNames, EsimCredential? credential, string? accountName)
    {
        AccountOf(accountName);
        Check(address ?? throw new ArgumentNullException(nameof(address)));
        Check(credential);
        foreach (var service in serviceNames)
        {
            Check(service);
        }

        CheckPolicy();
    }

    /// <summary>Checks what would be removed, and whether it may be.</summary>
    public void CheckRemoval(string serviceName, string? accountName)
    {
        AccountOf(accountName);
        Check(serviceName ?? throw new ArgumentNullException(nameof(serviceName)));
        CheckPolicy();
    }

    /// <summary>Lists what is registered.</summary>
    public async Task<IReadOnlyList<EsimCallbackRegistration>> ListAsync(string? accountName, CancellationToken cancellationToken)
    {
        inbox.ThrowIfClosed();
        var account = AccountOf(accountName);
        var answer = await session.SendAsync(new(HttpMethod.Get, PathOf(account), null, CallKind.Idempotent), cancellationToken).ConfigureAwait(false);
        using var document = LenientJson.TryParse(answer.Body, out _);
        try
        {
            return document is { RootElement: { ValueKind: JsonValueKind.Array or JsonValueKind.Object } root }
                ? [.. root.AsObjects().Select(listed => Read(listed, account)).OfType<EsimCallbackRegistration>()]
                : throw ServiceAnswers.Unreadable("list of callback listeners");
        }
        finally
        {
            // It tells the passwords in plain.
            Array.Clear(answer.Body, 0, answer.Body.Length);
        }
    }

    /// <summary>Removes the address of one callback service.</summary>
    public Task UnregisterAsync(string serviceName, string? accountName, CancellationToken cancellationToken)
    {
        inbox.ThrowIfClosed();
        CheckRemoval(serviceName, accountName);
        var call = new ServiceCall(HttpMethod.Delete, $"{PathOf(AccountOf(accountName))}/name/{Uri.EscapeDataString(serviceName)}", null, CallKind.Idempotent) { BeforeSending = CheckPolicy };
        return session.SendAsync(call, cancellationToken);
    }

    private static string PathOf(string account) => $"m2m/v1/callbacks/{Uri.EscapeDataString(account)}";

    private static byte[] Body(Uri address, string service, EsimCredential? credential)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("name", service);
            json.WriteString("url", address.AbsoluteUri);
            if (credential is not null)
            {
                json.WriteString("username", credential.Name);
                json.WriteString("password", credential.Secret);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static EsimCallbackRegistration? Read(JsonElement listed, string account) =>
        listed.Text("serviceName") is not { } service ? null : new()
        {
            AccountName = listed.Text("accountName") ?? account,
            ServiceName = service,
            Uri = AddressOf(listed.RawText("url")),
            UserName = listed.Text("username"),
        };

    // A Uri shows what stands in it escaped, so an address with a text that may not be shown is none that can be read.
    private static Uri? AddressOf(string? url) =>
        url?.Length <= LongestAddress && Uri.TryCreate(url, UriKind.Absolute, out var address) && ForeignText.IsPlain(address.ToString()) ? WithoutUser(address) : null;

    // Registered elsewhere, an address may hold a password.
    private static Uri WithoutUser(Uri address) =>
        address.UserInfo.Length == 0 ? address : new UriBuilder(address) { UserName = string.Empty, Password = string.Empty }.Uri;

    private static bool IsAllowedPort(int port) => port is 80 or 443 or (>= 9001 and <= 9006) or (>= 28200 and <= 28220) or (>= 50551 and <= 50559);

    private static bool HasForbidden(string text) => text.Any(c => c is '\'' or '<' or '\\') || !ForeignText.IsPlain(text);

    private static void Check(string service)
    {
        if (service.Length == 0 || !service.All(c => c is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z')))
        {
            throw Invalid(
                $"'{service}' is no name of a callback service",
                $"Profile actions report through {string.Join(" and ", EsimCallbackRegistration.DefaultServices)}.");
        }
    }

    private static EsimException Invalid(string problem, string advice) =>
        new(EsimError.EsimParameterInvalid, $"The callback listener was not registered: {problem}.", advice);

    // Where outcomes are posted decides what everybody hears: read-only closes that too.
    private void CheckPolicy()
    {
        if (PolicyRefusal.OfEverything(policy.Read()) is { } closed)
        {
            throw PolicyRefusal.Error("What is registered for callbacks was not changed", closed);
        }
    }

    private string AccountOf(string? accountName)
    {
        EsimActionOptions.CheckText("account name", accountName);
        return accountName ?? ownAccount;
    }

    private void Check(Uri address)
    {
        if (address.IsAbsoluteUri && address.UserInfo.Length > 0)
        {
            // Not shown: it holds a password.
            throw Invalid("the address holds a user name or password", "Take them out and give them with -Credential; the service puts them into each message.");
        }

        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw Invalid($"'{address}' is no absolute http or https address", $"Give it whole, for example https://callbacks.example.com/thingspace. {AddressAdvice}");
        }

        if (address.Fragment.Length > 0 || HasForbidden(address.OriginalString))
        {
            throw Invalid($"'{address.OriginalString}' holds a fragment or a character that the service does not accept (' < \\ or a control character)", AddressAdvice);
        }

        if (!isServiceHere && !IsAllowedPort(address.Port))
        {
            throw Invalid(string.Format(CultureInfo.InvariantCulture, "the service does not post to port {0}", address.Port), AddressAdvice);
        }

        if (!isServiceHere && address.IsLoopback)
        {
            throw Invalid($"the service cannot reach '{address.Host}', which is this machine's name for itself", $"Give the address under which this machine can be reached from the internet. {AddressAdvice}");
        }
    }

    private void Check(EsimCredential? credential)
    {
        if (credential is null)
        {
            return;
        }

        const string Advice = "Choose a user name and password for callbacks alone: at most 40 characters each, none of ' < \\, and not the UWS user. The service sends them back inside each message.";
        if (credential.Name.Length is 0 or > LongestCredential || credential.Secret.Length is 0 or > LongestCredential)
        {
            throw Invalid($"the user name or the password for callbacks is empty or has more than {LongestCredential} characters", Advice);
        }

        if (HasForbidden(credential.Name) || HasForbidden(credential.Secret))
        {
            throw Invalid("the user name or the password for callbacks holds a character that the service does not accept", Advice);
        }

        if (string.Equals(credential.Name, userName, StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid("the user name for callbacks is the UWS user, which the service does not allow", Advice);
        }
    }
}
