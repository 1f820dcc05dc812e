using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>Which Redis keeps an app's state, and which the registry that leads to the other sidecars.</summary>
/// <param name="State">Null: the app has no state component.</param>
/// <param name="Registry">Null: the resources name no Redis, and the sidecar is alone.</param>
internal sealed record DaprdStores(RedisStoreOptions? State, RedisStoreOptions? Registry)
{
    /// <summary>
    /// The registry is where actors keep their state: in the app's own actor state store, else in one that is meant for other apps, so that
    /// an app without state finds them; last in any Redis there is.
    /// </summary>
    /// <param name="components">The components of the resource folders.</param>
    /// <param name="appId">The app.</param>
    /// <param name="redis"><c>HOST:PORT</c> in place of what the components say; null: as they say.</param>
    /// <exception cref="LauncherException">A component cannot be served by a sidecar that shares its store.</exception>
    public static DaprdStores Find(ComponentPlan components, string appId, string? redis)
    {
        var own = components.Of(appId).Components;
        if (own.FirstOrDefault(component => component.Type.Contains("sqlite", StringComparison.Ordinal)) is { } embedded)
        {
            throw new LauncherException(
                $"the component '{embedded.Name}' ({embedded.File}) is {embedded.Type}: a SQLite file belongs to one process, and each daprd is one of several; "
                + "use state.redis and pubsub.redis, or let one process serve all apps (run)");
        }

        var states = own.Where(component => component.Type == ComponentPlan.StateType).OrderByDescending(IsActorStore).ToList();
        var options = states.Select(component => (Component: component, Options: Read(component, redis))).ToList();
        if (options.FirstOrDefault(other => other.Options.Address != options[0].Options.Address || other.Options.Database != options[0].Options.Database) is { Component: { } foreign })
        {
            throw new LauncherException(
                $"the component '{foreign.Name}' ({foreign.File}) is in another Redis than '{options[0].Component.Name}': the state components of one app share one");
        }

        var registry = states.Where(IsActorStore)
            .Concat(components.All.Where(IsActorStore)).Concat(states)
            .Concat(components.All.Where(component => component.Type == ComponentPlan.StateType))
            .Concat(components.All.Where(component => component.Type == ComponentPlan.PubSubType)).FirstOrDefault();
        return new DaprdStores(
            options.Count > 0 ? options[0].Options : null,
            registry is not null ? Read(registry, redis) : redis is not null ? RedisStoreOptions.Parse(redis) : null);
    }

    private static bool IsActorStore(Component component) =>
        component.Type == ComponentPlan.StateType && GoText.IsTruthy(component.Value("actorStateStore"));

    private static RedisStoreOptions Read(Component component, string? redis) =>
        component.Make(() => RedisStoreOptions.FromMetadata(component.RedisMetadata(redis)));
}
