using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>What the state, reminder and timer APIs of actors refuse alike.</summary>
internal static class ActorCallbackRules
{
    public static DaprError? Refuse(AppInstance caller, ActorRef actor) =>
        actor.Type.StartsWith(ActorState.ReservedPrefix, StringComparison.Ordinal) ? DaprError.ActorTypeReserved(actor.Type)
        : caller.App.ActorStateStore is null ? DaprError.ActorRuntimeNotFound()
        : null;

    /// <summary>Refuses names that cannot make a path and a key; null when they can.</summary>
    /// <param name="actor">Whose callback it is.</param>
    /// <param name="name">The callback's name.</param>
    /// <param name="notAKey">Makes the error for a name that would make two callbacks one key.</param>
    public static DaprError? RefuseNames(ActorRef actor, string name, Func<string, DaprError> notAKey) =>
        !AppPath.IsName(actor.Type) || !AppPath.IsName(actor.Id) || !AppPath.IsName(name) ? DaprError.BadRequest($"invalid name: '{actor}', '{name}'")
        : name.Contains(Reminder.Separator, StringComparison.Ordinal) || name[0] == '|' ? notAKey($"name must not contain '{Reminder.Separator}' or begin with '|': {name}")
        : actor.Type.Contains('|', StringComparison.Ordinal) ? notAKey($"actor type must not contain '|': {actor.Type}")
        : null;
}
