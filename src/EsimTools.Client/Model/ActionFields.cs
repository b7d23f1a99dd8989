// The optional fields of a request.

namespace EsimTools.Model;

/// <summary>The optional fields of a request.</summary>
[Flags]
internal enum ActionFields
{
    None = 0,
    ServicePlan = 1,
    EtfWaiver = 2,
    ReasonCode = 4,
    SmsrOid = 8,
    MdnZipCode = 16,
}
