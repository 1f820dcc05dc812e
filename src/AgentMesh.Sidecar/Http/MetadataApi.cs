using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Http;

/// <summary><c>GET /v1.0/metadata</c> and <c>PUT /v1.0/metadata/{key}</c>, as dapr:pkg/api/http/metadata.go answers them.</summary>
internal sealed class MetadataApi(ActorRouter router, PubSubRuntime pubSub)
{
    /// <summary>The contract kept is that of daprd 1.18.3; the suffix says that this is not daprd.</summary>
    public const string RuntimeVersion = "1.18.3+agentmesh";

    /// <summary>Extended entries an app may set, and the length of each.</summary>
    private const int MaxExtended = 256;
    private const int MaxExtendedLength = 64 * 1024;

    private readonly ConcurrentDictionary<(AppInstance App, string Key), string> _extended = new();

    public async Task GetAsync(HttpContext context, AppInstance app)
    {
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
            Write(json, app);
    }

    public async Task PutAsync(HttpContext context, AppInstance app, string key)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        if (!TrySet(app, key, Encoding.UTF8.GetString(body.Memory.Span)))
        {
            await DaprError.BadRequest("too much metadata").WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Keeps an entry of the app's own; false when it keeps too many or too long ones.</summary>
    public bool TrySet(AppInstance app, string key, string value)
    {
        if (value.Length > MaxExtendedLength || (_extended.Count >= MaxExtended && !_extended.ContainsKey((app, key))))
            return false;
        _extended[(app, key)] = value;
        return true;
    }

    /// <summary>The runtime's own entry and what the app has set.</summary>
    public IEnumerable<KeyValuePair<string, string>> Extended(AppInstance app) =>
    [
        new("daprRuntimeVersion", RuntimeVersion),
        .. _extended.Where(entry => entry.Key.App == app).Select(entry => KeyValuePair.Create(entry.Key.Key, entry.Value)),
    ];

    /// <summary>What the app is subscribed to.</summary>
    public IReadOnlyList<Subscription> Subscriptions(AppInstance app) => pubSub.SubscriptionsOf(app.App.AppId);

    /// <summary>Active actors of the app's process by type.</summary>
    public Dictionary<string, int> ActiveActors(AppInstance app) =>
        app.Connection is { } connection ? router.CountActive(connection).ToDictionary(entry => entry.Type, entry => entry.Count) : [];

    /// <summary>What a component can do, as daprd lists it.</summary>
    public static IReadOnlyList<string> Capabilities(ComponentInfo component) =>
        component.Type.StartsWith("state.", StringComparison.Ordinal) ? ["ETAG", "TRANSACTIONAL", "TTL", "ACTOR"] : [];

    /// <summary>The state of the actor runtime.</summary>
    public static string ActorStatus(AppInstance app) =>
        app.App.ActorStateStore is null ? "DISABLED" : app.Connection is null ? "INITIALIZING" : "RUNNING";

    private void Write(Utf8JsonWriter json, AppInstance app)
    {
        var connection = app.Connection;
        var active = ActiveActors(app);
        json.WriteStartObject();
        json.WriteString("id", app.App.AppId);
        json.WriteString("runtimeVersion", RuntimeVersion);
        WriteComponents(json, app.App);
        WriteExtended(json, app);
        WriteSubscriptions(json, Subscriptions(app));
        WriteEndpoints(json, app.App);
        WriteAppConnection(json, app.App);
        json.WriteStartObject("actorRuntime");
        json.WriteString("runtimeStatus", ActorStatus(app));
        if (active.Count > 0)
            WriteActors(json, active);
        json.WriteBoolean("hostReady", connection is { ActorTypes.Count: > 0 });
        json.WriteString("placement", "placement: local");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteActors(Utf8JsonWriter json, Dictionary<string, int> active)
    {
        json.WriteStartArray("activeActors");
        foreach (var (type, count) in active)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteComponents(Utf8JsonWriter json, AppDefinition app)
    {
        if (app.Components.Count == 0)
            return;
        json.WriteStartArray("components");
        foreach (var component in app.Components)
        {
            json.WriteStartObject();
            json.WriteString("name", component.Name);
            json.WriteString("type", component.Type);
            json.WriteString("version", component.Version);
            if (Capabilities(component) is { Count: > 0 } capabilities)
            {
                json.WriteStartArray("capabilities");
                foreach (var capability in capabilities)
                    json.WriteStringValue(capability);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSubscriptions(Utf8JsonWriter json, IReadOnlyList<Subscription> subscriptions)
    {
        if (subscriptions.Count == 0)
            return;
        json.WriteStartArray("subscriptions");
        foreach (var subscription in subscriptions)
        {
            json.WriteStartObject();
            json.WriteString("pubsubname", subscription.PubSub);
            json.WriteString("topic", subscription.Topic);
            if (subscription.Metadata.Count > 0)
            {
                json.WritePropertyName("metadata");
                json.WriteRawValue(StoredMetadata.Write(subscription.Metadata));
            }

            json.WriteStartArray("rules");
            foreach (var rule in subscription.Rules)
            {
                json.WriteStartObject();
                if (rule.Match.Length > 0)
                    json.WriteString("match", rule.Match);
                json.WriteString("path", rule.Path);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (subscription.DeadLetterTopic is { } deadLetterTopic)
                json.WriteString("deadLetterTopic", deadLetterTopic);
            json.WriteString("type", subscription.IsDeclarative ? "DECLARATIVE" : "PROGRAMMATIC");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteExtended(Utf8JsonWriter json, AppInstance app)
    {
        json.WriteStartObject("extended");
        foreach (var (key, value) in Extended(app))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEndpoints(Utf8JsonWriter json, AppDefinition app)
    {
        if (app.Endpoints.Count == 0)
            return;
        json.WriteStartArray("httpEndpoints");
        foreach (var endpoint in app.Endpoints)
        {
            json.WriteStartObject();
            json.WriteString("name", endpoint.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAppConnection(Utf8JsonWriter json, AppDefinition app)
    {
        json.WriteStartObject("appConnectionProperties");
        json.WriteNumber("port", app.AppPort);
        json.WriteString("protocol", app.Protocol);
        json.WriteString("channelAddress", app.ChannelAddress);
        if (app.Health is { } health)
        {
            json.WriteStartObject("health");
            json.WriteString("healthCheckPath", health.Path);
            json.WriteString("healthProbeInterval", $"{health.ProbeInterval.TotalSeconds:0.###}s");
            json.WriteString("healthProbeTimeout", $"{health.ProbeTimeout.TotalMilliseconds:0}ms");
            json.WriteNumber("healthThreshold", health.Threshold);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
