// Every knob of the sandbox, as plain settable properties, so that a script can build it from a hashtable.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox;

/// <summary>What the sandbox accepts, how long things last in it, and how often which mishap happens.</summary>
/// <remarks>
/// Shares go from 0 (never) to 1 (always) and are drawn from <see cref="Seed"/>, so that a run repeats. They concern only the profile
/// actions (<c>POST …/devices/profile/actions/*</c>). Shares of requests are drawn per request, shares of profiles per ICCID, shares of
/// devices per EID, and shares of callbacks per ICCID, action and attempt. Shares, times, <see cref="FailedIccids"/> and
/// <see cref="StrictDeletion"/> may be changed while the sandbox runs.
/// </remarks>
public sealed class SandboxOptions
{
    // Timers of the system take little more.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromDays(24);

    /// <summary>
    /// Raised with each sandbox that starts with these options, by the thread that starts it. Whose tests run commands against a sandbox sees
    /// there what it was asked, and scripts its faults.
    /// </summary>
    public event Action<ThingSpaceSandbox>? Started;

    /// <summary>The API key of the OAuth client.</summary>
    public string ApiKey { get; set; } = "sandbox-key";

    /// <summary>The API secret of the OAuth client.</summary>
    public string ApiSecret { get; set; } = "sandbox-secret";

    /// <summary>The UWS user.</summary>
    public string UserName { get; set; } = "sandbox-user";

    /// <summary>The UWS user's password at the start; a password reset changes what is accepted, not this property.</summary>
    public string Password { get; set; } = "sandbox-password";

    /// <summary>The account that is always known, and that inventory rows without one belong to.</summary>
    public string AccountName { get; set; } = SandboxFleet.DefaultAccountName;

    /// <summary>How long a bearer token lives from its first issue.</summary>
    public TimeSpan BearerLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session lives without being used.</summary>
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>After how many failed logins in a row the user is locked.</summary>
    public int MaxFailedLogins { get; set; } = 5;

    /// <summary>How many devices one profile action may name.</summary>
    public int MaxDevicesPerRequest { get; set; } = 10_000;

    /// <summary>How many rows the synchronous device list answers at most.</summary>
    public int PageSize { get; set; } = 2_000;

    /// <summary>
    /// Whether the synchronous device list leaves the profile status out (null), as the one real answer did that is known.
    /// </summary>
    public bool HideProfileStatus { get; set; }

    /// <summary>How long every HTTP answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>How long after the answer an action ends and its callbacks are sent.</summary>
    public TimeSpan CallbackDelay { get; set; }

    /// <summary>The share of callbacks that are never sent. The action itself ends all the same.</summary>
    public double LostCallbacks { get; set; }

    /// <summary>The share of callbacks that are sent <see cref="LateBy"/> after the action's end.</summary>
    public double LateCallbacks { get; set; }

