// Tests that need a PostgreSQL server on this machine; where there is none they are skipped and say so.

namespace EsimTools.Postgres.Tests.Support;

/// <summary>A fact about a real server.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot;
}

/// <summary>A theory about a real server.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.WhyNot;
}
