using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Owner;

/// <summary><c>GET,PUT /agent/{userId}/profile</c>: what the owner sets.</summary>
internal static class ProfileEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/profile", GetAsync)
            .Describe("Reads what the owner has set.", operation => operation.Answers<ProfileResponse>());
        endpoints.MapPut("/agent/{userId}/profile", PutAsync)
            .Describe("Sets what a model is told before the conversation.", operation => operation
                .Takes<ProfileRequest>(ProfileRequestValidator.Describe)
                .Answers<ProfileResponse>()
                .Refuses(AgentRefusals.InvalidProfile));
    }

    private static async Task GetAsync(HttpContext context) =>
        await AnswerAsync(context, await AgentCalls.Of(context).GetProfileAsync(AgentPath.KeyOf(context), context.RequestAborted));

    private static async Task PutAsync(HttpContext context)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.ProfileRequest) is not { } request)
            return;
        await AnswerAsync(
            context, await AgentCalls.Of(context).SetProfileAsync(AgentPath.KeyOf(context), new AgentProfile(request.SystemPrompt), context.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext context, Result<AgentProfile> result) => result.IsRefused
        ? Problem.WriteAsync(context, result.Refusal)
        : JsonAnswer.WriteAsync(context, new ProfileResponse(result.Value.SystemPrompt), GatewayJson.Answers.ProfileResponse);
}

/// <summary>A profile to set, as a whole.</summary>
/// <param name="SystemPrompt">What a model is told before the conversation; null or left out: what is configured.</param>
internal sealed record ProfileRequest(string? SystemPrompt);

/// <summary>A profile.</summary>
/// <param name="SystemPrompt">What a model is told before the conversation; null: what is configured.</param>
internal sealed record ProfileResponse(string? SystemPrompt);
