// What every run of a connection shares.

using EsimTools.Store;

namespace EsimTools.Runs;

/// <summary>The parts of a connection that runs stand on.</summary>
/// <param name="Service">The address of the service.</param>
/// <param name="AccountName">The account of profiles without one of their own.</param>
/// <param name="ThrottleLimit">How many requests may be on their way at once.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Tracker">What is known of requests and profiles.</param>
/// <param name="Submitter">Sends.</param>
/// <param name="LookUp">Asks for the state of profiles.</param>
/// <param name="Follower">Finds out what becomes of requests.</param>
internal sealed record RunServices(
    string Service, string AccountName, int ThrottleLimit, Clock Clock, RequestTracker Tracker, Submitter Submitter, LookUp LookUp, RequestFollower Follower);
