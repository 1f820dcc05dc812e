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
        return error is not null ? error : values is null or { Count: 0 } ? HttpAnswer.NoContent : HttpAnswer.Json(json => Write(json, values));
    }

    public static IResult GetAll(AppDefinition app, string store)
    {
        var (secrets, error) = app.Secrets.GetAll(store);
        return error is not null ? error : secrets.Count == 0 ? HttpAnswer.NoContent : HttpAnswer.Json(json =>
        {
            json.WriteStartObject();
            foreach (var (name, values) in secrets)
            {
                json.WritePropertyName(name);
                Write(json, values);
            }

            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, string> values)
    {
        json.WriteStartObject();
        foreach (var (name, value) in values)
            json.WriteString(name, value);
        json.WriteEndObject();
    }
}
