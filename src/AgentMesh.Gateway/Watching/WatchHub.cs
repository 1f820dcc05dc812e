using System.Threading.Channels;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// The agents that somebody watches through this process, and how it hears of their progress: announcements, messages that go through
/// this gateway, and a check while a turn is under way. An agent without watchers costs nothing here, and a watched one is not kept awake.
/// </summary>
internal sealed class WatchHub(AgentCalls calls, IOptions<WatchOptions> options, TimeProvider timeProvider)
{
    private readonly WatchOptions _options = options.Value;

    // Before an agent's lock, when both are held.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WatchedAgent> _agents = new(StringComparer.Ordinal);

    // Unbounded in form only: an agent stands in it at most once.
    private readonly Channel<WatchedAgent> _due = Channel.CreateUnbounded<WatchedAgent>();
    private readonly Dictionary<TenantId, int> _ofTenants = [];
    private int _sockets;

    /// <summary>Agents whose log has to be read.</summary>
    public ChannelReader<WatchedAgent> Due => _due.Reader;

    /// <summary>Agents with watchers.</summary>
    public int AgentCount
    {
        get
        {
            lock (_lock)
                return _agents.Count;
        }
    }

    /// <summary>What is known of an agent; null when nobody watches it.</summary>
    public WatchedAgent? Find(string agent)
    {
        lock (_lock)
            return _agents.GetValueOrDefault(agent);
    }

    /// <summary>A watcher of an agent, for a request that ends by itself.</summary>
    public Watcher Join(AgentKey agent)
    {
        lock (_lock)
            return Add(agent, isSocket: false);
    }

    /// <summary>A watcher of an agent for a connection that stays; null when there are too many.</summary>
    public Watcher? JoinSocket(AgentKey agent)
    {
        lock (_lock)
        {
            var ofTenant = _ofTenants.GetValueOrDefault(agent.Tenant);
            if (_sockets >= _options.Sockets || ofTenant >= _options.SocketsPerTenant
                || _agents.TryGetValue(agent.ToString(), out var watched) && watched.Sockets >= _options.SocketsPerAgent)
            {
                return null;
            }

            _sockets++;
            _ofTenants[agent.Tenant] = ofTenant + 1;
            var watcher = Add(agent, isSocket: true);
            watcher.Agent.Sockets++;
            return watcher;
        }
    }

    /// <summary>Takes a watcher out.</summary>
    public void Leave(Watcher watcher)
    {
        lock (_lock)
        {
            if (watcher.IsSocket)
            {
                _sockets--;
                watcher.Agent.Sockets--;
                if (--_ofTenants[watcher.Agent.Key.Tenant] == 0)
                    _ofTenants.Remove(watcher.Agent.Key.Tenant);
            }

            if (watcher.Agent.Remove(watcher))
                _agents.Remove(watcher.Agent.Key.ToString());
        }
    }

    /// <summary>What the agents app announced; of agents that nobody watches here nothing is kept.</summary>
    public void Take(Announcement announcement)
    {
        // First, so that a turn's text waits for the message it answers.
        foreach (var progress in announcement.Seqs ?? [])
            Find(progress.Agent)?.Announce(progress.Seq);
        foreach (var delta in announcement.Deltas ?? [])
            Find(delta.Agent)?.Take(delta);
    }

    /// <summary>A message went through this gateway.</summary>
    public void Posted(AgentKey agent, PostMessage message, PostedMessage posted)
    {
        // Every message comes by here: without watchers not even the name is made.
        if (AgentCount > 0)
            Find(agent.ToString())?.Posted(message, posted);
    }

    /// <summary>An answer of an agent told how far its log has come.</summary>
    public void Announce(AgentKey agent, long seq) => Find(agent.ToString())?.Announce(seq);

    /// <summary>Asks agents of which something is expected and nothing was heard.</summary>
    public void Check(long now)
    {
        WatchedAgent[] agents;
        lock (_lock)
            agents = [.. _agents.Values];
        foreach (var agent in agents)
            agent.Check(now);
    }

    private Watcher Add(AgentKey agent, bool isSocket)
    {
        var id = agent.ToString();
        if (!_agents.TryGetValue(id, out var watched))
            _agents[id] = watched = new WatchedAgent(agent, calls, _options, timeProvider, _due.Writer);
        var watcher = new Watcher(this, watched, isSocket);
        watched.Add(watcher);
        return watcher;
    }
}
