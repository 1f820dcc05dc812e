using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Watching;

/// <summary>Which turns of an agent are under way, and what their models have written. Its owner locks.</summary>
internal sealed class WatchedTurns(int maxTextLength)
{
    // More than an agent takes at a time; beyond it only the check for lost announcements suffers.
    private const int MaxOpen = 256;

    // Ended turns are remembered for late pieces of their text.
    private const int MaxEnded = 64;

    private HashSet<string>? _open;
    private Queue<string>? _ended;
    private List<RunningText>? _texts;

    /// <summary>True while the end of a turn is to be expected.</summary>
    public bool AnyOpen => _open is { Count: > 0 } || HasText;

    /// <summary>True while a model's text is here.</summary>
    public bool HasText => _texts is { Count: > 0 };

    /// <summary>Somebody waits for the end of a turn.</summary>
    public void Expect(string turn)
    {
        if (_open is not { Count: >= MaxOpen } && !HasEnded(turn))
            (_open ??= []).Add(turn);
    }

    /// <summary>An event begins or ends a turn.</summary>
    public void Take(WatchedEvent next)
    {
        if (next.BegunTurn is { } begun)
            Expect(begun);
        if (next.EndedTurn is { } ended)
            End(ended);
        if (next.PausedTurn is { } paused)
            Pause(paused);
    }

    /// <summary>A turn is over.</summary>
    public void End(string ended)
    {
        _open?.Remove(ended);
        _texts?.RemoveAll(text => text.Turn == ended);
        if (HasEnded(ended))
            return;
        _ended ??= [];
        if (_ended.Count == MaxEnded)
            _ended.Dequeue();
        _ended.Enqueue(ended);
    }

    /// <summary>No end is to be expected until it goes on, and the text of the run that was paused is nobody's.</summary>
    private void Pause(string paused)
    {
        _open?.Remove(paused);
        _texts?.RemoveAll(text => text.Turn == paused);
    }

    /// <summary>Adds a piece of text.</summary>
    /// <returns>False when something before it is missing.</returns>
    public bool TryAdd(TurnDelta delta) => HasEnded(delta.Turn) || TextOf(delta.Turn, delta.At == 0)?.TryAdd(delta.Attempt, delta.At, delta.Text) == true;

    /// <summary>Takes over what the agent itself says about its running turns.</summary>
    /// <returns>True when it was news.</returns>
    public bool Take(IReadOnlyList<RunningTurn>? running)
    {
        var isNews = false;
        foreach (var turn in running ?? [])
            isNews |= !HasEnded(turn.Turn) && TextOf(turn.Turn, true)!.Set(turn.Attempt, turn.Text);
        return isNews;
    }

    /// <summary>The next piece of text for a watcher; null when it has all.</summary>
    public Delta? Next(List<TurnPlace> places, string? turn)
    {
        if (_texts is not { Count: > 0 } texts)
        {
            places.Clear();
            return null;
        }

        foreach (var text in texts)
        {
            if (turn is not null && text.Turn != turn)
                continue;
            var index = places.FindIndex(place => place.Turn == text.Turn);
            var sent = index < 0 || places[index].Attempt != text.Attempt ? 0 : places[index].Length;
            if (sent == text.Length)
                continue;
            var place = new TurnPlace(text.Turn, text.Attempt, text.Length);
            if (index < 0)
                places.Add(place);
            else
                places[index] = place;
            return text.After(sent);
        }

        if (places.Count > texts.Count)
            places.RemoveAll(place => !texts.Exists(text => text.Turn == place.Turn));
        return null;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _open = null;
        _ended = null;
        _texts = null;
    }

    private bool HasEnded(string turn) => _ended?.Contains(turn) == true;

    private RunningText? TextOf(string turn, bool isNew)
    {
        var text = _texts?.Find(text => text.Turn == turn);
        if (text is null && isNew)
            (_texts ??= []).Add(text = new RunningText(turn, maxTextLength));
        return text;
    }
}

/// <summary>How far a watcher is in the text of a turn.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">The run of the model.</param>
/// <param name="Length">What it has, UTF-16 units.</param>
internal readonly record struct TurnPlace(string Turn, int Attempt, int Length);
