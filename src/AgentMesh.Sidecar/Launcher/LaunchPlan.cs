using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Turns run file, components, ports and command line into the processes of a run.</summary>
internal static class LaunchPlan
{
    /// <summary>How many processes each app has, in the run file's order.</summary>
    /// <exception cref="LauncherException"><c>--replicas</c> names an app that is not there.</exception>
    public static IReadOnlyList<(RunFileApp App, int Replicas)> Count(RunFile runFile, IReadOnlyDictionary<string, int> replicas)
    {
        if (replicas.Keys.FirstOrDefault(appId => runFile.Apps.All(app => app.AppId != appId)) is { } unknown)
        {
            throw new LauncherException(
                $"--replicas: the run file has no app '{unknown}' (it has {string.Join(", ", runFile.Apps.Select(app => app.AppId))})", LauncherException.BadCommandLine);
        }

        return [.. runFile.Apps.Select(app => (app, replicas.GetValueOrDefault(app.AppId, 1)))];
    }

    /// <summary>The processes, in the run file's order.</summary>
    public static IReadOnlyList<AppLaunch> Create(
        IReadOnlyList<(RunFileApp App, int Replicas)> apps,
        IReadOnlyList<ProcessPorts[]> ports,
        ComponentPlan components,
        ApiTokens tokens,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string> set) =>
    [
        .. from item in apps.Zip(ports)
           from process in item.Second.Index()
           let app = item.First.App
           select new AppLaunch(
               app, Define(app, process.Index, process.Item, components), AppEnvironment.ForApp(environment, app, set, process.Item, tokens)),
    ];

    /// <summary>One process of an app, as its sidecar sees it.</summary>
    public static AppDefinition Define(RunFileApp app, int replica, ProcessPorts ports, ComponentPlan components)
    {
        var resources = components.Of(app.AppId);
        if (app.Protocol == "grpc" && resources.Subscriptions is [var subscription, ..])
        {
            throw new LauncherException(
                $"{app.AppId} speaks gRPC (appProtocol): events of {subscription.PubSub}/{subscription.Topic} cannot be delivered to it by the local sidecar");
        }

        return new(app.AppId, replica, ports.App ?? 0, ports.DaprHttp, ports.DaprGrpc)
        {
            MetricsPort = ports.Metrics,
            Configuration = resources.Configuration,
            Protocol = app.Protocol,
            ChannelAddress = app.ChannelAddress,
            Health = app.Health,
            MaxBodyBytes = app.MaxBodyBytes,
            MaxConcurrency = app.MaxConcurrency,
            ListenAddresses = app.ListenAddresses,
            LogApiCalls = app.LogApiCalls || resources.Configuration.LogsApiCalls,
            ReadBufferBytes = app.ReadBufferBytes,
            ActorStateStore = components.ActorStateStoreOf(app.AppId),
            Components = [.. resources.Components.Select(component => new ComponentInfo(component.Name, component.Type, component.Version))],
            StateStores = components.StateStoresOf(app.AppId),
            Secrets = resources.Secrets,
            Endpoints = resources.Endpoints,
            PubSubs = components.PubSubsOf(app.AppId),
            Subscriptions = resources.Subscriptions,
            Resiliency = resources.Resiliency,
        };
    }
}
