// The guard's verdict on a delete, for profiles of which the journal knows much and for ones of which it knows nothing.

using BenchmarkDotNet.Attributes;
using CallbackBench;
using EsimTools;

namespace Parts;

[MemoryDiagnoser]
public class Judging
{
    private Session? _session;
    private EsimProfile[] _strangers = [];

    [GlobalSetup]
    public void Begin()
    {
        _session = new();
        _session.Submit();
        for (var number = 0; number < Session.ProfileCount; number++)
        {
            _session.Connection.ReceiveCallback(EsimCallback.Parse(Fleet.Message(number)));
        }

        _strangers = [.. Enumerable.Range(Session.ProfileCount, Session.ProfileCount).Select(number => new EsimProfile { Iccid = Fleet.IccidOf(number) })];
    }

    [GlobalCleanup]
    public void End() => _session!.Dispose();

    [Benchmark(OperationsPerInvoke = Session.ProfileCount)]
    public int ProvenDisabled() => Judge(_session!.Profiles);

    [Benchmark(OperationsPerInvoke = Session.ProfileCount)]
    public int Unknown() => Judge(_strangers);

    private int Judge(IReadOnlyList<EsimProfile> profiles)
    {
        var allowed = 0;
        foreach (var profile in profiles)
        {
            allowed += _session!.Connection.Judge(EsimAction.Delete, profile).Decision == GuardDecision.Allowed ? 1 : 0;
        }

        return allowed;
    }
}
