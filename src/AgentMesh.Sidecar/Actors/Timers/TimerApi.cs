using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors.Timers;

/// <summary><c>POST|PUT|DELETE /v1.0/actors/{type}/{id}/timers/{name}</c>.</summary>
internal sealed class TimerApi(ActorTimers timers, TimeProvider timeProvider)
{
    public IResult Delete(AppInstance caller, ActorRef actor, string name)
    {
        if (ActorCallbackRules.Refuse(caller, actor) is { } refused)
            return refused;
        timers.Unregister(actor, name);
        return HttpAnswer.NoContent;
    }

    public async Task<IResult> CreateAsync(HttpContext context, AppInstance caller, ActorRef actor, string name)
    {
        if (ActorCallbackRules.Refuse(caller, actor) is { } refused)
            return refused;
        if (caller.Connection?.FindActorType(actor.Type) is null)
            return DaprError.TimerCreate($"can't create timer for actor {actor}: actor type not registered");
        var request = await RequestBody.ReadAsync(context, ReminderRequest.Parse);
        if (ActorCallbackRules.RefuseNames(actor, name, DaprError.TimerCreate) is { } wrong)
            return wrong;
        var (schedule, refusal) = TimerSchedule.Parse(request.DueTime, request.Period, request.Ttl, timeProvider.GetUtcNow());
        if (schedule is null)
            return DaprError.TimerCreate(refusal!);
        return timers.TryRegister(actor, new ActorTimer(name, schedule, ActorCallback.BodyOf(request.Callback, request.Data, request.DueTime, request.Period)))
            ? HttpAnswer.NoContent
            : DaprError.TimerCreate($"actor {actor} has {ActorTimers.MaxPerActor} timers");
    }
}
