// What a load balancer or an orchestrator asks of a program that it looks after.

namespace EsimTools.HttpServer;

/// <summary>A question about the program itself: a probe.</summary>
internal enum HealthQuestion
{
    /// <summary>Liveness: does it take connections? Where not, it is started anew.</summary>
    IsAlive,

    /// <summary>Readiness: could it do its work now? Where not, others are asked to.</summary>
    IsReady,
}
