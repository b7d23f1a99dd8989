// Fields of a request beyond devices and accountName.

namespace EsimTools.Sandbox.Actions;

/// <summary>Fields of a request beyond <c>devices</c> and <c>accountName</c>.</summary>
[Flags]
internal enum ActionFields
{
    None = 0,
    ServicePlan = 1,
    MdnZipCode = 2,
    EtfWaiver = 4,
    ReasonCode = 8,
    SmsrOid = 16,
}
