using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Secrets;

/// <summary><c>GET /v1.0/secrets/{store}/{key}</c> and <c>GET /v1.0/secrets/{store}/bulk</c> (dapr:pkg/api/http/secrets.go).</summary>
internal static class SecretRoutes
{
    public static async Task GetAsync(HttpContext context, AppDefinition app, string store, string key)
    {
        var (values, error) = app.Secrets.Get(store, key);
        await AnswerAsync(context, error, values is null or { Count: 0 } ? null : json => Write(json, values));
    }

    public static async Task GetAllAsync(HttpContext context, AppDefinition app, string store)
    {
        var (secrets, error) = app.Secrets.GetAll(store);
        await AnswerAsync(context, error, secrets.Count == 0 ? null : json =>
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

    private static async Task AnswerAsync(HttpContext context, DaprError? error, Action<Utf8JsonWriter>? write)
    {
        if (error is not null)
        {
            await error.WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        if (write is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        write(json);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, string> values)
    {
        json.WriteStartObject();
        foreach (var (name, value) in values)
            json.WriteString(name, value);
        json.WriteEndObject();
    }
}
