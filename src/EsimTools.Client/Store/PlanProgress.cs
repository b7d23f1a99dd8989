// What is known of the carrying out of a plan.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>How the carrying out of a plan stands.</summary>
/// <param name="Stage">How far it has come.</param>
/// <param name="Digest">The digest of the plan that was carried out under this id.</param>
/// <param name="Run">The run that has carried it out last.</param>
/// <param name="At">When it came to this.</param>
/// <param name="Message">Why it is held; null where it is not.</param>
/// <param name="Forgiven">How many failures were known when somebody decided to go on.</param>
/// <param name="Wave">The wave that is held; 0 where it is not known.</param>
/// <param name="Part">The part of the store that says so; null for this connection's own.</param>
internal sealed record PlanProgress(PlanStage Stage, string? Digest, EsimRunInfo Run, DateTimeOffset At, string? Message, int Forgiven, int Wave, string? Part);
