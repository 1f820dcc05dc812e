using System.Text.Json;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>How one hosted actor type wants to be treated, from the app's <c>GET /dapr/config</c>.</summary>
/// <param name="Type">The actor type.</param>
/// <param name="IdleTimeout">An actor not called for this long is deactivated; daprd's default is 60 minutes.</param>
/// <param name="DrainOngoingCallTimeout">How long a running call may go on when the actor has to leave; daprd's default is 2 s.</param>
internal sealed record ActorTypeSettings(string Type, TimeSpan IdleTimeout, TimeSpan DrainOngoingCallTimeout)
{
    /// <summary>daprd's default of <c>maxStackDepth</c>.</summary>
    internal const int DefaultMaxStackDepth = 32;


    internal static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromMinutes(60);
    internal static readonly TimeSpan DefaultDrainOngoingCallTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Calls that may share a turn, the first included; 0: not reentrant.</summary>
    public int MaxStackDepth { get; init; }

    /// <summary>False: a running call is not waited for when its actor has to move.</summary>
    public bool DrainRebalancedActors { get; init; } = true;

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
        var common = Read(root, new ActorTypeSettings("", DefaultIdleTimeout, DefaultDrainOngoingCallTimeout));
        var configs = Items(root, "entitiesConfig", JsonValueKind.Object).ToList();
        return
        [
            .. from type in Items(root, "entities", JsonValueKind.String).Select(entity => entity.GetString()!).Distinct()
               let own = configs.FindLast(config => Items(config, "entities", JsonValueKind.String).Any(entity => entity.ValueEquals(type)))
               select (own.ValueKind == JsonValueKind.Undefined ? common : Read(own, common)) with { Type = type },
        ];
    }

    // What is of another kind is read over.
    private static IEnumerable<JsonElement> Items(JsonElement element, string name, JsonValueKind kind) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Where(item => item.ValueKind == kind) : [];

    private static ActorTypeSettings Read(JsonElement element, ActorTypeSettings fallback) => fallback with
    {
        IdleTimeout = Duration(element, "actorIdleTimeout", fallback.IdleTimeout),
        DrainOngoingCallTimeout = Duration(element, "drainOngoingCallTimeout", fallback.DrainOngoingCallTimeout),
        DrainRebalancedActors = Flag(element, "drainRebalancedActors", fallback.DrainRebalancedActors),
        MaxStackDepth = Depth(element, fallback.MaxStackDepth),
    };

    private static bool Flag(JsonElement element, string name, bool fallback) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : fallback;

    // The SDK always writes `reentrancy` for a type with settings of its own, so that one silently switches the common one off: as in daprd.
    private static int Depth(JsonElement element, int fallback)
    {
        if (!element.TryGetProperty("reentrancy", out var reentrancy) || reentrancy.ValueKind != JsonValueKind.Object)
            return fallback;
        if (!Flag(reentrancy, "enabled", false))
            return 0;
        return reentrancy.TryGetProperty("maxStackDepth", out var depth) && depth.ValueKind == JsonValueKind.Number
            && depth.TryGetInt32(out var limit) && limit > 0 ? limit : DefaultMaxStackDepth;
    }

    // daprd logs and keeps the default when a duration does not parse.
    private static TimeSpan Duration(JsonElement element, string name, TimeSpan fallback) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && GoDuration.TryParse(value.GetString(), out var duration) && duration > TimeSpan.Zero ? duration : fallback;
}
