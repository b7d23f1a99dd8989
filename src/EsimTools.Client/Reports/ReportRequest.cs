// A request of which not everything is known.

namespace EsimTools.Reports;

/// <summary>A request in doubt, or one whose outcomes are not all known.</summary>
/// <param name="Id">The service's id, or the journal's in doubt.</param>
/// <param name="Action">The action, in ThingSpace's word.</param>
/// <param name="AccountName">The account.</param>
/// <param name="Status">In doubt or accepted.</param>
/// <param name="SubmittedAt">When it was sent.</param>
/// <param name="Left">How many of its profiles nothing is known of.</param>
internal sealed record ReportRequest(string Id, string Action, string AccountName, EsimRequestStatus Status, DateTimeOffset SubmittedAt, int Left);
