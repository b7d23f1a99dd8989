// 100,000 callbacks as they come from the network, until their outcomes are in the journal, beside reading the same bytes.

using System.Text.Json;
using BenchmarkDotNet.Attributes;
using CallbackBench;
using EsimTools;

namespace Parts;

[MemoryDiagnoser]
public class CallbackJournal
{
    private readonly byte[][] _messages = [.. Enumerable.Range(0, Session.ProfileCount).Select(Fleet.Message)];
    private Session? _session;

    [IterationSetup(Target = nameof(Journalled))]
    public void Begin()
    {
        _session = new();
        _session.Submit();
    }

    [IterationCleanup(Target = nameof(Journalled))]
    public void End() => _session!.Dispose();

    /// <summary>One tokenizer over the same bytes: what nobody can be faster than who reads them at all.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Session.ProfileCount)]
    public int Utf8JsonReader()
    {
        var tokens = 0;
        foreach (var message in _messages)
        {
            var reader = new Utf8JsonReader(message);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    /// <summary>.NET's own document over them, before anything is looked up in it.</summary>
    [Benchmark(OperationsPerInvoke = Session.ProfileCount)]
    public void JsonDocumentAlone()
    {
        foreach (var message in _messages)
        {
            using var document = JsonDocument.Parse(message);
        }
    }

    /// <summary>Understood: the request, the profile, and what is said of it.</summary>
    [Benchmark(OperationsPerInvoke = Session.ProfileCount)]
    public int Understood()
    {
        var succeeded = 0;
        foreach (var message in _messages)
        {
            succeeded += EsimCallback.Parse(message).Status == OutcomeStatus.Succeeded ? 1 : 0;
        }

        return succeeded;
    }

    /// <summary>Understood, told to the request and to the proof, and written to the journal.</summary>
    [Benchmark(OperationsPerInvoke = Session.ProfileCount)]
    public void Journalled()
    {
        foreach (var message in _messages)
        {
            _session!.Connection.ReceiveCallback(EsimCallback.Parse(message));
        }

        _session!.Connection.FlushJournal();
    }
}
