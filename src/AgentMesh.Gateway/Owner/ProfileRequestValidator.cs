using System.Text;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Owner;

/// <summary>What a profile must be.</summary>
internal sealed class ProfileRequestValidator : AbstractValidator<ProfileRequest>
{
    /// <summary>Longest system prompt, bytes of UTF-8.</summary>
    public const int SystemPromptBytes = 16 * 1024;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body.Optional("systemPrompt", Schema.Bytes(0, SystemPromptBytes));

    public ProfileRequestValidator() => RuleFor(request => request.SystemPrompt)
        .Must(prompt => prompt is null || Encoding.UTF8.GetByteCount(prompt) <= SystemPromptBytes)
        .WithErrorCode(AgentRefusals.InvalidProfile)
        .WithMessage($"systemPrompt is longer than {SystemPromptBytes} bytes of UTF-8.");
}
