using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Turns run file, components, ports and command line into the processes of a run.</summary>
internal static class LaunchPlan
{
    /// <summary>The ports of the app <c>gateway</c>, with commas between: in Development agents may call them.</summary>
    internal const string GatewayPortsVariable = "AGENTMESH_GATEWAY_PORTS";

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
        IReadOnlyDictionary<string, string> set)
    {
        var known = WithGateways(set, apps.Zip(ports));
        return
        [
            .. from item in apps.Zip(ports)
               from process in item.Second.Index()
               let app = item.First.App
               select new AppLaunch(
                   app, Define(app, process.Index, process.Item, components), AppEnvironment.ForApp(environment, app, known, process.Item, tokens)),
        ];
    }

    /// <summary>What apps are told of the mesh's address, which a run file can only say when ports are not free ones. The command line wins.</summary>
    private static Dictionary<string, string> WithGateways(
        IReadOnlyDictionary<string, string> set, IEnumerable<((RunFileApp App, int Replicas) App, ProcessPorts[] Ports)> apps)
    {
        var known = new Dictionary<string, string>(set, StringComparer.Ordinal);
        if (apps.FirstOrDefault(item => item.App.App.AppId == "gateway").Ports is { } gateways)
            known.TryAdd(GatewayPortsVariable, string.Join(',', gateways.Select(ports => ports.App)));
        return known;
    }

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
