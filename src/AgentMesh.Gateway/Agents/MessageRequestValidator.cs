using System.Text;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Agents;

/// <summary>What a message must be; the first failure is the problem's code.</summary>
internal sealed class MessageRequestValidator : AbstractValidator<MessageRequest>
{
    /// <summary>Longest content, bytes of UTF-8.</summary>
    public const int MaxContentBytes = 64 * 1024;

    public MessageRequestValidator()
    {
        RuleFor(request => request.Content)
            .Cascade(CascadeMode.Stop)
            .Must(content => !string.IsNullOrWhiteSpace(content))
            .WithErrorCode(AgentRefusals.InvalidContent)
            .WithMessage("content must be a text that is not empty.")
            .Must(content => IsShortEnough(content!))
            .WithErrorCode(AgentRefusals.InvalidContent)
            .WithMessage($"content is longer than {MaxContentBytes} bytes of UTF-8.");
        RuleFor(request => request.SessionId)
            .Must(session => session is null || SessionId.CanExist(session))
            .WithErrorCode(AgentRefusals.SessionNotFound)
            .WithMessage(SessionId.NotFoundDetail);
        RuleFor(request => request.IfBusy)
            .Must(policy => policy is null or BusyPolicies.Enqueue or BusyPolicies.Reject or BusyPolicies.Interrupt)
            .WithErrorCode(AgentRefusals.InvalidIfBusy)
            .WithMessage($"ifBusy must be {BusyPolicies.Enqueue}, {BusyPolicies.Reject} or {BusyPolicies.Interrupt}.");
    }

    /// <summary>What the content of any message may be.</summary>
    public static JsonObject ContentSchema() => Schema.Bytes(1, MaxContentBytes, @"\S");

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Required("content", ContentSchema())
        .Optional("sessionId", Schema.Id())
        .Optional("ifBusy", Schema.OneOf(BusyPolicies.Enqueue, BusyPolicies.Reject, BusyPolicies.Interrupt));

    // A char is one to three bytes of UTF-8: most texts need no counting.
    private static bool IsShortEnough(string content) =>
        content.Length <= MaxContentBytes / 3 || content.Length <= MaxContentBytes && Encoding.UTF8.GetByteCount(content) <= MaxContentBytes;
}
