using System.Text.Json;
using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.Secrets;

/// <summary><c>GET /v1.0/secrets/{store}/{key}</c> and <c>GET /v1.0/secrets/{store}/bulk</c> (dapr:pkg/api/http/secrets.go).</summary>
internal static class SecretRoutes
{
    public static IResult Answer<T>((IReadOnlyDictionary<string, T>? Secrets, DaprError? Error) found) =>
        found.Error is { } error ? error
        : found.Secrets is null or { Count: 0 } ? HttpAnswer.NoContent
        : HttpAnswer.Json(json => JsonSerializer.Serialize(json, found.Secrets));
}
