using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary><c>POST|PUT|GET|DELETE /v1.0/actors/{type}/{id}/reminders/{name}</c>. None of them wakes the actor or waits for its turn.</summary>
/// <param name="store">Null: the state store cannot keep reminders.</param>
/// <param name="scheduler">Null with <paramref name="store"/>.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="compat116">A missing reminder is answered as daprd 1.16 does.</param>
internal sealed class ReminderApi(IReminderStore? store, ReminderScheduler? scheduler, TimeProvider timeProvider, bool compat116)
{
    private const string NoStore = "the state store keeps no reminders";

    private long _lastRevision;

    public async Task<IResult> CreateAsync(HttpContext context, AppInstance caller, ActorRef actor, string name)
    {
        if (Refuse(caller, actor) is { } refused)
            return refused;
        if (scheduler is null)
            return DaprError.ReminderCreate(NoStore);
        var request = await RequestBody.ReadAsync(context, ReminderRequest.Parse);
        if (ActorCallbackRules.RefuseNames(actor, name, DaprError.ReminderCreate) is { } wrong)
            return wrong;
        var now = timeProvider.GetUtcNow();
        var (schedule, refusal) = ReminderSchedule.Parse(request.DueTime, request.Period, request.Ttl, now);
        if (schedule is null)
            return DaprError.ReminderCreate(refusal!);

        var first = request.DueTime.Length == 0 ? now : schedule.First;
        var reminder = new Reminder
        {
            Type = actor.Type,
            Id = actor.Id,
            Name = name,
            Revision = NextRevision(now),
            Schedule = schedule,
            Due = schedule.First,
            DueIn = request.DueTime.Length == 0 ? null : schedule.First - now,
            Ttl = schedule.Expires - first,
            Data = request.Data,
            FailurePolicy = request.FailurePolicy,
        };
        try
        {
            // Not withdrawn when the caller leaves: it may then be stored or not, and memory must know which.
            return await scheduler.RegisterAsync(reminder, request.Overwrite ?? true, CancellationToken.None) ? HttpAnswer.NoContent : DaprError.ReminderExists(name);
        }
        catch (StateStoreException exception)
        {
            return DaprError.ReminderCreate(exception.Message);
        }
    }

    public async Task<IResult> DeleteAsync(HttpContext context, AppInstance caller, ActorRef actor, string name)
    {
        context.RequestAborted.ThrowIfCancellationRequested();
        if (Refuse(caller, actor) is { } refused)
            return refused;
        if (scheduler is null)
            return DaprError.ReminderDelete(NoStore);
        try
        {
            await scheduler.UnregisterAsync(actor, name, CancellationToken.None);
            return HttpAnswer.NoContent;
        }
        catch (StateStoreException exception)
        {
            return DaprError.ReminderDelete(exception.Message);
        }
    }

    public async Task<IResult> GetAsync(HttpContext context, AppInstance caller, ActorRef actor, string name)
    {
        if (Refuse(caller, actor) is { } refused)
            return refused;
        if (store is null)
            return DaprError.ReminderGet(NoStore);
        try
        {
            return await store.GetAsync(actor, name, context.RequestAborted) is { } reminder ? HttpAnswer.Json(json => Write(json, reminder))
                : compat116 ? HttpAnswer.Json(json => json.WriteNullValue())
                : DaprError.ReminderNotFound();
        }
        catch (StateStoreException exception)
        {
            return DaprError.ReminderGet(exception.Message);
        }
    }

    private static DaprError? Refuse(AppInstance caller, ActorRef actor) => ActorCallbackRules.Refuse(caller, actor)
        ?? (caller.Connection?.FindActorType(actor.Type) is null ? DaprError.ReminderNotHosted() : null);

    // The spans in the one form that the SDK reads; a bare `1s` makes it throw.
    private static void Write(Utf8JsonWriter json, Reminder reminder)
    {
        json.WriteStartObject();
        json.WriteString("actorID", reminder.Id);
        json.WriteString("actorType", reminder.Type);
        if (reminder.Data is { } data)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }

        foreach (var (field, span) in (ReadOnlySpan<(string, TimeSpan?)>)
            [("dueTime", reminder.DueIn), ("period", reminder.Schedule.Period), ("ttl", reminder.Ttl)])
        {
            if (span is { } set)
                json.WriteString(field, GoDuration.FormatSpan(set < TimeSpan.Zero ? TimeSpan.Zero : set));
        }

        json.WriteEndObject();
    }

    // By the clock, so that it is another one after a restart too.
    private long NextRevision(DateTimeOffset now)
    {
        while (true)
        {
            var last = Interlocked.Read(ref _lastRevision);
            var next = Math.Max(last + 1, now.UtcTicks);
            if (Interlocked.CompareExchange(ref _lastRevision, next, last) == last)
                return next;
        }
    }
}
