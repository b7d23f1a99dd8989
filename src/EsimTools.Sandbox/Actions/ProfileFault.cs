// Why an action failed for one profile, as its callback says it.

using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Actions;

/// <summary>A failed callback's code and text.</summary>
/// <remarks>
/// ThingSpace documents no codes of its own for eSIM refusals, so the sandbox uses the documented general ones and says the reason in the
/// text, on which no client may rely.
/// </remarks>
internal sealed class ProfileFault
{
    private ProfileFault(string code, string text)
    {
        Code = Refusal.Prefix + code;
        Text = text;
    }

    public static ProfileFault NotFound { get; } = new("REQUEST_FAILED.DeviceNotFound", "The device was not found in the account.");

    public static ProfileFault OtherIdentifiers { get; } =
        new("INPUT_INVALID.Device.Identifier.Invalid", "The identifiers belong to different devices.");

    public static ProfileFault Unexpected { get; } = new("REQUEST_FAILED.UnexpectedError", "The carrier could not complete the request.");

    public static ProfileFault AlreadyActive { get; } = new("REQUEST_FAILED.DeviceAlreadyActive", "The profile is already active.");

    public static ProfileFault Pending { get; } = State("Another request for the profile is pending");

    public static ProfileFault Deleted { get; } = State("Profile is already deleted");

    public static ProfileFault AlreadySuspended { get; } = State("Profile is already suspended");

    public static ProfileFault AlreadyResumed { get; } = State("Profile is already resumed");

    public static ProfileFault SuspendedAlone { get; } = State("Profile was suspended individually and stays suspended");

    public static ProfileFault NotDisabled { get; } = State("Profile must be disabled before it can be deleted");

    public static ProfileFault NotDownloaded { get; } = State("Profile is not on the eUICC");

    public static ProfileFault AlreadyDownloaded { get; } = State("Profile is already on the eUICC");

    public static ProfileFault AlreadyEnabled { get; } = State("Profile is already enabled");

    public static ProfileFault NotEnabled { get; } = State("Profile is not enabled");

    public static ProfileFault NotActive { get; } = State("Profile is not active");

    public static ProfileFault LeadNotActive { get; } = State("The Verizon US profile of the device is not active");

    public static ProfileFault GlobalOnly { get; } = State("The action is for Global profiles only");

    public static ProfileFault NothingChanged { get; } = State("No profile of the device was changed");

    public string Code { get; }

    public string Text { get; }

    private static ProfileFault State(string text) => new("INPUT_INVALID.DeviceState.Invalid", text);
}
