using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>The state API over HTTP, <c>/v1.0/state/{store}</c> (dapr:pkg/api/http/http.go).</summary>
/// <remarks>A caller may leave; what it asked for is written all the same.</remarks>
internal sealed class StateRoutes(StateAccess state, StateFidelity? fidelity)
{
    private readonly StateBody _body = new(fidelity);

    public async Task<IResult> GetAsync(HttpContext context, AppDefinition app, string store, string key)
    {
        var (entry, error) = await state.GetAsync(app, store, key, context.RequestAborted);
        if (error is not null)
            return error;
        if (entry is not { Value.Length: > 0 } found)
            return HttpAnswer.NoContent;
        StringValues etag = StateAccess.ETag(found) is { Length: > 0 } version ? version : default(StringValues);
        return new HttpAnswer(StatusCodes.Status200OK, found.Value) { Headers = new HeaderDictionary { ["ETag"] = etag } };
    }

    public async Task<IResult> GetBulkAsync(HttpContext context, AppDefinition app, string store)
    {
        var keys = await RequestBody.ReadAsync(context, body => StateBody.ReadKeys(body));
        var (items, error) = await state.GetBulkAsync(app, store, keys, context.RequestAborted);
        return error is not null ? error : HttpAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var item in items)
                Write(json, item.Key, item.Entry, item.Error?.Message);
            json.WriteEndArray();
        });
    }

    public async Task<IResult> SaveAsync(HttpContext context, AppDefinition app, string store)
    {
        var items = await RequestBody.ReadAsync(context, body => _body.ReadItems(body));
        return HttpAnswer.Done(await state.SaveAsync(app, store, items, CancellationToken.None));
    }

    public async Task<IResult> DeleteAsync(HttpContext context, AppDefinition app, string store, string key)
    {
        var item = new StateItem
        {
            Key = key,
            Etag = context.Request.Headers.IfMatch.ToString(),
            Options = new StateItemOptions(context.Request.Query["concurrency"]),
        };
        return HttpAnswer.Done(await state.DeleteAsync(app, store, [item], CancellationToken.None));
    }

    public async Task<IResult> TransactAsync(HttpContext context, AppDefinition app, string store)
    {
        var (items, unknown) = await RequestBody.ReadAsync(context, body => _body.ReadTransaction(body));
        return HttpAnswer.Done(unknown is null ? await state.TransactAsync(app, store, items, CancellationToken.None) : StateErrors.OperationNotSupported(unknown));
    }

    private static void Write(Utf8JsonWriter json, string key, StateEntry? entry, string? error)
    {
        var value = entry?.Value ?? [];
        // What was saved over gRPC need not be JSON, and would break the whole answer.
        if (value.Length > 0 && JsonText.TryParse(value) is null)
            error = "the value is not JSON";
        json.WriteStartObject();
        json.WriteString("key", key);
        if (error is not null)
        {
            json.WriteString("error", error);
        }
        else if (value.Length > 0)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(value, skipInputValidation: true);
            if (StateAccess.ETag(entry!.Value) is { Length: > 0 } etag)
                json.WriteString("etag", etag);
        }

        json.WriteEndObject();
    }
}
