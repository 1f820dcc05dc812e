using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Facilitator.Faults;

/// <summary><c>POST /faults {"faults":[…]}</c> replaces the list, <c>GET /faults</c> says what is left of it. Only where tests have switched it on.</summary>
internal static class FaultEndpoints
{
    public static IServiceCollection AddFaults(this IServiceCollection services) => services.AddSingleton<FaultScript>();

    public static void MapFaults(this WebApplication app)
    {
        // As it is at the start: without it there is no endpoint.
        if (!app.Configuration.GetValue<bool>($"{FacilitatorOptions.Section}:{nameof(FacilitatorOptions.Faults)}"))
            return;
        var sidecar = app.Services.GetRequiredService<SidecarOptions>();
        app.MapPost("/faults", SetAsync).RequireDaprAppToken(sidecar);
        app.MapGet("/faults", GetAsync).RequireDaprAppToken(sidecar);
    }

    private static Task GetAsync(HttpContext context) => JsonBody.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(
        new FaultsMessage(context.RequestServices.GetRequiredService<FaultScript>().Texts), FaultsJson.Default.FaultsMessage));

    private static async Task SetAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context) is not { } body)
            return;
        var faults = Read(body);
        if (faults.IsRefused)
        {
            await Problem.WriteAsync(context, faults.Refusal);
            return;
        }

        context.RequestServices.GetRequiredService<FaultScript>().Set(faults.Value);
        await GetAsync(context);
    }

    private static Result<IReadOnlyList<ScriptedFault>> Read(byte[] body)
    {
        try
        {
            var texts = JsonSerializer.Deserialize(body, FaultsJson.Default.FaultsMessage)?.Faults;
            if (texts is not { Count: <= FaultScript.MaxFaults })
                return new Refusal(EdgeRefusals.InvalidRequest, $"faults is not a list of at most {FaultScript.MaxFaults} texts.");
            var faults = texts.Select(ScriptedFault.TryParse).OfType<ScriptedFault>().ToArray();
            return faults.Length == texts.Count
                ? faults
                : new Refusal(
                    EdgeRefusals.InvalidRequest,
                    "A fault is timeout_after_settle, error_before, error_after, slow:{ms}, duplicate, drop_connection or drop_connection_after, behind verify: or settle: for one of the calls only.");
        }
        catch (JsonException)
        {
            return new Refusal(EdgeRefusals.InvalidJson, """The body is not JSON like {"faults":["error_before"]}.""");
        }
    }
}

/// <summary>The list, both ways.</summary>
internal sealed record FaultsMessage(IReadOnlyList<string?>? Faults);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FaultsMessage))]
internal sealed partial class FaultsJson : JsonSerializerContext;
