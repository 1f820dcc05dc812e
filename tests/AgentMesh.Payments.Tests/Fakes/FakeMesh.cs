using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Testing;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>
/// What outlives the processes of the app: the store, the reminders, the sellers, and what was published. Every call of any process comes by
/// <see cref="Pass"/> with a name, in order, and can be made to fail before or after it is done.
/// </summary>
internal sealed class FakeMesh
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Actor, string Key), string> _values = [];
    private readonly Dictionary<string, (string Value, int Version)> _states = new(StringComparer.Ordinal);
    private readonly HashSet<(string Actor, string Name)> _reminders = [];
    private readonly Dictionary<(string Seller, string Key), string> _turns = [];
    private readonly Dictionary<(string Seller, string Payment), AgentPayment> _records = [];
    private readonly List<string> _calls = [];
    private int _seed;

    /// <summary>What happens to a call: by its number from 0, and its name.</summary>
    public Func<int, string, Fault> Faults { get; set; } = static (_, _) => Fault.None;

    /// <summary>Awaited before a call is done, with its name; a test holds it up here.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The events that were published.</summary>
    public ConcurrentQueue<JsonElement> Published { get; } = new();

    /// <summary>What sellers answer; null: they are still at it.</summary>
    public Func<PostMessage, string?> Sell { get; set; } = static message => $"Did: {message.Content}";

    /// <summary>A refusal of the sellers; null: none.</summary>
    public string? SellerRefuses { get; set; }

    /// <summary>A refusal of the sellers when they are told what became of a payment; null: none.</summary>
    public string? SellerForgets { get; set; }

    /// <summary>How often a seller did the work.</summary>
    public int Executions
    {
        get
        {
            lock (_lock)
                return _turns.Count;
        }
    }

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>Payments that have a reminder.</summary>
    public IReadOnlyList<string> Reminded
    {
        get
        {
            lock (_lock)
                return [.. _reminders.Select(reminder => reminder.Actor)];
        }
    }

    /// <summary>Writes down a call and says what happens to it.</summary>
    public Fault Pass(string call)
    {
        lock (_lock)
        {
            _calls.Add(call);
            return Faults(_calls.Count - 1, call);
        }
    }

    public string? Value(string actor, string key)
    {
        lock (_lock)
            return _values.GetValueOrDefault((actor, key));
    }

    /// <summary>Puts a value there, as another activation does.</summary>
    public void Put(string actor, string key, string value)
    {
        lock (_lock)
            _values[(actor, key)] = value;
    }

    public (string Value, int Version)? State(string key)
    {
        lock (_lock)
            return _states.TryGetValue(key, out var found) ? found : null;
    }

    /// <summary>The one state whose key begins so.</summary>
    public string StateOf(string prefix)
    {
        lock (_lock)
            return _states.Single(state => state.Key.StartsWith(prefix, StringComparison.Ordinal)).Value.Value;
    }

    public void Store(string actor, JsonElement operations)
    {
        lock (_lock)
        {
            foreach (var request in operations.EnumerateArray().Select(operation => operation.GetProperty("request")))
            {
                if (request.TryGetProperty("value", out var value))
                    _values[(actor, request.GetProperty("key").GetString()!)] = DaprdFidelity.Damage(value.GetRawText(), ++_seed);
                else
                    _values.Remove((actor, request.GetProperty("key").GetString()!));
            }
        }
    }

    /// <returns>False: it is not the version that is there.</returns>
    public bool Write(JsonElement item)
    {
        var key = item.GetProperty("key").GetString()!;
        Assert.Equal("first-write", item.GetProperty("options").GetProperty("concurrency").GetString());
        lock (_lock)
        {
            var version = _states.TryGetValue(key, out var found) ? $"{found.Version}" : null;
            if ((item.TryGetProperty("etag", out var given) ? given.GetString() : null) != version)
                return false;
            _states[key] = (DaprdFidelity.Damage(item.GetProperty("value").GetRawText(), ++_seed), found.Version + 1);
            return true;
        }
    }

    public void Remind(string actor, string name, bool isThere)
    {
        lock (_lock)
        {
            if (isThere)
                _reminders.Add((actor, name));
            else
                _reminders.Remove((actor, name));
        }
    }

    /// <summary>A message to a seller: acts once for each key, as agents do.</summary>
    public string Post(string seller, string body)
    {
        var message = JsonSerializer.Deserialize(body, ContractsJson.Default.PostMessage)!;
        if (SellerRefuses is { } code)
            return JsonSerializer.Serialize(new Reply<PostedMessage>(null, new Primitives.Refusal(code, "The seller refuses.")), ContractsJson.Default.ReplyPostedMessage);
        lock (_lock)
        {
            if (!_turns.TryGetValue((seller, message.IdempotencyKey!), out var turn))
                _turns[(seller, message.IdempotencyKey!)] = turn = JsonSerializer.Serialize(message, ContractsJson.Default.PostMessage);
            Assert.Equal(turn, JsonSerializer.Serialize(message, ContractsJson.Default.PostMessage));
            _records.TryAdd((seller, message.Payment!.Id), message.Payment);
        }

        var posted = new PostedMessage(Sell(message), 2, 2, $"t-{message.IdempotencyKey}", message.SessionId ?? "default", 0, 1, 0);
        return JsonSerializer.Serialize(new Reply<PostedMessage>(posted, null), ContractsJson.Default.ReplyPostedMessage);
    }

    /// <summary>A payment in a seller's own records; null: the seller does not know it.</summary>
    public AgentPayment? Recorded(string payment, string seller = "default:alice")
    {
        lock (_lock)
            return _records.GetValueOrDefault((seller, payment));
    }

    /// <summary>A seller is told what became of a payment: what is over stays so, as agents have it.</summary>
    public string Record(string seller, string body)
    {
        var told = JsonSerializer.Deserialize(body, ContractsJson.Default.AgentPayment)!;
        if (SellerForgets is { } code)
            return JsonSerializer.Serialize(new Reply<AgentPayment>(null, new Primitives.Refusal(code, "The seller refuses.")), ContractsJson.Default.ReplyAgentPayment);
        lock (_lock)
        {
            var isKnown = _records.TryGetValue((seller, told.Id), out var known);
            if (isKnown ? known!.State is not (PaymentStates.Settled or PaymentStates.Failed) : told.State != PaymentStates.Failed)
                _records[(seller, told.Id)] = told;
        }

        return JsonSerializer.Serialize(new Reply<AgentPayment>(told, null), ContractsJson.Default.ReplyAgentPayment);
    }

    /// <summary>A look at a seller's turn.</summary>
    public string Turn(string seller, string body)
    {
        var id = JsonSerializer.Deserialize(body, ContractsJson.Default.GetTurn)!.TurnId;
        string turn;
        lock (_lock)
            turn = _turns[(seller, id[2..])];
        var text = Sell(JsonSerializer.Deserialize(turn, ContractsJson.Default.PostMessage)!);
        var answer = text is null ? null : new PostedMessage(text, 2, 2, id, "default", 0, 1, 0);
        var found = new Turn(id, "default", answer is null ? TurnStatus.Running : TurnStatus.Completed, 1, 1, 0, answer, null);
        return JsonSerializer.Serialize(new Reply<Turn>(found, null), ContractsJson.Default.ReplyTurn);
    }
}

/// <summary>What happens to a call.</summary>
internal enum Fault
{
    None,

    /// <summary>Not done, answered 500.</summary>
    RefusedBefore,

    /// <summary>Done, answered 500.</summary>
    RefusedAfter,

    /// <summary>Not done, the connection breaks.</summary>
    BrokenBefore,

    /// <summary>Done, the connection breaks.</summary>
    BrokenAfter,

    /// <summary>Done, and no answer ever comes.</summary>
    SilentAfter,
}
