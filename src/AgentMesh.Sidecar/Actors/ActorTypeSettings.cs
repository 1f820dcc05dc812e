using System.Text.Json;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>How one hosted actor type wants to be treated, from the app's <c>GET /dapr/config</c>.</summary>
/// <param name="Type">The actor type.</param>
/// <param name="IdleTimeout">An actor not called for this long is deactivated; daprd's default is 60 minutes.</param>
/// <param name="DrainOngoingCallTimeout">How long a running call may go on when the actor has to leave; daprd's default is 2 s.</param>
internal sealed record ActorTypeSettings(string Type, TimeSpan IdleTimeout, TimeSpan DrainOngoingCallTimeout)
{
    internal static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromMinutes(60);
    internal static readonly TimeSpan DefaultDrainOngoingCallTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Reads <c>/dapr/config</c>. An entry of <c>entitiesConfig</c> wins over the top level for the types it names.
    /// </summary>
    /// <exception cref="JsonException">The app answered something that is not this document.</exception>
    public static IReadOnlyList<ActorTypeSettings> Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("/dapr/config is not an object.");
        if (!root.TryGetProperty("entities", out var entities) || entities.ValueKind != JsonValueKind.Array)
            return [];

        var common = Read(root, new ActorTypeSettings("", DefaultIdleTimeout, DefaultDrainOngoingCallTimeout));
        var types = entities.EnumerateArray()
            .Where(entity => entity.ValueKind == JsonValueKind.String)
            .Select(entity => common with { Type = entity.GetString()! })
            .DistinctBy(settings => settings.Type)
            .ToDictionary(settings => settings.Type, StringComparer.Ordinal);

        if (root.TryGetProperty("entitiesConfig", out var configs) && configs.ValueKind == JsonValueKind.Array)
        {
            foreach (var config in configs.EnumerateArray())
                Override(types, config, common);
        }

        return [.. types.Values];
    }

    private static void Override(Dictionary<string, ActorTypeSettings> types, JsonElement config, ActorTypeSettings common)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("entities", out var entities) || entities.ValueKind != JsonValueKind.Array)
            return;
        foreach (var entity in entities.EnumerateArray())
        {
            if (entity.ValueKind == JsonValueKind.String && types.ContainsKey(entity.GetString()!))
                types[entity.GetString()!] = Read(config, common with { Type = entity.GetString()! });
        }
    }

    private static ActorTypeSettings Read(JsonElement element, ActorTypeSettings fallback) => fallback with
    {
        IdleTimeout = Duration(element, "actorIdleTimeout", fallback.IdleTimeout),
        DrainOngoingCallTimeout = Duration(element, "drainOngoingCallTimeout", fallback.DrainOngoingCallTimeout),
    };

    // daprd logs and keeps the default when a duration does not parse.
    private static TimeSpan Duration(JsonElement element, string name, TimeSpan fallback) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && GoDuration.TryParse(value.GetString(), out var duration) && duration > TimeSpan.Zero ? duration : fallback;
}
