using System.Collections.Concurrent;
using System.Globalization;

namespace AgentMesh.Cli.Benching;

/// <summary>Each message by its number: whose it is, whether it was acknowledged, and how often it was found.</summary>
/// <param name="run">Names the run, so that messages of another are not taken for its own.</param>
/// <param name="most">Messages there can be.</param>
internal sealed class BenchBook(string run, int most)
{
    private readonly int[] _users = new int[most];
    private readonly double[] _latencies = new double[most];
    private readonly bool[] _isAcknowledged = new bool[most];
    private readonly int[] _found = new int[most];
    private readonly ConcurrentDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private int _next;
    private int _acknowledged;
    private int _unanswered;

    /// <summary>Messages that were acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Messages that were begun.</summary>
    public int Begun => Math.Min(Volatile.Read(ref _next), most);

    /// <summary>Tries without an answer.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Refusals by code.</summary>
    public IReadOnlyDictionary<string, int> Refused => new SortedDictionary<string, int>(_refused, StringComparer.Ordinal);

    /// <summary>Acknowledged messages that were not found.</summary>
    public int Missing => Enumerable.Range(0, Begun).Count(number => _isAcknowledged[number] && _found[number] == 0);

    /// <summary>Messages that were found more than once.</summary>
    public int Doubled => _found.Count(times => times > 1);

    /// <summary>A new message; null: there are enough.</summary>
    /// <param name="user">The number of the agent.</param>
    public int? Begin(int user)
    {
        if (Interlocked.Increment(ref _next) - 1 is var number && number >= most)
            return null;
        _users[number] = user;
        return number;
    }

    /// <summary>What a message says.</summary>
    public string TextOf(int number) => string.Create(CultureInfo.InvariantCulture, $"bench {run} {number}");

    /// <summary>It has an answer.</summary>
    public void Acknowledge(int number, TimeSpan latency)
    {
        (_isAcknowledged[number], _latencies[number]) = (true, latency.TotalMilliseconds);
        Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>It was refused.</summary>
    public void Refuse(string code) => _refused.AddOrUpdate(code, 1, static (_, count) => count + 1);

    /// <summary>A try had no answer.</summary>
    public void Lose() => Interlocked.Increment(ref _unanswered);

    /// <summary>It is in the history of an agent. In another one's than its own it is not there.</summary>
    public void Find(int user, string text)
    {
        if (text.StartsWith($"bench {run} ", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(text.LastIndexOf(' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < Begun && _users[number] == user)
        {
            _found[number]++;
        }
    }

    /// <summary>Latencies of acknowledged messages from a number on.</summary>
    public IEnumerable<double> LatenciesFrom(int first) => Enumerable.Range(first, Begun - first).Where(number => _isAcknowledged[number]).Select(number => _latencies[number]);
}
