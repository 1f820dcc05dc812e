using AgentMesh.Agents.Quotas;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Quotas;

/// <summary>What this process knows of how much a tenant has, and what it has to tell the tenant's list. Agents' turns ask it from memory.</summary>
internal sealed class TenantSize(TenantId tenant, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UserId, AgentLine> _waiting = [];
    private readonly HashSet<UserId> _erased = [];

    /// <summary>Agents that began here and that the list does not count yet.</summary>
    private readonly HashSet<UserId> _begun = [];

    /// <summary>Whose lines are next, by shard: a call rewrites whole shards, and one of lines as they come would rewrite one for nearly each.</summary>
    private readonly Queue<UserId> _next = new();

    private AgentLine[] _underWay = [];
    private (int Agents, long Bytes) _known;
    private long? _heardAt;
    private long? _failedAt;
    private long _usedAt = time.GetTimestamp();
    private bool _isQueued;

    public TenantId Tenant => tenant;

    /// <summary>How long nobody has asked or told.</summary>
    public TimeSpan Unused => time.GetElapsedTime(Volatile.Read(ref _usedAt));

    /// <summary>Agents that there are or are about to be, as far as is known.</summary>
    public long Agents
    {
        get
        {
            lock (_lock)
                return _known.Agents + _begun.Count;
        }
    }

    /// <summary>What the messages of all take, as far as is known; encoded bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _known.Bytes;
        }
    }

    /// <summary>Nothing of it would be lost.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return !_isQueued && _waiting.Count == 0 && _begun.Count == 0 && _erased.Count == 0;
        }
    }

    public void Touch() => Volatile.Write(ref _usedAt, time.GetTimestamp());

    /// <summary>An agent begins, when there may be one more.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="check">The rule.</param>
    /// <returns>Why not; null: it counts from now on.</returns>
    public Refusal? Begin(UserId user, Func<long, Refusal?> check)
    {
        lock (_lock)
        {
            if (_begun.Contains(user))
                return null;
            if (check(_known.Agents + _begun.Count) is { } refusal)
                return refusal;
            _begun.Add(user);
            return null;
        }
    }

    /// <summary>It has not begun after all.</summary>
    public void Cancel(UserId user)
    {
        lock (_lock)
            _begun.Remove(user);
    }

    /// <summary>A line to write; one of the same agent that waits is out of date.</summary>
    /// <param name="line">The line.</param>
    /// <param name="most">Lines that wait at most.</param>
    /// <returns>False: too many wait.</returns>
    public bool TryAdd(AgentLine line, int most)
    {
        lock (_lock)
        {
            if (_waiting.Count >= most && !_waiting.ContainsKey(line.User))
                return false;
            _waiting[line.User] = line;
            return true;
        }
    }

    /// <summary>The agent is erased: no line of it may be there after whoever erases it has removed what there was.</summary>
    public void Erase(UserId user)
    {
        lock (_lock)
        {
            _begun.Remove(user);
            _waiting.Remove(user);
            if (_underWay.Any(line => line.User == user))
                _erased.Add(user);
        }
    }

    /// <summary>True for the one who is to write, or to ask: there is a line, or what is known is older than that.</summary>
    /// <param name="refresh">How old what is known may be.</param>
    /// <param name="pause">How long it is left alone after a fault.</param>
    public bool TryQueue(TimeSpan refresh, TimeSpan pause)
    {
        lock (_lock)
        {
            if (_isQueued || _failedAt is { } failed && time.GetElapsedTime(failed) < pause)
                return false;
            return _isQueued = _waiting.Count > 0 || _erased.Count > 0 || _heardAt is not { } heard || time.GetElapsedTime(heard) > refresh;
        }
    }

    /// <summary>The next lines, for the one who was queued. None: the list is only asked.</summary>
    public IReadOnlyList<AgentLine> Take(int most)
    {
        lock (_lock)
        {
            var taken = new List<AgentLine>(Math.Min(most, _waiting.Count));
            while (taken.Count < most && _waiting.Count > 0)
            {
                if (!_next.TryDequeue(out var user))
                {
                    foreach (var next in _waiting.Keys.OrderBy(waiting => AgentTable.ShardOf(waiting.ToString())))
                        _next.Enqueue(next);
                }
                else if (_waiting.Remove(user, out var line))
                {
                    taken.Add(line);
                }
            }

            return _underWay = [.. taken];
        }
    }

    /// <summary>The lines that were taken are in the list.</summary>
    /// <param name="agents">Agents of the tenant.</param>
    /// <param name="bytes">What the messages of all take.</param>
    /// <param name="most">Agents to return at most.</param>
    /// <returns>Agents that were erased while a line of theirs was under way, for <see cref="Forgotten"/>.</returns>
    public IReadOnlyList<UserId> Hear(int agents, long bytes, int most)
    {
        lock (_lock)
        {
            _known = (agents, bytes);
            (_heardAt, _failedAt) = (time.GetTimestamp(), null);
            foreach (var line in _underWay)
            {
                line.IsDone = true;
                _begun.Remove(line.User);
            }

            (_underWay, _isQueued) = ([], false);
            return [.. _erased.Take(most)];
        }
    }

    /// <summary>No line of those is in the list.</summary>
    public void Forgotten(IReadOnlyList<UserId> users)
    {
        lock (_lock)
            _erased.ExceptWith(users);
    }

    /// <summary>Nobody knows whether the lines that were taken are in the list: they are written again.</summary>
    public void Fail()
    {
        lock (_lock)
        {
            foreach (var line in _underWay.Where(line => !_erased.Contains(line.User)))
                _waiting.TryAdd(line.User, line);
            (_underWay, _isQueued, _failedAt) = ([], false, time.GetTimestamp());
        }
    }
}
