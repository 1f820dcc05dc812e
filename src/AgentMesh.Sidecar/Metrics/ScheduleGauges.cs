using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Actors.Timers;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>The numbers of reminders and timers, counted when somebody scrapes.</summary>
/// <param name="reminders">Null: the store keeps none.</param>
/// <param name="timers">All of them.</param>
/// <param name="hosts">Says whose they are.</param>
internal sealed class ScheduleGauges(IReminderStore? reminders, ActorTimers timers, HostDirectory hosts)
{
    public void Watch(AppDefinition app) => app.Metrics.BeforeExport(token => CollectAsync(app, token));

    // As in daprd before its scheduler, every process that hosts a type tells of all reminders of the type, and of its own timers.
    private async Task CollectAsync(AppDefinition app, CancellationToken cancellationToken)
    {
        if (hosts.Connections.FirstOrDefault(connection => connection.App == app) is not { } connection)
            return;
        var own = timers.Count().Where(timer => hosts.FindActorHost(timer.Actor.Type, timer.Actor.Id) == connection).ToLookup(timer => timer.Actor.Type, timer => timer.Count);
        foreach (var type in connection.ActorTypes.Select(settings => settings.Type))
        {
            var count = reminders is null ? 0 : await reminders.CountAsync(type, cancellationToken);
            app.Metrics.Service.SetSchedules(type, count, own[type].Sum());
        }
    }
}