    /// <summary>How late a late callback is.</summary>
    public TimeSpan LateBy { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The share of callbacks that are sent twice, the second time with <c>callbackCount</c> 2.</summary>
    public double DuplicateCallbacks { get; set; }

    /// <summary>The share of devices whose actions are first answered with the callback status <c>warning</c>.</summary>
    public double UnreachableDevices { get; set; }

    /// <summary>How long after its warning an unreachable device's action ends.</summary>
    public TimeSpan UnreachableFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The share of profiles whose actions end in a failed callback, whatever their state.</summary>
    public double FailedProfiles { get; set; }

    /// <summary>The ICCIDs of profiles whose actions end in a failed callback, whatever their state and the share.</summary>
    public string[] FailedIccids { get; set; } = [];

    /// <summary>
    /// Whether only a profile that is disabled on its eUICC can be deleted. Otherwise one that is deactivated can, too, whatever its status.
    /// </summary>
    public bool StrictDeletion { get; set; }

    /// <summary>How long after a suspension, by profile or by device, the profile is active again by itself; zero: never.</summary>
    public TimeSpan SuspensionEndsAfter { get; set; }

    /// <summary>Whether a failed callback carries everything inside <c>faultResponse</c>, the other nesting that the documents allow.</summary>
    public bool NestedFaults { get; set; }

    /// <summary>The share of requests that are refused with 429.</summary>
    public double Throttled { get; set; }

    /// <summary>The <c>Retry-After</c> of a 429.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether <c>Retry-After</c> is a date rather than seconds.</summary>
    public bool RetryAfterAsDate { get; set; }

    /// <summary>The share of requests that are answered with a 5xx and were not accepted.</summary>
    public double ServerErrors { get; set; }

    /// <summary>The share of requests that are answered with a 5xx although they were accepted.</summary>
    public double ServerErrorsAfterAcceptance { get; set; }

    /// <summary>The share of requests whose connection is cut before they were accepted.</summary>
    public double CutBeforeAcceptance { get; set; }

    /// <summary>The share of requests whose connection is cut after they were accepted.</summary>
    public double CutAfterAcceptance { get; set; }

    /// <summary>How long a scripted <see cref="SandboxFault.SlowAnswer"/> takes.</summary>
    public TimeSpan SlowAnswerDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The seed of every draw.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Tells that a sandbox has started with these options.</summary>
    internal void Tell(ThingSpaceSandbox sandbox) => Started?.Invoke(sandbox);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value makes no sense; the message names it.</exception>
    public void Validate()
    {
        Filled(ApiKey, nameof(ApiKey));
        Filled(ApiSecret, nameof(ApiSecret));
        Filled(UserName, nameof(UserName));
        Filled(Password, nameof(Password));
        Filled(AccountName, nameof(AccountName));
        Positive(BearerLifetime, nameof(BearerLifetime));
        Positive(SessionIdleTimeout, nameof(SessionIdleTimeout));
        AtLeastOne(MaxFailedLogins, nameof(MaxFailedLogins));
        AtLeastOne(MaxDevicesPerRequest, nameof(MaxDevicesPerRequest));
        AtLeastOne(PageSize, nameof(PageSize));
        Pause(Latency, nameof(Latency));
        Pause(CallbackDelay, nameof(CallbackDelay));
        Pause(LateBy, nameof(LateBy));
        Pause(UnreachableFor, nameof(UnreachableFor));
        Pause(SuspensionEndsAfter, nameof(SuspensionEndsAfter));
        NotNegative(RetryAfter, nameof(RetryAfter));
        Pause(SlowAnswerDelay, nameof(SlowAnswerDelay));
        Share(LostCallbacks, nameof(LostCallbacks));
        Share(LateCallbacks, nameof(LateCallbacks));
        Share(DuplicateCallbacks, nameof(DuplicateCallbacks));
        Share(UnreachableDevices, nameof(UnreachableDevices));
        Share(FailedProfiles, nameof(FailedProfiles));
        Iccids(FailedIccids, nameof(FailedIccids));
        Share(Throttled, nameof(Throttled));
        Share(ServerErrors, nameof(ServerErrors));
        Share(ServerErrorsAfterAcceptance, nameof(ServerErrorsAfterAcceptance));
        Share(CutBeforeAcceptance, nameof(CutBeforeAcceptance));
        Share(CutAfterAcceptance, nameof(CutAfterAcceptance));
    }

    private static void Filled(string? value, string name) =>
        Require(!string.IsNullOrWhiteSpace(value), name, "must not be empty");

    private static void Positive(TimeSpan value, string name) =>
        Require(value > TimeSpan.Zero, name, $"is {value}; it must be longer than zero");

    private static void Pause(TimeSpan value, string name)
    {
        NotNegative(value, name);
        Require(value <= s_longestPause, name, $"is {value}; it must not be longer than {s_longestPause.TotalDays:F0} days");
    }

    private static void NotNegative(TimeSpan value, string name) =>
        Require(value >= TimeSpan.Zero, name, $"is {value}; it must not be negative");

    private static void AtLeastOne(int value, string name) =>
        Require(value >= 1, name, $"is {value}; it must be at least 1");

    private static void Share(double value, string name) =>
        Require(value is >= 0 and <= 1, name, FormattableString.Invariant($"is {value}; a share goes from 0 to 1"));

    private static void Iccids(string[]? values, string name)
    {
        Require(values is not null, name, "must not be null");
        foreach (var value in values!)
        {
            Require(Digits.Of(value).Length is >= 18 and <= 20, name, $"names '{value}', which is no ICCID: it must be 18 to 20 digits");
        }
    }

    private static void Require(bool holds, string name, string sentence)
    {
        if (!holds)
        {
            throw new ArgumentException($"The sandbox option {name} {sentence}.");
        }
    }
}
