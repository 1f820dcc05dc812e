using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Rpc;

/// <summary>
/// <c>POST /rpc</c> (the first network) and <c>POST /rpc/{chainId}</c>: as much of a node's JSON-RPC as it takes to look a payment up. One
/// request at a time, no batches, and the state as it is now.
/// </summary>
internal static class RpcEndpoint
{
    public static void MapRpc(this WebApplication app)
    {
        var sidecar = app.Services.GetRequiredService<SidecarOptions>();
        app.MapPost("/rpc", AnswerAsync).RequireDaprAppToken(sidecar, LocalCaller.OrNone(app.Environment));
        app.MapPost("/rpc/{chainId}", AnswerAsync).RequireDaprAppToken(sidecar, LocalCaller.OrNone(app.Environment));
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context) is not { } body)
            return;
        JsonNode? id = null;
        JsonObject answer;
        try
        {
            using var document = JsonDocument.Parse(body);
            var request = document.RootElement;
            if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String)
                throw new RpcException(RpcException.InvalidRequest, "The request is no object with a method.");
            id = request.TryGetProperty("id", out var given) && given.ValueKind is JsonValueKind.Number or JsonValueKind.String ? JsonNode.Parse(given.GetRawText()) : null;
            var parameters = request.TryGetProperty("params", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToArray() : [];
            var chain = ActivatorUtilities.CreateInstance<ChainRpc>(context.RequestServices, Find(context));
            answer = new JsonObject { ["result"] = await chain.CallAsync(method.GetString()!, parameters, context.RequestAborted) };
        }
        catch (JsonException)
        {
            answer = Error(new RpcException(RpcException.ParseError, "The body is not JSON."));
        }
        catch (RpcException refused)
        {
            answer = Error(refused);
        }

        answer.Insert(0, "jsonrpc", "2.0");
        answer.Insert(1, "id", id);
        await JsonBody.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, RpcJson.Default.JsonObject));
    }

    private static EvmNetwork Find(HttpContext context)
    {
        var networks = context.RequestServices.GetRequiredService<FacilitatorOptions>().ParsedNetworks;
        if (context.Request.RouteValues["chainId"] is not string text)
            return networks[0];
        var found = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var chainId) ? networks.Where(network => network.ChainId == chainId) : [];
        return found.Cast<EvmNetwork?>().FirstOrDefault() ?? throw new RpcException(RpcException.Server, "The chain is not served.");
    }

    private static JsonObject Error(RpcException refused) =>
        new() { ["error"] = new JsonObject { ["code"] = refused.Code, ["message"] = refused.Message } };
}
