using AgentMesh.Agents.CallTasks;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Work that goes on without whoever called for it.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<AgentTask>> CreateTask(CreateTask request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await WhyNoTasksAsync(cancellationToken) is { } refusal)
            return Refused<AgentTask>(refusal);
        var (tasks, now) = (await _records.LoadTasksAsync(cancellationToken), _time.GetUtcNow());
        Result<CallTaskStep> step = request switch
        {
            { PaymentId: { } payment } => tasks.CreateOfPayment(request.TaskId, request.Tool, payment, now),
            { TurnId: { } id } when TurnId.Parse(id) is { } turn => tasks.CreateOfTurn(request.TaskId, request.Tool, turn, now),
            { Arguments: { } arguments, Asked: { } asked } =>
                tasks.CreateOfCall(request.TaskId, request.Tool, new CallInput(arguments, asked.State, [.. QuestionsOf(asked)], false), now),
            _ => TurnRefusals.TurnNotFound,
        };
        return await StoreAsync(step, cancellationToken);
    });

    public Task<Reply<AgentTask>> GetTask(GetTask request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await WhyNoTasksAsync(cancellationToken) is { } refusal)
            return Refused<AgentTask>(refusal);
        var tasks = await _records.LoadTasksAsync(cancellationToken);
        return tasks.Find(request.TaskId, request.IsOwner, _time.GetUtcNow()) is { } task
            ? await ToTaskAsync(task, cancellationToken)
            : Refused<AgentTask>(CallTaskRefusals.TaskNotFound);
    });

    public Task<Reply<AgentTask>> UpdateTask(UpdateTask request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await WhyNoTasksAsync(cancellationToken) is { } refusal)
            return Refused<AgentTask>(refusal);
        var (tasks, now) = (await _records.LoadTasksAsync(cancellationToken), _time.GetUtcNow());
        var step = request switch
        {
            { IsCanceled: true } => tasks.Cancel(request.TaskId, request.IsOwner, now),
            { Asked: { } asked } => tasks.Ask(request.TaskId, request.After, QuestionsOf(asked), asked.State, now),
            _ => tasks.Answer(request.TaskId, request.IsOwner, request.Responses ?? new Dictionary<string, string>(), now),
        };
        return await StoreAsync(step, cancellationToken);
    });

    private async Task<Reply<AgentTask>> StoreAsync(Result<CallTaskStep> step, CancellationToken cancellationToken)
    {
        if (step.IsRefused)
            return Refused<AgentTask>(step.Refusal);
        if (step.Value.Table is { } table)
            await _records.StoreAsync(table, cancellationToken);
        return await ToTaskAsync(step.Value.Task, cancellationToken);
    }

    private static IEnumerable<CallQuestion> QuestionsOf(TaskQuestions asked) => asked.Questions.Select(question => new CallQuestion(question.Name, question.Request, null));

    /// <summary>Why there are none, of an agent never used, or none to be used; null: there may be.</summary>
    private async ValueTask<Refusal?> WhyNoTasksAsync(CancellationToken cancellationToken) =>
        await _records.LoadHeadAsync(null, cancellationToken) is { } head ? StoredConversation.CheckHead(head) : CallTaskRefusals.TaskNotFound;

    private async Task<Reply<AgentTask>> ToTaskAsync(CallTask task, CancellationToken cancellationToken)
    {
        var shown = new AgentTask(task.Id, task.Tool, null, task.PaymentId, task.CreatedAt, task.ExpiresAt, task is { Turn: null, Input: { } input } ? Shown(input) : null);
        if (task.Turn is not { } number)
            return new Reply<AgentTask>(shown, null);
        var turn = await FindTurnAsync(TurnId.Of(number), cancellationToken);
        // Gone with its session, or out of the log: the task is nothing without it.
        if (turn.Refusal is { } refusal)
            return Refused<AgentTask>(refusal.Code == AgentRefusals.TurnNotFound ? CallTaskRefusals.TaskNotFound : refusal);
        return new Reply<AgentTask>(shown with { Turn = turn.Value }, null);
    }

    private static TaskInput Shown(CallInput input)
    {
        var questions = input.Questions.Select((question, place) => new TaskQuestion(question.Name, question.Request, input.KeyOf(place), question.Response));
        return new TaskInput(input.Arguments, new TaskQuestions([.. questions], input.State), input.IsCanceled);
    }
}
