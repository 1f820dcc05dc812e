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
    public Task<Reply<AgentTask>> CreateTask(CreateTask request, CancellationToken cancellationToken) => WithTasksAsync(
        (tasks, now) => StoreAsync(
            request switch
            {
                { PaymentId: { } payment } => tasks.CreateOfPayment(request.TaskId, request.Tool, payment, now),
                { TurnId: { } id } when TurnId.Parse(id) is { } turn => tasks.CreateOfTurn(request.TaskId, request.Tool, turn, now),
                { Arguments: { } arguments, Asked: { } asked } =>
                    tasks.CreateOfCall(request.TaskId, request.Tool, new CallInput(arguments, asked.State, [.. QuestionsOf(asked)], false), now),
                _ => TurnRefusals.TurnNotFound,
            },
            cancellationToken),
        cancellationToken);

    public Task<Reply<AgentTask>> GetTask(GetTask request, CancellationToken cancellationToken) => WithTasksAsync(
        async (tasks, now) => tasks.Find(request.TaskId, request.IsOwner, now) is { } task
            ? await ToTaskAsync(task, cancellationToken)
            : Refused<AgentTask>(CallTaskRefusals.TaskNotFound),
        cancellationToken);

    public Task<Reply<AgentTask>> UpdateTask(UpdateTask request, CancellationToken cancellationToken) => WithTasksAsync(
        (tasks, now) => StoreAsync(
            request switch
            {
                { IsCanceled: true } => tasks.Cancel(request.TaskId, request.IsOwner, now),
                { Asked: { } asked } => tasks.Ask(request.TaskId, request.After, QuestionsOf(asked), asked.State, now),
                _ => tasks.Answer(request.TaskId, request.IsOwner, request.Responses ?? new Dictionary<string, string>(), now),
            },
            cancellationToken),
        cancellationToken);

    /// <summary>A turn of the actor on the agent's tasks. There are none of an agent never used, or none to be used.</summary>
    private Task<Reply<AgentTask>> WithTasksAsync(Func<CallTaskTable, DateTimeOffset, Task<Reply<AgentTask>>> act, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        var refusal = head is null ? CallTaskRefusals.TaskNotFound : StoredConversation.CheckHead(head);
        return refusal is null ? await act(await _records.LoadTasksAsync(cancellationToken), _time.GetUtcNow()) : Refused<AgentTask>(refusal);
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
