using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Agents;

/// <summary>What a session's metadata and time to live must be. The agent looks again, after the merge.</summary>
internal sealed class SessionRequestValidator : AbstractValidator<SessionRequest>
{
    private const int MaxMetadataBytes = 4096;

    private const int MinTtlSeconds = 60;
    private const int MaxTtlSeconds = 366 * 86_400;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Optional("metadata", Schema.AnyObject(MaxMetadataBytes))
        .Optional("ttlSeconds", new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = 0 }, Schema.Number(MinTtlSeconds, MaxTtlSeconds)) });

    public SessionRequestValidator()
    {
        RuleFor(request => request.Metadata)
            .Must(metadata => metadata is not { } value
                || value.ValueKind == JsonValueKind.Object && Encoding.UTF8.GetByteCount(value.GetRawText()) <= MaxMetadataBytes && JsonText.HasTextsOnly(value))
            .WithErrorCode(AgentRefusals.InvalidMetadata)
            .WithMessage($"metadata must be a JSON object of at most {MaxMetadataBytes} bytes of UTF-8, of valid Unicode.");
        RuleFor(request => request.TtlSeconds)
            .Must(ttl => ttl is not { } value
                || value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds is 0 or >= MinTtlSeconds and <= MaxTtlSeconds)
            .WithErrorCode(AgentRefusals.InvalidTtl)
            .WithMessage($"ttlSeconds must be 0 for never, or {MinTtlSeconds} to {MaxTtlSeconds}.");
    }
}
