using System.Text;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using FluentValidation;

namespace AgentMesh.Gateway.Agents;

/// <summary>What a session's metadata must be. The agent looks again, after the merge.</summary>
internal sealed class SessionRequestValidator : AbstractValidator<SessionRequest>
{
    private const int MaxMetadataBytes = 4096;

    public SessionRequestValidator() =>
        RuleFor(request => request.Metadata)
            .Must(metadata => metadata is not { } value
                || value.ValueKind == JsonValueKind.Object && Encoding.UTF8.GetByteCount(value.GetRawText()) <= MaxMetadataBytes)
            .WithErrorCode(AgentRefusals.InvalidMetadata)
            .WithMessage($"metadata must be a JSON object of at most {MaxMetadataBytes} bytes of UTF-8.");
}
