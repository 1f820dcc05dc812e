using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The agent's schedules.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<Schedule>> CreateSchedule(CreateSchedule request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        var asked = ToAsked(request, SessionId.Of(request.RequestId, request.IdempotencyKey));
        if (asked.IsRefused)
            return Refused<Schedule>(asked.Refusal);
        var session = await _records.LoadSessionAsync(asked.Value.SessionId, cancellationToken);
        var table = await _records.LoadSchedulesAsync(cancellationToken);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        return await CommitAsync(inputs, ScheduleChanges.Create(inputs, table, session, asked.Value, _records.Epoch, now), cancellationToken);
    });

    public Task<Reply<ScheduleList>> ListSchedules(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return new Reply<ScheduleList>(new ScheduleList([]), null);
        var table = ScheduleTable.Open(head, await _records.LoadSchedulesAsync(cancellationToken));
        return table.IsRefused
            ? Refused<ScheduleList>(table.Refusal)
            : new Reply<ScheduleList>(new ScheduleList([.. table.Value.All.Select(ToSchedule)]), null);
    });

    public Task<Reply<Schedule>> DeleteSchedule(DeleteSchedule request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<Schedule>(ScheduleRefusals.ScheduleNotFound);
        var table = await _records.LoadSchedulesAsync(cancellationToken);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        return await CommitAsync(
            inputs, ScheduleChanges.Delete(inputs, table, request.ScheduleId, _records.Epoch, _time.GetUtcNow()), cancellationToken);
    });

    /// <summary>Runs the schedule that is the longest due.</summary>
    /// <returns>False: none is due, or the agent has no room for its message.</returns>
    private async Task<Result<bool>> RunScheduleAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || !(head.NextSchedule <= now))
            return false;
        var table = ScheduleTable.Open(head, await _records.LoadSchedulesAsync(cancellationToken));
        if (table.IsRefused)
            return table.Refusal;
        if (table.Value.FirstDue(now) is not { } schedule)
            return ConversationRefusals.AgentQuarantined("the head knows of a schedule that is not there");
        var (inputs, open) = await LoadPostInputsAsync(head, ScheduleRuns.RequestOf(schedule), now, cancellationToken);
        var step = ScheduleRuns.Run(inputs, table.Value, schedule, _services.Rules, _records.Epoch, now);
        if (step.IsRefused)
            return step.Refusal;
        await CommitAsync(new TurnInputs(head, inputs.OpenEvents, inputs.Turns), open, step.Value, cancellationToken);
        return step.Value.Change is not null;
    }

    private async Task<Reply<Schedule>> CommitAsync(TurnInputs inputs, Result<ScheduleChange> change, CancellationToken cancellationToken)
    {
        if (change.IsRefused)
            return Refused<Schedule>(change.Refusal);
        if (change.Value.Change is { } agent)
            await CommitAsync(inputs, inputs.Head.Page, agent, [], cancellationToken);
        return new Reply<Schedule>(ToSchedule(change.Value.Schedule), null);
    }

    private Result<ScheduleRequest> ToAsked(CreateSchedule request, string id)
    {
        var content = ContentOf(request.Content, request.Tool, request.Arguments, ScheduleRefusals.Tool);
        return content.IsRefused
            ? content.Refusal
            : new ScheduleRequest(
                id,
                content.Value,
                request.SessionId ?? SessionNames.Default,
                new TimingRequest(request.At, request.EverySeconds, request.Cron, request.TimeZone, request.Missed, request.Until),
                request.Tool);
    }

    /// <summary>What is stored as a message. A tool that is not there, or would not take the arguments, is refused at once and not when it is called.</summary>
    private Result<string> ContentOf(string? content, string? tool, string? arguments, Func<string, Refusal> refuse)
    {
        if (tool is null)
            return content ?? "";
        if (content is not null)
            return refuse("there is either content or a tool.");
        var given = JsonElement.Parse(arguments ?? "{}");
        return _services.Tools.WhyNot(tool, given) is { } reason ? refuse(reason) : ToolCall.ToContent(tool, given);
    }

    private static Schedule ToSchedule(StoredSchedule schedule) => new(
        schedule.Id,
        schedule.Tool is null ? schedule.Content : null,
        schedule.Session,
        schedule.Timing.At,
        schedule.Timing.EverySeconds,
        schedule.Timing.Cron,
        schedule.Timing.Cron is null ? null : schedule.Timing.TimeZone,
        schedule.Timing.Missed == MissedPolicy.Skip ? MissedRuns.Skip : MissedRuns.Once,
        schedule.Timing.Until,
        schedule switch { { Failure: not null } => ScheduleStatus.Failed, { IsOver: true } => ScheduleStatus.Done, _ => ScheduleStatus.Active },
        schedule.CreatedAt,
        schedule.NextRun,
        schedule.LastRun,
        schedule.Runs,
        schedule.Failure is { } failure ? new ScheduleError(failure.Code, failure.Detail) : null,
        schedule.Tool,
        schedule.Tool is null ? null : ToolCall.ArgumentsOf(schedule.Content).GetRawText());
}
