using System.Collections.Concurrent;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mcp;

/// <summary>
/// How many requests of an agent, and calls of each of its tools, run at a time in this process: one agent's callers do not take it all. Counted here and not by a
/// <c>PartitionedRateLimiter</c>, which keeps each name for seconds after its last call: callers make them up, as long as a body may be.
/// </summary>
internal sealed class McpCallLimits(McpEndpointOptions options)
{
    private readonly ConcurrentDictionary<(AgentKey Agent, string Tool), int> _running = new();

    /// <summary>Begins a request; dispose the value at its end. Refused with <c>too_many_calls</c>.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="tool">Which tool, or the method of another request.</param>
    public Result<IDisposable> Begin(AgentKey agent, string tool)
    {
        if (!TryAdd((agent, ""), options.MaxCallsPerAgent))
            return TooMany($"The agent serves {options.MaxCallsPerAgent} requests at a time here.");
        if (TryAdd((agent, tool), options.MaxCallsPerTool))
            return new Call(this, agent, tool);
        Remove((agent, ""));
        return TooMany($"The agent runs {options.MaxCallsPerTool} calls of this tool at a time here.");
    }

    private static Refusal TooMany(string detail) => new(EdgeRefusals.TooManyCalls, detail);

    private bool TryAdd((AgentKey Agent, string Tool) key, int limit)
    {
        while (true)
        {
            if (!_running.TryGetValue(key, out var count))
            {
                if (_running.TryAdd(key, 1))
                    return true;
            }
            else if (count >= limit)
            {
                return false;
            }
            else if (_running.TryUpdate(key, count + 1, count))
            {
                return true;
            }
        }
    }

    // Entries end with their last call, so that names that callers make up are not kept.
    private void Remove((AgentKey Agent, string Tool) key)
    {
        while (_running.TryGetValue(key, out var count))
        {
            if (count == 1 ? _running.TryRemove(new(key, 1)) : _running.TryUpdate(key, count - 1, count))
                return;
        }
    }

    private sealed class Call(McpCallLimits limits, AgentKey agent, string tool) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, true))
                return;
            limits.Remove((agent, tool));
            limits.Remove((agent, ""));
        }
    }
}
