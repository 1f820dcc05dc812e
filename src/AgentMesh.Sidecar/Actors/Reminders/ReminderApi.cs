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

    public Task<IResult> CreateAsync(HttpContext context, AppInstance caller, ActorRef actor, string name) => RunAsync(caller, actor, DaprError.ReminderCreate, async () =>
    {
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
        // Not withdrawn when the caller leaves: it may then be stored or not, and memory must know which.
        return await scheduler!.RegisterAsync(reminder, request.Overwrite ?? true, CancellationToken.None) ? HttpAnswer.NoContent : DaprError.ReminderExists(name);
    });

    public Task<IResult> DeleteAsync(HttpContext context, AppInstance caller, ActorRef actor, string name)
    {
        context.RequestAborted.ThrowIfCancellationRequested();
        return RunAsync(caller, actor, DaprError.ReminderDelete, async () =>
        {
            await scheduler!.UnregisterAsync(actor, name, CancellationToken.None);
            return HttpAnswer.NoContent;
        });
    }

    public Task<IResult> GetAsync(HttpContext context, AppInstance caller, ActorRef actor, string name) => RunAsync(
        caller, actor, DaprError.ReminderGet, async () => await store!.GetAsync(actor, name, context.RequestAborted) is { } reminder ? HttpAnswer.Json(json => Write(json, reminder))
            : compat116 ? HttpAnswer.Json(json => json.WriteNullValue())
            : DaprError.ReminderNotFound());

    private async Task<IResult> RunAsync(AppInstance caller, ActorRef actor, Func<string, DaprError> failed, Func<Task<IResult>> run)
    {
        if (ActorCallbackRules.Refuse(caller, actor) is { } refused)
            return refused;
        if (caller.Connection?.FindActorType(actor.Type) is null)
            return DaprError.ReminderNotHosted();
        if (store is null)
            return failed(NoStore);
        try
        {
            return await run();
        }
        catch (StateStoreException exception)
        {
            return failed(exception.Message);
        }
    }

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
