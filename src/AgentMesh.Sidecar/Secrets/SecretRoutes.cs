using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Secrets;

/// <summary><c>GET /v1.0/secrets/{store}/{key}</c> and <c>GET /v1.0/secrets/{store}/bulk</c> (dapr:pkg/api/http/secrets.go).</summary>
internal static class SecretRoutes
{
    public static IResult Get(AppDefinition app, string store, string key)
    {
        var (values, error) = app.Secrets.Get(store, key);
        return Answer(error, values);
    }

    public static IResult GetAll(AppDefinition app, string store)
    {
        var (secrets, error) = app.Secrets.GetAll(store);
        return Answer(error, secrets);
    }

    private static IResult Answer<T>(DaprError? error, IReadOnlyDictionary<string, T>? secrets) =>
        error is not null ? error
        : secrets is null or { Count: 0 } ? HttpAnswer.NoContent
        : HttpAnswer.Json(json => JsonSerializer.Serialize(json, secrets));
}
