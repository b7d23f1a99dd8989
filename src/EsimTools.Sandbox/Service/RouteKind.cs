// The endpoints.

namespace EsimTools.Sandbox.Service;

/// <summary>The endpoints.</summary>
internal enum RouteKind
{
    /// <summary>A path inside a known API that has no resource.</summary>
    Unknown,
    Token,
    Revoke,
    Login,
    Logout,
    ResetPassword,
    Action,
    DeviceList,
    History,
    ProfileList,
    ProfileHistory,
    StatusV1,
    StatusV2,
    Callbacks,
    CallbackName,
}
