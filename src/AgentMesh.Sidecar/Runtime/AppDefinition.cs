using System.Net;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Secrets;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>One process of an app, as its sidecar sees it. Several replicas of one app share the app id.</summary>
/// <param name="AppId">Dapr's app id.</param>
/// <param name="Replica">0-based number among the app's processes.</param>
/// <param name="AppPort">Where the app listens.</param>
/// <param name="DaprHttpPort">Where its sidecar serves HTTP, on 127.0.0.1 and [::1].</param>
/// <param name="DaprGrpcPort">Where its sidecar serves gRPC (h2c).</param>
internal sealed record AppDefinition(string AppId, int Replica, int AppPort, int DaprHttpPort, int DaprGrpcPort)
{
    /// <summary>Where its sidecar serves Prometheus metrics; 0: nowhere.</summary>
    public int MetricsPort { get; init; }

    /// <summary>What is measured of the process; the runtime that serves it gives it its own.</summary>
    public AppMetrics Metrics { get; init; } = AppMetrics.Nowhere;

    /// <summary>Dapr's Configuration of the app.</summary>
    public AppConfiguration Configuration { get; init; } = AppConfiguration.None;

    /// <summary>Its name in placement; a process that is started again keeps it.</summary>
    public string Instance { get; init; } = $"{AppId}/{Replica}";

    /// <summary><c>http</c>, <c>h2c</c> (HTTP/2 with prior knowledge) or <c>grpc</c>, whose app calls its sidecar and is not called.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>Whether the app speaks gRPC: it counts as healthy while its port accepts a connection, and is asked for nothing.</summary>
    public bool IsGrpc => Protocol == "grpc";

    /// <summary>The host the app listens on.</summary>
    public string ChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>Null: an app counts as healthy once its port accepts a connection.</summary>
    public AppHealthOptions? Health { get; init; }

    /// <summary>Largest request body, bytes (daprd's <c>--max-body-size</c>, 4 MiB).</summary>
    public long MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest request and answer headers, bytes (daprd's <c>--read-buffer-size</c>, 4 KiB).</summary>
    public int ReadBufferBytes { get; init; } = 4 * 1024;

    /// <summary>Requests that the process serves at once (daprd's <c>--app-max-concurrency</c>); null: any number.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Where its sidecar listens; empty: on loopback.</summary>
    public IReadOnlyList<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>Whether each call of its sidecar's API is logged.</summary>
    public bool LogApiCalls { get; init; }

    /// <summary><c>config</c> and <c>subscribe</c>: the app is not asked for these when it starts.</summary>
    public IReadOnlyList<string> DisabledInitEndpoints { get; init; } = [];

    /// <summary>The component with <c>actorStateStore: "true"</c> that this app may use; null when it has none.</summary>
    public string? ActorStateStore { get; init; }

    /// <summary>Components this app may use, for <c>/v1.0/metadata</c>.</summary>
    public IReadOnlyList<ComponentInfo> Components { get; init; } = [];

    /// <summary>State components of the state API, each with the complete prefix of this app's keys in it.</summary>
    public IReadOnlyDictionary<string, string> StateStores { get; init; } = new Dictionary<string, string>();

    /// <summary>Secret stores this app may ask.</summary>
    public SecretAccess Secrets { get; init; } = SecretAccess.None;

    /// <summary>Foreign hosts this app may call by name.</summary>
    public IReadOnlyList<HttpEndpoint> Endpoints { get; init; } = [];

    /// <summary>The pub/sub components this app may use.</summary>
    public IReadOnlyList<PubSubSettings> PubSubs { get; init; } = [];

    /// <summary>The Subscription resources that are for this app.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <summary>The Resiliency resources that are for this app.</summary>
    public IReadOnlyList<ResiliencyResource> Resiliency { get; init; } = [];
}

/// <summary>daprd's app health check.</summary>
/// <param name="Path">The path asked, <c>/healthz</c>; begins with a slash.</param>
/// <param name="ProbeInterval">Between probes, 5 s.</param>
/// <param name="ProbeTimeout">For one probe, 500 ms.</param>
/// <param name="Threshold">Failures in a row that make the app unhealthy, 3.</param>
internal sealed record AppHealthOptions(string Path, TimeSpan ProbeInterval, TimeSpan ProbeTimeout, int Threshold)
{
    /// <summary>False: a probe would not be over before the next one.</summary>
    public bool IsPossible => ProbeTimeout <= ProbeInterval;

    /// <summary>What was given, with daprd's defaults for the rest; zero and below mean the default too (dapr: pkg/config/app_connection.go).</summary>
    public static AppHealthOptions Of(string? path, int? intervalSeconds, int? timeoutMs, int? threshold)
    {
        path ??= "/healthz";
        return new(
            path.StartsWith('/') ? path : "/" + path, TimeSpan.FromSeconds(Given(intervalSeconds, 5)), TimeSpan.FromMilliseconds(Given(timeoutMs, 500)), Given(threshold, 3));

        static int Given(int? number, int usual) => number is > 0 and var given ? given : usual;
    }
}

/// <summary>A loaded component as <c>/v1.0/metadata</c> lists it.</summary>
internal sealed record ComponentInfo(string Name, string Type, string Version);
