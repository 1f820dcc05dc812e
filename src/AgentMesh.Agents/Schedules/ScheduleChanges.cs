using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Schedules;

/// <summary>Making and removing schedules: each verb is safe to repeat and says what to store.</summary>
public static class ScheduleChanges
{
    /// <summary>Makes a schedule. A repeat finds the one it made and stores nothing.</summary>
    /// <param name="inputs">The agent's records, with <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="stored">Its schedules, as stored.</param>
    /// <param name="session">The session; null for the default one, or when there is none of that id.</param>
    /// <param name="request">What is to run, and when.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<ScheduleChange> Create(
        TurnInputs inputs, ScheduleTable? stored, SessionRecord? session, ScheduleRequest request, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = ScheduleTable.Open(inputs.Head, stored);
        if (opened.IsRefused)
            return opened.Refusal;
        var table = opened.Value;
        if (table.Find(request.Id) is { } earlier)
            return request.IsSameAs(earlier) ? new ScheduleChange(earlier, null) : ConversationRefusals.IdempotencyKeyReused;
        if (request.SessionId != SessionNames.Default && session is null or { IsDeleted: true })
            return ConversationRefusals.SessionNotFound;
        if (!MessagePosting.IsValid(request.Content))
            return ConversationRefusals.InvalidContent;
        var timing = ScheduleTiming.Create(request.Times, now);
        if (timing.IsRefused)
            return timing.Refusal;
        var schedule = new StoredSchedule(
            request.Id, request.Content, request.SessionId, timing.Value, now, timing.Value.After(now), null, 0, null, request.Tool);
        table = table.With(schedule);
        // Of those that are over the oldest goes first; the new one is not over.
        while (IsFull(table) && table.All.FirstOrDefault(other => other.IsOver) is { } over)
            table = table.Without(over);
        return IsFull(table) ? ScheduleRefusals.TooManySchedules : Change(inputs, schedule, table, ScheduleFacts.Created(schedule, now), epoch, now);
    }

    /// <summary>Removes a schedule.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="stored">Its schedules, as stored.</param>
    /// <param name="id">The schedule's id.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<ScheduleChange> Delete(TurnInputs inputs, ScheduleTable? stored, string id, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = ScheduleTable.Open(inputs.Head, stored);
        if (opened.IsRefused)
            return opened.Refusal;
        return opened.Value.Find(id) is { } schedule
            ? Change(inputs, schedule, opened.Value.Without(schedule), ScheduleFacts.Deleted(schedule, now), epoch, now)
            : ScheduleRefusals.ScheduleNotFound;
    }

    private static Result<ScheduleChange> Change(
        TurnInputs inputs, StoredSchedule schedule, ScheduleTable table, FactEntry fact, long epoch, DateTimeOffset now)
    {
        var opened = ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns, inputs.Funds);
        if (opened.IsRefused)
            return opened.Refusal;
        opened.Value.Note(fact);
        opened.Value.Head = opened.Value.Head with { NextSchedule = table.Next() };
        return new ScheduleChange(schedule, opened.Value.ToChange(epoch, now) with { Schedules = table });
    }

    private static bool IsFull(ScheduleTable table) =>
        table.All.Length > ScheduleLimits.PerAgent
        || table.All.Sum(schedule => Encoding.UTF8.GetByteCount(schedule.Content)) > ScheduleLimits.ContentBytes;
}

/// <summary>A schedule to be made; nothing is checked yet.</summary>
/// <param name="Id">Of <see cref="SessionId.Of"/>: what asked for it is what it is known by.</param>
/// <param name="Content">The message.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Times">When it runs.</param>
/// <param name="Tool">The tool that the message calls; null: it is to be answered.</param>
public sealed record ScheduleRequest(string Id, string Content, string SessionId, TimingRequest Times, string? Tool = null)
{
    /// <summary>True when it asks for what is there. Times are compared as they are stored.</summary>
    internal bool IsSameAs(StoredSchedule schedule)
    {
        var timing = ScheduleTiming.Create(Times, schedule.CreatedAt);
        return schedule.Content == Content && schedule.Session == SessionId && schedule.Tool == Tool && timing.Value == schedule.Timing;
    }
}

/// <summary>What a verb comes to.</summary>
/// <param name="Schedule">The schedule, as it is or was.</param>
/// <param name="Change">The records to store; null: a repeat.</param>
public sealed record ScheduleChange(StoredSchedule Schedule, AgentChange? Change);
