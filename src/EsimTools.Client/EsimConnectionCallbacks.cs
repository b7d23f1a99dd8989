// Callbacks of a connection: a listener for them, and where the service posts them. A part of the facade that those who poll need not see.

namespace EsimTools;

/// <summary>Listeners and registrations of callbacks over a connection.</summary>
public static class EsimConnectionCallbacks
{
    /// <summary>Starts a listener for the service's callbacks, which ends with the connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="options">Where to listen and whom to believe.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimParameterInvalid"/>: an option makes no sense; <see cref="EsimError.EsimListenerUnavailable"/>: the address cannot
    /// be listened on; <see cref="EsimError.EsimJournalUnavailable"/>: nothing can be recorded; <see cref="EsimError.EsimNotConnected"/>.
    /// </exception>
    public static EsimCallbackListener StartCallbackListener(this EsimConnection connection, EsimCallbackListenerOptions options) => EsimCallbackListener.Start(connection.Parts.Inbox, options);

    /// <summary>
    /// Has the service post its callbacks to an address. One listener serves each callback service of an account; registering again replaces it.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">
    /// An http or https address that the service can reach: port 80, 443, 9001 to 9006, 28200 to 28220 or 50551 to 50559 (any port for a
    /// service on this machine). A certificate must chain to a public authority; a self-signed one fails. TLS 1.2 or later.
    /// </param>
    /// <param name="serviceNames">The callback services; null or none means <see cref="EsimCallbackRegistration.DefaultServices"/>.</param>
    /// <param name="credential">What the service puts into each message, in plain: at most 40 characters each, and not the UWS user. Null for none.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What has been registered, one for each callback service.</returns>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimParameterInvalid"/>, <see cref="EsimError.EsimPolicyRefused"/>, <see cref="EsimError.EsimPolicyUnusable"/>: nothing was sent; or the service refused.
    /// </exception>
    public static Task<IReadOnlyList<EsimCallbackRegistration>> RegisterCallbackAsync(
        this EsimConnection connection, Uri address, IReadOnlyList<string>? serviceNames = null, EsimCredential? credential = null, string? accountName = null, CancellationToken cancellationToken = default) =>
        connection.Parts.Callbacks.RegisterAsync(address, serviceNames, credential, accountName, cancellationToken);

    /// <summary>Asks which listeners are registered. The passwords that the service tells too are not kept.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">The service could not be asked.</exception>
    public static Task<IReadOnlyList<EsimCallbackRegistration>> GetCallbacksAsync(this EsimConnection connection, string? accountName = null, CancellationToken cancellationToken = default) =>
        connection.Parts.Callbacks.ListAsync(accountName, cancellationToken);

    /// <summary>Has the service post no more callbacks of one callback service. What it would have posted is lost; outcomes can still be polled for.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="serviceName">The callback service.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimParameterInvalid"/>, <see cref="EsimError.EsimPolicyRefused"/>, <see cref="EsimError.EsimPolicyUnusable"/>: nothing was sent; or the service
    /// refused, for example because none was registered.
    /// </exception>
    public static Task UnregisterCallbackAsync(this EsimConnection connection, string serviceName, string? accountName = null, CancellationToken cancellationToken = default) =>
        connection.Parts.Callbacks.UnregisterAsync(serviceName, accountName, cancellationToken);

    /// <summary>Checks what is to be registered, without a word to the service.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">The address.</param>
    /// <param name="serviceNames">The callback services.</param>
    /// <param name="credential">What the service would put into each message.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>, <see cref="EsimError.EsimPolicyRefused"/>, <see cref="EsimError.EsimPolicyUnusable"/>.</exception>
    public static void CheckCallback(this EsimConnection connection, Uri address, IReadOnlyList<string> serviceNames, EsimCredential? credential, string? accountName) =>
        connection.Parts.Callbacks.Check(address, serviceNames, credential, accountName);

    /// <summary>Checks what is to be taken back, without a word to the service.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="serviceName">The callback service.</param>
    /// <param name="accountName">The account; null means the connection's own.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>, <see cref="EsimError.EsimPolicyRefused"/>, <see cref="EsimError.EsimPolicyUnusable"/>.</exception>
    public static void CheckCallbackRemoval(this EsimConnection connection, string serviceName, string? accountName = null) => connection.Parts.Callbacks.CheckRemoval(serviceName, accountName);
}
