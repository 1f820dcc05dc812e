using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Mail;

/// <summary><c>GET,PUT /agent/{userId}/mail-policy</c>: who may send the agent messages, and what it does with them.</summary>
internal static class MailPolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/mail-policy", GetAsync)
            .Describe("Reads who may send the agent messages, and what it does with them.", operation => operation.Answers<MailPolicyResponse>());
        endpoints.MapPut("/agent/{userId}/mail-policy", PutAsync)
            .Describe("Sets who may send the agent messages, and what it does with them.", operation => operation
                .Takes<MailPolicyRequest>(MailPolicyRequestValidator.Describe)
                .Answers<MailPolicyResponse>()
                .Refuses(MailCodes.InvalidMailPolicy));
    }

    private static async Task GetAsync(HttpContext context) =>
        await AnswerAsync(context, await AgentCalls.Of(context).GetMailPolicyAsync(AgentPath.KeyOf(context), context.RequestAborted));

    private static async Task PutAsync(HttpContext context)
    {
        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.MailPolicyRequest) is { } request)
            await AnswerAsync(context, await AgentCalls.Of(context).SetMailPolicyAsync(AgentPath.KeyOf(context), request.ToContract(), context.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext context, Result<MailSettings> result) => result.IsRefused
        ? Problem.WriteAsync(context, result.Refusal)
        : JsonAnswer.WriteAsync(context, MailPolicyResponse.Of(result.Value), GatewayJson.Answers.MailPolicyResponse);
}

/// <summary>A mail policy to set, as a whole.</summary>
/// <param name="Receive"><c>store</c>, <c>answer</c> or <c>ignore</c>; null: <c>store</c>.</param>
/// <param name="Allow">Who may send something; null or none: all of the tenant.</param>
/// <param name="Deny">Who may not.</param>
internal sealed record MailPolicyRequest(string? Receive, IReadOnlyList<string?>? Allow, IReadOnlyList<string?>? Deny)
{
    /// <summary>What the agent is asked; the request is valid.</summary>
    internal MailSettings ToContract() => new(Receive, [.. (Allow ?? []).OfType<string>()], [.. (Deny ?? []).OfType<string>()]);
}

/// <summary>What of a mail policy is known without reading it: whether its words are patterns is the agent's to say.</summary>
internal sealed class MailPolicyRequestValidator : AbstractValidator<MailPolicyRequest>
{
    /// <summary>Patterns of a list.</summary>
    public const int MaxPatterns = 64;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Optional("receive", Schema.OneOf("store", "answer", "ignore"))
        .Optional("allow", Schema.List(Schema.Text(), 0, MaxPatterns))
        .Optional("deny", Schema.List(Schema.Text(), 0, MaxPatterns));

    public MailPolicyRequestValidator()
    {
        RuleFor(request => request.Allow).Must(IsList).WithErrorCode(MailCodes.InvalidMailPolicy).WithMessage($"allow must be a list of at most {MaxPatterns} texts.");
        RuleFor(request => request.Deny).Must(IsList).WithErrorCode(MailCodes.InvalidMailPolicy).WithMessage($"deny must be a list of at most {MaxPatterns} texts.");
    }

    private static bool IsList(IReadOnlyList<string?>? list) => list is null || list.Count <= MaxPatterns && !list.Contains(null);
}

/// <summary>A mail policy.</summary>
/// <param name="Receive"><c>store</c>, <c>answer</c> or <c>ignore</c>.</param>
/// <param name="Allow">Who may send something; none: all of the tenant.</param>
/// <param name="Deny">Who may not.</param>
internal sealed record MailPolicyResponse(string Receive, IReadOnlyList<string> Allow, IReadOnlyList<string> Deny)
{
    private const string Store = "store";

    /// <summary>The one of agents whose owner has said nothing.</summary>
    [JsonIgnore]
    public bool IsDefault => Receive == Store && Allow.Count == 0 && Deny.Count == 0;

    public static MailPolicyResponse Of(MailSettings policy) => new(policy.Receive ?? Store, policy.Allow ?? [], policy.Deny ?? []);
}
