using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>An agent with an event log, behind the fake sidecar: it answers at once, or leaves turns pending until the test ends them.</summary>
internal sealed class FakeAgent
{
    private const long Epoch = 1_795_453_563_007;

    private readonly Lock _lock = new();
    private readonly List<AgentEvent> _events = [];
    private readonly Dictionary<string, Turn> _turns = [];
    private readonly Dictionary<string, AgentTask> _tasks = [];

    /// <summary>Messages stay pending.</summary>
    public bool IsModel { get; set; }

    /// <summary>Tasks are made.</summary>
    public bool HasRoomForTasks { get; set; } = true;

    /// <summary>The oldest seq that is kept.</summary>
    public long First { get; set; } = 1;

    public RateLimit? RateLimit { get; set; }

    /// <summary>Answers what no agent of this class knows; null from it: the usual success.</summary>
    public Func<SidecarCall, string?>? Others { get; set; }

    /// <summary>Turns whose text the agent has in memory.</summary>
    public IReadOnlyList<RunningTurn> Running { get; set; } = [];

    public IReadOnlyList<AgentEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    public static FakeAgent Behind(FakeSidecar sidecar)
    {
        var agent = new FakeAgent();
        sidecar.Agent = agent.Answer;
        return agent;
    }

    /// <summary>Something happens that no caller caused.</summary>
    public long Append(string type, EventData data, string session = "default")
    {
        lock (_lock)
        {
            _events.Add(new AgentEvent(_events.Count + 1, Epoch + _events.Count, session, type, data));
            return _events.Count;
        }
    }

    /// <summary>Everything is gone, and numbers begin anew.</summary>
    public void Erase()
    {
        lock (_lock)
        {
            _events.Clear();
            _turns.Clear();
        }
    }

    /// <summary>Messages of both sides.</summary>
    public void Chat(int exchanges)
    {
        for (var i = 0; i < exchanges; i++)
            Post(new PostMessage($"said {i}", null, "r", null), pending: false);
    }

    /// <summary>The model has answered.</summary>
    public long Complete(string turn, string text)
    {
        lock (_lock)
        {
            var seq = Append(EventTypes.Message, new EventData(turn, "assistant", text));
            var begun = _turns[turn];
            _turns[turn] = begun with
            {
                Status = TurnStatus.Completed,
                Answer = new PostedMessage(text, Messages, seq, turn, begun.SessionId, Epoch + seq, begun.UserSeq, begun.CreatedAt),
            };
            Running = [];
            return seq;
        }
    }

    /// <summary>The turn ends without an answer.</summary>
    public long Fail(string turn, string status, string code)
    {
        lock (_lock)
        {
            var seq = Append(EventTypes.Error, new EventData(turn, Code: code, Detail: "Because."));
            _turns[turn] = _turns[turn] with { Status = status, Error = new TurnError(seq, code, "Because.") };
            Running = [];
            return seq;
        }
    }

    /// <summary>The turn waits until there is budget.</summary>
    public long Pause(string turn)
    {
        lock (_lock)
        {
            var shortage = new Shortage("agent", "USD", "rolling:24h", "17", DateTimeOffset.FromUnixTimeMilliseconds(Epoch));
            _turns[turn] = _turns[turn] with
            {
                Status = TurnStatus.Paused,
                Pause = new TurnPaused(DateTimeOffset.FromUnixTimeMilliseconds(Epoch), "budget_exceeded", "There is not enough.", "1020", shortage),
            };
            Running = [];
            return Append(
                EventTypes.TurnPaused,
                new EventData(Json: $$"""{"turn":"{{turn}}","attempt":1,"reason":"budget_reached","code":"budget_exceeded","detail":"There is not enough.","scope":"agent","asset":"USD","window":"rolling:24h","available":"17","resetsAt":"2026-11-23T17:06:03.007Z"}"""));
        }
    }

    /// <summary>There is budget, and the turn goes on.</summary>
    public long Resume(string turn)
    {
        lock (_lock)
        {
            _turns[turn] = _turns[turn] with { Status = TurnStatus.Running, Attempt = 2, Pause = null };
            return Append(EventTypes.TurnResumed, new EventData(Json: $$"""{"turn":"{{turn}}","attempt":2}"""));
        }
    }

    /// <summary>Whether there is enough for a turn that its owner wants to go on.</summary>
    public bool HasBudget { get; set; }

    /// <summary>The address it has; null: no wallet.</summary>
    public string? Wallet { get; set; }

    private int Messages => _events.Count(item => item.Type == EventTypes.Message);

