using System.Globalization;
using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>The state API over HTTP, <c>/v1.0/state/{store}</c> (dapr:pkg/api/http/http.go).</summary>
internal sealed class StateRoutes(StateAccess state, StateFidelity? fidelity)
{
    private readonly StateBody _body = new(fidelity);

    /// <summary>Null when the path and the verb are no route of the state API.</summary>
    /// <param name="context">The request.</param>
    /// <param name="app">Whose sidecar was asked.</param>
    /// <param name="path">The escaped segments, <c>v1.0</c> and <c>state</c> first.</param>
    public Task? Handle(HttpContext context, AppDefinition app, List<string> path)
    {
        var method = context.Request.Method;
        var writes = HttpMethods.IsPost(method) || HttpMethods.IsPut(method);
        return path switch
        {
            [_, _, var store] when writes => WriteAsync(context, () => SaveAsync(context, app, RequestPath.Unescape(store))),
            [_, _, var store, "transaction"] when writes => WriteAsync(context, () => TransactAsync(context, app, RequestPath.Unescape(store))),
            [_, _, var store, "bulk"] when writes => GetBulkAsync(context, app, RequestPath.Unescape(store)),
            [_, _, var store, var key] when HttpMethods.IsGet(method) => GetAsync(context, app, RequestPath.Unescape(store), RequestPath.Unescape(key)),
            [_, _, var store, var key] when HttpMethods.IsDelete(method) =>
                WriteAsync(context, () => DeleteAsync(context, app, RequestPath.Unescape(store), RequestPath.Unescape(key))),
            _ => null,
        };
    }

    private async Task GetAsync(HttpContext context, AppDefinition app, string store, string key)
    {
        var (entry, error) = await state.GetAsync(app, store, key, context.RequestAborted);
        if (error is not null)
        {
            await error.WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        if (entry is not { Value.Length: > 0 } found)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = found.Value.Length;
        if (ETag(found) is { } etag)
            context.Response.Headers.ETag = etag;
        await context.Response.Body.WriteAsync(found.Value, context.RequestAborted);
    }

    private async Task GetBulkAsync(HttpContext context, AppDefinition app, string store)
    {
        IReadOnlyList<string> keys;
        using (var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted))
        {
            try
            {
                keys = StateBody.ReadKeys(body.Memory.Span);
            }
            catch (JsonException exception)
            {
                await DaprError.MalformedRequest(exception.Message).WriteAsync(context.Response, context.RequestAborted);
                return;
            }
        }

        var (items, error) = await state.GetBulkAsync(app, store, keys, context.RequestAborted);
        if (error is not null)
        {
            await error.WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartArray();
        foreach (var item in items)
            Write(json, item.Key, item.Entry, item.Error);
        json.WriteEndArray();
    }

    private async Task<DaprError?> SaveAsync(HttpContext context, AppDefinition app, string store)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        // The caller may leave; what was asked is written all the same.
        return await state.SaveAsync(app, store, _body.ReadItems(body.Memory.Span), CancellationToken.None);
    }

    private Task<DaprError?> DeleteAsync(HttpContext context, AppDefinition app, string store, string key)
    {
        var item = new StateItem
        {
            Key = key,
            Etag = context.Request.Headers.IfMatch.ToString(),
            Options = new StateItemOptions(context.Request.Query["concurrency"]),
        };
        return state.DeleteAsync(app, store, [item], CancellationToken.None);
    }

    private async Task<DaprError?> TransactAsync(HttpContext context, AppDefinition app, string store)
    {
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var (items, unknown) = _body.ReadTransaction(body.Memory.Span);
        return unknown is not null ? StateErrors.OperationNotSupported(unknown) : await state.TransactAsync(app, store, items, CancellationToken.None);
    }

    private static async Task WriteAsync(HttpContext context, Func<Task<DaprError?>> write)
    {
        DaprError? error;
        try
        {
            error = await write();
        }
        catch (JsonException exception)
        {
            error = DaprError.MalformedRequest(exception.Message);
        }

        if (error is null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await error.WriteAsync(context.Response, context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, string key, StateEntry? entry, DaprError? error)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        if (error is not null)
        {
            json.WriteString("error", error.Message);
        }
        else if (entry is { Value.Length: > 0 } found)
        {
            WriteData(json, found);
            if (ETag(found) is { } etag)
                json.WriteString("etag", etag);
        }

        json.WriteEndObject();
    }

    // What was saved over gRPC need not be JSON, and would break the whole answer.
    private static void WriteData(Utf8JsonWriter json, StateEntry found)
    {
        try
        {
            using var document = JsonDocument.Parse(found.Value);
            json.WritePropertyName("data");
            json.WriteRawValue(found.Value, skipInputValidation: true);
        }
        catch (JsonException)
        {
            json.WriteString("error", "the value is not JSON");
        }
    }

    private static string? ETag(StateEntry entry) => entry.Version == 0 ? null : entry.Version.ToString(CultureInfo.InvariantCulture);
}
