using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>What the reminder and timer APIs refuse alike.</summary>
internal static class ActorCallbackRules
{
    public static DaprError? Refuse(AppInstance caller, ActorRef actor) =>
        actor.Type.StartsWith(ActorState.ReservedPrefix, StringComparison.Ordinal) ? DaprError.ActorTypeReserved(actor.Type)
        : caller.App.ActorStateStore is null ? DaprError.ActorRuntimeNotFound()
        : null;

    /// <summary>Why the names cannot make a key and a path; null when they can.</summary>
    public static string? RefuseNames(ActorRef actor, string name)
    {
        if (name.Length == 0 || name.Contains(Reminder.Separator, StringComparison.Ordinal) || name[0] == '|')
            return $"name must not be empty, contain '{Reminder.Separator}' or begin with '|': {name}";
        return actor.Type.Contains('|', StringComparison.Ordinal) ? $"actor type must not contain '|': {actor.Type}" : null;
    }
}
