// Decides which mishap, if any, befalls a request: those that a test has ordered first, then those that chance brings.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Service;

/// <summary>Scripted and drawn faults. Thread-safe.</summary>
internal sealed class FaultPlan
{
    private readonly SandboxOptions _options;
    private readonly LinkedList<Order> _orders = [];
    private ulong _requests;

    public FaultPlan(SandboxOptions options)
    {
        _options = options;
    }

    /// <summary>Orders a mishap for the next requests whose path contains a text.</summary>
    public void Script(SandboxFault fault, int count, string? pathContains)
    {
        lock (_orders)
        {
            _orders.AddLast(new Order(fault, pathContains) { Left = count });
        }
    }

    /// <summary>The mishap for a request; null when it is served as it should be.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="isAction">Whether it is a profile action: only those suffer from chance.</param>
    /// <param name="number">The number of the profile action that chance has struck, for choosing among kinds of one mishap; otherwise 0.</param>
    public SandboxFault? Next(string path, bool isAction, out ulong number)
    {
        number = 0;
        lock (_orders)
        {
            for (var node = _orders.First; node is not null; node = node.Next)
            {
                var order = node.Value;
                if (order.PathContains is null || path.IndexOf(order.PathContains, StringComparison.OrdinalIgnoreCase) >= 0)
                {
                    if (--order.Left == 0)
                    {
                        _orders.Remove(node);
                    }

                    return order.Fault;
                }
            }

            if (!isAction)
            {
                return null;
            }

            number = ++_requests;
        }

        return Drawn(number);
    }

    private SandboxFault? Drawn(ulong number)
    {
        (double Share, SandboxFault Fault)[] chances =
        [
            (_options.Throttled, SandboxFault.TooManyRequests),
            (_options.CutBeforeAcceptance, SandboxFault.CutBeforeAcceptance),
            (_options.ServerErrors, SandboxFault.ServerError),
            (_options.CutAfterAcceptance, SandboxFault.CutAfterAcceptance),
            (_options.ServerErrorsAfterAcceptance, SandboxFault.ServerErrorAfterAcceptance),
        ];
        foreach (var (share, fault) in chances)
        {
            if (Draw.Falls(share, _options.Seed, fault.ToString(), number))
            {
                return fault;
            }
        }

        return null;
    }

    private sealed class Order(SandboxFault fault, string? pathContains)
    {
        public SandboxFault Fault { get; } = fault;

        public string? PathContains { get; } = pathContains;

        public int Left { get; set; }
    }
}