    private string? Answer(SidecarCall call)
    {
        var method = call.Path[(call.Path.LastIndexOf('/') + 1)..];
        lock (_lock)
        {
            return method switch
            {
                "GetInfo" => Write(new Reply<AgentInfo>(new AgentInfo(Messages, null, null, _events.Count, WalletAddress: Wallet), null), ContractsJson.Default.ReplyAgentInfo),
                "PostMessage" => Write(
                    new Reply<PostedMessage>(Post(Read(call, ContractsJson.Default.PostMessage), IsModel), null) { RateLimit = RateLimit },
                    ContractsJson.Default.ReplyPostedMessage),
                "ReadEvents" => Write(new Reply<EventPage>(Page(Read(call, ContractsJson.Default.ReadEvents)), null), ContractsJson.Default.ReplyEventPage),
                "GetTurn" => Write(TurnOf(Read(call, ContractsJson.Default.GetTurn).TurnId), ContractsJson.Default.ReplyTurn),
                "CancelTurn" => Write(Cancel(Read(call, ContractsJson.Default.CancelTurn).TurnId), ContractsJson.Default.ReplyTurn),
                "CreateTask" => Write(Make(Read(call, ContractsJson.Default.CreateTask)), ContractsJson.Default.ReplyAgentTask),
                "GetTask" => Write(TaskOf(Read(call, ContractsJson.Default.GetTask)), ContractsJson.Default.ReplyAgentTask),
                "UpdateTask" => Write(Update(Read(call, ContractsJson.Default.UpdateTask)), ContractsJson.Default.ReplyAgentTask),
                "ResumeTurn" => Write(Resumed(Read(call, ContractsJson.Default.ResumeTurn).TurnId), ContractsJson.Default.ReplyTurn),
                "EraseAll" => EraseAll(),
                "ForgetDue" => Write(new Reply<DueForgotten>(new DueForgotten(1), null), ContractsJson.Default.ReplyDueForgotten),
                _ => Others?.Invoke(call),
            };
        }
    }

    // Whose a task is, and for how long, is decided by the agent, and tested there.
    private Reply<AgentTask> Make(CreateTask request)
    {
        if (!HasRoomForTasks)
            return new Reply<AgentTask>(null, new Refusal("too_many_tasks", "No room."));
        var at = DateTimeOffset.FromUnixTimeMilliseconds(Epoch);
        var input = request is { Arguments: { } arguments, Asked: { } asked } ? new TaskInput(arguments, Keyed(asked), false) : null;
        _tasks[request.TaskId] = new AgentTask(request.TaskId, request.Tool, request.TurnId is { } turn ? _turns[turn] : null, request.PaymentId, at, at.AddHours(1), input);
        return TaskOf(new GetTask(request.TaskId, true));
    }

    private Reply<AgentTask> Update(UpdateTask request)
    {
        if (_tasks.TryGetValue(request.TaskId, out var task) && task.Input is { IsCanceled: false } input)
        {
            var asked = input.Asked.Questions.Select(question => request.Responses?.TryGetValue(question.Key!, out var said) == true ? question with { Response = said } : question);
            var state = request.Asked is null ? input.Asked.State : request.Asked.State;
            _tasks[request.TaskId] = task with { Input = input with { Asked = Keyed(new TaskQuestions([.. asked, .. request.Asked?.Questions ?? []], state)), IsCanceled = request.IsCanceled } };
        }

        return TaskOf(new GetTask(request.TaskId, request.IsOwner));
    }

    private static TaskQuestions Keyed(TaskQuestions asked) => asked with { Questions = [.. asked.Questions.Select((question, place) => question with { Key = $"{place + 1}.{question.Name}" })] };

    private Reply<AgentTask> TaskOf(GetTask request) => _tasks.TryGetValue(request.TaskId, out var task) && (request.IsOwner || task.Turn is null)
        ? new Reply<AgentTask>(task.Turn is { } turn ? task with { Turn = _turns[turn.TurnId] } : task, null)
        : new Reply<AgentTask>(null, new Refusal("task_not_found", "The agent has no such task, or it has expired."));

    private string EraseAll()
    {
        Erase();
        return Write(new Reply<Erasure>(new Erasure(true, new Dictionary<string, int>()), null), ContractsJson.Default.ReplyErasure);
    }

    private PostedMessage Post(PostMessage message, bool pending)
    {
        lock (_lock)
        {
            var turn = $"t{_turns.Count + 1}";
            var session = message.SessionId ?? "default";
            var user = Append(EventTypes.Message, new EventData(turn, "user", message.Content), session);
            _turns[turn] = new Turn(turn, session, TurnStatus.Running, 1, user, Epoch + user - 1, null, null);
            if (pending)
                return new PostedMessage(null, Messages, user, turn, session, Epoch + user - 1, user, Epoch + user - 1);
            var text = $"You said: {message.Content}";
            var seq = Append(EventTypes.Message, new EventData(turn, "assistant", text), session);
            var answer = new PostedMessage(text, Messages, seq, turn, session, Epoch + seq - 1, user, Epoch + user - 1);
            _turns[turn] = _turns[turn] with { Status = TurnStatus.Completed, Answer = answer };
            return answer;
        }
    }

    private EventPage Page(ReadEvents request)
    {
        var events = _events.Where(item => item.Seq > request.After && item.Seq >= First).Take(request.Limit).ToList();
        return new EventPage(events, First, _events.Count, Running is [] ? null : Running);
    }

    private Reply<Turn> TurnOf(string turn) => _turns.TryGetValue(turn, out var found)
        ? new Reply<Turn>(found, null)
        : new Reply<Turn>(null, new Refusal("turn_not_found", "The agent has no such turn."));

    private Reply<Turn> Cancel(string turn)
    {
        if (_turns.TryGetValue(turn, out var found) && found.Status == TurnStatus.Running)
            Fail(turn, TurnStatus.Canceled, "turn_canceled");
        return TurnOf(turn);
    }

    private Reply<Turn> Resumed(string turn)
    {
        if (HasBudget && _turns.TryGetValue(turn, out var found) && found.Status == TurnStatus.Paused)
            Resume(turn);
        return TurnOf(turn);
    }

    private static T Read<T>(SidecarCall call, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(call.Body, type)!;

    private static string Write<T>(T reply, JsonTypeInfo<T> type) => JsonSerializer.Serialize(reply, type);
}
