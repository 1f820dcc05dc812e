using System.Buffers.Text;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Dapr's two shared secrets of a run: what apps show their sidecar, and what the sidecar shows apps.</summary>
/// <param name="Dapr"><c>DAPR_API_TOKEN</c>; null: none is asked for.</param>
/// <param name="App"><c>APP_API_TOKEN</c>; null: none is sent.</param>
internal sealed record ApiTokens(string? Dapr, string? App)
{
    /// <summary>The environment variable of <see cref="Dapr"/>.</summary>
    public const string DaprVariable = "DAPR_API_TOKEN";

    /// <summary>The environment variable of <see cref="App"/>.</summary>
    public const string AppVariable = "APP_API_TOKEN";

    private const int RandomBytes = 32;

    /// <summary><c>--set</c> wins over our own environment; what neither gives is random for this run, or none.</summary>
    /// <param name="set">The environment given on the command line.</param>
    /// <param name="environment">Our own.</param>
    /// <param name="randomBytes">Secure random bytes, as many as asked; null: no tokens are made, as with <c>dapr run --app-id</c>.</param>
    public static ApiTokens Choose(
        IReadOnlyDictionary<string, string> set, IReadOnlyDictionary<string, string> environment, Func<int, byte[]>? randomBytes)
    {
        return new ApiTokens(One(DaprVariable), One(AppVariable));

        string? One(string name) => set.GetValueOrDefault(name) is { Length: > 0 } given ? given
            : environment.GetValueOrDefault(name) is { Length: > 0 } inherited ? inherited
            : randomBytes is null ? null : Base64Url.EncodeToString(randomBytes(RandomBytes));
    }

    /// <summary>A record prints its members; tokens are never printed.</summary>
    public override string ToString() => nameof(ApiTokens);
}
