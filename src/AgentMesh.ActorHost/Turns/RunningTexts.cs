using System.Collections.Concurrent;
using System.Text;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Turns;

/// <summary>The text that models of this process have written so far. Stored nowhere: when the process dies, another run begins anew.</summary>
internal sealed class RunningTexts
{
    private readonly ConcurrentDictionary<(string Agent, long Turn), RunningText> _texts = new();

    /// <summary>A run begins; an earlier one of the turn is forgotten.</summary>
    public RunningText Begin(string agent, string session, long turn, int attempt) =>
        _texts[(agent, turn)] = new RunningText(agent, session, turn, attempt);

    /// <summary>A run is over.</summary>
    public void End(RunningText text) => _texts.TryRemove(new((text.Agent, text.Turn), text));

    /// <summary>A turn is over: its text stands in the log, or nowhere.</summary>
    public void Forget(string agent, long turn) => _texts.TryRemove((agent, turn), out _);

    /// <summary>What models write for an agent.</summary>
    public IReadOnlyList<RunningTurn>? Of(string agent)
    {
        List<RunningTurn>? running = null;
        // Few: a process works on a bounded number of turns.
        foreach (var (key, text) in _texts)
        {
            if (key.Agent == agent)
                (running ??= []).Add(text.ToTurn());
        }

        return running;
    }
}

/// <summary>The text of one run.</summary>
internal sealed class RunningText(string agent, string session, long turn, int attempt)
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();

    public string Agent => agent;

    public long Turn => turn;

    /// <summary>Appends a piece.</summary>
    public TurnDelta Append(string piece)
    {
        lock (_lock)
        {
            var at = _text.Length;
            _text.Append(piece);
            return new TurnDelta(agent, session, AgentMesh.Agents.Turns.TurnId.Of(turn), attempt, at, piece);
        }
    }

    /// <summary>The text so far.</summary>
    public RunningTurn ToTurn()
    {
        lock (_lock)
            return new RunningTurn(AgentMesh.Agents.Turns.TurnId.Of(turn), attempt, session, _text.ToString());
    }
}
